"""What stands behind a choice as tables: steps, shares, prices; two plans; days never seen.

Notation: S shape.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from tuner.decision.insight import Insight
from tuner.decision.price_of_safety import PriceOfSafety
from tuner.decision.sensitivity import Sensitivity
from tuner.decision.totals import PlanTotals
from tuner.decision.walk_forward import Fold, WalkForward, days_in_words
from tuner.decision.why_not import Comparison
from tuner.decision.words import counted, number, scale_out_in_words, shortest
from tuner.report.tables import Bad, Column, Table, peak_cell

MOST_PRICE_ROWS = 40


def insight_tables(insight: Insight) -> dict[str, Table]:
    """Give the tables beside the report's figures, by the names of these.

    Parameters
    ----------
    insight : Insight
        What stands behind a choice.
    """
    return {
        "sensitivity": sensitivity_table(insight.sensitivity),
        "importance": importance_table(insight.importance),
        "price": price_table(insight.price_of_safety, most=MOST_PRICE_ROWS),
    }


def sensitivity_table(found: Sensitivity) -> Table:
    """List one step of each parameter, down and up, with what it changes.

    Parameters
    ----------
    found : Sensitivity
        A plan with its neighbours.
    """
    limit = found.limit_percent
    return Table(
        caption="One step of one parameter: changes of mean CPU and host-minutes, the worst peak"
        f" after it; the limit is {number(limit)} %",
        head=(
            Column("Parameter", is_number=False),
            Column("From", is_number=False),
            Column("To", is_number=False),
            Column("Mean CPU, points"),
            Column("Host-minutes"),
            Column("Worst peak, %"),
            Column("Shapes over"),
            Column("Highest on", is_number=False),
        ),
        rows=tuple(
            (
                step.parameter,
                step.before,
                step.after,
                signed(step.changes["mean_cpu_percent"]),
                signed(step.changes["host_minutes"]),
                peak_cell(step.tightest_peak_percent, limit_percent=limit),
                Bad(str(step.shapes_over_limit)) if step.breaks else "0",
                step.tightest_shape,
            )
            for step in found.steps
        ),
    )


def importance_table(importance: Mapping[str, float]) -> Table:
    """List the shares of the knobs, the largest first.

    Parameters
    ----------
    importance : mapping of str to float
        From 0 to 1, by knob.
    """
    return Table(
        caption="Share in whether a candidate is among the best tenth",
        head=(Column("Parameter", is_number=False), Column("Share, %")),
        rows=tuple((name, number(100.0 * share)) for name, share in importance.items()),
    )


def price_table(priced: PriceOfSafety, *, most: int) -> Table:
    """List the feasible front with what each point of headroom costs, the cheapest first.

    Parameters
    ----------
    priced : PriceOfSafety
        The front.
    most : int
        Rows at most, at least 3: spread evenly, with both ends and the knee.
    """
    plans, knee = priced.feasible, priced.knee
    even = np.linspace(0, len(plans) - 1, min(most - 1, len(plans))).round().astype(np.int64)
    places = set(even.tolist())
    shown = [f for f in range(len(plans)) if f in places or plans[f] is knee]
    caption = "The feasible front, with the price of each point of headroom more"
    if len(shown) < len(plans):
        caption += f" ({len(shown):,} of {len(plans):,} plans)"
    first = plans[0] if plans else None
    return Table(
        caption=caption,
        head=(
            Column("Headroom, points"),
            Column("Host-minutes"),
            Column("For each point more"),
            Column("Mean CPU, %"),
            Column("", is_number=False),
            Column("Scale-out", is_number=False),
        ),
        rows=tuple(
            (
                number(plan.headroom_points),
                number(plan.host_minutes, digits=0),
                "–"
                if plan is first or plan.host_minutes_per_point is None
                else number(plan.host_minutes_per_point),
                number(plan.mean_cpu_percent),
                "knee" if plan is knee else "",
                scale_out_in_words(plan.plan),
            )
            for plan in (plans[f] for f in shown)
        ),
        marked=next((i for i, f in enumerate(shown) if plans[f] is knee), None),
    )


def comparison_table(found: Comparison, *, limit_percent: float) -> Table:
    """Set the totals of two plans side by side.

    Parameters
    ----------
    found : Comparison
        The plans with their totals.
    limit_percent : float
        Largest peak CPU allowed.
    """
    plans = (found.first, found.second)
    return Table(
        caption=f"Two plans on {counted(len(found.first.shape_names), 'shape')}; the peak is the"
        " worst of any, and minutes over the cliff are those of all together",
        head=(
            Column("Plan", is_number=False),
            Column("Host-minutes"),
            Column("Mean CPU, %"),
            Column("Worst peak, %"),
            Column("Minutes over cliff"),
            Column("Activities a day"),
            Column("Shapes over"),
        ),
        rows=tuple(
            (
                totals.label,
                number(totals.weighted["host_minutes"]),
                number(totals.weighted["mean_cpu_percent"]),
                _peak(totals, limit_percent),
                _bad(shortest(totals.all_minutes_over_cliff), totals.all_minutes_over_cliff > 0.0),
                number(totals.weighted["activities_per_day"]),
                _bad(str(len(totals.shapes_over_limit)), bool(totals.shapes_over_limit)),
            )
            for totals in plans
        ),
        details=tuple("" if totals.plan is None else totals.plan.describe() for totals in plans),
    )


def walk_forward_table(found: WalkForward) -> Table:
    """List the cuts: each figure on the days that were seen, and on those that were not.

    Parameters
    ----------
    found : WalkForward
        All cuts.
    """
    limit = found.limit_percent
    return Table(
        caption="Each plan on the days that it was tuned on → on later days that it never saw",
        head=(
            Column("Tuned on", is_number=False),
            Column("Judged on", is_number=False),
            Column("Mean CPU, %"),
            Column("Host-minutes a day"),
            Column("Worst peak, %"),
            Column("Days over cliff"),
        ),
        rows=tuple(
            (
                counted(len(fold.tuned_on), "day"),
                days_in_words(fold.judged_on),
                *_both(fold, limit),
            )
            for fold in found.folds
        ),
        details=tuple(_plan_of(fold) for fold in found.folds),
    )


def signed(value: float, *, digits: int = 1) -> str:
    """Write a change with its sign, none for 0.

    Examples
    --------
    >>> signed(1.25), signed(-3.0), signed(0.0)
    ('+1.3', '−3.0', '0.0')
    """
    text = number(value, digits=digits)
    return text if text.startswith("−") or not text.strip("0.,") else f"+{text}"


def _both(fold: Fold, limit_percent: float) -> tuple[str, ...]:
    """Give the figures of a cut, seen and never seen."""
    seen, unseen = fold.tuned, fold.judged
    if seen is None or unseen is None:
        return ("–", "–", "–", "–")
    mean, cost = (
        f"{number(seen.weighted[name], digits=digits)} →"
        f" {number(unseen.weighted[name], digits=digits)}"
        for name, digits in (("mean_cpu_percent", 1), ("host_minutes", 0))
    )
    peak = f"{_peak(seen, limit_percent)} → {_peak(unseen, limit_percent)}"
    over = f"{len(seen.shapes_over_cliff)} → {len(unseen.shapes_over_cliff)}"
    return (
        mean,
        cost,
        _bad(peak, bool(unseen.shapes_over_limit)),
        _bad(over, bool(unseen.shapes_over_cliff)),
    )


def _plan_of(fold: Fold) -> str:
    """Say the plan of a cut, and the days on which it passes the cliff."""
    if fold.tuned is None or fold.judged is None or fold.tuned.plan is None:
        return "nothing is feasible on the earlier days"
    over = fold.judged.shapes_over_cliff
    days = f"; over the cliff on {', '.join(over)}" if over else ""
    return f"{scale_out_in_words(fold.tuned.plan)}{days}"


def _peak(totals: PlanTotals, limit_percent: float) -> str:
    """Write the worst peak, marked where it is over the limit."""
    return peak_cell(totals.weighted["worst_peak_cpu_percent"], limit_percent=limit_percent)


def _bad(text: str, is_bad: bool) -> str:
    """Mark a cell where it shows a broken limit."""
    return Bad(text) if is_bad else text
