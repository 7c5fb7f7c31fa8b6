"""What a run is given and what it yields: the table "What a run is given" of the law as records.

Durations stay in seconds, as a user gives them; `Settings.ticks` is the only conversion.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

OK: Final = "O"
ALARM: Final = "A"
INSUFFICIENT_DATA: Final = "I"


class Refused(ValueError):  # noqa: N818 - the law's own word
    """A run that the law refuses before its first tick; the message is the sentence why."""


@dataclass(frozen=True)
class HostModel:
    """One instance: a line, or the knots of a table that replace it."""

    intercept_percent: float
    slope_percent_per_rpm: float
    cliff_percent: float
    saturation_rpm: float | None
    table: tuple[tuple[float, float], ...] | None


@dataclass(frozen=True)
class Action:
    """One scheduled action; what it leaves open is None."""

    tick: int
    min_size: int | None
    max_size: int | None
    desired_capacity: int | None


@dataclass(frozen=True)
class Alarm:
    """An alarm; the threshold of a hidden alarm moves and is handed over apart from it."""

    threshold_percent: float
    comparison_operator: str
    period_seconds: int
    evaluation_periods: int
    datapoints_to_alarm: int
    treat_missing_data: str
    evaluation_range_extra: int


@dataclass(frozen=True)
class SimpleScaling:
    """A simple policy."""

    adjustment_type: str
    scaling_adjustment: int
    min_adjustment_magnitude: int
    cooldown_seconds: int


@dataclass(frozen=True)
class StepAdjustment:
    """One step; an open bound is an infinity."""

    lower_bound: float
    upper_bound: float
    scaling_adjustment: int


@dataclass(frozen=True)
class StepScaling:
    """A step policy."""

    adjustment_type: str
    min_adjustment_magnitude: int
    instance_warmup_seconds: int
    step_adjustments: tuple[StepAdjustment, ...]


@dataclass(frozen=True)
class TargetTracking:
    """A target tracking policy."""

    target_value: float
    disable_scale_in: bool
    instance_warmup_seconds: int
    low_ratio: float | None
    scale_in_limit: int | None


@dataclass(frozen=True)
class AlarmAndPolicy:
    """One side of a pair: `scale_out` or `scale_in`."""

    alarm: Alarm
    policy: SimpleScaling | StepScaling


@dataclass(frozen=True)
class Settings:
    """A scenario and a candidate together, defaults filled in."""

    tick_seconds: int
    host: HostModel
    min_size: int
    max_size: int
    initial_capacity: int
    launch_seconds: int
    ready_seconds: int
    boot_cpu_percent: float
    drain_seconds: int
    is_basic: bool
    basic_phase_ticks: int
    metric_delay_seconds: int
    warming_in_metric: bool
    schedule: tuple[Action, ...]
    scale_out: AlarmAndPolicy | None
    scale_in: AlarmAndPolicy | None
    target_tracking: TargetTracking | None

    def ticks(self, seconds: int) -> int:
        """Return "`ceil(seconds / tick_seconds)` ticks, once, at the border, in integers"."""
        return -(-seconds // self.tick_seconds)


@dataclass(frozen=True)
class ReferenceRun:
    """The totals of a run, and every tick of it."""

    totals: dict[str, float]
    in_service: list[int]
    serving: list[int]
    pending: list[int]
    draining: list[int]
    desired: list[int]
    cpu_percent: list[float | None]
    alarm_states: dict[str, str]
