"""The scaling of an Elastic Beanstalk environment, as option settings and as its own resources.

An environment always has a trigger: two simple scaling policies on two alarms. A plan that is such
a trigger is written as option settings, in a file of ``.ebextensions`` or as JSON for
``update-environment``. Every other plan can be resources in ``.ebextensions``, which Elastic
Beanstalk adds to its CloudFormation template; the trigger is then set so that it never acts: CPU
is neither above 20,000,000 % nor below 0 %.

Source: docs/aws-semantics.md 8; AWS Elastic Beanstalk developer guide, "Adding and customizing
Elastic Beanstalk environment resources" and "Scheduled Auto Scaling actions".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from tuner.deployment.beanstalk_trigger import (
    SCHEDULED,
    NamedOptions,
    group_options,
    monitoring_options,
    trigger_options,
)
from tuner.deployment.cloudformation import template_resources
from tuner.errors import Problem, UnsupportedPlanError
from tuner.policy.beanstalk_options import TRIGGER
from tuner.resources.names import check_writable, role_of
from tuner.resources.records import ActionResource, GroupResources
from tuner.resources.texts import write_json, write_yaml

CONFIG_FILE = ".ebextensions/cliffside.config"
JSON_FILE = "option-settings.json"
GROUP_REFERENCE = {"Ref": "AWSEBAutoScalingGroup"}
NEUTRAL: Mapping[str, str] = {
    "MeasureName": "CPUUtilization",
    "Statistic": "Average",
    "Unit": "Percent",
    "UpperThreshold": "20000000",
    "LowerThreshold": "0",
}
"""A trigger that never acts: both alarms compare strictly, and CPU is 0 to 100 percent."""


def write_beanstalk(resources: GroupResources, *, monitoring: str | None = None) -> dict[str, str]:
    """Write the trigger as a file of ``.ebextensions``.

    Parameters
    ----------
    resources : GroupResources
        Two simple policies on two alarms, as the trigger has them; a schedule is written as
        resources of the environment. Elastic Beanstalk gives its own names.
    monitoring : str or None
        ``basic`` or ``detailed``; None: left as it is, unless an alarm needs ``detailed``.

    Returns
    -------
    dict of str to str
        One file by its name.

    Raises
    ------
    UnsupportedPlanError
        Naming all that the trigger cannot do, and that ``beanstalk-resources`` can.
    """
    check_writable(resources, why_not=_why_not)
    document: dict[str, Any] = {"option_settings": trigger_options(resources, monitoring)}
    if resources.actions:
        alone = replace(resources, policies=(), alarms=())
        document["Resources"] = template_resources(alone, group=GROUP_REFERENCE, is_named=False)
    return {CONFIG_FILE: write_yaml(document)}


def write_beanstalk_json(
    resources: GroupResources, *, monitoring: str | None = None
) -> dict[str, str]:
    """Write the trigger as the option settings of ``aws elasticbeanstalk update-environment``.

    Parameters
    ----------
    resources, monitoring
        As in `write_beanstalk`; a schedule is in UTC, since option settings know no time zone.

    Returns
    -------
    dict of str to str
        One file by its name.

    Raises
    ------
    UnsupportedPlanError
        Naming all that option settings cannot say.
    """
    check_writable(resources)
    options = trigger_options(resources, monitoring)
    settings = [
        {"Namespace": namespace, "OptionName": name, "Value": value}
        for namespace, given in options.items()
        for name, value in given.items()
    ]
    for name, given in _schedule_options(resources.actions):
        settings += [
            {"ResourceName": name, "Namespace": SCHEDULED, "OptionName": option, "Value": value}
            for option, value in given.items()
        ]
    return {JSON_FILE: write_json(settings)}


def write_beanstalk_resources(
    resources: GroupResources, *, monitoring: str | None = None
) -> dict[str, str]:
    """Write the plan as resources in a file of ``.ebextensions``, beside a trigger at rest.

    Parameters
    ----------
    resources : GroupResources
        Any policies; CloudFormation gives them names of its own, so that the file serves several
        environments.
    monitoring : str or None
        As in `write_beanstalk`.

    Returns
    -------
    dict of str to str
        One file by its name.

    Raises
    ------
    UnsupportedPlanError
        Naming all that resources cannot say.
    """
    check_writable(resources, why_not=_why_not)
    options: dict[str, dict[str, str]] = dict(group_options(resources.limits))
    options.update(monitoring_options(resources, monitoring))
    options[TRIGGER] = dict(NEUTRAL)
    made = template_resources(replace(resources, limits={}), group=GROUP_REFERENCE, is_named=False)
    if not made:
        raise UnsupportedPlanError(
            Problem("a policy or a scheduled action", "none", "plan", "There is nothing to add.")
        )
    return {CONFIG_FILE: write_yaml({"option_settings": options, "Resources": made})}


def _why_not(text: str) -> str | None:
    """Say why Elastic Beanstalk would put something else in place of a text."""
    if "`" in text:
        return "Elastic Beanstalk works out what stands between backticks"
    return None


def _schedule_options(actions: tuple[ActionResource, ...]) -> list[NamedOptions]:
    """Give the options of scheduled actions, by names of letters and digits."""
    made: list[NamedOptions] = []
    for number, action in enumerate(actions, start=1):
        zone = action.fields.get("TimeZone")
        unknown = sorted(
            set(action.fields) - {"Recurrence", "MinSize", "MaxSize", "DesiredCapacity"}
        )
        if unknown:
            raise UnsupportedPlanError(
                Problem(
                    "a schedule in UTC" if zone else "a daily schedule",
                    str(zone or ", ".join(unknown)),
                    f"scheduled action {action.name!a}",
                    "Option settings know no time zone and no more: take the form beanstalk.",
                )
            )
        role = role_of(action.name) or ""
        name = f"CliffsideAt{role[3:]}" if role.startswith("at-") else f"CliffsideAction{number}"
        made.append((name, {key: str(value) for key, value in action.fields.items()}))
    return made
