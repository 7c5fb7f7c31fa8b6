"""Which policies of a group scale out and are able to, and what shows another owner.

A *working scale-out* is a policy that is enabled, adds instances, and is called by an alarm whose
actions are enabled; target tracking brings its own alarms.
"""

from __future__ import annotations

from tuner.resources.records import Fields, GroupResources

BEANSTALK_MARK = "awseb"
"""In the names of what Elastic Beanstalk builds. Source: docs/aws-semantics.md 8.2."""


def working_scale_outs(state: GroupResources) -> tuple[str, ...]:
    """Name the policies of a state that scale out and are able to.

    Parameters
    ----------
    state : GroupResources
        A state of a group.

    Notes
    -----
    Assumption: a policy that sets an exact capacity scales out where its alarm fires above its
    threshold.
    """
    calls: dict[str, list[str]] = {}
    for alarm in state.alarms:
        if alarm.fields.get("ActionsEnabled", True):
            operator = str(alarm.fields.get("ComparisonOperator", ""))
            calls.setdefault(alarm.policy_name, []).append(operator)
    return tuple(
        policy.name
        for policy in state.policies
        if policy.fields.get("Enabled", True) and _scales_out(policy.fields, calls.get(policy.name))
    )


def _scales_out(fields: Fields, operators: list[str] | None) -> bool:
    """Tell whether a policy adds instances, given the operators of the alarms that call it."""
    if fields.get("PolicyType") == "TargetTrackingScaling":
        return True
    if not operators:
        return False
    if fields.get("AdjustmentType") == "ExactCapacity":
        return any(operator.startswith("Greater") for operator in operators)
    return any(adjustment > 0 for adjustment in adjustments(fields))


def adjustments(fields: Fields) -> tuple[float, ...]:
    """Give the adjustments of a policy's fields: of simple scaling, or of each step."""
    given = [] if fields.get("ScalingAdjustment") is None else [fields["ScalingAdjustment"]]
    given += [step["ScalingAdjustment"] for step in fields.get("StepAdjustments") or () if step]
    return tuple(given)


def beanstalk_signs(state: GroupResources) -> tuple[str, ...]:
    """Name what shows that a group belongs to an Elastic Beanstalk environment.

    Parameters
    ----------
    state : GroupResources
        A described state.

    Examples
    --------
    >>> beanstalk_signs(GroupResources(group="awseb-e-abc-stack-AWSEBAutoScalingGroup-1X"))
    ('group awseb-e-abc-stack-AWSEBAutoScalingGroup-1X',)
    """
    named = [("group", state.group)]
    named += [("policy", each.name) for each in state.policies]
    named += [("alarm", each.name) for each in state.alarms]
    return tuple(f"{kind} {name}" for kind, name in named if BEANSTALK_MARK in name.lower())
