"""An alarm on duty: its state from tick to tick (step 4) and the policy that it calls (step 5)."""

from __future__ import annotations

from abc import ABC, abstractmethod

from tests.reference.alarm import next_state
from tests.reference.group import Group
from tests.reference.metric import Metric
from tests.reference.records import (
    INSUFFICIENT_DATA,
    Alarm,
    AlarmAndPolicy,
    Settings,
    SimpleScaling,
    TargetTracking,
)
from tests.reference.simple import simple_wish
from tests.reference.step import step_wish
from tests.reference.tracking import low_ratio, tracking_in_wish, tracking_out_wish
from tests.reference.wish import Wish


class Watch(ABC):
    """One alarm of a run with its states so far."""

    def __init__(self, name: str, alarm: Alarm, settings: Settings) -> None:
        self.name = name
        self.alarm = alarm
        self.period_ticks = settings.ticks(alarm.period_seconds)
        self.state = INSUFFICIENT_DATA
        self.states: list[str] = []

    @abstractmethod
    def threshold(self, desired: int) -> float:
        """Return the threshold of this tick."""

    @abstractmethod
    def wish(self, metric: Metric, group: Group, t: int) -> Wish | None:
        """Return what the alarm's policy wishes when it is called in tick t."""

    def look(self, metric: Metric, group: Group, t: int) -> None:
        """Take the state at the end of tick t."""
        self.state = next_state(
            self.alarm,
            metric,
            t,
            threshold=self.threshold(group.desired),
            period_ticks=self.period_ticks,
            previous=self.state,
        )
        self.states.append(self.state)


class PairWatch(Watch):
    """An alarm of the pair, with its simple or step policy."""

    def __init__(self, name: str, side: AlarmAndPolicy, settings: Settings) -> None:
        super().__init__(name, side.alarm, settings)
        self.policy = side.policy
        self.is_scale_out = name == "scale_out"

    def threshold(self, desired: int) -> float:
        return self.alarm.threshold_percent

    def wish(self, metric: Metric, group: Group, t: int) -> Wish | None:
        if isinstance(self.policy, SimpleScaling):
            return simple_wish(self.policy, group, t, is_scale_out=self.is_scale_out)
        value = metric.block_value(t, 0, self.period_ticks)
        return step_wish(
            self.policy,
            group,
            t,
            is_scale_out=self.is_scale_out,
            difference=None if value is None else value - self.alarm.threshold_percent,
            comparison_operator=self.alarm.comparison_operator,
        )


class TrackingWatch(Watch):
    """A hidden alarm: "high (above target, 3 of 3 minutes)", "low (below ratio x target, 15 of
    15)", both with the default range extra and missing data treated as missing.
    """

    def __init__(self, policy: TargetTracking, settings: Settings, *, is_high: bool) -> None:
        periods = 3 if is_high else 15
        alarm = Alarm(
            threshold_percent=policy.target_value,
            comparison_operator="GreaterThanThreshold" if is_high else "LessThanThreshold",
            period_seconds=60,
            evaluation_periods=periods,
            datapoints_to_alarm=periods,
            treat_missing_data="missing",
            evaluation_range_extra=max(periods // 3, 2),
        )
        super().__init__("tracking_high" if is_high else "tracking_low", alarm, settings)
        self.policy = policy
        self.is_high = is_high

    def threshold(self, desired: int) -> float:
        if self.is_high:
            return self.policy.target_value
        return low_ratio(self.policy, desired) * self.policy.target_value

    def wish(self, metric: Metric, group: Group, t: int) -> Wish | None:
        newest_minute = metric.block_value(t, 0, self.period_ticks)
        policy_wish = tracking_out_wish if self.is_high else tracking_in_wish
        return policy_wish(self.policy, group, t, metric_percent=newest_minute)


def watches(settings: Settings) -> list[Watch]:
    """Return the alarms of a run: the pair's, then the hidden ones."""
    found: list[Watch] = []
    if settings.scale_out is not None:
        found.append(PairWatch("scale_out", settings.scale_out, settings))
    if settings.scale_in is not None:
        found.append(PairWatch("scale_in", settings.scale_in, settings))
    if settings.target_tracking is not None:
        found.append(TrackingWatch(settings.target_tracking, settings, is_high=True))
        found.append(TrackingWatch(settings.target_tracking, settings, is_high=False))
    return found
