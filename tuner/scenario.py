"""The scenario: everything about a run that is not the candidate and not the traffic.

Holds the host, the group, the metric's delay and the scenario's schedule, in seconds as people
write them. `tuner.simulation` turns it into ticks.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from tuner.errors import ConfigurationError, Problem
from tuner.host import HostModel
from tuner.launches import LaunchTimes, median_problems
from tuner.policy import ScheduledAction

Monitoring = Literal["detailed", "basic"]
BASIC_PERIOD_SECONDS = 300
LEAST_BILLED_SECONDS = 60
"""Of an instance, for each start. Source: docs/aws-semantics.md 11."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The Auto Scaling group: its limits, and how long its instances take.

    Parameters
    ----------
    min_size, max_size : int
        Limits of desired capacity.
    initial_capacity : int or None
        Instances at the start of a run; None stands for the fewest that keep CPU under the cliff
        less the margin over a shape's first 15 minutes.
    launch_seconds : int
        Decision to InService, default 60.
    ready_seconds : int
        InService to serving, default 0.
    boot_cpu_percent : float
        CPU of an instance that is InService and not ready, default 0.
    drain_seconds : int
        Termination decided to gone, default 0.
    default_instance_warmup_seconds : int or None
        Warm-up of step and target tracking policies that have none of their own.
    default_cooldown_seconds : int
        Stands in for the default instance warm-up where the group has none, default 300.
    monitoring : str
        ``detailed``: a datapoint each tick; ``basic``: one each five minutes.
    basic_phase_ticks : int
        Phase of basic monitoring's publication, 0 … 300 / tick_seconds − 1.
    host_usd_per_hour : float or None
        Price of one instance for an hour, USD; None: nothing is said of money.
    launches : LaunchTimes
        How launch times scatter about `launch_seconds`; by default they do not.

    Raises
    ------
    ConfigurationError
        Naming every field that cannot be.

    Notes
    -----
    Source: docs/model.md, "What a run is given".
    """

    min_size: int = 1
    max_size: int = 1000
    initial_capacity: int | None = None
    launch_seconds: int = 60
    ready_seconds: int = 0
    boot_cpu_percent: float = 0.0
    drain_seconds: int = 0
    default_instance_warmup_seconds: int | None = None
    default_cooldown_seconds: int = 300
    monitoring: Monitoring = "detailed"
    basic_phase_ticks: int = 0
    host_usd_per_hour: float | None = None
    launches: LaunchTimes = field(default_factory=LaunchTimes)

    def warmup_seconds(self, own: int | None) -> int:
        """Give the warm-up of a policy: its own, else the group's default, else its cooldown.

        Parameters
        ----------
        own : int or None
            The policy's own, in seconds.

        Notes
        -----
        Source: Amazon EC2 Auto Scaling API reference, PutScalingPolicy, EstimatedInstanceWarmup;
        docs/aws-semantics.md 4.3.
        """
        if own is not None:
            return own
        default = self.default_instance_warmup_seconds
        return self.default_cooldown_seconds if default is None else default

    def __post_init__(self) -> None:
        """Refuse limits and times that cannot be."""
        problems = tuple(_group_problems(self))
        if problems:
            raise ConfigurationError(*problems)


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """How the group's CPU metric reaches the alarms.

    Parameters
    ----------
    metric_delay_seconds : int
        End of a datapoint's minute until alarms see it, default 60 (EC2 CPU).
    warming_in_metric : bool
        Whether warming instances count; simple policies know no warm-up.
    """

    metric_delay_seconds: int = 60
    warming_in_metric: bool = False

    def __post_init__(self) -> None:
        """Refuse a negative delay."""
        if self.metric_delay_seconds < 0:
            raise ConfigurationError(
                Problem(
                    "at least 0 seconds",
                    str(self.metric_delay_seconds),
                    "metric_delay_seconds",
                    "Use 60 for EC2 CPU, 0 for a textbook simulator.",
                )
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """What all candidates share: host, group, metric and schedule.

    Parameters
    ----------
    host : HostModel
        CPU of one instance at a load.
    group : Group
        Limits and times of the group.
    metric : Metric
        Delay of the metric.
    schedule : tuple of ScheduledAction
        Scheduled actions of every run, unless a plan has its own.
    tick_seconds : int
        Length of a tick; must divide every alarm's period.
    margin_percent : float
        Room kept below the cliff, in points of CPU. Acts in the constraint, and in the start that
        a run takes where no initial capacity is given.
    seed : int
        Seed of the job; with a shape's name it decides the launch times that are drawn.
    start_limit_percent : float or None
        CPU percent that this start keeps to; None: the limit. Given where stored runs are asked
        about another cliff, as they started under the one that they were searched with.
    """

    host: HostModel
    group: Group = field(default_factory=Group)
    metric: Metric = field(default_factory=Metric)
    schedule: tuple[ScheduledAction, ...] = ()
    tick_seconds: int = 60
    margin_percent: float = 0.0
    seed: int = 0
    start_limit_percent: float | None = None

    def __post_init__(self) -> None:
        """Refuse a tick or a margin that cannot be."""
        problems = tuple(_scenario_problems(self))
        if problems:
            raise ConfigurationError(*problems)

    @property
    def limit_percent(self) -> float:
        """CPU percent that a safe plan never passes: the cliff less the margin, or 100."""
        cliff = self.host.cliff_percent
        return (100.0 if cliff is None else cliff) - self.margin_percent


_NOT_NEGATIVE = (
    "launch_seconds",
    "ready_seconds",
    "drain_seconds",
    "initial_capacity",
    "default_instance_warmup_seconds",
    "default_cooldown_seconds",
)


def _group_problems(group: Group) -> Iterator[Problem]:
    """Yield what cannot be in a group."""
    if not 0 <= group.min_size <= group.max_size:
        yield Problem(
            f"0 <= min_size <= max_size ({group.max_size})",
            f"min_size {group.min_size}",
            "min_size",
            "Lower the minimum or raise the maximum.",
        )
    for name in _NOT_NEGATIVE:
        value = getattr(group, name)
        if value is not None and value < 0:
            yield Problem("at least 0", str(value), name, "Raise it to 0 or more.")
    if not 0 <= group.boot_cpu_percent <= 100:
        yield Problem(
            "a percentage from 0 to 100",
            f"{group.boot_cpu_percent:g}",
            "boot_cpu_percent",
            "Give the CPU of a booting instance in percent.",
        )
    price = group.host_usd_per_hour
    if price is not None and not 0 < price < math.inf:
        yield Problem("a price above 0 USD an hour", f"{price:g}", "host_usd_per_hour", "Raise it.")
    if group.monitoring not in ("detailed", "basic"):
        yield Problem("detailed or basic", repr(group.monitoring), "monitoring", "Choose one.")
    yield from median_problems(group.launches, median_seconds=group.launch_seconds)


def _scenario_problems(scenario: Scenario) -> Iterator[Problem]:
    """Yield what cannot be in a scenario, across its records."""
    tick = scenario.tick_seconds
    if tick < 1:
        yield Problem("at least 1 second", str(tick), "tick_seconds", "Use 60.")
        return
    if scenario.margin_percent < 0:
        yield Problem(
            "a margin of at least 0 points",
            f"{scenario.margin_percent:g}",
            "margin_percent",
            "A margin is room below the cliff.",
        )
    idle = float(scenario.host.cpu_percent(0.0))
    if scenario.host.cliff_percent is not None and scenario.limit_percent <= idle:
        yield Problem(
            f"a cliff less margin above the idle CPU of {idle:g} %",
            f"{scenario.limit_percent:g}",
            "margin_percent",
            "No number of hosts could stay under it: lower the margin.",
        )
    if scenario.group.monitoring == "basic":
        yield from _basic_problems(scenario.group, tick)


def _basic_problems(group: Group, tick_seconds: int) -> Iterator[Problem]:
    """Yield what basic monitoring cannot do with a tick and a phase."""
    if BASIC_PERIOD_SECONDS % tick_seconds:
        yield Problem(
            "a tick that divides 300 s with basic monitoring",
            f"{tick_seconds} s",
            "tick_seconds",
            "Use 60, or detailed monitoring.",
        )
    elif not 0 <= group.basic_phase_ticks < BASIC_PERIOD_SECONDS // tick_seconds:
        yield Problem(
            f"a phase from 0 to {BASIC_PERIOD_SECONDS // tick_seconds - 1}",
            str(group.basic_phase_ticks),
            "basic_phase_ticks",
            "The phase is a tick within the five minutes.",
        )
