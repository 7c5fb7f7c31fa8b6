"""The table `beanstalk` of a job's file: option settings of an Elastic Beanstalk environment."""

from __future__ import annotations

from typing import Annotated

from pydantic import PlainValidator, WithJsonSchema

from tuner.config.values import Kind
from tuner.config_problems import Slip, SlipError
from tuner.policy.beanstalk import Beanstalk, try_beanstalk


def read_settings(value: object) -> Beanstalk:
    """Give the options of namespaces, each a table of option names and values."""
    options, problems = try_beanstalk(value)
    if problems:
        slips = []
        for namespace, option, problem in problems:
            path = tuple(part for part in (namespace, option) if part)
            slips.append(Slip(problem.expected, problem.next_step, path, problem.got))
        raise SlipError(*slips)
    return options


OptionSettings = Annotated[
    Beanstalk,
    PlainValidator(read_settings),
    WithJsonSchema({"type": "object", "additionalProperties": {"type": "object"}}),
    Kind("options by namespace"),
]
