"""The plans that matter side by side, over all shapes and on each.

Notation: S shape.
"""

from __future__ import annotations

from collections.abc import Iterator

from tuner.decision.recommend import Recommendation
from tuner.decision.standing import share_in_words, share_percent, standing_of
from tuner.decision.totals import PlanTotals
from tuner.decision.words import money, number, shortest
from tuner.report.looks import MARKS
from tuner.report.searched import marked_plans
from tuner.report.tables import Bad, Column, Table, peak_cell


def plans_table(recommendation: Recommendation) -> Table:
    """Compare the plans that matter, weighted over the shapes, with today's and the limit."""
    named = list(_plans(recommendation))
    today = recommendation.baseline
    rows = []
    for name, totals in named:
        weighted, over = totals.weighted, totals.all_minutes_over_cliff
        beside = "" if today is None or totals is today else beside_in_words(totals, today)
        rows.append(
            (
                name,
                number(weighted["host_minutes"], digits=0),
                *(() if totals.usd is None else (money(totals.usd),)),
                beside,
                number(weighted["mean_cpu_percent"]),
                peak_cell(
                    weighted["worst_peak_cpu_percent"], limit_percent=recommendation.limit_percent
                ),
                Bad(shortest(over)) if over else shortest(over),
                number(weighted["activities_per_day"]),
                _shapes_over(totals),
            )
        )
    return Table(
        caption="Weighted over the shapes; the peak is the worst of any, and minutes over the "
        "cliff are those of all together",
        head=(
            Column("Plan", is_number=False),
            Column("Host-minutes"),
            *_usd_column(recommendation),
            Column("vs T"),
            Column("Mean CPU, %"),
            Column("Worst peak, %"),
            Column("Minutes over cliff"),
            Column("Activities a day"),
            Column("Shapes over"),
        ),
        rows=tuple(rows),
        details=tuple("" if t.plan is None else t.plan.describe() for _, t in named),
        marked=_row_of(named, recommendation.recommended),
    )


def _plans(recommendation: Recommendation) -> Iterator[tuple[str, PlanTotals]]:
    """Give what there is to compare, in the order of the tables."""
    for letter, totals in marked_plans(recommendation).items():
        yield f"{letter} {MARKS[letter][0]}", totals
    if recommendation.fixed_group is not None:
        yield f"fixed group of {recommendation.fixed_instances}", recommendation.fixed_group
    yield "clairvoyant bound", recommendation.clairvoyant


def _usd_column(recommendation: Recommendation) -> tuple[Column, ...]:
    """Give the column of money, where there is a price."""
    return () if recommendation.clairvoyant.usd is None else (Column("USD"),)


def _row_of(named: list[tuple[str, PlanTotals]], totals: PlanTotals | None) -> int | None:
    """Give the row of a plan."""
    return next((i for i, (_, each) in enumerate(named) if each is totals), None)


def beside_in_words(totals: PlanTotals, other: PlanTotals) -> str:
    """Say by how much a plan's host-minutes differ from another's, in percent."""
    minutes, before = standing_of(totals).minutes, standing_of(other).minutes
    if minutes == before:
        return "±0 %"
    return share_in_words(share_percent(minutes - before, before), sign=True) if before else "–"


def _shapes_over(totals: PlanTotals) -> str:
    """Say on how many shapes a plan passes the limit."""
    text = f"{len(totals.shapes_over_limit)} of {len(totals.shape_names)}"
    return Bad(text) if totals.shapes_over_limit else text


def shapes_table(recommendation: Recommendation) -> Table:
    """Compare the plans that have a letter on each shape, one row a shape."""
    plans = marked_plans(recommendation)
    limit = recommendation.limit_percent

    def cells(s: int) -> Iterator[str]:
        for totals in plans.values():
            yield peak_cell(totals.outcomes.peak_cpu_percent[0, s], limit_percent=limit)
        for totals in plans.values():
            over = totals.outcomes.minutes_over_cliff[0, s]
            yield Bad(shortest(over)) if over else shortest(over)
        for totals in plans.values():
            yield number(totals.outcomes.host_minutes[0, s], digits=0)

    measures = ("Peak {}, %", "Min over {}", "Host-min {}")
    heads = [Column(text.format(letter)) for text in measures for letter in plans]
    return Table(
        caption="Peak CPU, minutes over the cliff and host-minutes on each shape",
        head=(Column("Shape", is_number=False), *heads),
        rows=tuple(
            (name, *cells(s)) for s, name in enumerate(recommendation.clairvoyant.shape_names)
        ),
    )


def every_plan_table(recommendation: Recommendation) -> Table:
    """Compare everything on each shape, the fixed group and the bound as well."""
    rows = [
        (
            shape,
            name,
            number(totals.outcomes.host_minutes[0, s], digits=0),
            *(() if totals.shape_usd is None else (money(totals.shape_usd[s].item()),)),
            number(totals.outcomes.mean_cpu_percent[0, s]),
            peak_cell(
                totals.outcomes.peak_cpu_percent[0, s], limit_percent=recommendation.limit_percent
            ),
            shortest(totals.outcomes.minutes_over_cliff[0, s]),
            number(totals.outcomes.peak_instances[0, s], digits=0),
        )
        for s, shape in enumerate(recommendation.clairvoyant.shape_names)
        for name, totals in _plans(recommendation)
    ]
    return Table(
        caption="Each plan on each shape",
        head=(
            Column("Shape", is_number=False),
            Column("Plan", is_number=False),
            Column("Host-minutes"),
            *_usd_column(recommendation),
            Column("Mean CPU, %"),
            Column("Peak CPU, %"),
            Column("Minutes over cliff"),
            Column("Most instances"),
        ),
        rows=tuple(rows),
    )
