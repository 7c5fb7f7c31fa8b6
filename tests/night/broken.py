"""Ten ways in which a service's file, or what it names, is broken."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.night.folders import config_of

LINES = [
    "minute,requests",
    *(f"2026-11-{d:02d}T00:{m:02d}:00Z,100" for d in (1,) for m in range(3)),
]


def _replaced(folder: Path, name: str, old: str, new: str) -> None:
    text = config_of(title=name)
    assert old in text
    (folder / f"{name}.toml").write_text(text.replace(old, new))


def _recording(folder: Path, name: str, content: bytes | None, *, keys: str = "") -> None:
    """Write a service whose traffic is a recording with this content."""
    if content is not None:
        (folder / f"{name}.csv").write_bytes(content)
    text = config_of(title=name)
    begin, end = text.index("[[traffic.stages]]"), text.index("[space]")
    table = f'[[traffic.recorded]]\nfile = "{name}.csv"\n{keys}\n'
    (folder / f"{name}.toml").write_text(text[:begin] + table + text[end:])


def syntax(folder: Path, name: str) -> None:
    _replaced(folder, name, "[host]", "[host")


def unknown_key(folder: Path, name: str) -> None:
    _replaced(folder, name, "max_size", "maximum_size")


def no_text(folder: Path, name: str) -> None:
    (folder / f"{name}.toml").write_bytes(b'service = "\xff"\n')


def is_a_folder(folder: Path, name: str) -> None:
    (folder / f"{name}.toml").mkdir()


def leads_nowhere(folder: Path, name: str) -> None:
    (folder / f"{name}.toml").symlink_to(folder / "gone")


def missing_recording(folder: Path, name: str) -> None:
    _recording(folder, name, None)


def empty_recording(folder: Path, name: str) -> None:
    _recording(folder, name, b"")


def short_recording(folder: Path, name: str) -> None:
    _recording(folder, name, "\n".join(LINES).encode(), keys='cut = "day"\nheld_out_days = 3')


def low_cliff(folder: Path, name: str) -> None:
    _replaced(
        folder,
        name,
        "slope_percent_per_1000_rpm = 0.75",
        "intercept_percent = 70.0\nslope_percent_per_1000_rpm = 0.75",
    )


def unforeseen(folder: Path, name: str) -> None:
    """Write a service that is fine; whoever runs it lets something go wrong in the program."""
    (folder / f"{name}.toml").write_text(config_of(title=f"unforeseen {name}"))


WAYS: dict[Callable[[Path, str], None], str] = {
    syntax: "failed",
    unknown_key: "failed",
    no_text: "failed",
    is_a_folder: "failed",
    leads_nowhere: "failed",
    missing_recording: "no data",
    empty_recording: "no data",
    short_recording: "no data",
    low_cliff: "failed",
    unforeseen: "failed",
}
"""Each with the outcome that it must have."""
