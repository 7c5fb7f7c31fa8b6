"""The gate: ratios and answers against the committed baseline; `python -m benchmarks.gate`.

A slow-down of 20 % in a ratio fails, and so does a changed answer. Each ratio is of the best of
many short calls, taken in turn within one process, in processor time: a core that other processes
had for a while is left out. Noise that remains only ever makes a call longer: where a ratio is too
low, its bodies are timed again, several times, and the best of all tries counts. The baseline has
ratios for each kind of machine that it was measured on. On any other kind only a coarse loss
against the first one fails, since compilers and caches differ there.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from benchmarks.answers import Answer, differences
from benchmarks.bodies import BODIES, GATED, RATIOS, Work
from benchmarks.machine import SAME, machine
from benchmarks.measure import Clock, Measured, measure, ratios_of, seconds_of
from benchmarks.sizes import SMALL

BASELINE = Path(__file__).with_name("baseline.json")
SCHEMA = "cliffside.bench-baseline/2"
ALLOWED = 1.15
"""Times longer that pass: between noise, a few percent, and the 20 % that must be seen."""

ALLOWED_ELSEWHERE = 3.0
TRIES = 8
ROUNDS = 8
PAUSE_SECONDS = 2.0
"""Before each further try, for a disturbance to pass."""


@dataclass(frozen=True, slots=True)
class Kind:
    """Ratios by name, as a kind of machine gave them."""

    machine: dict[str, str]
    ratios: dict[str, float]

    def is_here(self) -> bool:
        """Tell whether this machine, with its versions, is of this kind."""
        here = machine()
        return all(self.machine.get(name) == here[name] for name in SAME)


@dataclass(frozen=True, slots=True)
class Baseline:
    """What was committed: ratios by kind of machine, answers by size and body."""

    kinds: tuple[Kind, ...]
    answers: dict[str, dict[str, Answer]]

    def kind_here(self) -> Kind | None:
        """Give the ratios of this kind of machine, if it has any."""
        return next((kind for kind in self.kinds if kind.is_here()), None)

    def with_ratios(self, ratios: dict[str, float]) -> Baseline:
        """Give the baseline with other ratios for this kind of machine."""
        others = tuple(kind for kind in self.kinds if not kind.is_here())
        return replace(self, kinds=(*others, Kind(machine(), ratios)))


def read_baseline(path: Path = BASELINE) -> Baseline:
    """Read the committed baseline."""
    told = json.loads(path.read_text(encoding="utf-8"))
    assert told["schema"] == SCHEMA
    kinds = tuple(Kind(each["machine"], each["ratios"]) for each in told["kinds"])
    return Baseline(kinds, told["answers"])


def write_baseline(baseline: Baseline, path: Path = BASELINE) -> None:
    """Write a baseline to be committed."""
    kinds = [{"machine": kind.machine, "ratios": kind.ratios} for kind in baseline.kinds]
    told = {"schema": SCHEMA, "kinds": kinds, "answers": baseline.answers}
    path.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")


def judge(
    works: Mapping[str, Work[Any]],
    baseline: Baseline,
    *,
    clock: Clock = time.process_time,
    pause: Callable[[float], None] = time.sleep,
) -> list[str]:
    """Say in words what has become slower or gives another answer; nothing where all is well.

    Parameters
    ----------
    works : mapping of str to Work
        The bodies of the small size by name.
    baseline : Baseline
        What they are held against: the ratios of this kind of machine, else the first ones, which
        a body may miss by far.
    clock : callable
        Gives seconds.
    pause : callable
        Waits so many seconds before a further try.
    """
    here = baseline.kind_here()
    ratios = baseline.kinds[0].ratios if here is None else here.ratios
    allowed = ALLOWED_ELSEWHERE if here is None else ALLOWED
    measured = measure(works, rounds=ROUNDS, clock=clock)
    wrong = [
        f"{name} gives another answer: {'; '.join(changed)}"
        for name, each in measured.items()
        if (changed := differences(baseline.answers[SMALL.name].get(name, {}), each.answer))
    ]
    names = [name for name in GATED if set(RATIOS[name]) <= set(works)]
    for _ in range(TRIES - 1):
        slow = _too_slow(measured, ratios, names, allowed)
        if not slow:
            break
        pause(PAUSE_SECONDS)
        again = {body for name in slow for body in RATIOS[name]}
        measured = _timed_again(works, measured, again, clock)
    got = ratios_of(measured, names)
    return wrong + [
        f"{name}: expected at least {ratios[name] / allowed:.3g} times "
        f"(baseline {ratios[name]:.3g}), got {got[name]:.3g}"
        for name in _too_slow(measured, ratios, names, allowed)
    ]


def _too_slow(
    measured: Mapping[str, Measured], ratios: dict[str, float], names: list[str], allowed: float
) -> list[str]:
    """List the ratios that are lower than allowed."""
    got = ratios_of(measured, names)
    return [name for name in names if got[name] * allowed < ratios[name]]


def _timed_again(
    works: Mapping[str, Work[Any]], measured: dict[str, Measured], names: set[str], clock: Clock
) -> dict[str, Measured]:
    """Time some bodies for another try; earlier times stay."""
    found = dict(measured)
    for _ in range(ROUNDS):
        for name in (name for name in works if name in names):
            seconds = (*found[name].seconds, seconds_of(works[name].call, clock=clock))
            found[name] = replace(found[name], seconds=seconds)
    return found


def gated_works() -> dict[str, Work[Any]]:
    """Prepare the bodies of the gated ratios."""
    names = dict.fromkeys(body for name in GATED for body in RATIOS[name])
    return {name: BODIES[name](SMALL) for name in names}


def main() -> None:
    """Run the gate; exit code 1 where it fails."""
    baseline = read_baseline()
    began = time.perf_counter()
    problems = judge(gated_works(), baseline)
    for problem in problems:
        print(f"benchmark gate: {problem}")
    if problems:
        print("Mend it, or, where it is meant: `make bench-baseline` on a quiet machine.")
        sys.exit(1)
    known = baseline.kind_here() is not None
    kind = "a kind of the baseline" if known else "no kind of the baseline, coarse limits"
    seconds = time.perf_counter() - began
    print(f"benchmark gate: {len(GATED)} ratios and answers hold ({kind}; {seconds:.0f} s)")


if __name__ == "__main__":
    main()
