"""Writes a Locust test as a file, and what is expected on it as a table.

Every name goes in as a literal of plain ASCII, so that none of them can become code.

Notation: T tick.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tuner.deployment.locust_test import EXIT_BEYOND_LIMITS, LoadLimits, LocustTest
from tuner.units import SECONDS_PER_MINUTE

if TYPE_CHECKING:
    from jinja2 import Environment

WINDOW_SECONDS = 30.0
MOST_SPAWN_SECONDS = 10.0
LEAST_TIMEOUT_SECONDS = 10.0


def locust_file(test: LocustTest) -> str:
    """Write a test as a Locust file, in plain ASCII.

    Parameters
    ----------
    test : LocustTest
        From `locust_test`.

    Returns
    -------
    str
        Python that needs nothing but Locust.
    """
    limits, stage = test.limits, test.stage_seconds
    most = LEAST_TIMEOUT_SECONDS * 1000 if limits.most_p95_ms is None else limits.most_p95_ms
    values = {
        "shortest_wait_seconds": 0.5 * test.mean_wait_seconds,
        "longest_wait_seconds": 1.5 * test.mean_wait_seconds,
        "timeout_seconds": max(LEAST_TIMEOUT_SECONDS, 10 * most / 1000),
        "window_seconds": min(WINDOW_SECONDS, max(stage, 1.0)),
        "spawn_seconds": min(MOST_SPAWN_SECONDS, stage / 6),
    }
    names = ("service", "shape", "plan", "host", "paths", "mean_wait_seconds", "time_scale")
    facts = {name: getattr(test, name) for name in (*names, "user_rpm", "stage_seconds")}
    said = {name: getattr(limits, name) for name in LoadLimits.__dataclass_fields__}
    return (
        _environment()
        .get_template("locust_test.py.j2")
        .render(
            test=facts | said | values,
            head=_head(test),
            rows=_rows(test),
            instances=_instances(int(test.trace.in_service[0])),
            exit_code=EXIT_BEYOND_LIMITS,
        )
    )


EXPECTED_UNITS = {
    "minute": "min",
    "rpm": "1/min",
    "users": "1",
    "made_rpm": "1/min",
    "in_service": "1",
    "desired_capacity": "1",
    "cpu_percent": "%",
    "events": "",
}
"""Columns of the table of what is expected, with their units."""


def expected_table(test: LocustTest) -> dict[str, NDArray[Any]]:
    """Give what the plan is expected to do in each tick, as columns ``[T]``.

    Parameters
    ----------
    test : LocustTest
        From `locust_test`.

    Returns
    -------
    dict of str to array
        By the names of `EXPECTED_UNITS`; `minute` is of the test's own clock, `cpu_percent` NaN in
        ticks that have none.
    """
    run = test.trace.columns()
    made: dict[str, NDArray[Any]] = {"users": test.users, "made_rpm": np.round(test.made_rpm, 3)}
    made["minute"] = np.asarray(run["minute"], dtype=np.float64) / test.time_scale
    return {name: made.get(name, run.get(name, np.empty(0))) for name in EXPECTED_UNITS}


def literal(value: object) -> str:
    r"""Write a text, a number or None so that Python reads back the same, in plain ASCII.

    Examples
    --------
    >>> print(literal('a"'), literal('b\u202e'), literal(1.5), literal(None))
    'a"' "b\u202e" 1.5 None
    """
    if isinstance(value, str):
        text = ascii(str(value))
        return text if '"' in value else f'"{text[1:-1]}"'
    if isinstance(value, float):
        return repr(float(value))
    return repr(value)


def _pairs(test: LocustTest) -> list[str]:
    """Write each stage as a literal: its users, and the load that they stand for."""
    columns = (test.users.tolist(), test.trace.rpm.tolist())
    return [f"({users}, {literal(round(rpm, 3))})," for users, rpm in zip(*columns, strict=True)]


def _head(test: LocustTest) -> list[str]:
    """Name what stands in the stages, above them."""
    width = max(map(len, _pairs(test)))
    return [
        "users, and the rpm that they stand for",
        f"{'':{width}}  minute     rpm made  expected: instances   CPU %",
    ]


def _rows(test: LocustTest) -> list[dict[str, str]]:
    """Give the stages as literals with a comment for people."""
    trace, made, pairs = test.trace, test.made_rpm, _pairs(test)
    width = max(map(len, pairs))
    rows = []
    for t, pair in enumerate(pairs):
        minute = t * trace.tick_seconds / SECONDS_PER_MINUTE / test.time_scale
        cpu = trace.cpu_percent[t]
        words = (
            f"{minute:>6g}  {made[t]:>11,.0f}  {trace.in_service[t]:>19}"
            f"  {'-' if math.isnan(cpu) else format(cpu, '.1f'):>6}"
        )
        rows.append({"literal": pair.ljust(width), "comment": words})
    return rows


def _instances(count: int) -> str:
    """Count instances in words."""
    return f"{count} instance{'' if count == 1 else 's'} in service"


def _environment() -> Environment:
    """Make the engine of templates; names go in by `literal` alone."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["literal"] = literal
    return environment
