"""A record of each kind that a notebook shows, with hostile names, and a reader of its HTML."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser

import numpy as np

from tests.decision.plans import plan_of
from tests.doors.command import CONF42
from tests.measure.production_day import (
    day_activities,
    day_history,
    deployed_plan,
    deployed_scenario,
)
from tests.report.jobs import HOSTILE, SHAPES, measured_host, small_job
from tuner.config import load_job
from tuner.decision.insight import insight_of
from tuner.deployment.alarms import Backtest, backtest
from tuner.deployment.alarms_incidents import Incident
from tuner.deployment.alarms_lattice import ABOVE, alarm_lattice
from tuner.deployment.alarms_series import RecordedMetric
from tuner.deployment.verify import verify
from tuner.deployment.verify_record import Verification
from tuner.report.html import ReportInput
from tuner.tune import Tuning, tune


class Reader(HTMLParser):
    """Collects tags, attributes and texts, and checks that tags close."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.texts: list[str] = []
        self.open: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "style" not in self.open:
            self.texts.append(data)

    @property
    def text(self) -> str:
        """All texts, with plain spaces."""
        return re.sub(r"\s+", " ", " ".join(self.texts))


def alarms_tried(*, marked: bool = True) -> Backtest:
    """Try alarms on a made-up recording with a hostile name."""
    values = np.concatenate([np.full(60, 20.0), np.full(20, 80.0), np.full(60, 20.0)])
    metric = RecordedMetric(
        name=HOSTILE, source=HOSTILE, begin=0, step_seconds=60, values=values, zone=None
    )
    incidents = [Incident(3600, 4800, HOSTILE)] if marked else []
    return backtest(metric, alarm_lattice(metric, operators=(ABOVE,)), incidents)


@cache
def verified() -> Verification:
    """Verify the made-up day of production."""
    day = verify(day_history(), deployed_plan(), deployed_scenario(), activities=day_activities())
    return replace(day, service=HOSTILE)


@cache
def job() -> ReportInput:
    """Give a small job with a measured host."""
    return small_job(host_fit=measured_host())


@cache
def tuning() -> Tuning:
    """Run the talk's job."""
    return tune(load_job(CONF42))


def records_to_show() -> dict[str, object]:
    """Give one record of each kind, most with a hostile name in them."""
    small, done = job(), tuning()
    insight, fit = insight_of(small.result, small.recommendation, SHAPES), small.host_fit
    assert fit is not None
    assert fit.line is not None
    some = [
        fit,
        replace(fit.line, predictor=HOSTILE),
        replace(fit.cliff, sentence=HOSTILE),
        SHAPES,
        plan_of(15, 2),
        replace(small.timelines[HOSTILE]["today"], shape_name=HOSTILE),
        replace(small.result, notes=(HOSTILE,)),
        small.recommendation,
        replace(done, job=replace(done.job, service=HOSTILE), notes=(HOSTILE,)),
        insight.sensitivity,
        insight.price_of_safety,
        verified(),
        alarms_tried(),
    ]
    return {type(record).__name__: record for record in some}
