"""An Elastic Beanstalk environment in words: its options, and where its group does otherwise."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from tuner.cli.show import Block, Facts, Heading

if TYPE_CHECKING:
    from tuner.aws.beanstalk import Environment
    from tuner.aws.beanstalk_differences import OptionDifference


def environment_words(
    environment: Environment, differences: Sequence[OptionDifference], beside: Sequence[str]
) -> Iterator[Block]:
    """Say the options of an environment, and what its group does otherwise.

    Parameters
    ----------
    environment : Environment
        What was asked for.
    differences : sequence of OptionDifference
        Where its group does otherwise.
    beside : sequence of str
        Policies that it did not build.
    """
    yield Heading(
        f"Elastic Beanstalk environment {environment.name}, application {environment.application}"
    )
    yield Facts(
        tuple(
            (namespace, ", ".join(f"{name} {value}" for name, value in options.items() if value))
            for namespace, options in environment.settings.items()
        )
    )
    if environment.is_pending:
        yield "Other settings of it wait to be deployed, or failed to be."
    yield from environment.problems
    for each in differences:
        yield (
            f"{each.option} of the options is {each.said}, and {each.resource} has {each.deployed}."
        )
    if not differences:
        yield "The group does what the options say."
    for name in beside:
        yield f"The environment did not build the policy {name}."
