"""What the config allows to be changed, and every way in which a call goes outside of it.

Each call is held to the rails by itself, against the state from which the change starts: the same
check stands before a change is shown as possible and before every single write.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, Literal

from tuner.deployment.apply_step import Step
from tuner.deployment.working import adjustments
from tuner.errors import GuardRailError, Problem
from tuner.policy.words import raise_any
from tuner.resources.records import (
    ActionResource,
    AlarmResource,
    Fields,
    GroupResources,
    PolicyResource,
)

Mode = Literal["observe", "propose", "apply"]
SIZES = ("MinSize", "MaxSize", "DesiredCapacity")
LINES = (
    'Add to the config: [guard_rails], mode = "apply", groups = ["{group}"],'
    " lowest_min_size = 1, highest_max_size = 20."
)
"""What a person adds who has none; the figures are theirs to choose."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardRails:
    """What may be changed.

    Parameters
    ----------
    mode : str
        ``observe``: differences are shown; ``propose``: changes may be written as files;
        ``apply``: changes may be applied, by who says so.
    groups : tuple of str
        Auto Scaling groups, exactly or with ``*`` and ``?``.
    lowest_min_size, highest_max_size : int
        Bounds of every size that is written.
    most_size_change : int
        Instances by which a minimum or maximum may move at once.
    most_threshold_change_percent, most_adjustment_change_percent : float
        By which an alarm's threshold or a target, and an adjustment, may move, of what it was.

    Raises
    ------
    ConfigurationError
        For bounds that exclude each other.
    """

    groups: tuple[str, ...]
    highest_max_size: int
    mode: Mode = "propose"
    lowest_min_size: int = 1
    most_size_change: int = 10
    most_threshold_change_percent: float = 50.0
    most_adjustment_change_percent: float = 200.0

    def __post_init__(self) -> None:
        """Refuse bounds that exclude each other."""
        if self.lowest_min_size > self.highest_max_size:
            raise_any(
                [
                    Problem(
                        f"at most highest_max_size ({self.highest_max_size})",
                        str(self.lowest_min_size),
                        "lowest_min_size",
                        "Lower the one or raise the other.",
                    )
                ]
            )

    def allows(self, group: str) -> bool:
        """Tell whether a group may be changed.

        Examples
        --------
        >>> GuardRails(groups=("web-*",), highest_max_size=9).allows("web-eu")
        True
        """
        return any(fnmatchcase(group, pattern) for pattern in self.groups)


@dataclass(frozen=True, slots=True)
class Fence:
    """Guard rails about a change that starts from a state.

    Parameters
    ----------
    rails : GuardRails
        What is allowed.
    before : GroupResources
        Where the change starts.
    is_return : bool
        Whether it goes back to what was there before, which no budget of change may bar: groups
        and bounds hold, the largest moves do not.
    """

    rails: GuardRails
    before: GroupResources
    is_return: bool = False

    def check(self, *steps: Step) -> None:
        """Refuse calls of which any goes outside.

        Raises
        ------
        GuardRailError
            Naming every field that is outside, and the key that says so.
        """
        found = tuple(dict.fromkeys(self.problems(*steps)))
        if found:
            raise GuardRailError(*found)

    def problems(self, *steps: Step) -> Iterator[Problem]:
        """Yield everything in calls that is outside."""
        if not self.rails.allows(self.before.group):
            yield Problem(
                f"a group of guard_rails.groups ({', '.join(self.rails.groups)})",
                repr(self.before.group),
                "the change",
                "Choose another group, or add this one to the config.",
            )
        for step in steps:
            yield from self._step_problems(step)

    def _step_problems(self, step: Step) -> Iterator[Problem]:
        """Yield what is outside in one call."""
        resource = step.resource
        if step.limits is not None:
            yield from self._bounds(step.limits, f"group {step.name}")
            yield from self._moves(step.limits, [self.before.limits], f"group {step.name}")
        elif isinstance(resource, ActionResource):
            where = f"action {step.name}"
            own = [each.fields for each in self.before.actions if each.name == step.name]
            yield from self._bounds(resource.fields, where)
            yield from self._moves(resource.fields, [*own, self.before.limits], where)
        elif isinstance(resource, AlarmResource):
            yield from self._alarm_problems(resource)
        elif isinstance(resource, PolicyResource):
            yield from self._policy_problems(resource)

    def _bounds(self, fields: Fields, where: str) -> Iterator[Problem]:
        """Yield sizes that are out of bounds."""
        low, high = self.rails.lowest_min_size, self.rails.highest_max_size
        for name in SIZES:
            value = fields.get(name)
            if value is not None and not low <= value <= high:
                key = "lowest_min_size" if value < low else "highest_max_size"
                yield self._outside(f"{low} to {high}", value, f"{where}, {name}", key)

    def _moves(self, fields: Fields, olds: list[Fields], where: str) -> Iterator[Problem]:
        """Yield minima and maxima that move too far from the nearest of what was there."""
        most = self.rails.most_size_change
        for name in SIZES[:2]:
            there = [old[name] for old in olds if old.get(name) is not None]
            value = fields.get(name)
            if self.is_return or value is None or not there:
                continue
            nearest = _nearest(value, there)
            if abs(value - nearest) > most:
                expected = f"a move of at most {most} from {nearest}"
                yield self._outside(expected, value, f"{where}, {name}", "most_size_change")

    def _alarm_problems(self, alarm: AlarmResource) -> Iterator[Problem]:
        """Yield a threshold that moves too far."""
        if alarm.fields.get("Threshold") is None:
            return
        side = _side(alarm.fields)
        own = [each for each in self.before.alarms if each.name == alarm.name]
        others = [each for each in self.before.alarms if _side(each.fields) == side]
        there = [each.fields.get("Threshold") for each in own or others]
        where, key = f"alarm {alarm.name}, Threshold", "most_threshold_change_percent"
        yield from self._share(alarm.fields["Threshold"], there, where, key)

    def _policy_problems(self, policy: PolicyResource) -> Iterator[Problem]:
        """Yield a target or an adjustment that moves too far, and an exact capacity out of bounds.

        What can be compared is the policy of the same name where its adjustments are of the same
        type and side, else those of any other such policy of the group.
        """
        where = f"policy {policy.name}"
        target = _target(policy.fields)
        if target is not None:
            olds = [(each.name, _target(each.fields)) for each in self.before.policies]
            own = [value for name, value in olds if name == policy.name and value]
            others = [value for _, value in olds if value and value[0] == target[0]]
            yield from self._share(
                target[1],
                [value[1] for value in own or others],
                f"{where}, TargetValue",
                "most_threshold_change_percent",
            )
        kind = policy.fields.get("AdjustmentType")
        for value in adjustments(policy.fields):
            if kind == "ExactCapacity":
                yield from self._bounds({"DesiredCapacity": value}, where)
                continue
            there = self._adjustments_like(policy, value)
            yield from self._share(
                value, there, f"{where}, ScalingAdjustment", "most_adjustment_change_percent"
            )

    def _adjustments_like(self, policy: PolicyResource, value: float) -> list[float]:
        """Give the adjustments before that one may be compared with."""
        kind = policy.fields.get("AdjustmentType")
        alike = {
            each.name: [old for old in adjustments(each.fields) if (old > 0) == (value > 0)]
            for each in self.before.policies
            if each.fields.get("AdjustmentType") == kind
        }
        return alike.get(policy.name) or [old for some in alike.values() for old in some]

    def _share(self, value: float, there: list[Any], where: str, key: str) -> Iterator[Problem]:
        """Yield a value that moves too far from the nearest of what was there."""
        known = [float(old) for old in there if old is not None]
        if self.is_return or not known:
            return
        nearest = _nearest(value, known)
        most: float = getattr(self.rails, key)
        if abs(value - nearest) * 100.0 > most * abs(nearest):
            yield self._outside(f"a move of at most {most:g} % from {nearest:g}", value, where, key)

    def _outside(self, expected: str, got: float, where: str, key: str) -> Problem:
        """Say that a value is outside, and which key says so."""
        return Problem(
            expected,
            f"{got:g}",
            where,
            f"Mend the plan, or guard_rails.{key} in the config.",
        )


def _nearest(value: float, there: list[Any]) -> Any:
    """Give what is nearest to a value of what was there."""
    return min(there, key=lambda old: abs(old - value))


def _side(fields: Fields) -> tuple[Any, ...]:
    """Give what makes two alarms comparable: metric, and the side on which they fire."""
    operator = str(fields.get("ComparisonOperator", ""))
    return fields.get("Namespace"), fields.get("MetricName"), operator.startswith("Greater")


def _target(fields: Fields) -> tuple[str, float] | None:
    """Give metric and target of a target tracking policy."""
    tracking = fields.get("TargetTrackingConfiguration")
    if not isinstance(tracking, Mapping) or tracking.get("TargetValue") is None:
        return None
    metric = tracking.get("PredefinedMetricSpecification") or {}
    return str(metric.get("PredefinedMetricType", "")), float(tracking["TargetValue"])
