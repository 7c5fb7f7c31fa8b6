"""Answers in words, block by block, and as objects for JSON."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tuner.cli.show import Block, Facts, Heading

if TYPE_CHECKING:
    from tuner.decision.insight import Insight
    from tuner.measure.host_fit import HostFit
    from tuner.traffic.shapes import TrafficShapes
    from tuner.tune import Tuning

MOST_FRONT_ROWS = 15
"""Points of the front that the answer of a job lists; the files hold all."""


def fit_object(fit: HostFit) -> dict[str, Any]:
    """Give a fit with the keys of `fit --output json`; null where there is nothing."""
    line, cliff = fit.line, fit.cliff
    warnings = [*fit.load_test.warnings, *cliff.warnings, *(line.warnings if line else ())]
    return {
        "schema": "cliffside.fit/1",
        "slope_percent_per_1000_rpm": None if line is None else line.slope_percent_per_rpm * 1000,
        "intercept_percent": None if line is None else line.intercept_percent,
        "r_squared": None if line is None else line.r_squared,
        "rmse_percent": None if line is None else line.rmse_percent,
        "linear": None if line is None else line.linear,
        "linearity": None if line is None else line.linearity,
        "saturation_rpm": None if line is None else line.saturation_rpm,
        "cliff_percent": cliff.cliff_percent,
        "cliff_estimate_percent": cliff.estimate_percent,
        "cliff_interval_percent": cliff.interval_percent and list(cliff.interval_percent),
        "cliff_rpm": cliff.cliff_rpm,
        "measured_up_to_percent": cliff.measured_up_to_percent,
        "lag_seconds": fit.load_test.lag_seconds,
        "dropped_rows": {drop.reason: drop.count for drop in fit.load_test.dropped},
        "warnings": warnings,
    }


def fit_words(fit: HostFit) -> Iterator[Block]:
    """Say a fit: the line, the cliff, and what was left out."""
    rows = []
    line = fit.line
    if line is not None:
        saturation = f"{line.saturation_rpm:,.0f}" if line.saturation_rpm < float("inf") else "no"
        curve = (
            f"a table of {len(line.table)} knots"
            if line.table
            else f"{line.intercept_percent:.1f} % + {line.slope_percent_per_rpm * 1000:.3f} % "
            "per 1,000 rpm"
        )
        rows.append(
            (
                "CPU line",
                f"{curve} (R² {line.r_squared:.3f}, RMSE {line.rmse_percent:.1f} points), "
                f"100 % at {saturation} rpm",
            )
        )
        rows.append(("", line.linearity))
    rows.append(("Cliff", fit.cliff.sentence))
    if fit.capacity:
        rows.append(("Capacity", fit.capacity))
    dropped = [_counted(drop.count, drop.reason) for drop in fit.load_test.dropped if drop.count]
    if dropped:
        rows.append(("Left out", "; ".join(dropped)))
    yield Facts(tuple(rows))


def _counted(count: int, reason: str) -> str:
    """Say how many rows were left out, and why; one is said in the singular."""
    said = re.sub(r"^(minute|row|window)s\b", r"\1", reason) if count == 1 else reason
    return f"{count:,} {said}"


def shapes_words(shapes: TrafficShapes, notes: Sequence[str] = ()) -> Iterator[Block]:
    """List shapes, one a line, and what a reader should know of them."""
    from tuner.report.tables import sourced_table

    yield sourced_table(shapes)
    yield from notes


def totals_words(rows: Sequence[Mapping[str, Any]], description: str) -> Iterator[Block]:
    """List the totals of a plan on each shape.

    Parameters
    ----------
    rows : sequence of mapping
        Totals by name, with the name of the shape.
    description : str
        The plan in words.
    """
    from tuner.report.tables import totals_table

    yield description
    yield totals_table(rows)


def insight_facts(insight: Insight) -> Facts:
    """Say what stands behind a choice, under the words that its parts have in the report."""
    parts = {
        "One step away": insight.sensitivity_lines(),
        "What decides": [insight.importance_line()],
        "Price of safety": insight.safety_lines(),
    }
    return Facts(
        tuple(
            ("" if i else part, line)
            for part, lines in parts.items()
            for i, line in enumerate(lines)
        )
    )


def tuning_words(tuning: Tuning) -> Iterator[Block]:
    """Say a finished job in the order of the work: fit, shapes, search, advice, front."""
    from tuner.report.basis import search_in_words
    from tuner.report.families import families_table
    from tuner.report.front_table import front_marks, front_rows_left_out, front_table
    from tuner.report.plan_tables import plans_table

    result, advice = tuning.result, tuning.recommendation
    if tuning.host_fit is not None:
        yield from fit_words(tuning.host_fit)
    yield Heading("Traffic")
    yield from shapes_words(tuning.shapes, tuning.notes)
    yield Heading("Simulated")
    for answer in tuning.answers:
        of = f"{answer.name.capitalize()}: " if len(tuning.answers) > 1 else ""
        feasible_count = answer.recommendation.feasible_count
        yield f"{of}{search_in_words(answer.result, feasible_count=feasible_count)}."
        if answer.result.left_out:
            reasons = (f"{n:,} ({reason})" for reason, n in answer.result.left_out.items())
            yield f"{of}left out of the lattice: {', '.join(reasons)}.".capitalize()
    if len(tuning.answers) > 1:
        yield Heading(f"Families: {tuning.best.name}")
        yield families_table(tuning.answers)
    yield Heading(f"Recommendation: {advice.verdict}")
    yield advice.reason
    yield from advice.binding
    yield from advice.remarks
    yield plans_table(advice)
    yield Heading("Cost against safety")
    marks = front_marks(result, advice)
    yield front_table(result, marks=marks, most=MOST_FRONT_ROWS)
    more = front_rows_left_out(result, marks=marks, most=MOST_FRONT_ROWS)
    if more:
        yield f"{more:,} more in front.parquet"
    if result.complete:
        yield Heading("Behind the choice")
        yield insight_facts(tuning.insight)
