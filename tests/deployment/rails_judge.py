"""Judges what a recording client was given against guard rails, apart from the product."""

from __future__ import annotations

from fnmatch import fnmatchcase

from tuner.deployment.guard_rails import GuardRails
from tuner.resources.records import GroupResources


def outside(writes, before: GroupResources, rails: GuardRails) -> list[str]:
    """List what a recording client was given outside of rails, judged apart from the product."""
    found = []
    sides = {
        (alarm.fields["ComparisonOperator"][0], alarm.name): alarm.fields["Threshold"]
        for alarm in before.alarms
    }
    for verb, name, what in writes:
        if not any(fnmatchcase("web", pattern) for pattern in rails.groups):
            found.append(f"group: {verb} {name}")
        sizes = dict(what) if verb == "put_limits" else {}
        old = dict(before.limits)
        if verb == "put_action":
            sizes = dict(what.fields)
            mine = next((each for each in before.actions if each.name == name), None)
            old = [old] if mine is None else [old, dict(mine.fields)]
        old = old if isinstance(old, list) else [old]
        for key in ("MinSize", "MaxSize", "DesiredCapacity"):
            if key not in sizes:
                continue
            if not rails.lowest_min_size <= sizes[key] <= rails.highest_max_size:
                found.append(f"bounds: {verb} {name} {key} {sizes[key]}")
            moves = [abs(sizes[key] - each[key]) for each in old if key in each]
            if key != "DesiredCapacity" and moves and min(moves) > rails.most_size_change:
                found.append(f"move: {verb} {name} {key} {sizes[key]}")
        if verb == "put_alarm":
            side = what.fields["ComparisonOperator"][0]
            own = [value for (_, n), value in sides.items() if n == name]
            others = [value for (s, _), value in sides.items() if s == side]
            found += far(what.fields["Threshold"], own or others, "threshold", rails)
        if verb == "put_policy":
            found += policy_outside(what, before, rails)
    return found


def policy_outside(policy, before: GroupResources, rails: GuardRails) -> list[str]:
    found = []
    fields = policy.fields
    tracking = fields.get("TargetTrackingConfiguration")
    if tracking:
        olds = [
            each.fields["TargetTrackingConfiguration"]["TargetValue"]
            for each in before.policies
            if "TargetTrackingConfiguration" in each.fields
        ]
        found += far(tracking["TargetValue"], olds, "threshold", rails)
    for value in amounts(fields):
        if fields["AdjustmentType"] == "ExactCapacity":
            if not rails.lowest_min_size <= value <= rails.highest_max_size:
                found.append(f"bounds: capacity {value}")
            continue
        alike = {
            each.name: [old for old in amounts(each.fields) if old * value > 0]
            for each in before.policies
            if each.fields.get("AdjustmentType") == fields["AdjustmentType"]
        }
        olds = alike.get(policy.name) or [old for some in alike.values() for old in some]
        found += far(value, olds, "adjustment", rails)
    return found


def amounts(fields) -> list[float]:
    one = [fields["ScalingAdjustment"]] if "ScalingAdjustment" in fields else []
    return one + [each["ScalingAdjustment"] for each in fields.get("StepAdjustments", ())]


def far(value, olds, what: str, rails: GuardRails) -> list[str]:
    most = getattr(rails, f"most_{what}_change_percent")
    if olds and all(abs(value - old) > abs(old) * most / 100 + 1e-9 for old in olds):
        return [f"{what} {value} from {olds}"]
    return []
