"""What is searched and decided, as the few words and tables that a notebook shows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from tuner.decision.families import FamilyAnswer, best_family
from tuner.decision.recommend import Recommendation
from tuner.measure.host_fit import HostFit
from tuner.policy import ScalingPlan
from tuner.report.basis import search_in_words
from tuner.report.families import families_table
from tuner.report.front_table import front_table
from tuner.report.html import CHIPS, headline_of
from tuner.report.notebook_cards import MOST_ROWS, Card, shortened
from tuner.report.plan_tables import plans_table
from tuner.report.tables import Bad, Column, Table, traffic_table
from tuner.search.result import SearchResult
from tuner.traffic.shapes import TrafficShapes

ALARMING = ("nothing feasible", "nothing passes")


def result_card(result: SearchResult) -> Card:
    """Say how much was simulated, and list the front."""
    feasible_count = int(np.count_nonzero(result.feasible()))
    lines = [f"{search_in_words(result, feasible_count=feasible_count)}."]
    lines += [f"Left out of the search: {n:,} ({reason})." for reason, n in result.left_out.items()]
    return Card(
        title="Search" if result.complete else "Search, interrupted before its end",
        lines=lines,
        notes=result.notes,
        tables=(front_table(result, marks={}, most=MOST_ROWS),),
    )


def advice_card(advice: Recommendation) -> Card:
    """Say what to do, and why."""
    chip = CHIPS[advice.verdict]
    return Card(
        title=headline_of(advice),
        chip=Bad(chip) if advice.verdict in ALARMING else chip,
        lines=(advice.reason, *advice.remarks),
        notes=advice.binding,
        tables=(plans_table(advice),),
    )


def job_card(
    service: str,
    *,
    host_fit: HostFit | None,
    shapes: TrafficShapes,
    answers: Sequence[FamilyAnswer],
) -> Card:
    """Say a finished job: what it rests on, what to do, and why.

    Parameters
    ----------
    service : str
        Its name.
    host_fit : HostFit or None
        The load test's fit, where there is one.
    shapes : TrafficShapes
        The load.
    answers : sequence of FamilyAnswer
        What each family gave.
    """
    best = best_family(answers)
    advice = advice_card(best.recommendation)
    searched = search_in_words(best.result, feasible_count=best.recommendation.feasible_count)
    basis = [f"Traffic: {traffic_table(shapes).caption}.", f"Simulated: {searched}."]
    if host_fit is not None:
        basis.insert(0, host_fit.cliff.sentence)
    families = (families_table(answers),) if len(answers) > 1 else ()
    return replace(
        advice,
        title=f"{service}: {advice.title}",
        notes=(*advice.notes, *basis),
        tables=(*advice.tables, *families),
    )


def plan_card(plan: ScalingPlan) -> Card:
    """Say a plan, one sentence for each of its policies, and list its schedule."""
    parts = list(_parts(plan))
    tables = (shortened(_schedule_table(plan)),) if plan.schedule else ()
    notes = [part.describe() for part in parts] if len(parts) > 1 else [plan.describe()]
    return Card(title="Scaling plan", notes=notes, tables=tables)


def _parts(plan: ScalingPlan) -> Iterator[ScalingPlan]:
    """Give what a plan consists of, each as a plan of its own."""
    if plan.scale_out is not None:
        yield ScalingPlan(scale_out=plan.scale_out)
    if plan.scale_in is not None:
        yield ScalingPlan(scale_in=plan.scale_in)
    if plan.target_tracking is not None:
        yield ScalingPlan(target_tracking=plan.target_tracking)
    if plan.min_size is not None:
        yield ScalingPlan(min_size=plan.min_size)
    if plan.schedule:
        yield ScalingPlan(schedule=plan.schedule)


def _schedule_table(plan: ScalingPlan) -> Table:
    """List the scheduled actions of a plan."""

    def size(value: int | None) -> str:
        return "" if value is None else f"{value:,}"

    return Table(
        caption="Schedule",
        head=(Column("Tick"), Column("Min size"), Column("Max size"), Column("Desired")),
        rows=tuple(
            (
                f"{action.tick:,}",
                size(action.min_size),
                size(action.max_size),
                size(action.desired_capacity),
            )
            for action in plan.schedule or ()
        ),
    )
