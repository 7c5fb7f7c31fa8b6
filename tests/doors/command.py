"""The command line by its real entry point, within this process."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tuner.cli.main import run

CONFIGS = Path(__file__).parents[2] / "configs"
CONF42 = CONFIGS / "conf42.toml"
LOAD_TEST = CONFIGS / "data" / "loadtests" / "cpu"


@dataclass(frozen=True)
class Call:
    """How a call ended, and what it wrote to its two streams."""

    code: int
    out: str
    err: str


def call(capsys: pytest.CaptureFixture[str], *arguments: object) -> Call:
    """Enter the program with these arguments."""
    capsys.readouterr()
    with pytest.MonkeyPatch.context() as patch, pytest.raises(SystemExit) as end:
        patch.setenv("NO_COLOR", os.environ.get("NO_COLOR", ""))  # so that it is put back
        patch.setattr(sys, "argv", ["cliffside", *map(str, arguments)])
        run()
    out, err = capsys.readouterr()
    return Call(int(end.value.code or 0), out, err)


def changed_config(folder: Path, *changes: tuple[str, str], more: str = "") -> Path:
    """Write the talk's config with some texts replaced, each of which must be there once."""
    text = CONF42.read_text()
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    path = folder / "job.toml"
    path.write_text(text + more)
    return path
