"""The report: one HTML file that asks nothing of any other machine."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tuner.decision.families import FamilyAnswer
from tuner.decision.insight import Insight
from tuner.decision.recommend import Recommendation
from tuner.decision.words import on_shapes, shortest
from tuner.deployment.fidelity import LedgerEntry
from tuner.measure.host_fit import HostFit
from tuner.report.basis import basis_of, warnings_of
from tuner.report.changes import changes, front_in_words, plan_to_take
from tuner.report.cloud import paint_cloud
from tuner.report.deciding import deciding_table, peaks_in_words
from tuner.report.families import families_figure, families_table
from tuner.report.front_table import front_marks, front_table
from tuner.report.insight import insight_figures
from tuner.report.insight_tables import insight_tables
from tuner.report.measured import cliff_figure, fit_figure
from tuner.report.others import Decision, point_in_words, why_not_table
from tuner.report.page import write_page
from tuner.report.plan_tables import every_plan_table, plans_table, shapes_table
from tuner.report.searched import front_figure, peaks_figure
from tuner.report.tables import events_table, traffic_table
from tuner.report.timeline import timeline_figure
from tuner.report.traffic import shapes_figure
from tuner.report.verification_tables import fidelity_table
from tuner.scenario import Scenario
from tuner.search.result import SearchResult
from tuner.simulation.trace import Trace
from tuner.traffic.shapes import TrafficShapes

if TYPE_CHECKING:
    import plotly.graph_objects as go

MOST_FRONT_ROWS = 40
CHIPS = {
    "change": "Change proposed",
    "keep": "Keep today’s policy",
    "nothing feasible": "Nothing feasible",
    "nothing passes": "Nothing passes the stress check",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportInput:
    """What a report is written from.

    Parameters
    ----------
    title : str
        The service's name.
    shapes : TrafficShapes [S]
        The load.
    notes : tuple of str
        What a reader should know of recordings and configuration.
    result : SearchResult
        Every candidate.
    recommendation : Recommendation
        What to do, and why.
    host_fit : HostFit or None
        The load test's fit; None where the host was given.
    scenario : Scenario
        What all candidates shared.
    timelines : mapping of str to mapping of str to Trace
        Runs to draw tick by tick: by the shape's name, then by label.
    insight : Insight or None
        What stands behind the choice; None: left out.
    answers : tuple of FamilyAnswer
        What each family gave, where there are several.
    fidelity : tuple of LedgerEntry
        Past verifications of the service, in order of time.
    """

    title: str
    shapes: TrafficShapes
    notes: tuple[str, ...] = ()
    result: SearchResult
    recommendation: Recommendation
    host_fit: HostFit | None
    scenario: Scenario
    timelines: Mapping[str, Mapping[str, Trace]]
    insight: Insight | None = None
    answers: tuple[FamilyAnswer, ...] = ()
    fidelity: tuple[LedgerEntry, ...] = ()


def render_report(report: ReportInput) -> str:
    """Write the report.

    Parameters
    ----------
    report : ReportInput
        What it is written from.

    Returns
    -------
    str
        One HTML page that holds its script, style and figures; the same input, the same page.
    """
    advice, result, insight = report.recommendation, report.result, report.insight
    runs = [(shape, traces) for shape, traces in report.timelines.items() if traces]
    front = front_figure(result, advice)
    dark_pictures = paint_cloud(front, result)
    figures = {
        "front": front,
        **{
            f"timeline-{i}": timeline_figure(traces, advice.limit_percent)
            for i, (_, traces) in enumerate(runs)
        },
        "peaks": peaks_figure(advice),
        "shapes": shapes_figure(report.shapes),
        **({"families": families_figure(report.answers)} if len(report.answers) > 1 else {}),
        **({} if insight is None else insight_figures(insight)),
        **_fit_figures(report.host_fit),
    }
    decision = _decision(report)
    return write_page(
        "report.html.j2",
        figures,
        dark_pictures=dark_pictures,
        title=report.title,
        chip=CHIPS[advice.verdict],
        headline=headline_of(advice),
        recommendation=advice,
        front_words=front_in_words(result),
        changes=list(changes(advice, decision.setting)),
        why_not_table=why_not_table(decision),
        one_more_point=point_in_words(decision),
        timelines=[
            {
                "shape": shape,
                "words": peaks_in_words(traces),
                "table": deciding_table(traces, n_shapes=len(report.shapes)),
                "tables": [events_table(trace, label=label) for label, trace in traces.items()],
            }
            for shape, traces in runs
        ],
        plans_table=plans_table(advice),
        families_table=families_table(report.answers) if len(report.answers) > 1 else None,
        shapes_table=shapes_table(advice),
        every_plan_table=every_plan_table(advice),
        traffic_table=traffic_table(report.shapes),
        front_table=front_table(result, marks=front_marks(result, advice), most=MOST_FRONT_ROWS),
        insight=insight,
        insight_tables={} if insight is None else insight_tables(insight),
        fidelity_table=fidelity_table(report.fidelity) if report.fidelity else None,
        notes=report.notes,
        basis=list(
            basis_of(advice, host_fit=report.host_fit, result=result, scenario=report.scenario)
        ),
        warnings=warnings_of(report.host_fit),
    )


def _decision(report: ReportInput) -> Decision:
    """Give what the plans that matter are chosen from."""
    answers = report.answers if len(report.answers) > 1 else ()
    return Decision(
        advice=report.recommendation,
        results=tuple(answer.result for answer in answers) or (report.result,),
        answers=answers,
        scenario=report.scenario,
        shapes=report.shapes,
    )


def render_timeline(
    traces: Mapping[str, Trace], *, title: str, limit_percent: float | None = None
) -> str:
    """Write a page that shows runs on one shape, with their actions.

    Parameters
    ----------
    traces : mapping of str to Trace
        As in `timeline_figure`.
    title : str
        The page's headline.
    limit_percent : float or None
        Largest peak CPU allowed, percent.
    """
    return write_page(
        "timeline.html.j2",
        {"timeline-0": timeline_figure(traces, limit_percent)},
        title=title,
        tables=[events_table(trace, label=label) for label, trace in traces.items()],
    )


def headline_of(advice: Recommendation) -> str:
    """Say the policy to take in words, or that there is none."""
    chosen = plan_to_take(advice)
    if advice.recommended is None or chosen is None or chosen.plan is None:
        if advice.verdict == "nothing passes":
            return "No policy passes the stress check"
        where = on_shapes(
            len(advice.clairvoyant.shape_names), of=len(advice.clairvoyant.shape_names)
        )
        return f"No policy keeps CPU at or below {shortest(advice.limit_percent)} % {where}"
    words = re.sub(r" \(cooldown \w+\)", "", chosen.plan.describe())
    return words[0].upper() + words[1:]


def _fit_figures(host_fit: HostFit | None) -> dict[str, go.Figure]:
    """Draw what was measured, where it was."""
    if host_fit is None:
        return {}
    line = {} if host_fit.line is None else {"fit": fit_figure(host_fit.line)}
    known = np.isfinite(host_fit.cliff.cpu_percent).any()
    return {**line, "cliff": cliff_figure(host_fit.cliff)} if known else line
