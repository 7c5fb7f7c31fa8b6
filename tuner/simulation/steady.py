"""What a plan does at a steady load: from one number of hosts to the next, without a run.

A steady load gives each number of hosts one CPU. Where no policy changes that number, the group
rests; where they lead back to a number that was left, it flaps for as long as the load lasts.
Assumption: each number of hosts lasts until the alarms have seen it alone. Times, cooldowns and
warm-ups play no part.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from tuner.host import HostModel
from tuner.policy import (
    Alarm,
    AlarmedPolicy,
    ScalingPlan,
    SimpleScaling,
    StepAdjustment,
    StepScaling,
    TargetTracking,
)

JUST_UNDER = 1.0 - 1e-6
"""Share of a load at which CPU is strictly under what it is at that load."""
ON_THRESHOLD_POINTS = 1e-9
"""Points of CPU within which an alarm that includes its threshold takes CPU to be on it."""
MOST_SIZES = 1000
"""Numbers of hosts that are looked at above the minimum; the maximum is one more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flap:
    """A scale-in at a steady load that brings a scale-out.

    Parameters
    ----------
    hosts, hosts_after : int
        Hosts before and after the scale-in.
    hosts_again : int
        Hosts after the scale-out.
    rpm : float
        The steady load of the group, requests per minute.
    rests : bool
        Whether the group comes to rest after all.
    """

    hosts: int
    hosts_after: int
    hosts_again: int
    rpm: float
    rests: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SteadyGroup:
    """A group under a plan at steady loads.

    Parameters
    ----------
    plan : ScalingPlan
        Its policies; all that answer take part, and the largest wish wins.
    host : HostModel
        CPU of one host at a load.
    min_size, max_size : int
        Limits of its size.
    """

    plan: ScalingPlan
    host: HostModel
    min_size: int
    max_size: int

    def cpu_percent(self, hosts: int, rpm: float) -> float:
        """Give the CPU percent of at least one host at a load of the group."""
        return float(self.host.cpu_percent(rpm, instances=hosts))

    def next_size(self, hosts: int, rpm: float) -> int:
        """Give the number of hosts after the policies have acted once; the same where it rests.

        Parameters
        ----------
        hosts : int
            Hosts that serve. None have no CPU, and no alarm acts.
        rpm : float
            Steady load of the group, requests per minute.

        Notes
        -----
        Source: docs/model.md, steps 5 and 6.
        """
        if hosts == 0:
            return 0
        cpu = self.cpu_percent(hosts, rpm)
        wishes = list(_wishes(self.plan, hosts, cpu))
        return min(max(*wishes, self.min_size), self.max_size) if wishes else hosts

    def flap(self) -> Flap | None:
        """Give the flap at the fewest hosts that never rests, else one that rests, else None.

        Loads are those at which CPU is just low enough for scale-in, so that the hosts that stay
        get as much as they can.
        """
        found = None
        if not math.isfinite(self.host.rpm_at(100.0)):
            return None  # CPU does not follow load
        last = min(self.max_size, self.min_size + MOST_SIZES)
        for hosts in dict.fromkeys([*range(self.min_size + 1, last + 1), self.max_size]):
            for level, is_reached in _scale_in_levels(self.plan, hosts):
                rpm = hosts * self.host.rpm_at(level) * (1.0 if is_reached else JUST_UNDER)
                flap = self._flap_at(hosts, rpm)
                if flap is not None and not flap.rests:
                    return flap
                found = found or flap
        return found

    def _flap_at(self, hosts: int, rpm: float) -> Flap | None:
        """Give the flap that begins with a scale-in at a number of hosts, or None."""
        after = self.next_size(hosts, rpm)
        if not 0 < after < hosts:
            return None
        again = self.next_size(after, rpm)
        if again <= after:
            return None
        seen: set[int] = set()
        size = again
        while size not in seen:
            seen.add(size)
            size = self.next_size(size, rpm)
        rests = self.next_size(size, rpm) == size
        return Flap(hosts=hosts, hosts_after=after, hosts_again=again, rpm=rpm, rests=rests)


def stands(alarm: Alarm, cpu_percent: float) -> bool:
    """Tell whether an alarm is in ALARM once all its datapoints are this CPU percent."""
    above = cpu_percent - alarm.threshold_percent
    return {
        "GreaterThanThreshold": above > 0,
        "GreaterThanOrEqualToThreshold": above >= -ON_THRESHOLD_POINTS,
        "LessThanThreshold": above < 0,
        "LessThanOrEqualToThreshold": above <= ON_THRESHOLD_POINTS,
    }[alarm.comparison_operator]


def tracking_low_percent(policy: TargetTracking, hosts: int) -> float:
    """Give the threshold of target tracking's hidden low alarm, in percent of CPU."""
    ratio = policy.low_ratio
    if ratio is None:
        ratio = min(max(1 - 1 / hosts, 0.7), 0.9) if hosts else 0.7
    return ratio * policy.target_value


def _wishes(plan: ScalingPlan, hosts: int, cpu_percent: float) -> Iterator[int]:
    """Yield what each policy whose alarm stands wishes."""
    for side, limit in ((plan.scale_out, max), (plan.scale_in, min)):
        if side is None or not stands(side.alarm, cpu_percent):
            continue
        if isinstance(side.policy, SimpleScaling):
            yield _adjusted(side.policy, side.policy.scaling_adjustment, hosts)
            continue
        step = _step(side.policy, side.alarm, cpu_percent)
        if step is not None:
            yield limit(hosts, _adjusted(side.policy, step.scaling_adjustment, hosts))
    tracking = plan.target_tracking
    if tracking is None:
        return
    wish = math.ceil(hosts * cpu_percent / tracking.target_value - 1e-9)
    if cpu_percent > tracking.target_value:
        yield max(hosts, wish)
    elif cpu_percent < tracking_low_percent(tracking, hosts) and not tracking.disable_scale_in:
        limit_in = tracking.scale_in_limit
        least = 0 if limit_in is None else hosts - limit_in
        yield max(min(hosts, wish), least)


def _adjusted(policy: SimpleScaling | StepScaling, adjustment: int, hosts: int) -> int:
    """Give the capacity that an adjustment asks for, in integers, not clamped."""
    if policy.adjustment_type == "ExactCapacity":
        return adjustment
    if policy.adjustment_type == "ChangeInCapacity":
        return hosts + adjustment
    if adjustment == 0:
        return hosts
    hundredths = hosts * abs(adjustment)
    change = 1 if 0 < hundredths < 100 else hundredths // 100
    change = max(change, policy.min_adjustment_magnitude or 0)
    return hosts + (change if adjustment > 0 else -change)


def _step(policy: StepScaling, alarm: Alarm, cpu_percent: float) -> StepAdjustment | None:
    """Give the step that holds a CPU, or None; docs/aws-semantics.md 4.1."""
    above = cpu_percent - alarm.threshold_percent
    if abs(above) <= ON_THRESHOLD_POINTS:
        above = 0.0
    is_above = above > 0 or (above == 0 and alarm.comparison_operator.startswith("Greater"))
    for step in policy.step_adjustments:
        if step.lower <= above < step.upper if is_above else step.lower < above <= step.upper:
            return step
    return None


def _scale_in_levels(plan: ScalingPlan, hosts: int) -> Iterator[tuple[float, bool]]:
    """Yield each highest CPU of a scale-in at a number of hosts, and whether it is reached."""
    side: AlarmedPolicy | None = plan.scale_in
    if side is not None:
        threshold = side.alarm.threshold_percent
        is_reached = side.alarm.comparison_operator.endswith("OrEqualToThreshold")
        yield threshold, is_reached
        if isinstance(side.policy, StepScaling):
            for step in side.policy.step_adjustments:
                if step.upper < 0:
                    yield threshold + step.upper, True
    tracking = plan.target_tracking
    if tracking is not None and not tracking.disable_scale_in:
        yield tracking_low_percent(tracking, hosts), False
