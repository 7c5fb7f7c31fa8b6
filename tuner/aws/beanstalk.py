"""Reads an Elastic Beanstalk environment: its option settings, and which group it has.

Source: docs/aws-semantics.md 8.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from tuner.aws.errors import asking
from tuner.aws.pages import pages
from tuner.aws.session import Account
from tuner.errors import AccountError, Problem
from tuner.policy.beanstalk import Beanstalk, try_beanstalk
from tuner.policy.beanstalk_options import OPTIONS


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """An Elastic Beanstalk environment.

    Parameters
    ----------
    name, application : str
        ``EnvironmentName`` and ``ApplicationName``.
    settings : mapping
        The option settings that decide how it scales: namespaces, each with options by name.
    options : Beanstalk
        Those settings read, with the defaults of the rest.
    problems : tuple of str
        Sentences on settings that cannot be read or simulated.
    is_pending : bool
        Whether other settings wait to be deployed, or failed to be.
    """

    name: str
    application: str
    settings: Mapping[str, Mapping[str, str]]
    options: Beanstalk
    problems: tuple[str, ...] = ()
    is_pending: bool = False


def read_environment(account: Account, name: str) -> Environment:
    """Read an environment's option settings.

    Parameters
    ----------
    account : Account
        The door to the account.
    name : str
        ``EnvironmentName``.

    Raises
    ------
    AccountError
        Where there is no such environment, or AWS does not answer.
    """
    with asking(f"reading the environment {name}", profile=account.profile):
        client = account.client("elasticbeanstalk")
        application = _application(client, name)
        sets = client.describe_configuration_settings(
            ApplicationName=application, EnvironmentName=name
        )["ConfigurationSettings"]
    deployed = [each for each in sets if each.get("DeploymentStatus") in (None, "deployed")]
    settings = _scaling_settings((deployed or sets or [{}])[0])
    options, problems = try_beanstalk(settings)
    return Environment(
        name=name,
        application=application,
        settings=settings,
        options=options,
        problems=tuple(str(each.problem) for each in problems),
        is_pending=len(deployed) < len(sets),
    )


def group_of_environment(account: Account, name: str) -> str:
    """Ask which Auto Scaling group an environment has.

    Parameters
    ----------
    account : Account
        The door to the account.
    name : str
        ``EnvironmentName``.

    Raises
    ------
    AccountError
        Where there is no such environment or it has no group, or AWS does not answer.
    """
    with asking(f"reading the environment {name}", profile=account.profile):
        client = account.client("elasticbeanstalk")
        _application(client, name)
        answer = client.describe_environment_resources(EnvironmentName=name)
    groups = answer["EnvironmentResources"].get("AutoScalingGroups") or ()
    if groups:
        return str(groups[0]["Name"])
    raise AccountError(
        Problem(
            "an environment with an Auto Scaling group",
            "one without",
            f"the environment {name}",
            "Wait until it is launched, or name another.",
        )
    )


def _application(client: Any, name: str) -> str:
    """Ask for the application of an environment, and for its like where there is none."""
    describe = client.describe_environments
    for each in pages(describe, "Environments", EnvironmentNames=[name], IncludeDeleted=False):
        return str(each["ApplicationName"])
    there = [
        each["EnvironmentName"] for each in pages(describe, "Environments", IncludeDeleted=False)
    ]
    near = get_close_matches(name, there, n=1)
    hint = f"Did you mean {near[0]!r}? " if near else ""
    raise AccountError(
        Problem(
            "the name of an Elastic Beanstalk environment in this account and region",
            f"{name!r}, which is none",
            f"the environment {name}",
            f"{hint}Look at --region and --profile; `aws elasticbeanstalk describe-environments"
            " --query 'Environments[].EnvironmentName'` lists them.",
        )
    )


def _scaling_settings(answer: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Keep the option settings that decide how a group scales; one that is not set has no value."""
    settings: dict[str, dict[str, str]] = {}
    for each in answer.get("OptionSettings") or ():
        namespace, name = each.get("Namespace"), each.get("OptionName")
        if name in OPTIONS.get(namespace, {}) and each.get("Value") is not None:
            settings.setdefault(namespace, {}).setdefault(name, each["Value"])
    return settings
