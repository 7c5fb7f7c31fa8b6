"""Writes RESULTS.md from what was measured: `python -m benchmarks.results BENCH.json FRESH.json`.

The first comes from ``pytest benchmarks --benchmark-enable --benchmark-json BENCH.json``, the
second from ``python -m benchmarks.fresh FRESH.json``. Beside them ``--save FILE`` writes the bodies
of full size as `cliffside bench --compare` reads them.
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.bodies import RATIOS
from benchmarks.machine import machine
from benchmarks.measure import Measured, Save, ratios_of, write
from benchmarks.results_table import Table, duration, meaning, millions
from benchmarks.sizes import SIZES

RESULTS = Path(__file__).with_name("RESULTS.md")
HEAD = """\
# Benchmarks

Written by `make bench`; every body asserts an answer, so that a fast wrong one fails. Seconds are a
record of one machine on one day and gate nothing; only ratios within one process do.
[benchmarks.md](../docs/benchmarks.md) says what each body is, and how to compare two runs.

"""
N_SERVICES, NIGHT_HOURS = 5_000, 8
FAMILY_WORDS = {
    "simple": "simple scaling, everything in",
    "simple-bare": "simple scaling, without boot and drain",
    "step": "step scaling, four steps each way",
    "tracking": "target tracking",
    "mixed": "mixed: simple out, step in, target tracking",
    "simple-2-threads": "simple scaling, everything in, on 2 threads",
    "one-run": "the one-run loop, simple scaling",
    "numpy": "the NumPy version, simple scaling",
    "reference": "the plain reference, simple scaling",
    "search": "exact search, 1 thread",
    "optuna": "Optuna, one trial at a time",
}


def saves_of(measured: dict[str, Any], about: dict[str, str]) -> dict[str, Save]:
    """Gather the bodies that pytest-benchmark timed, by size."""
    saves: dict[str, Save] = {}
    for each in measured["benchmarks"]:
        extra = each["extra_info"]
        if "body" in extra:
            save = saves.setdefault(
                extra["size"], Save(extra["size"], measured["datetime"][:10], about, {})
            )
            save.bodies[extra["body"]] = Measured(
                tuple(each["stats"]["data"]), extra["amount"], extra["unit"], extra["answer"]
            )
    return saves


def results_text(
    measured: dict[str, Any], fresh: dict[str, Any] | None, about: dict[str, str]
) -> str:
    """Give RESULTS.md.

    Parameters
    ----------
    measured : dict
        What pytest-benchmark wrote.
    fresh : dict or None
        What the processes of their own measured; None: not run.
    about : dict of str to str
        The machine and its versions.
    """
    saves = saves_of(measured, about)
    sections = [_about(measured["datetime"][:10], about)]
    if saves:
        sections += _sections_of_bodies(saves)
    if fresh is not None:
        sections += [_starts(fresh["first_runs"]), _scale(fresh), _services(fresh)]
        sections.append(_counts(fresh["instructions"]))
    sections.append(_others(measured))
    return HEAD + "\n".join(sections)


def _about(date: str, about: dict[str, str]) -> str:
    """Say on what and when."""
    rest = {name: value for name, value in about.items() if name not in ("cpu", "processors")}
    system, vectors, python = rest.pop("system"), rest.pop("vectors"), rest.pop("python")
    named = ", ".join(f"{name} {number}" for name, number in rest.items())
    return "\n".join(
        [
            f"- date: {date}",
            f"- machine: {about['cpu']}, {about['processors']} processors, {vectors}",
            f"- system: {system}",
            f"- versions: Python {python}, {named}",
            "",
        ]
    )


def _sections_of_bodies(saves: dict[str, Save]) -> Iterator[str]:
    """Give the speed of every body, and the ratios between them."""
    sizes = [name for name in reversed(SIZES) if name in saves]
    for name in sizes:
        size = SIZES[name]
        table = Table("body", "best", "median", "in a second, at best", "calls")
        for body, each in saves[name].bodies.items():
            table.row(
                FAMILY_WORDS[body],
                duration(min(each.seconds)),
                duration(sorted(each.seconds)[len(each.seconds) // 2]),
                _rate(each),
                str(len(each.seconds)),
            )
        what = f"{size.n_candidates:,} candidates on {size.n_shapes} shapes of {size.n_ticks} ticks"
        yield f"## Speed, size {name}: {what}\n\n{table.text()}"
    table = Table("ratio of the best calls", *sizes)
    ratios = {name: ratios_of(saves[name].bodies) for name in sizes}
    for name in RATIOS:
        cells = [f"{ratios[size][name]:,.3g}" for size in sizes if name in ratios[size]]
        if len(cells) == len(sizes):
            table.row(name, *cells)
    yield f"## Ratios within one process\n\n{table.text()}"


def _rate(each: Measured) -> str:
    """Say how much a body does in a second."""
    if each.unit == "candidate-minutes":
        return f"{millions(each.best_rate)} million candidate-minutes"
    return f"{each.best_rate:,.0f} {each.unit}"


def _starts(first_runs: dict[str, float]) -> str:
    """Give the cold and the warm start."""
    table = Table("first simulation of a fresh process", "seconds, at best", "promised")
    promised = {"cold": "15 s", "warm": "2 s"}
    words = {"cold": "with an empty kernel cache", "warm": "with a filled one"}
    for kind, seconds in first_runs.items():
        table.row(words[kind], duration(seconds), promised[kind])
    return f"## Start\n\n{table.text()}"


def _scale(fresh: dict[str, Any]) -> str:
    """Give the long runs with their memory."""
    table = Table(
        *("run", "seconds", "in the kernel", "million candidate-minutes a second"),
        *("threads", "memory before", "peak memory"),
    )
    names = [name for name in fresh if name.startswith(("scale-", "exact-"))]
    for name in names:
        each = fresh[name]
        family = name.removeprefix("scale-")
        words = f"10,000 candidates x 28 days, {FAMILY_WORDS.get(family, family)}"
        if name == "exact-front":
            words = "exact front of 673,920 candidates x 12 shapes of 60 to 1,440 minutes"
        table.row(
            words,
            duration(each["seconds"]),
            f"{each['kernel_seconds'] / each['seconds']:.1%}",
            millions(each["candidate_minutes"] / each["seconds"]),
            str(each["threads"]),
            f"{each['base_mb']:,.0f} MB",
            f"{each['peak_mb']:,.0f} MB",
        )
    return f"## Scale\n\n{table.text()}"


def _services(fresh: dict[str, Any]) -> str:
    """Work out what 5,000 services need, from the rate of one of them."""
    table = Table("family", "seconds a service and core", "core-hours", "cores for a night of 8 h")
    for name, each in fresh.items():
        if name.startswith("scale-"):
            hours = N_SERVICES * each["seconds"] / 3_600
            cores = math.ceil(hours / NIGHT_HOURS)
            family = FAMILY_WORDS[name.removeprefix("scale-")]
            table.row(family, f"{each['seconds']:.2f}", f"{hours:,.1f}", str(cores))
    return (
        f"## On paper: {N_SERVICES:,} services, each 10,000 candidates x 28 days\n\n{table.text()}"
    )


def _counts(instructions: dict[str, int] | str) -> str:
    """Give the instructions of a call, or say why there are none."""
    head = "## Instructions of a call: one block on 12 shapes, without AVX-512\n\n"
    if isinstance(instructions, str):
        return f"{head}Valgrind is {instructions}.\n"
    table = Table("body", "million instructions")
    for name, count in instructions.items():
        table.row(FAMILY_WORDS[name], millions(count))
    return head + table.text()


def _others(measured: dict[str, Any]) -> str:
    """Give what else pytest-benchmark timed."""
    table = Table("benchmark", "median", "minimum", "rounds", "at the median")
    for each in sorted(measured["benchmarks"], key=lambda b: b["fullname"]):
        if "body" not in each["extra_info"]:
            stats = each["stats"]
            table.row(
                each["name"].removeprefix("test_").replace("_", " "),
                duration(stats["median"]),
                duration(stats["min"]),
                str(stats["rounds"]),
                "; ".join(meaning(each["extra_info"], stats["median"])),
            )
    return f"## Search quality, store and the rest\n\n{table.text()}"


def main() -> None:
    """Write RESULTS.md, and a save of the bodies."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("bench", type=Path)
    parser.add_argument("fresh", type=Path, nargs="?")
    parser.add_argument("--save", type=Path)
    asked = parser.parse_args()
    measured = json.loads(asked.bench.read_text(encoding="utf-8"))
    fresh = None if asked.fresh is None else json.loads(asked.fresh.read_text(encoding="utf-8"))
    about = machine()
    RESULTS.write_text(results_text(measured, fresh, about), encoding="utf-8")
    if asked.save is not None:
        write(asked.save, saves_of(measured, about)["full"])
    print(f"wrote {RESULTS.name}: {len(measured['benchmarks'])} benchmarks")


if __name__ == "__main__":
    main()
