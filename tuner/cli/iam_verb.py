"""The verb that prints the IAM policies which cliffside needs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from tuner.cli.options import talk_settings

WIDENS = "*?$:"
"""Characters with which the name of a group would stand for more than one, or be no name."""


@click.command()
@click.argument("policy", type=click.Choice(["read", "apply"]))
@click.option("--group", "groups", multiple=True, help="Auto Scaling group that may be changed.")
@talk_settings
def iam(policy: str, groups: tuple[str, ...]) -> int:
    """Print the IAM policy for reading an account, or for changing how groups scale.

    Whoever changes needs both. Without --group, `apply` allows the groups with the tag
    cliffside = apply; with it, the groups that are named, whatever their tags.
    """
    if groups and policy == "read":
        raise click.UsageError("AWS allows reading for all groups or none: --group is for apply.")
    document = json.loads(policy_file(policy).read_text(encoding="utf-8"))
    if groups:
        for_groups(document, groups)
    click.echo(json.dumps(document, indent=2, ensure_ascii=False))
    return 0


def policy_file(name: str) -> Path:
    """Find a shipped policy, beside the package or within it.

    Parameters
    ----------
    name : str
        ``read`` or ``apply``.
    """
    package = Path(__file__).parents[1]
    inside = package / "iam" / f"{name}.json"
    return inside if inside.exists() else package.parent / "iam" / f"{name}.json"


def for_groups(document: dict[str, Any], groups: tuple[str, ...]) -> None:
    """Narrow what changes groups to some of them, by their names instead of their tag.

    Parameters
    ----------
    document : dict
        The policy ``apply``, which is changed.
    groups : tuple of str
        Names of groups.
    """
    for group in groups:
        if not group or any(letter in WIDENS or not letter.isprintable() for letter in group):
            raise click.BadParameter(
                f"expected the name of one Auto Scaling group, got {group!r}. A name here has none"
                f" of {' '.join(WIDENS)}",
                param_hint="'--group'",
            )
    for statement in document["Statement"]:
        if any(action.startswith("autoscaling:") for action in statement["Action"]):
            anywhere = str(statement["Resource"])
            statement["Resource"] = [f"{anywhere.removesuffix('*')}{group}" for group in groups]
            del statement["Condition"]
