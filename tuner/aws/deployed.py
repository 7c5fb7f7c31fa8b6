"""What is deployed for a service, read whole: its group, its plan, and its environment."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from tuner.aws.autoscaling import AwsScalingTarget
from tuner.aws.beanstalk import Environment, group_of_environment, read_environment
from tuner.aws.beanstalk_differences import (
    OptionDifference,
    beside_environment,
    option_differences,
)
from tuner.aws.group import GroupAbout
from tuner.aws.session import Account
from tuner.errors import AccountError
from tuner.resources.records import GroupResources
from tuner.resources.to_plan import ReadPlan, plan_of

GROUP_KEYS = {
    "min_size": "MinSize",
    "max_size": "MaxSize",
    "default_cooldown_seconds": "DefaultCooldown",
    "default_instance_warmup_seconds": "DefaultInstanceWarmup",
}
"""Keys of a job's ``[group]``, and what AWS calls them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployed:
    """What is deployed, read from an account.

    Parameters
    ----------
    resources : GroupResources
        The group.
    about : GroupAbout
        What else AWS says of it.
    read : ReadPlan
        Its plan.
    environment : Environment or None
        The Elastic Beanstalk environment that made it.
    differences : tuple of OptionDifference
        Where the environment's options say otherwise.
    beside : tuple of str
        Policies that the environment did not build.
    trouble : str or None
        Why the environment could not be read.
    """

    resources: GroupResources
    about: GroupAbout
    read: ReadPlan
    environment: Environment | None = None
    differences: tuple[OptionDifference, ...] = ()
    beside: tuple[str, ...] = ()
    trouble: str | None = None


def read_deployed(
    account: Account, *, group: str | None = None, environment: str | None = None
) -> Deployed:
    """Read a group, by its name or by the environment that has it.

    Parameters
    ----------
    account : Account
        The door to the account.
    group, environment : str or None
        ``AutoScalingGroupName`` or ``EnvironmentName``, one of them.

    Raises
    ------
    AccountError
        Where there is none of that name, or AWS does not answer. Where the group can be read and
        its environment cannot, that is said in `Deployed.trouble`.
    """
    if environment is not None:
        group = group_of_environment(account, environment)
    resources, about = AwsScalingTarget(account).read(str(group))
    deployed = Deployed(resources=resources, about=about, read=plan_of(resources))
    name = environment or about.environment
    if name is None:
        return deployed
    try:
        found = read_environment(account, name)
    except AccountError as error:
        if environment is not None:
            raise
        return replace(deployed, trouble=str(error))
    return replace(
        deployed,
        environment=found,
        differences=option_differences(found, resources),
        beside=beside_environment(resources),
    )


def remarks(deployed: Deployed) -> tuple[str, ...]:
    """Say what is deployed and not in the plan, a sentence each.

    Parameters
    ----------
    deployed : Deployed
        What was read.
    """
    return (*deployed.read.not_represented, *_group_remarks(deployed))


def job_group(deployed: Deployed) -> dict[str, int | str]:
    """Give the keys of a job's ``[group]`` that are known.

    Parameters
    ----------
    deployed : Deployed
        What was read.
    """
    limits = deployed.resources.limits
    known: dict[str, int | str] = {
        key: limits[name] for key, name in GROUP_KEYS.items() if name in limits
    }
    if deployed.environment is not None:
        known["monitoring"] = deployed.environment.options.group["monitoring"]
    return known


def _group_remarks(deployed: Deployed) -> Iterator[str]:
    """Yield what of the group itself no plan can say."""
    about = deployed.about
    if about.suspended:
        names = ", ".join(about.suspended)
        yield f"Processes of the group are suspended: {names}. The plan acts as if they ran."
    if about.has_warm_pool:
        yield "The group has a warm pool, from which instances start sooner than the plan says."
    if len(about.instance_types) > 1:
        names = ", ".join(about.instance_types)
        yield f"Its instances are of several types: {names}. A plan has hosts of one kind."
    for name in about.other_alarms:
        yield f"Alarm {name!r} stands beside a policy and does not call it in the state ALARM."
    for alarm in deployed.resources.alarms:
        for name in ("AlarmActions", "OKActions", "InsufficientDataActions"):
            if any(":scalingPolicy:" in call for call in alarm.fields.get(name, ())):
                yield f"Alarm {alarm.name!r} calls another scaling policy, by its {name}."
