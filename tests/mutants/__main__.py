"""Makes drawn mistakes, one at a time, and says which of them no test notices.

``NUMBA_DISABLE_JIT=1 python -m tests.mutants SEED N_RULES N_RAILS N_APPLY N_LANES`` prints a line
for each mistake. Each is made in a fork of this process, which has loaded everything and knows what
is right: that takes no time, and no mistake outlives its fork, however it ends.
"""

from __future__ import annotations

import importlib
import os
import random
import resource
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import ModuleType

import kernels
from tests.mutants import guards
from tests.mutants.exchange import exchange, functions_of
from tests.mutants.mutator import Site, code_with, sites_of

CPU_SECONDS = 60
"""A mistake that makes a loop endless is noticed by this."""

UNNOTICED, NOTICED, NOT_MADE = range(3)
"""How a fork ends."""

NOT_MUTATED = ("__init__", "_jit")
"""Files of the kernels that hold no rule of the simulator."""

KERNELS = sorted(
    f"kernels.{path.stem}"
    for path in Path(kernels.__file__).parent.glob("*.py")
    if path.stem not in NOT_MUTATED
)
LANES = [name for name in KERNELS if "lane" in name]
"""They run where the kernels are compiled only, and here; a mistake often makes them slower only,
since what they leave is run by the one-run loop."""
RULES = [name for name in KERNELS if name not in LANES]
RAILS = ("tuner.deployment.guard_rails", "tuner.deployment.guard_rails_mode")
APPLY = ("tuner.deployment.apply",)

GUARDS = (guards.rules_differ, guards.rails_differ, guards.apply_differs, guards.lanes_differ)
"""Of what `main` draws from, in its order."""

Mistake = tuple[ModuleType, Site]


def possible(names: list[str] | tuple[str, ...]) -> list[Mistake]:
    """Give every mistake that could be made in some modules."""
    found = []
    for name in names:
        module = importlib.import_module(name)
        there = dict(functions_of(module))
        sites = sites_of(Path(module.__file__).read_text())
        found += [(module, site) for site in sites if site.function in there]
    return found


def guard_of(module: ModuleType) -> Callable[[], bool]:
    """Give what must notice a mistake in a module."""
    if module.__name__ in RAILS:
        return guards.rails_differ
    if module.__name__ in APPLY:
        return guards.apply_differs
    if module.__name__ == "kernels.batch":
        return guards.batches_differ
    return guards.lanes_differ if module.__name__ in LANES else guards.rules_differ


def outcomes(tried: Iterable[Mistake]) -> Iterator[tuple[Mistake, bool]]:
    """Make mistakes, as many at a time as there are processors, and tell which are noticed."""
    running: dict[int, Mistake] = {}
    for mistake in tried:
        if len(running) == len(os.sched_getaffinity(0)):
            yield _ended(running)
        running[_forked(mistake)] = mistake
    while running:
        yield _ended(running)


def _ended(running: dict[int, Mistake]) -> tuple[Mistake, bool]:
    """Wait until one of some forks ends; one that the system ended was noticed too."""
    child, status = os.wait()
    mistake = running.pop(child)
    code = os.waitstatus_to_exitcode(status)
    if code == NOT_MADE:
        raise SystemExit(f"this mistake could not be made: {mistake}")
    return mistake, code != UNNOTICED


def _forked(mistake: Mistake) -> int:
    """Make a mistake in a fork, let its guard look, and give the fork's id."""
    child = os.fork()
    if child:
        return child
    code = NOT_MADE
    try:
        resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
        module, site = mistake
        source = Path(module.__file__)
        exchange(module, site.function, code_with(source.read_text(), site, str(source)))
        code = NOTICED
        code = NOTICED if guard_of(module)() else UNNOTICED
    finally:
        os._exit(code)


def main(seed: int, *numbers: int) -> None:
    """Make mistakes and print what became of each."""
    draw = random.Random(seed)
    for guard, number in zip(GUARDS, numbers, strict=True):
        if number and guard():  # in this process, so that each fork finds everything loaded
            raise SystemExit(f"{guard.__name__} without any mistake")
    drawn = []
    for names, number in zip((RULES, RAILS, APPLY, LANES), numbers, strict=True):
        there = possible(names)
        drawn += draw.sample(there, min(number, len(there)))
    for (module, site), is_noticed in outcomes(drawn):
        said = "found" if is_noticed else "SURVIVED"
        print(f"{said}: {module.__name__}.{site.function}, {site.words}", flush=True)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
