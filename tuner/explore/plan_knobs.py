"""A plan by its knobs in people's units: read, changed, said in short."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from tuner.decision.card import NONE, card_rows
from tuner.decision.standing import Setting, Standing
from tuner.errors import ConfigurationError, Problem
from tuner.policy import AlarmedPolicy, ScalingPlan, SimpleScaling, StepScaling
from tuner.scenario import Scenario


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanKnob:
    """A number of a plan that may be changed.

    Parameters
    ----------
    name : str
        With its unit.
    label : str
        In words.
    least, most, step : float
        What is taken, and how far apart.
    is_whole : bool
        Whether it counts something.
    """

    name: str
    label: str
    least: float
    most: float
    step: float
    is_whole: bool = True


PLAN_KNOBS = (
    PlanKnob(name="target_percent", label="target %", least=1, most=100, step=1, is_whole=False),
    PlanKnob(
        name="scale_out_threshold_percent",
        label="above %",
        least=1,
        most=100,
        step=1,
        is_whole=False,
    ),
    PlanKnob(name="scale_out_adjustment", label="add", least=1, most=1000, step=1),
    PlanKnob(
        name="scale_in_threshold_percent",
        label="in below %",
        least=0,
        most=100,
        step=1,
        is_whole=False,
    ),
    PlanKnob(name="scale_in_adjustment", label="take", least=1, most=1000, step=1),
    PlanKnob(name="evaluation_periods", label="periods of alarm", least=1, most=60, step=1),
    PlanKnob(name="cooldown_seconds", label="cooldown s", least=0, most=7200, step=60),
    PlanKnob(name="instance_warmup_seconds", label="warm-up s", least=0, most=7200, step=60),
    PlanKnob(name="min_size", label="minimum", least=0, most=1000, step=1),
)


def plan_knobs(plan: ScalingPlan, scenario: Scenario) -> dict[str, float]:
    """Read the knobs that a plan has, by the names of `PLAN_KNOBS`.

    Parameters
    ----------
    plan : ScalingPlan
        The plan.
    scenario : Scenario
        Gives the minimum and the warm-up that it follows.
    """
    found: dict[str, float] = {}
    if plan.target_tracking is not None:
        found["target_percent"] = plan.target_tracking.target_value
    for word, sign in (("out", 1), ("in", -1)):
        side: AlarmedPolicy | None = getattr(plan, f"scale_{word}")
        if side is None:
            continue
        found[f"scale_{word}_threshold_percent"] = side.alarm.threshold_percent
        if isinstance(side.policy, SimpleScaling):
            if side.policy.adjustment_type == "ChangeInCapacity":
                found[f"scale_{word}_adjustment"] = sign * side.policy.scaling_adjustment
            found.setdefault("cooldown_seconds", side.policy.cooldown_seconds)
    if plan.scale_out is not None:
        found["evaluation_periods"] = plan.scale_out.alarm.evaluation_periods
    warming = _warming(plan)
    if warming:
        own = warming[0].instance_warmup_seconds
        found["instance_warmup_seconds"] = scenario.group.warmup_seconds(own)
    found["min_size"] = scenario.group.min_size if plan.min_size is None else plan.min_size
    return {knob.name: found[knob.name] for knob in PLAN_KNOBS if knob.name in found}


def _warming(plan: ScalingPlan) -> list[Any]:
    """Give the policies of a plan that have a warm-up."""
    sides = (plan.scale_out, plan.scale_in)
    steps = [s.policy for s in sides if s is not None and isinstance(s.policy, StepScaling)]
    return [each for each in (plan.target_tracking, *steps) if each is not None]


def with_knobs(plan: ScalingPlan, changes: Mapping[str, float], scenario: Scenario) -> ScalingPlan:
    """Change knobs of a plan.

    Parameters
    ----------
    plan : ScalingPlan
        What is changed.
    changes : mapping of str to float
        New values, by names that `plan_knobs` gives.
    scenario : Scenario
        As in `plan_knobs`.

    Raises
    ------
    ConfigurationError
        For a knob that the plan has not, and a value beyond its bounds.
    """
    known = plan_knobs(plan, scenario)
    by_name = {knob.name: knob for knob in PLAN_KNOBS}
    for name, value in changes.items():
        if name not in known:
            raise ConfigurationError(
                Problem(f"one of {', '.join(known)}", name, "what-if", "Choose another knob.")
            )
        knob = by_name[name]
        fits = knob.least <= value <= knob.most and (not knob.is_whole or value == int(value))
        if not fits:
            kind = "a whole number" if knob.is_whole else "a number"
            raise ConfigurationError(
                Problem(
                    f"{kind} from {knob.least:g} to {knob.most:g}", f"{value:g}", name, "Mend it."
                )
            )
        plan = _with_one(plan, name, value)
    return plan


def _with_one(plan: ScalingPlan, name: str, value: float) -> ScalingPlan:
    """Change one knob."""
    if name == "min_size":
        return replace(plan, min_size=int(value))
    if name == "target_percent" and plan.target_tracking is not None:
        return replace(plan, target_tracking=replace(plan.target_tracking, target_value=value))
    if name == "instance_warmup_seconds" and plan.target_tracking is not None:
        tracking = replace(plan.target_tracking, instance_warmup_seconds=int(value))
        plan = replace(plan, target_tracking=tracking)
    sides = {
        word: _with_side(getattr(plan, f"scale_{word}"), word, name, value)
        for word in ("out", "in")
    }
    return replace(plan, scale_out=sides["out"], scale_in=sides["in"])


def _with_side(
    side: AlarmedPolicy | None, word: str, name: str, value: float
) -> AlarmedPolicy | None:
    """Change one knob of one side, where it is one of that side."""
    if side is None:
        return None
    alarm, policy = side.alarm, side.policy
    if name == f"scale_{word}_threshold_percent":
        return AlarmedPolicy(replace(alarm, threshold_percent=value), policy)
    if name == "evaluation_periods" and word == "out":
        window = replace(alarm, evaluation_periods=int(value), datapoints_to_alarm=int(value))
        return AlarmedPolicy(window, policy)
    if isinstance(policy, SimpleScaling):
        if name == f"scale_{word}_adjustment":
            size = int(value) if word == "out" else -int(value)
            return AlarmedPolicy(alarm, replace(policy, scaling_adjustment=size))
        if name == "cooldown_seconds":
            return AlarmedPolicy(alarm, replace(policy, cooldown_seconds=int(value)))
    elif name == "instance_warmup_seconds":
        return AlarmedPolicy(alarm, replace(policy, instance_warmup_seconds=int(value)))
    return side


def in_short(plan: ScalingPlan, setting: Setting) -> str:
    """Say a plan in one short line, as a table does: the rows of its card in a few words."""
    rows = {row.name: row.cells[0] for row in card_rows([(plan, NOTHING_YET)], setting)}

    def told(name: str, form: str) -> list[str]:
        return [] if rows[name] == NONE else [form.format(rows[name])]

    parts = [
        *told("Scale out above", "{}"),
        *told("Instances added", "+{}"),
        *told("Alarm window", "for {}"),
        *told("Scale in below", "in {}"),
        *told("Cooldown, warm-up", "then {}"),
        *told("Minimum size", "min {}"),
    ]
    return ", ".join(parts) or rows["Kind"]


NOTHING_YET = Standing(
    host_minutes=0.0,
    worst_peak_cpu_percent=0.0,
    mean_cpu_percent=0.0,
    activities_per_day=0.0,
    minutes_over_cliff=None,
    shapes_over=None,
)
"""Of a plan that is only named."""


def headline(plan: ScalingPlan) -> str:
    """Say a plan as a headline does: when it scales out, and the minimum."""
    words = ScalingPlan(
        scale_out=plan.scale_out, target_tracking=plan.target_tracking, min_size=plan.min_size
    ).describe()
    words = re.sub(r" \((?:cooldown|warm-up) [^)]*\)", "", words)
    return words[0].upper() + words[1:]
