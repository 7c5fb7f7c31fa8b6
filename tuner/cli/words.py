"""Answers as lines of text and as objects for JSON."""

from __future__ import annotations

from typing import Any

from tuner.decision.totals import PlanTotals
from tuner.measure.host_fit import HostFit
from tuner.traffic.describe import shape_facts
from tuner.traffic.shapes import TrafficShapes
from tuner.tune import Tuning


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


def fit_lines(fit: HostFit) -> list[str]:
    """Say a fit in lines."""
    lines = []
    if fit.line is not None:
        line = fit.line
        lines.append(
            f"CPU line: {line.intercept_percent:.1f} % + "
            f"{line.slope_percent_per_rpm * 1000:.3f} % per 1,000 rpm "
            f"(R² {line.r_squared:.3f}, RMSE {line.rmse_percent:.1f} points), "
            f"100 % at {line.saturation_rpm:,.0f} rpm"
        )
        lines.append(line.linearity)
    lines.append(fit.cliff.sentence)
    dropped = [f"{drop.count} {drop.reason}" for drop in fit.load_test.dropped if drop.count]
    if dropped:
        lines.append("Left out: " + "; ".join(dropped))
    return lines


def shape_lines(shapes: TrafficShapes) -> list[str]:
    """List shapes, one a line."""
    return [
        "Shape: " + ", ".join(f"{key} {value}" for key, value in facts.items())
        for facts in shape_facts(shapes)
    ]


def totals_lines(rows: list[dict[str, Any]]) -> list[str]:
    """List the totals of each shape."""
    return [
        f"  {row['shape']}: peak {row['peak_cpu_percent']:.1f} %, mean "
        f"{row['mean_cpu_percent']:.1f} %, {row['host_minutes']:,.0f} host-minutes, "
        f"{row['minutes_over_cliff']:,.0f} minutes over the cliff, "
        f"{row['scale_outs']} out and {row['scale_ins']} in"
        for row in rows
    ]


def tuning_lines(tuning: Tuning) -> list[str]:
    """Say a finished job in the order of the work: fit, shapes, search, advice, front."""
    result, advice = tuning.result, tuning.recommendation
    fit = [] if tuning.host_fit is None else fit_lines(tuning.host_fit)
    runs = result.n_candidates * result.n_minutes
    searched = (
        f"Simulated {result.n_candidates:,} candidates x {len(tuning.shapes)} shapes "
        f"({runs:,.0f} candidate-minutes) in {result.seconds:.1f} s; "
        f"{sum(result.left_out.values()):,} points of the lattice left out; "
        f"{advice.feasible_count:,} keep to every limit"
    )
    front = [
        f"  {row['host_minutes']:>12,.0f} {row['worst_peak_cpu_percent']:>10.1f} "
        f"{row['mean_cpu_percent']:>9.1f}"
        for row in result.cost_front_rows()
    ]
    return [
        *fit,
        *shape_lines(tuning.shapes),
        *tuning.notes,
        searched,
        f"Recommendation ({advice.verdict}): {advice.reason}",
        *_advice_lines(tuning),
        *advice.binding,
        *advice.remarks,
        "Cost against safety:",
        "  host-minutes peak CPU % mean CPU %",
        *front,
    ]


def _advice_lines(tuning: Tuning) -> list[str]:
    """Put the plans that matter beside each other."""
    advice = tuning.recommendation
    rows: dict[str, PlanTotals | None] = {
        "today": advice.baseline,
        "recommended": advice.recommended,
        "cheapest": advice.cheapest,
        "least bad": advice.least_bad,
        f"fixed group of {advice.fixed_instances}": advice.fixed_group,
        "clairvoyant bound": advice.clairvoyant,
    }
    return [
        f"  {name}: {row.weighted['host_minutes']:,.0f} host-minutes, mean "
        f"{row.weighted['mean_cpu_percent']:.1f} %, worst peak "
        f"{row.weighted['worst_peak_cpu_percent']:.1f} %, over the cliff "
        f"{row.all_minutes_over_cliff:,.0f} minutes"
        for name, row in rows.items()
        if row is not None
    ]
