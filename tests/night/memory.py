"""Prints the memory of a night of tiny services as it goes on, with all files of their runs.

`python -m tests.night.memory 40`
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from pathlib import Path

from tests.night.folders import make_services
from tuner.night.night import run_night
from tuner.night.record import ServiceNight

UNIT = 1_000_000 if sys.platform == "darwin" else 1_000
"""Of the largest memory of a process: bytes on macOS, kilobytes elsewhere."""


def told(record: ServiceNight, done: int, total: int) -> None:
    """Print how much the process has held at most after some of the services."""
    if done in (1, 5, 10) or done % 20 == 0:
        largest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / UNIT
        print(f"{done} of {total} services: {largest:,.0f} MB", flush=True)


def main(count: int) -> None:
    """Run a night of so many services in a folder that goes away."""
    with tempfile.TemporaryDirectory() as place:
        folder = make_services(Path(place) / "services", count)
        began = time.monotonic()
        run_night(folder, Path(place) / "state", threads=1, told=told)
        print(f"{time.monotonic() - began:,.0f} s")


if __name__ == "__main__":
    main(int(sys.argv[1]))
