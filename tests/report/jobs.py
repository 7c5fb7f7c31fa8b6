"""A small real job whose report the tests of this folder read, with a hostile name in it."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np

from tests.decision.plans import plan_of
from tests.measure.generated import knee
from tests.search.talk import CONF42, SCENARIO, hold
from tuner.decision.recommend import recommend
from tuner.measure.host_fit import HostFit, measure_host
from tuner.policy import ScalingPlan
from tuner.report.html import ReportInput
from tuner.report.others import Decision
from tuner.search.search import search_exact
from tuner.simulation.run import trace
from tuner.traffic.shapes import TrafficShapes

HOSTILE = "<script>alert(1)</script>"
SHAPES = TrafficShapes.of([hold(5), hold(20), replace(hold(10), name=HOSTILE)])
NOTES = (f"A recording of {HOSTILE} has gaps.",)


def small_job(
    *,
    thresholds: tuple[float, ...] = (12.0, 15.0, 25.0),
    increments: tuple[int, ...] = (1, 2, 5, 10),
    host_fit: HostFit | None = None,
    today: ScalingPlan | None = None,
) -> ReportInput:
    """Search a few candidates on three shapes."""
    space = replace(CONF42, scale_out_threshold_percent=thresholds, scale_out_adjustment=increments)
    result = search_exact(space, SCENARIO, SHAPES)
    today = plan_of(35, 1) if today is None else today
    advice = recommend(result, SHAPES, baseline=today)
    label = "least bad" if advice.recommended is None else "recommended"
    best = advice.recommended or advice.least_bad
    assert best is not None
    assert best.plan is not None
    runs = {"today": today, label: best.plan}
    return ReportInput(
        title=HOSTILE,
        shapes=SHAPES,
        notes=NOTES,
        result=result,
        recommendation=advice,
        host_fit=host_fit,
        scenario=SCENARIO,
        timelines={
            SHAPES.names[2]: {name: trace(p, SCENARIO, SHAPES, 2) for name, p in runs.items()}
        },
    )


def measured_host() -> HostFit:
    """Fit a generated load test with a knee."""
    _, load_test = knee(np.random.default_rng(1), 120)
    return measure_host(load_test)


def decision_of(report: ReportInput) -> Decision:
    """Give what the plans that matter are chosen from."""
    return Decision(
        advice=report.recommendation,
        results=(report.result,),
        answers=(),
        scenario=report.scenario,
        shapes=report.shapes,
    )


def own_markup(page: str) -> str:
    """Give the page without what scripts hold."""
    return re.sub(r"(<script[^>]*>).*?</script>", r"\1", page, flags=re.DOTALL)
