"""Elastic Beanstalk's own construction: option settings as the plan that it builds, and its traps.

It builds two simple scaling policies on two alarms, AWSEBCloudwatchAlarmHigh and
AWSEBCloudwatchAlarmLow, both of `Period` x `EvaluationPeriods` with strict comparison, missing data
left as missing, and the group's cooldown.

Source: docs/aws-semantics.md 8.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from tuner.errors import ConfigurationError
from tuner.policy.alarm import Alarm
from tuner.policy.beanstalk_options import (
    OptionProblem,
    Value,
    across_problems,
    default_values,
    read_values,
)
from tuner.policy.plan import AlarmedPolicy, ScalingPlan
from tuner.policy.simple import SimpleScaling
from tuner.policy.words import ComparisonOperator
from tuner.units import SECONDS_PER_MINUTE, format_duration

HIGH_ALARM = "AWSEBCloudwatchAlarmHigh"
LOW_ALARM = "AWSEBCloudwatchAlarmLow"
LARGEST_CPU_PERCENT = 100.0


@dataclass(frozen=True, slots=True)
class Beanstalk:
    """The options of an environment that decide how its group scales.

    Parameters
    ----------
    values : mapping of str to value
        Every option by name, in Elastic Beanstalk's units; by default its defaults.
    given : frozenset of str
        Names of those that were set.
    """

    values: Mapping[str, Value] = field(default_factory=default_values)
    given: frozenset[str] = frozenset()

    @property
    def group(self) -> dict[str, int | str]:
        """The group's fields that the options say, by the names of `Group`."""
        return {
            "min_size": int(self.values["MinSize"]),
            "max_size": int(self.values["MaxSize"]),
            "default_cooldown_seconds": int(self.values["Cooldown"]),
            "monitoring": "basic"
            if self.values["MonitoringInterval"] == "5 minute"
            else "detailed",
        }

    @property
    def window(self) -> dict[str, int]:
        """Window of both alarms and cooldown of both policies, by the knobs of `[space]`."""
        return {
            "period_seconds": int(self.values["Period"]) * SECONDS_PER_MINUTE,
            "evaluation_periods": int(self.values["EvaluationPeriods"]),
            "cooldown_seconds": int(self.values["Cooldown"]),
        }

    def plan(self) -> ScalingPlan:
        """Give the two policies with their alarms; the metric is read as CPU percent.

        Notes
        -----
        Source: docs/aws-semantics.md 8.2. Assumption: where BreachDuration is not Period x
        EvaluationPeriods, that product holds; AWS does not say.
        """
        return ScalingPlan(
            scale_out=self._side("Upper", "GreaterThanThreshold"),
            scale_in=self._side("Lower", "LessThanThreshold"),
        )

    def _side(self, which: str, operator: ComparisonOperator) -> AlarmedPolicy:
        """Give one of the two policies with its alarm."""
        window = self.window
        alarm = Alarm(
            threshold_percent=float(self.values[f"{which}Threshold"]),
            comparison_operator=operator,
            period_seconds=window["period_seconds"],
            evaluation_periods=window["evaluation_periods"],
            datapoints_to_alarm=window["evaluation_periods"],
        )
        policy = SimpleScaling(
            scaling_adjustment=int(self.values[f"{which}BreachScaleIncrement"]),
            cooldown_seconds=window["cooldown_seconds"],
        )
        return AlarmedPolicy(alarm, policy)


def read_beanstalk(given: object) -> Beanstalk:
    """Read option settings.

    Parameters
    ----------
    given : object
        Namespaces, each with its options by name, as in an environment's configuration; what is
        left out has Elastic Beanstalk's default.

    Raises
    ------
    ConfigurationError
        Naming every option that is unknown, out of its range, or that cannot be simulated: a
        trigger on another metric than CPU, which is the default.

    Examples
    --------
    >>> trigger = {"MeasureName": "CPUUtilization", "Unit": "Percent",
    ...            "UpperThreshold": "25", "LowerThreshold": "15"}
    >>> read_beanstalk({"aws:autoscaling:trigger": trigger}).plan().scale_out.policy
    ... # doctest: +ELLIPSIS
    SimpleScaling(scaling_adjustment=1, ..., cooldown_seconds=360)
    """
    options, problems = try_beanstalk(given)
    if problems:
        raise ConfigurationError(*(each.problem for each in problems))
    return options


def try_beanstalk(given: object) -> tuple[Beanstalk, list[OptionProblem]]:
    """Read option settings, and list all that is wrong with them.

    Parameters
    ----------
    given : object
        As in `read_beanstalk`.

    Returns
    -------
    Beanstalk and list of OptionProblem
        What could be read; whether that will do is for the caller to see.
    """
    values, problems = read_values(given)
    options = Beanstalk({**default_values(), **values}, frozenset(values))
    return options, problems or list(across_problems(options.values, options.given))


def beanstalk_traps(
    options: Beanstalk, *, launch_seconds: int, ready_seconds: int, boot_cpu_percent: float
) -> tuple[str, ...]:
    """Say in sentences what these options do that their reader may not mean.

    Parameters
    ----------
    options : Beanstalk
        The options.
    launch_seconds, ready_seconds : int
        Decision to InService, and InService to serving.
    boot_cpu_percent : float
        CPU of an instance that is not ready, percent.

    Notes
    -----
    Source: docs/aws-semantics.md 8.1 to 8.3.
    """
    return (
        *_threshold_traps(options),
        *_duration_traps(options),
        *_growth_traps(options, launch_seconds),
        *_boot_traps(options, ready_seconds, boot_cpu_percent),
    )


def _threshold_traps(options: Beanstalk) -> Iterator[str]:
    """Say where a threshold is of bytes, or an increment goes the other way."""
    upper, lower = (float(options.values[f"{which}Threshold"]) for which in ("Upper", "Lower"))
    if upper > LARGEST_CPU_PERCENT:
        yield (
            f"UpperThreshold is {upper:,.12g}{_default(options, 'UpperThreshold')}, and no CPU is"
            " above 100 %: the group never scales out."
        )
    if lower > LARGEST_CPU_PERCENT:
        yield (
            f"LowerThreshold is {lower:,.12g}{_default(options, 'LowerThreshold')}, and every CPU"
            " is below it: hosts are taken after each cooldown, down to MinSize, whatever the load."
        )
    if int(options.values["LowerBreachScaleIncrement"]) > 0:
        yield "LowerBreachScaleIncrement is above 0: hosts are added where CPU is low."
    if int(options.values["UpperBreachScaleIncrement"]) < 0:
        yield "UpperBreachScaleIncrement is below 0: hosts are taken where CPU is high."


def _default(options: Beanstalk, name: str) -> str:
    """Say that a threshold is a default, which is of bytes."""
    return "" if name in options.given else ", the default, of bytes"


def _duration_traps(options: Beanstalk) -> Iterator[str]:
    """Say that BreachDuration is not what the alarms take."""
    period, count, breach = (
        int(options.values[name]) for name in ("Period", "EvaluationPeriods", "BreachDuration")
    )
    if breach != period * count:
        said = "" if "BreachDuration" in options.given else ", its default,"
        yield (
            f"BreachDuration {breach}{said} is not Period x EvaluationPeriods = {period} x {count}"
            f" = {period * count} minutes: Elastic Beanstalk may change one of them, and does not"
            f" say which. {period * count} minutes are simulated."
        )


def _growth_traps(options: Beanstalk, launch_seconds: int) -> Iterator[str]:
    """Say how fast the group grows at most."""
    cooldown, step = options.window["cooldown_seconds"], options.values["UpperBreachScaleIncrement"]
    total = cooldown + launch_seconds
    if int(step) > 0:
        yield (
            f"The group grows by at most {step} each {cooldown} s (cooldown, from InService) +"
            f" {launch_seconds} s (launch) = {format_duration(total)}, whatever the load."
        )


def _boot_traps(options: Beanstalk, ready_seconds: int, boot_cpu_percent: float) -> Iterator[str]:
    """Say that hosts count while they start, hot enough for another scale-out."""
    upper = float(options.values["UpperThreshold"])
    if ready_seconds > 0 and boot_cpu_percent > upper:
        yield (
            f"There is no warm-up: for {format_duration(ready_seconds)} from InService a new host"
            f" counts with its boot CPU of {boot_cpu_percent:g} %, above UpperThreshold {upper:g}:"
            " a scale-out may bring the next one by itself."
        )
