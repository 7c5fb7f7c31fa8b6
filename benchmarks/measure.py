"""The timing loop: bodies in turn, so that a disturbance hits all of them, and what it saves."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.answers import Answer
from benchmarks.bodies import BODIES, RATIOS, Work
from benchmarks.machine import machine
from benchmarks.sizes import SIZES
from tuner.errors import Problem, ResultFileError, StoreError

SCHEMA = "cliffside.bench/1"
Clock = Callable[[], float]
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Measured:
    """What a body took.

    Parameters
    ----------
    seconds : tuple of float
        Of each call, in the order of the calls.
    amount, unit : int, str
        What one call does, as in `Work`.
    answer : dict
        What it gave.
    """

    seconds: tuple[float, ...]
    amount: int
    unit: str
    answer: Answer

    @property
    def best_rate(self) -> float:
        """How much it does in a second, at its best."""
        return self.amount / min(self.seconds)


@dataclass(frozen=True, slots=True)
class Save:
    """One run of the benchmark: bodies by name, of one size, on one machine."""

    size: str
    date: str
    machine: dict[str, str]
    bodies: dict[str, Measured]


def measure(
    works: Mapping[str, Work[Any]],
    *,
    rounds: int,
    clock: Clock = time.perf_counter,
    say: Say = lambda _: None,
) -> dict[str, Measured]:
    """Call every body once for its answer and to warm up, then in turn, timed.

    Parameters
    ----------
    works : mapping of str to Work
        Prepared bodies by name.
    rounds : int
        Timed calls of each.
    clock : callable
        Gives seconds.
    say : callable
        Is told which body comes next.
    """
    measured = {}
    for name, work in works.items():
        say(name)
        measured[name] = Measured((), work.amount, work.unit, work.answer(work.call()))
    for _ in range(rounds):
        for name, work in works.items():
            seconds = (*measured[name].seconds, seconds_of(work.call, clock=clock))
            measured[name] = replace(measured[name], seconds=seconds)
    return measured


def seconds_of(call: Callable[[], object], *, clock: Clock = time.perf_counter) -> float:
    """Time one call."""
    began = clock()
    call()
    return clock() - began


def ratios_of(measured: Mapping[str, Measured], names: Iterable[str] = RATIOS) -> dict[str, float]:
    """Give the ratios of the best rates, by name, where both bodies were measured."""
    pairs = {name: RATIOS[name] for name in names}
    return {
        name: measured[first].best_rate / measured[second].best_rate
        for name, (first, second) in pairs.items()
        if first in measured and second in measured
    }


def run(size_name: str, *, say: Say) -> Save:
    """Measure all bodies of a size, as `cliffside bench` does."""
    size = SIZES[size_name]
    works = {name: body(size) for name, body in BODIES.items()}
    return save_of(size.name, measure(works, rounds=size.rounds, say=say))


def save_of(size: str, measured: dict[str, Measured]) -> Save:
    """Join what was measured just now with the machine and the date."""
    return Save(size, datetime.now(tz=UTC).date().isoformat(), machine(), measured)


def write(path: Path, save: Save) -> None:
    """Write a save as JSON.

    Raises
    ------
    StoreError
        Where the file cannot be written.
    """
    try:
        path.write_text(json.dumps({"schema": SCHEMA, **asdict(save)}, indent=1), encoding="utf-8")
    except OSError as error:
        raise StoreError.of(
            expected="a file that can be written",
            got=str(error.strerror),
            where=str(path),
            next_step="Choose another place.",
        ) from error


def read(path: Path) -> Save:
    """Read a save.

    Raises
    ------
    ResultFileError
        Where it is not there, or no save.
    """
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        if told["schema"] != SCHEMA:
            raise ValueError(f"schema {told['schema']!r}")
        bodies = {
            name: Measured(
                tuple(float(each) for each in body["seconds"]),
                int(body["amount"]),
                str(body["unit"]),
                dict(body["answer"]),
            )
            for name, body in told["bodies"].items()
        }
        return Save(str(told["size"]), str(told["date"]), dict(told["machine"]), bodies)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ResultFileError(
            Problem(
                f"a file of `cliffside bench --save`, {SCHEMA}",
                f"{type(error).__name__}: {error}",
                str(path),
                "Save the benchmark anew.",
            )
        ) from error
