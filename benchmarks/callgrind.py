"""Instructions of one call of a body, counted by valgrind's callgrind where it is installed.

Counts repeat where seconds do not. Valgrind knows no AVX-512, so that the compiler is held to a
processor without it: counts watch the size of code and the work it does, not its speed. A call is
counted by difference: a process with one call more of it than another, over the calls more.

``python -m benchmarks.callgrind --calls NAME=N …`` is the process that is counted.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.bodies import BODIES
from benchmarks.families import FAMILIES
from benchmarks.sizes import Size

TINY = Size(
    name="tiny",
    n_candidates=64,
    n_numpy_shapes=1,
    n_reference=1,
    n_trials=1,
    n_thresholds=1,
    rounds=1,
)
"""One block on every shape."""

COUNTED = (*FAMILIES, "one-run")
MORE_CALLS = 10
WITHOUT_AVX512 = {"NUMBA_CPU_NAME": "haswell", "NUMBA_CPU_FEATURES": "+avx2,+fma,+bmi,+bmi2,+lzcnt"}
NOT_INSTALLED = "not installed"
TOTAL = re.compile(r"^(?:summary|totals): (\d+)", re.MULTILINE)
TIMEOUT_SECONDS = 900


def instructions_of(profile: str) -> int:
    """Read the instructions of a whole process from what callgrind wrote.

    Raises
    ------
    ValueError
        Where it holds no sum.
    """
    found = TOTAL.findall(profile)
    if not found:
        raise ValueError("a callgrind profile without a summary or totals line")
    return int(found[-1])


def count_all(names: tuple[str, ...] = COUNTED) -> dict[str, int] | str:
    """Give the instructions of one call by body, or say why there are none."""
    valgrind = shutil.which("valgrind")
    if valgrind is None:
        return NOT_INSTALLED
    try:
        return _count_with(valgrind, names)
    except (subprocess.SubprocessError, OSError, ValueError) as error:
        return f"installed, but failed: {error}"


def _count_with(valgrind: str, names: tuple[str, ...]) -> dict[str, int]:
    """Give the instructions of one call by body."""
    with tempfile.TemporaryDirectory() as cache:
        environment = {**os.environ, **WITHOUT_AVX512, "NUMBA_CACHE_DIR": cache}
        once = dict.fromkeys(names, 1)
        _process(once, environment)  # compiles, outside valgrind
        base = _counted(valgrind, once, environment)
        return {
            name: (_counted(valgrind, once | {name: 1 + MORE_CALLS}, environment) - base)
            // MORE_CALLS
            for name in names
        }


def _counted(valgrind: str, calls: dict[str, int], environment: dict[str, str]) -> int:
    """Count the instructions of a process that makes these calls."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "callgrind.out"
        _process(
            calls,
            environment,
            under=[valgrind, "--tool=callgrind", f"--callgrind-out-file={out}", "--quiet"],
        )
        return instructions_of(out.read_text(encoding="utf-8", errors="replace"))


def _process(
    calls: dict[str, int], environment: dict[str, str], under: list[str] | None = None
) -> None:
    """Run a process that makes these calls."""
    wanted = [f"{name}={number}" for name, number in calls.items()]
    subprocess.run(
        [*(under or []), sys.executable, "-m", "benchmarks.callgrind", "--calls", *wanted],
        env={**environment, "PYTHONHASHSEED": "0"},
        capture_output=True,
        check=True,
        timeout=TIMEOUT_SECONDS,
    )


def main() -> None:
    """Make the calls that are counted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", nargs="+", required=True)
    for wanted in parser.parse_args().calls:
        name, number = wanted.split("=")
        work = BODIES[name](TINY)
        for _ in range(int(number)):
            work.call()


if __name__ == "__main__":
    main()
