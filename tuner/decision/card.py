"""The card of a choice: what plans set and what they yield, side by side, a row for each knob."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from tuner.decision.standing import Setting, Standing
from tuner.decision.words import halves_up, number, shortest, signed
from tuner.policy import AlarmedPolicy, ScalingPlan, SimpleScaling, StepScaling, TargetTracking
from tuner.units import format_duration

Tone = Literal["", "good", "bad"]
NONE = "–"
KINDS = {
    "simple": "simple",
    "step": "step",
    "target_tracking": "tracking",
    "mixed": "mixed",
    "schedule_only": "schedule only",
}


@dataclass(frozen=True, slots=True)
class CardRow:
    """One row of the card.

    Parameters
    ----------
    name : str
        What is set or measured.
    cells : tuple of str
        A cell for each plan, in their order.
    tones : tuple of str
        For each cell: ``bad`` for what breaks a limit, ``good`` where it no longer does.
    """

    name: str
    cells: tuple[str, ...]
    tones: tuple[Tone, ...]

    def is_changed(self, k: int) -> bool:
        """Tell whether a plan differs here from the first one."""
        return self.cells[k] != self.cells[0]


def card_rows(
    plans: Sequence[tuple[ScalingPlan, Standing]], setting: Setting
) -> tuple[CardRow, ...]:
    """Put plans side by side: what they set, then what they yield.

    Parameters
    ----------
    plans : sequence of (ScalingPlan, Standing)
        Today's first where there is one, then the recommended one, then any other.
    setting : Setting
        What all are measured by.

    Returns
    -------
    tuple of CardRow
        The same rows whatever the plans, so that cards of single plans line up.
    """
    knobs = [dict(_knobs(plan)) for plan, _ in plans]
    yields = [list(_yields(standing, setting)) for _, standing in plans]
    set_rows = [
        CardRow(name, tuple(each[name] for each in knobs), tuple("" for _ in plans))
        for name in knobs[0]
    ]
    measured = []
    for k, (name, _, _) in enumerate(yields[0]):
        tones = tuple(each[k][2] for each in yields)
        measured.append(CardRow(name, tuple(each[k][1] for each in yields), tones))
    return (*set_rows, *measured)


def _knobs(plan: ScalingPlan) -> Iterator[tuple[str, str]]:
    """Say what a plan sets, a line for each knob; a dash for what it has not."""
    out, into, tracking = plan.scale_out, plan.scale_in, plan.target_tracking
    yield "Kind", KINDS[plan.family]
    yield "Scale out above", _above(out, tracking)
    yield "Instances added", NONE if out is None else _adjustments(out.policy)
    yield "Alarm window", NONE if out is None else _window(out)
    yield "Scale in below", NONE if into is None else f"{shortest(into.alarm.threshold_percent)} %"
    yield "Instances removed", NONE if into is None else _adjustments(into.policy)
    yield "Cooldown, warm-up", _pause(tracking if out is None else out.policy)
    yield "Minimum size", NONE if plan.min_size is None else f"{plan.min_size:,}"


def _above(out: AlarmedPolicy | None, tracking: TargetTracking | None) -> str:
    """Say the threshold, or the target that is held."""
    if out is not None:
        return f"{shortest(out.alarm.threshold_percent)} %"
    if tracking is None:
        return NONE
    unit = "" if tracking.predefined_metric_type == "ALBRequestCountPerTarget" else " %"
    return f"hold {shortest(tracking.target_value)}{unit}"


def _adjustments(policy: SimpleScaling | StepScaling) -> str:
    """Say by how many instances, the steps one after the other."""
    unit = " %" if policy.adjustment_type == "PercentChangeInCapacity" else ""
    if isinstance(policy, SimpleScaling):
        return f"{abs(policy.scaling_adjustment):,}{unit}"
    steps = [f"{abs(step.scaling_adjustment):,}" for step in policy.step_adjustments]
    return "/".join(steps) + unit


def _window(side: AlarmedPolicy) -> str:
    """Say how long CPU must stay above the threshold."""
    alarm = side.alarm
    n, m = alarm.evaluation_periods, alarm.datapoints_to_alarm
    if m != n:
        return f"{m} of {n} × {format_duration(alarm.period_seconds)}"
    return format_duration(n * alarm.period_seconds)


def _pause(policy: SimpleScaling | StepScaling | TargetTracking | None) -> str:
    """Say the time after an action."""
    seconds = None
    if isinstance(policy, SimpleScaling):
        seconds = policy.cooldown_seconds
    elif policy is not None:
        seconds = policy.instance_warmup_seconds
    return NONE if seconds is None else format_duration(seconds)


def _yields(standing: Standing, setting: Setting) -> Iterator[tuple[str, str, Tone]]:
    """Say what a plan yields, with what is good or bad about it."""
    tone: Tone = "bad" if setting.is_over(standing) else "good"
    room = round(halves_up(setting.limit_percent, digits=1) - standing.peak_percent, 1)
    over = standing.minutes_over_cliff
    place = "cliff" if setting.bound == "the cliff" else "limit"
    yield f"Host-min {setting.per}".rstrip(), number(standing.minutes, digits=0), ""
    yield "Worst peak CPU", f"{number(standing.peak_percent)} %", tone
    yield f"Room to the {place}", signed(room, digits=1).lstrip("+±"), tone
    yield (
        "Minutes over the cliff",
        NONE if over is None else shortest(over),
        "" if over is None else "bad" if over else "good",
    )
    yield "Mean CPU", f"{number(standing.mean_cpu_percent)} %", ""
    yield "Actions a day", number(standing.activities_per_day), ""
