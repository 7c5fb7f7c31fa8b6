"""A plan as Elastic Beanstalk's trigger: which plans are one, and its option settings.

Source: docs/aws-semantics.md 8.1 and 8.2.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from tuner.errors import Problem, UnsupportedPlanError
from tuner.policy import AlarmedPolicy, ScalingPlan, SimpleScaling
from tuner.policy.beanstalk_options import ASG, BASIC_MINUTES, LAUNCH, OPTIONS, TRIGGER
from tuner.resources.records import Fields, GroupResources
from tuner.resources.to_plan import plan_of
from tuner.units import SECONDS_PER_MINUTE

SCHEDULED = "aws:autoscaling:scheduledaction"
LIMIT_OPTIONS = {"MinSize": "MinSize", "MaxSize": "MaxSize", "DefaultCooldown": "Cooldown"}
"""Options by the group's limits."""

Options = dict[str, dict[str, str]]
NamedOptions = tuple[str, dict[str, str]]

_OTHER_FORM = "Take the form beanstalk-resources."
_SIDES = (
    ("scale_out", "Upper", "GreaterThanThreshold"),
    ("scale_in", "Lower", "LessThanThreshold"),
)


def trigger_options(resources: GroupResources, monitoring: str | None) -> Options:
    """Give the option settings of a trigger by their namespaces.

    Parameters
    ----------
    resources : GroupResources
        Two simple policies on two alarms; scheduled actions are for the caller.
    monitoring : str or None
        ``basic`` or ``detailed``; None: left as it is, unless the period needs ``detailed``.

    Raises
    ------
    UnsupportedPlanError
        Naming all that the trigger cannot do.
    """
    read = plan_of(resources)
    found = [
        Problem("what a plan says", sentence, "plan", "Elastic Beanstalk has no option for it.")
        for sentence in read.not_represented
        if not sentence.startswith("Scheduled action")
    ]
    out, into = read.plan.scale_out, read.plan.scale_in
    found.extend(_problems(read.plan))
    options = group_options(
        {name: value for name, value in resources.limits.items() if name != "DefaultCooldown"}
    )
    if found or out is None or into is None:
        raise UnsupportedPlanError(*found)
    cooldown = _cooldown(out)
    default = resources.limits.get("DefaultCooldown", cooldown)
    if default != cooldown:
        raise UnsupportedPlanError(
            Problem(
                f"the group's cooldown ({default} s)",
                f"{cooldown} s",
                "cooldown_seconds",
                "Elastic Beanstalk has one cooldown, the group's.",
            )
        )
    minutes = out.alarm.period_seconds // SECONDS_PER_MINUTE
    count = out.alarm.evaluation_periods
    trigger = {
        "MeasureName": "CPUUtilization",
        "Statistic": "Average",
        "Unit": "Percent",
        "Period": str(minutes),
        "EvaluationPeriods": str(count),
        "BreachDuration": str(minutes * count),
    }
    for side, (_, word, _) in zip((out, into), _SIDES):
        trigger[f"{word}Threshold"] = plain_number(side.alarm.threshold_percent)
        trigger[f"{word}BreachScaleIncrement"] = str(_increment(side))
    options.setdefault(ASG, {})["Cooldown"] = str(cooldown)
    return {**options, **monitoring_options(resources, monitoring), TRIGGER: trigger}


def monitoring_options(resources: GroupResources, monitoring: str | None) -> Options:
    """Give the option setting of the monitoring that policies and alarms need.

    Parameters
    ----------
    resources : GroupResources
        The policies and alarms.
    monitoring : str or None
        ``basic`` or ``detailed``; None: left as it is, unless they need ``detailed``.

    Raises
    ------
    UnsupportedPlanError
        Where they need ``detailed``, and it is ``basic``.
    """
    periods = [alarm.fields.get("Period", 0) for alarm in resources.alarms]
    needs = [
        f"a period of {period // SECONDS_PER_MINUTE} minute(s)"
        for period in periods
        if period < BASIC_MINUTES * SECONDS_PER_MINUTE
    ]
    if any("TargetTrackingConfiguration" in policy.fields for policy in resources.policies):
        needs.append("target tracking")
    if needs and monitoring == "basic":
        raise UnsupportedPlanError(
            Problem(
                "alarms of at least 5 minutes with basic monitoring",
                f"{needs[0]} with basic monitoring",
                "monitoring",
                "Four of five minutes have no datapoint: let it be detailed.",
            )
        )
    if not needs and monitoring is None:
        return {}
    return {LAUNCH: {"MonitoringInterval": "5 minute" if monitoring == "basic" else "1 minute"}}


def group_options(limits: Fields) -> Options:
    """Give the option settings of a group's limits.

    Parameters
    ----------
    limits : mapping
        As of `GroupResources`.

    Raises
    ------
    UnsupportedPlanError
        Where Elastic Beanstalk has no option for a limit, or not for its value.
    """
    found = [
        Problem(
            f"of {', '.join(LIMIT_OPTIONS)}",
            f"{name} {limits[name]}",
            "limits",
            "Elastic Beanstalk has no option for it.",
        )
        for name in sorted(set(limits) - set(LIMIT_OPTIONS))
    ]
    options = {LIMIT_OPTIONS[name]: limits[name] for name in LIMIT_OPTIONS if name in limits}
    found.extend(
        problem
        for name, value in options.items()
        for problem in _range_problem(ASG, name, value, name)
    )
    if found:
        raise UnsupportedPlanError(*found)
    return {ASG: {name: str(value) for name, value in options.items()}} if options else {}


def plain_number(value: float) -> str:
    """Write a number without an exponent, so that it reads back exactly.

    Parameters
    ----------
    value : float
        A finite number.

    Examples
    --------
    >>> plain_number(25), plain_number(1e-05)
    ('25', '0.00001')
    """
    return str(value) if isinstance(value, int) else format(Decimal(repr(value)), "f")


def _problems(plan: ScalingPlan) -> Iterator[Problem]:
    """Yield why a plan is not a trigger."""
    if plan.target_tracking is not None:
        yield Problem("no target tracking", "one", "target_tracking", _OTHER_FORM)
    for name, word, operator in _SIDES:
        side: AlarmedPolicy | None = getattr(plan, name)
        if side is None:
            yield Problem("both sides: a trigger has both", "none", name, _OTHER_FORM)
            continue
        yield from _side_problems(side, name, word, operator)
    out, into = plan.scale_out, plan.scale_in
    if out is not None and into is not None:
        for field in ("period_seconds", "evaluation_periods"):
            one, other = getattr(out.alarm, field), getattr(into.alarm, field)
            if one != other:
                yield Problem(f"one {field} for both sides", f"{one}, {other}", field, _OTHER_FORM)
        if _cooldown(out) != _cooldown(into):
            got = f"{_cooldown(out)} s, {_cooldown(into)} s"
            yield Problem("one cooldown, the group's", got, "cooldown_seconds", _OTHER_FORM)
        window = out.alarm.period_seconds * out.alarm.evaluation_periods // SECONDS_PER_MINUTE
        yield from _range_problem(TRIGGER, "BreachDuration", window, "evaluation_periods")


def _side_problems(side: AlarmedPolicy, name: str, word: str, operator: str) -> Iterator[Problem]:
    """Yield why one side is not one of a trigger."""
    alarm, policy = side.alarm, side.policy
    wanted = {
        "comparison_operator": operator,
        "datapoints_to_alarm": alarm.evaluation_periods,
        "treat_missing_data": "missing",
    }
    for field, expected in wanted.items():
        got = getattr(alarm, field)
        if got != expected:
            yield Problem(f"{field} {expected}", str(got), f"{name}.alarm.{field}", _OTHER_FORM)
    minutes, rest = divmod(alarm.period_seconds, SECONDS_PER_MINUTE)
    if rest:
        got = f"{alarm.period_seconds} s"
        yield Problem("whole minutes", got, f"{name}.alarm.period_seconds", _OTHER_FORM)
    for option, value, field in (
        ("Period", minutes, "alarm.period_seconds"),
        ("EvaluationPeriods", alarm.evaluation_periods, "alarm.evaluation_periods"),
        (f"{word}Threshold", alarm.threshold_percent, "alarm.threshold_percent"),
    ):
        yield from _range_problem(TRIGGER, option, value, f"{name}.{field}")
    if not isinstance(policy, SimpleScaling):
        yield Problem("simple scaling", "step scaling", f"{name}.policy", _OTHER_FORM)
        return
    if policy.adjustment_type != "ChangeInCapacity":
        where = f"{name}.policy.adjustment_type"
        yield Problem("ChangeInCapacity", policy.adjustment_type, where, _OTHER_FORM)
    yield from _range_problem(
        TRIGGER, f"{word}BreachScaleIncrement", policy.scaling_adjustment, f"{name}.policy"
    )
    yield from _range_problem(ASG, "Cooldown", policy.cooldown_seconds, f"{name}.policy")


def _range_problem(namespace: str, option: str, value: float, where: str) -> Iterator[Problem]:
    """Yield a problem where Elastic Beanstalk does not take a value for an option."""
    known = OPTIONS[namespace][option]
    least, most = known.least, known.most
    if least is not None and most is not None and not least <= value <= most:
        yield Problem(
            f"{option} from {least:,.12g} to {most:,.12g}", f"{value:g}", where, _OTHER_FORM
        )


def _cooldown(side: AlarmedPolicy) -> int:
    """Give the cooldown of a side, as far as it has one."""
    return side.policy.cooldown_seconds if isinstance(side.policy, SimpleScaling) else -1


def _increment(side: AlarmedPolicy) -> int:
    """Give the instances that a side adds."""
    return side.policy.scaling_adjustment if isinstance(side.policy, SimpleScaling) else 0
