"""Elastic Beanstalk's options that decide how a group scales: names, defaults, allowed values.

Source: AWS Elastic Beanstalk developer guide, "General options for all environments";
docs/aws-semantics.md 8.1.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from tuner.errors import Problem

Value = str | int | float | bool

ASG = "aws:autoscaling:asg"
TRIGGER = "aws:autoscaling:trigger"
LAUNCH = "aws:autoscaling:launchconfiguration"
MINUTES_PER_DAY = 1440
BASIC_MINUTES = 5
LONGEST_SAID = 60


@dataclass(frozen=True, slots=True)
class Option:
    """One option.

    Parameters
    ----------
    default : str, int, float, bool or None
        What Elastic Beanstalk takes where it is not set; None: nothing.
    least, most : float or None
        Limits of a number; None: none.
    choices : tuple of str
        Words that a text may be; empty: any.
    is_whole : bool
        Whether a number is a whole one.
    """

    default: Value | None
    least: float | None = None
    most: float | None = None
    choices: tuple[str, ...] = ()
    is_whole: bool = True


class OptionProblem(NamedTuple):
    """What is wrong with an option: its namespace, its name where one is to blame, and how."""

    namespace: str
    option: str | None
    problem: Problem


_MEASURES = (
    "CPUUtilization",
    "NetworkIn",
    "NetworkOut",
    "DiskWriteOps",
    "DiskReadBytes",
    "DiskReadOps",
    "DiskWriteBytes",
    "Latency",
    "RequestCount",
    "HealthyHostCount",
    "UnhealthyHostCount",
    "TargetResponseTime",
)
_UNITS = (
    "Seconds",
    "Percent",
    "Bytes",
    "Bits",
    "Count",
    "Bytes/Second",
    "Bits/Second",
    "Count/Second",
    "None",
)

OPTIONS: Mapping[str, Mapping[str, Option]] = {
    ASG: {
        "MinSize": Option(1, 1, 10_000),
        "MaxSize": Option(4, 1, 10_000),
        "Cooldown": Option(360, 0, 10_000),
        "Availability Zones": Option("Any", choices=("Any", "Any 1", "Any 2", "Any 3")),
        "Custom Availability Zones": Option(None),
        "EnableCapacityRebalancing": Option(False),
    },
    TRIGGER: {
        "MeasureName": Option("NetworkOut", choices=_MEASURES),
        "Statistic": Option("Average", choices=("Minimum", "Maximum", "Sum", "Average")),
        "Unit": Option("Bytes", choices=_UNITS),
        "Period": Option(5, 1, 600),
        "EvaluationPeriods": Option(1, 1, 600),
        "BreachDuration": Option(5, 1, 600),
        "UpperThreshold": Option(6_000_000, 0, 20_000_000, is_whole=False),
        "UpperBreachScaleIncrement": Option(1, -10_000, 10_000),
        "LowerThreshold": Option(2_000_000, 0, 20_000_000, is_whole=False),
        "LowerBreachScaleIncrement": Option(-1, -10_000, 10_000),
    },
    LAUNCH: {
        "MonitoringInterval": Option("5 minute", choices=("5 minute", "1 minute")),
    },
}
"""Every option that is read, by namespace and name; zones and rebalancing change nothing here."""

MODELLED = {
    "MeasureName": ("CPUUtilization", "The simulator knows the group's CPU and no other metric."),
    "Statistic": ("Average", "The simulated metric is the mean over instances and minutes."),
    "Unit": (
        "Percent",
        "CPU is in percent: in another unit the alarms find no data, stay INSUFFICIENT_DATA, and"
        " the group never scales.",
    ),
}
"""What the trigger must say to be simulated, and why."""


def read_values(given: object) -> tuple[dict[str, Value], list[OptionProblem]]:
    """Read option settings, and list all that is wrong with them.

    Parameters
    ----------
    given : object
        A mapping of namespaces to mappings of option names to values; numbers may be texts.

    Returns
    -------
    dict of str to value, and list of OptionProblem
        The options that are given, by name.
    """
    values: dict[str, Value] = {}
    found: list[OptionProblem] = []
    if not isinstance(given, Mapping):
        problem = Problem("a table of namespaces", _said(given), "beanstalk", _known(OPTIONS))
        return values, [OptionProblem("", None, problem)]
    for namespace, settings in given.items():
        known = OPTIONS.get(namespace, {})
        if not known or not isinstance(settings, Mapping):
            expected = "a table of options" if known else "a namespace that is known here"
            got = _said(settings if known else namespace)
            problem = Problem(expected, got, str(namespace), _known(known or OPTIONS))
            found.append(OptionProblem(str(namespace), None, problem))
            continue
        for name, raw in settings.items():
            try:
                values[name] = _read(raw, known[name])
            except KeyError:
                problem = Problem("an option that is known here", _said(name), name, _known(known))
                found.append(OptionProblem(namespace, name, problem))
            except ValueError as error:
                problem = Problem(
                    str(error), _said(raw), name, "Give what Elastic Beanstalk takes."
                )
                found.append(OptionProblem(namespace, name, problem))
    return values, found


def default_values() -> dict[str, Value]:
    """Give the value of every option that has a default, by name."""
    return {
        name: option.default
        for options in OPTIONS.values()
        for name, option in options.items()
        if option.default is not None
    }


def across_problems(values: Mapping[str, Value], given: frozenset[str]) -> Iterator[OptionProblem]:
    """Yield what options say together that cannot be, or cannot be simulated.

    Parameters
    ----------
    values : mapping of str to value
        Every option by name, defaults among them.
    given : frozenset of str
        Those that are no defaults.
    """

    def problem(namespace: str, name: str, expected: str, next_step: str) -> OptionProblem:
        got = f"{values[name]}" if name in given else f"{values[name]}, its default"
        option = name if name in given else None
        where = name if name in given else namespace
        return OptionProblem(namespace, option, Problem(expected, got, where, next_step))

    least, most = float(values["MinSize"]), float(values["MaxSize"])
    if least > most:
        yield problem(ASG, "MinSize", f"MinSize of at most MaxSize ({most:g})", "Raise MaxSize.")
    for name, (wanted, reason) in MODELLED.items():
        if values[name] != wanted:
            yield problem(TRIGGER, name, f"{name} {wanted}", reason)
            if name == "MeasureName":
                break
    period, count = int(values["Period"]), int(values["EvaluationPeriods"])
    if period * count > MINUTES_PER_DAY:
        yield problem(
            TRIGGER,
            "Period",
            f"Period x EvaluationPeriods of at most {MINUTES_PER_DAY} minutes, a day",
            f"{period} x {count} = {period * count}: CloudWatch refuses the alarms.",
        )
    if values["MonitoringInterval"] == "5 minute" and period < BASIC_MINUTES:
        yield problem(
            TRIGGER,
            "Period",
            'Period of at least 5 minutes beside MonitoringInterval "5 minute"',
            f"A datapoint comes each five minutes, and {BASIC_MINUTES - period} of"
            f" {BASIC_MINUTES} minutes have none: set MonitoringInterval to 1 minute.",
        )


def _read(raw: object, option: Option) -> Value:
    """Read one value; a ValueError says what is expected."""
    if isinstance(option.default, bool):
        word = str(raw).lower()
        if word not in ("true", "false"):
            raise ValueError("true or false")
        return word == "true"
    if option.least is None or option.most is None:
        if not isinstance(raw, str) or (option.choices and raw not in option.choices):
            raise ValueError(f"one of {', '.join(option.choices)}" if option.choices else "a text")
        return raw
    kind = "a whole number" if option.is_whole else "a number"
    expected = f"{kind} from {option.least:,.12g} to {option.most:,.12g}"
    try:
        number = float(raw) if isinstance(raw, str | int | float) else float("nan")
    except (ValueError, OverflowError):
        number = float("nan")
    is_there = not isinstance(raw, bool) and option.least <= number <= option.most
    if not is_there or (option.is_whole and number != int(number)):
        raise ValueError(expected)
    return int(number) if option.is_whole else number


def _said(value: object) -> str:
    """Write a value for a message, shortened."""
    text = repr(value)
    return text if len(text) <= LONGEST_SAID else f"{text[: LONGEST_SAID - 3]}..."


def _known(names: Mapping[str, object]) -> str:
    """Say which names there are."""
    return f"Known here: {', '.join(names)}."
