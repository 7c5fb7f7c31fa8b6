"""Why not the other plan: two plans side by side, and the minute at which the worse one breaks.

Notation: S shape, T tick.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from tuner.decision.totals import PlanTotals, totals_of
from tuner.decision.words import cost_in_words, counted, number, scale_out_in_words, shortest
from tuner.policy import Alarm, ScalingPlan
from tuner.scenario import Scenario
from tuner.simulation.arrays import fewest_hosts, pack_plans
from tuner.simulation.run import simulate, trace
from tuner.simulation.trace import Trace
from tuner.traffic.shapes import TrafficShapes
from tuner.units import tick_minutes

ALARM_STANDS = 1
"""Code of the state ALARM in a trace."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossing:
    """Where a plan first passes the cliff on the shape on which it fares worst.

    Parameters
    ----------
    plan : str
        Label of the plan.
    shape : str
        The shape.
    minute : float
        Begin of the tick, in minutes from the shape's start.
    cpu_percent : float
        CPU in that tick.
    serving, needed : int
        Instances that serve, and the fewest that would stay at or below the limit.
    other_serving : int
        Instances of the other plan that serve in that tick.
    reasons : tuple of str
        Why there are not more, in words: what is pending, refused or not yet due.
    """

    plan: str
    shape: str
    minute: float
    cpu_percent: float
    serving: int
    needed: int
    other_serving: int
    reasons: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Give everything for JSON."""
        return {
            "plan": self.plan,
            "shape": self.shape,
            "minute": self.minute,
            "cpu_percent": self.cpu_percent,
            "serving": self.serving,
            "needed": self.needed,
            "other_serving": self.other_serving,
            "reasons": list(self.reasons),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two plans side by side.

    Parameters
    ----------
    first, second : PlanTotals
        The plans with their totals.
    crossing : Crossing or None
        Where the worse one first passes the cliff; None where neither does.
    """

    first: PlanTotals
    second: PlanTotals
    crossing: Crossing | None

    def to_json(self) -> dict[str, Any]:
        """Give everything for JSON."""
        return {
            "first": self.first.to_json(),
            "second": self.second.to_json(),
            "crossing": None if self.crossing is None else self.crossing.to_json(),
        }

    def lines(self) -> list[str]:
        """Say the totals side by side, and why the worse one breaks."""
        totals_lines = [
            f"{totals.label}: {_name(totals)}: {number(totals.weighted['host_minutes'])}"
            f" host-minutes, mean CPU {number(totals.weighted['mean_cpu_percent'])} %, worst peak"
            f" {number(totals.weighted['worst_peak_cpu_percent'])} %, over the cliff"
            f" {shortest(totals.all_minutes_over_cliff)} minutes"
            for totals in (self.first, self.second)
        ]
        return [*totals_lines, *self.verdict_lines()]

    def verdict_lines(self) -> list[str]:
        """Say when and why the worse one passes the cliff, or what the second one costs."""
        if self.crossing is None:
            cost = cost_in_words(
                self.second.weighted["host_minutes"],
                against=self.first.weighted["host_minutes"],
            )
            return [f"Neither passes the cliff; {self.second.label} costs {cost}."]
        at = self.crossing
        return [
            f"{at.plan} passes the cliff at minute {shortest(at.minute)} of {at.shape!r}:"
            f" {number(at.cpu_percent)} % CPU, {counted(at.serving, 'host')} of"
            f" {at.needed:,} needed, where the other has {at.other_serving:,}.",
            *(f"  {reason}" for reason in at.reasons),
        ]


def why_not(
    first: ScalingPlan,
    second: ScalingPlan,
    scenario: Scenario,
    shapes: TrafficShapes,
    *,
    labels: tuple[str, str] = ("A", "B"),
) -> Comparison:
    """Compare two plans, and say when and why the worse one passes the cliff.

    Parameters
    ----------
    first, second : ScalingPlan
        Any two plans.
    scenario : Scenario
        What they share.
    shapes : TrafficShapes [S]
        The load.
    labels : pair of str
        What the plans are called.

    Returns
    -------
    Comparison
        The worse one has more minutes over the cliff in all, then the higher worst peak; of equal
        ones the second. It is traced on the shape on which it is over the cliff longest.

    Raises
    ------
    SimulationError
        When a plan cannot run.
    """
    plans = (first, second)
    totals = tuple(
        totals_of(
            simulate(pack_plans([plan], scenario), scenario, shapes),
            shapes,
            label=label,
            plan=plan,
            scenario=scenario,
        )
        for plan, label in zip(plans, labels, strict=True)
    )
    worse = 0 if _badness(totals[0]) > _badness(totals[1]) else 1
    crossing = None
    if totals[worse].all_minutes_over_cliff > 0.0:
        crossing = _crossing(totals[worse], plans[worse], plans[1 - worse], scenario, shapes)
    return Comparison(first=totals[0], second=totals[1], crossing=crossing)


def _crossing(
    totals: PlanTotals,
    plan: ScalingPlan,
    other: ScalingPlan,
    scenario: Scenario,
    shapes: TrafficShapes,
) -> Crossing:
    """Trace a plan where it fares worst, up to the first tick over the cliff."""
    s = int(np.argmax(totals.outcomes.minutes_over_cliff[0]))
    run = trace(plan, scenario, shapes, s)
    cliff = scenario.host.cliff_percent
    over = run.cpu_percent > (scenario.limit_percent if cliff is None else cliff)
    t = int(np.flatnonzero(over)[0])
    needed = fewest_hosts(run.rpm[t : t + 1], scenario, max_size=10**9)
    return Crossing(
        plan=totals.label,
        shape=shapes.names[s],
        minute=t * tick_minutes(run.tick_seconds),
        cpu_percent=float(run.cpu_percent[t]),
        serving=int(run.serving[t]),
        needed=int(needed[0]),
        other_serving=int(trace(other, scenario, shapes, s).serving[t]),
        reasons=reasons_at(run, t, plan, scenario),
    )


def reasons_at(run: Trace, t: int, plan: ScalingPlan, scenario: Scenario) -> tuple[str, ...]:
    """Say why a run has no more instances in a tick.

    Parameters
    ----------
    run : Trace [T]
        The run.
    t : int
        The tick.
    plan : ScalingPlan
        What ran.
    scenario : Scenario
        Gives times and limits.

    Returns
    -------
    tuple of str
        What is on its way comes first; then what holds the policy back.
    """
    minutes = tick_minutes(run.tick_seconds)
    reasons = []
    if run.pending[t]:
        ready = np.flatnonzero(run.serving[t:] > run.serving[t])
        wait = ""
        if ready.size:
            more = counted(int(ready[0]) * minutes, "more minute")
            wait = f", {more} until the next serves"
        reasons.append(f"launch pending: {counted(int(run.pending[t]), 'host')}{wait}")
    elif run.in_service[t] > run.serving[t]:
        booting = int(run.in_service[t] - run.serving[t])
        reasons.append(f"not ready: {counted(booting, 'host')} in service that do not serve yet")
    if plan.scale_out is None:
        return (*reasons, "no policy scales out")
    if run.scale_out_state[t] != ALARM_STANDS:
        alarm = plan.scale_out.alarm
        return (*reasons, _alarm_reason(run, t, alarm, scenario))
    refusals = [
        event
        for event in run.events
        if event.actor == "scale_out"
        and event.kind in ("refused", "held")
        and event.tick <= t <= event.last_tick
    ]
    for event in refusals:
        left = counted((event.last_tick + 1 - t) * minutes, "more minute")
        if "cooldown" in event.words:
            reasons.append(f"cooldown: {left}")
        elif event.kind == "held":
            reasons.append(event.words.removeprefix("scale_out "))
        elif not run.pending[t]:
            reasons.append(f"activity in progress: {left}")
    reasons += [
        f"decided only in this minute: {event.words.removeprefix('scale_out: ')}"
        for event in run.events
        if event.actor == "scale_out" and event.kind == "activity" and event.tick == t
    ]
    return tuple(reasons)


def _alarm_reason(run: Trace, t: int, alarm: Alarm, scenario: Scenario) -> str:
    """Say how long the scale-out alarm has been breached, and how long it must be."""
    comparison = {
        "GreaterThanThreshold": np.greater,
        "GreaterThanOrEqualToThreshold": np.greater_equal,
        "LessThanThreshold": np.less,
        "LessThanOrEqualToThreshold": np.less_equal,
    }[alarm.comparison_operator]
    breached = comparison(run.cpu_percent[: t + 1], alarm.threshold_percent)
    calm = np.flatnonzero(~breached)
    since = t - (int(calm[-1]) if calm.size else -1)
    minutes = tick_minutes(run.tick_seconds)
    window = alarm.period_seconds * alarm.datapoints_to_alarm / 60
    delay = scenario.metric.metric_delay_seconds / 60
    words = (
        f"the alarm has not fired: CPU is above {shortest(alarm.threshold_percent)} % for"
        f" {counted(since * minutes, 'minute')}, it needs {counted(window, 'minute')}"
    )
    return words + (f" and {counted(delay, 'minute')} of delay" if delay else "")


def _badness(totals: PlanTotals) -> tuple[float, float]:
    """Give what makes a plan the worse one."""
    return totals.all_minutes_over_cliff, totals.weighted["worst_peak_cpu_percent"]


def _name(totals: PlanTotals) -> str:
    """Say the scale-out half of a plan."""
    return totals.label if totals.plan is None else scale_out_in_words(totals.plan)
