"""Writers that are killed at random moments, and what they leave for readers to see (R3).

`python -m tests.promises.killed_writer KIND FOLDER KILLS SEED` starts a writer of one kind of
artifact, kills it after a random while, and looks; then the next. It prints how many kills fell
into a write, and how many artifacts a reader could see; anything that is half there ends it.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from tests.store.made_up import ORIGIN
from tuner.errors import CliffsideError
from tuner.store.files import (
    parquet_bytes,
    read_json,
    read_parquet,
    write_bytes,
    write_json,
    write_text,
)
from tuner.store.manifest import check_files, read_manifest
from tuner.store.run_writer import ALL_PARTS, RunWriter, new_run
from tuner.store.runs import list_runs, list_started

ROWS = 20_000
WRITES = 4.0
"""How many writes a writer has time for, at most, before it is killed."""

VERSIONS = 4

TABLES = [
    parquet_bytes(
        {"version": np.full(ROWS, k), "value": np.random.default_rng(k).random(ROWS)},
        units={},
        schema="cliffside.test",
        model_version="1",
    )
    for k in range(VERSIONS)
]
PAGES = [f"{k} " * 200_000 for k in range(VERSIONS)]
ANSWERS = [{"version": k, "rows": [k] * 20_000} for k in range(VERSIONS)]


def write_parquet_file(folder: Path, k: int) -> None:
    write_bytes(folder / "trials.parquet", TABLES[k])


def see_parquet_file(folder: Path) -> int:
    path = folder / "trials.parquet"
    if not path.exists():
        return 0
    columns = read_parquet(path)

    assert len(columns["value"]) == ROWS
    assert path.read_bytes() == TABLES[int(columns["version"][0])]
    return 1


def write_page(folder: Path, k: int) -> None:
    write_text(folder / "report.html", PAGES[k])


def see_page(folder: Path) -> int:
    path = folder / "report.html"
    if not path.exists():
        return 0

    assert path.read_text() in PAGES
    return 1


def write_answer(folder: Path, k: int) -> None:
    write_json(folder / "recommendation.json", ANSWERS[k])


def see_answer(folder: Path) -> int:
    path = folder / "recommendation.json"
    if not path.exists():
        return 0

    assert read_json(path) in ANSWERS
    return 1


def write_part(folder: Path, k: int) -> None:
    run = new_run(folder / "state", ORIGIN)
    for table in TABLES:
        run.save_part("search", table)
    run.close()


def see_part(folder: Path) -> int:
    seen = 0
    for started in list_started(folder / "state"):
        place = folder / "state" / "runs" / started.run
        run = RunWriter(folder / "state", started, folder=place)

        assert started.origin == ORIGIN
        assert all(path.read_bytes() in TABLES for path in run.parts("search"))
        seen += len(list(place.glob(ALL_PARTS)))
        run.close()
    return seen


def write_run(folder: Path, k: int) -> None:
    run = new_run(folder / "state", ORIGIN)
    place = run.clear()
    run.save_part("search", TABLES[k])
    write_parquet_file(place, k)
    write_answer(place, k)
    (place / "study.journal").write_bytes(TABLES[k])  # as others write: in place, without a sync
    run.finish(verdict="change", exit_code=0)


def see_run(folder: Path) -> int:
    listed = list_runs(folder / "state")
    for each in listed:
        assert each.manifest is not None, each.run
        place = folder / "state" / "runs" / each.run
        check_files(place, read_manifest(place), *each.manifest.files)

        assert set(each.manifest.files) == {
            "recommendation.json",
            "study.journal",
            "trials.parquet",
        }
        assert see_parquet_file(place) + see_answer(place) == 2
    return len(listed)


KINDS: dict[str, tuple[Callable[[Path, int], None], Callable[[Path], int]]] = {
    "parquet": (write_parquet_file, see_parquet_file),
    "page": (write_page, see_page),
    "answer": (write_answer, see_answer),
    "part": (write_part, see_part),
    "run": (write_run, see_run),
}


def numbers() -> Iterator[int]:
    """Count around, without an end."""
    while True:
        yield from range(VERSIONS)


def kill_one(write: Callable[[Path, int], None], folder: Path, seconds: float) -> None:
    """Start a writer that never stops, and kill it after a while."""
    child = os.fork()
    if child == 0:
        for k in numbers():
            write(folder, k)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def seconds_of(write: Callable[[Path, int], None], folder: Path) -> float:
    """Measure how long a write takes, the mean of a few: one alone may hit a moment of quiet."""
    folder.mkdir()
    began = time.perf_counter()
    for k in range(VERSIONS):
        write(folder, k)
    return (time.perf_counter() - began) / VERSIONS


def half_written(folder: Path) -> int:
    """Count the files that a reader does not see: what a killed writer had not named yet."""
    return sum(path.name.startswith(".") for path in folder.rglob("*") if path.is_file())


def main(kind: str, folder: Path, kills: int, seed: int) -> None:
    """Kill writers of one kind, and look after each."""
    write, see = KINDS[kind]
    draw = random.Random(seed)
    seen = 0
    longest = WRITES * seconds_of(write, folder / "timed")
    for number in range(kills):
        place = folder / f"{number}"
        place.mkdir()
        kill_one(write, place, draw.uniform(0.0, longest))
        try:
            seen += see(place)
        except (AssertionError, CliffsideError) as error:
            sys.exit(f"kind {kind}, kill {number} of seed {seed}: half an artifact: {error!r}")
    print(half_written(folder), seen)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
