"""Writes RESULTS.md from what pytest-benchmark measured: `python -m benchmarks.results BENCH.json`.

The JSON comes from ``pytest benchmarks --benchmark-enable --benchmark-json BENCH.json``.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).with_name("RESULTS.md")
LIBRARIES = ("numpy", "numba", "llvmlite", "pyarrow", "pytest-benchmark")
HEAD = """\
# Benchmarks

Written by `make bench`; every body asserts an answer, so that a fast wrong one fails. Seconds are a
record of one machine on one day and gate nothing; only ratios within one process do.

"""


def results_text(measured: dict[str, Any], versions: dict[str, str]) -> str:
    """Give RESULTS.md.

    Parameters
    ----------
    measured : dict
        What pytest-benchmark wrote.
    versions : dict of str to str
        Versions of the libraries that matter.
    """
    machine = measured["machine_info"]
    cpu = machine.get("cpu", {})
    named = ", ".join(f"{name} {number}" for name, number in versions.items())
    about = [
        ("date", measured["datetime"][:10]),
        ("machine", f"{cpu.get('brand_raw', 'unknown')}, {cpu.get('count', '?')} processors"),
        ("system", f"{machine['system']} {machine['machine']}"),
        ("versions", f"Python {machine['python_version']}, {named}"),
    ]
    lines = [f"- {name}: {value}" for name, value in about]
    rows = [
        "| benchmark | median | minimum | rounds | at the median |",
        "| --- | --- | --- | --- | --- |",
        *(_row(each) for each in sorted(measured["benchmarks"], key=lambda b: b["fullname"])),
    ]
    return HEAD + "\n".join([*lines, "", *rows]) + "\n"


def _row(measured: dict[str, Any]) -> str:
    """Give the table row of one benchmark."""
    stats = measured["stats"]
    meaning = "; ".join(_meanings(measured["extra_info"], stats["median"]))
    name = measured["name"].removeprefix("test_").replace("_", " ")
    times = f"{_duration(stats['median'])} | {_duration(stats['min'])} | {stats['rounds']}"
    return f"| {name} | {times} | {meaning} |"


def _duration(seconds: float) -> str:
    """Write a time in the unit that people would choose, with three digits."""
    return f"{seconds:.3g} s" if seconds >= 1 else f"{seconds * 1000:.3g} ms"


def _meanings(extra: dict[str, Any], seconds: float) -> Iterator[str]:
    """Say what a time means, from what the benchmark noted."""
    threads = extra.get("threads", 1)
    if "candidate_minutes" in extra:
        speed = extra["candidate_minutes"] / seconds / 1e6
        cores = "" if threads == 1 else f" on {threads} threads"
        yield f"{speed:,.1f} million candidate-minutes a second{cores}"
    if "candidates" in extra:
        yield f"{extra['candidates'] / seconds:,.0f} candidates a second"
    if "rows" in extra:
        yield f"{extra['rows'] / seconds / 1e6:,.2f} million rows a second"
    if "bytes" in extra:
        yield f"{extra['bytes'] / 1e6:,.1f} MB"
    for name, value in extra.items():
        if name.startswith("times_"):
            yield f"{value:,.3g} {name.replace('_', ' ')}"


def main() -> None:
    """Write RESULTS.md."""
    measured = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    versions = {name: version(name) for name in LIBRARIES}
    RESULTS.write_text(results_text(measured, versions), encoding="utf-8")
    print(f"wrote {RESULTS.name}: {len(measured['benchmarks'])} benchmarks")


if __name__ == "__main__":
    main()
