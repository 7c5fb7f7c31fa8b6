"""The first run of a process: `python -m benchmarks.first_run` prints the talk's host-minutes."""

from __future__ import annotations

from tests.golden.runs import INPUTS, result_of, stored


def main() -> None:
    """Simulate the talk's choice."""
    print(result_of(stored(INPUTS)["talk-15-2"])["totals"]["host_minutes"])


if __name__ == "__main__":
    main()
