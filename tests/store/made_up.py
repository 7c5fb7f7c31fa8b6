"""A run that nothing was simulated for: two small files under a manifest."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from tuner.store.files import write_text
from tuner.store.manifest import Origin
from tuner.store.run_writer import RunWriter, new_run

ORIGIN = Origin(
    service="Check out",
    config="/jobs/checkout.toml",
    inputs_sha256="ab" * 32,
    search={"engine": "auto", "trials": 20_000},
    seed=7,
    model_version="1",
)


def begun(state: Path, **changes: Any) -> RunWriter:
    """Begin a run and save one part of it."""
    run = new_run(state, replace(ORIGIN, **changes))
    run.save_part("search", b"a part")
    return run


def finished(state: Path, **changes: Any) -> Path:
    """Give the folder of a finished run."""
    run = new_run(state, replace(ORIGIN, **changes))
    folder = run.folder()
    write_text(folder / "answer.json", '{"answer": 42}\n')
    write_text(folder / "below" / "more.txt", "more\n")
    run.finish(verdict="change", exit_code=0)
    return folder
