"""The job: one service's task, as frozen records. `tuner.config.load` makes it from a file."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from tuner.config.archived import ArchivedFit, ArchivedTraffic
from tuner.config.aws_table import AwsNames
from tuner.decision.gate_limits import GateLimits
from tuner.decision.stress_settings import StressSettings
from tuner.deployment.guard_rails import GuardRails
from tuner.deployment.verify_settings import VerifySettings
from tuner.errors import ConfigurationError, Problem
from tuner.host import HostModel
from tuner.policy import ScalingPlan, ScheduledAction
from tuner.scenario import Group, Metric, Scenario
from tuner.search.limits import Limits
from tuner.search.settings import FamilyName, SearchSettings
from tuner.search.space import Space
from tuner.traffic.cuts import Cut
from tuner.traffic.family import Family
from tuner.traffic.gaps import GapPolicy
from tuner.traffic.recording import Unit
from tuner.traffic.stages import StagedTraffic


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadTestSource:
    """Where the load test is: a Locust history with its CPU, or a plain table.

    Parameters
    ----------
    locust, cpu : Path or None
        Locust's history and the CPU of the host; both, or neither.
    cpu_column : str or None
        Column or metric of the CPU; None where there is only one.
    window_seconds : int
        Length of a window of the Locust test.
    table : Path or None
        A plain table instead.
    """

    locust: Path | None = None
    cpu: Path | None = None
    cpu_column: str | None = None
    window_seconds: int = 10
    table: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HostWishes:
    """What a person says about the host; it wins over what a load test says.

    Parameters
    ----------
    intercept_percent, slope_percent_per_rpm, cliff_percent, saturation_rpm : float or None
        As in `HostModel`; None leaves it to the load test.
    table : tuple of (rpm, percent) or None
        Knots that replace the line.
    """

    intercept_percent: float | None = None
    slope_percent_per_rpm: float | None = None
    cliff_percent: float | None = None
    saturation_rpm: float | None = None
    table: tuple[tuple[float, float], ...] | None = None

    @property
    def has_line(self) -> bool:
        """Whether CPU follows from load by what is said here alone."""
        return self.slope_percent_per_rpm is not None or self.table is not None

    def host(self, fitted: HostModel | None = None) -> HostModel:
        """Give the host model: the fitted one, with what is said here in place of its fields.

        Parameters
        ----------
        fitted : HostModel or None
            What the load test says; None where there is none.

        Returns
        -------
        HostModel
            A line or table given here takes the place of the fitted one; saturation follows
            from it then, unless it is given too.

        Raises
        ------
        ConfigurationError
            When there is neither a fitted line nor one here, or for a host that cannot be.
        """
        if fitted is None and not self.has_line:
            raise ConfigurationError(
                Problem(
                    "a host that was fitted, or a slope or table",
                    "neither",
                    "host",
                    "Give [load_test], or slope_percent_per_1000_rpm in [host].",
                )
            )
        host = HostModel() if fitted is None else fitted
        if self.intercept_percent is not None or self.has_line:
            host = replace(host, saturation_rpm=None, cliff_percent=None)
        line = {
            "intercept_percent": self.intercept_percent,
            "slope_percent_per_rpm": self.slope_percent_per_rpm,
        }
        cliff = None if fitted is None else fitted.cliff_percent
        saturation = self.saturation_rpm
        table = self.table if self.has_line else host.table
        wanted = {name: value for name, value in line.items() if value is not None}
        return replace(
            host,
            **wanted,
            table=table,
            cliff_percent=cliff if self.cliff_percent is None else self.cliff_percent,
            saturation_rpm=host.saturation_rpm if saturation is None else saturation,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class StagesTraffic:
    """Stages and how they are varied.

    Parameters
    ----------
    stages : StagedTraffic
        The shape as it stands.
    family : Family or None
        None: the shape alone.
    where : str
        File, line and key, for messages.
    """

    stages: StagedTraffic
    family: Family | None
    where: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedTraffic:
    """A recording that is still in its file, and what is to be made of it.

    Parameters
    ----------
    name : str or None
        Name of its shapes; None takes the file's.
    file : Path
        The recording.
    column, time_column, time_zone : str or None
        As `tuner.traffic.recorded.read_recorded` takes them.
    unit : str
        ``rpm`` or ``requests``.
    layout : str
        ``rows``, or ``minutes`` (a row for each series).
    series : str or None
        Which row of a file of layout ``minutes``.
    cut : str
        ``whole`` or ``day``.
    gaps : str
        Policy for gaps.
    scale, full_day_fraction, weight : float
        As `tuner.traffic.cuts.cut_recording` takes them.
    held_out_days : int
        The last so many days are not searched: they are for judging.
    family : Family or None
        None: the shapes alone.
    where : str
        File, line and key, for messages.
    """

    name: str | None
    file: Path
    column: str | None
    time_column: str | None
    time_zone: str | None
    unit: Unit
    layout: Literal["rows", "minutes"]
    series: str | None
    cut: Cut
    gaps: GapPolicy
    scale: float
    full_day_fraction: float
    held_out_days: int
    weight: float
    family: Family | None
    where: str


Traffic = StagesTraffic | RecordedTraffic | ArchivedTraffic


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One service's task: everything that its file says, checked.

    Parameters
    ----------
    path : Path
        The file.
    service : str
        Name of the service.
    seed : int
        Seed of everything that is drawn.
    tick_seconds : int
        Length of a tick.
    margin_percent : float
        Room below the cliff, in points of CPU.
    load_test : LoadTestSource, ArchivedFit or None
        Where the load test is, or the days of the archive that stand in for it.
    host : HostModel or None
        The host, where the file alone says it; None: `wishes` and the load test make it.
    wishes : HostWishes
        What the file says about the host.
    group : Group
        Limits and times.
    metric : Metric
        Delay of the metric.
    schedule : tuple of ScheduledAction
        Scheduled actions of every shape.
    traffic : tuple of StagesTraffic, RecordedTraffic and ArchivedTraffic
        What `tuner.config.build_shapes` makes shapes of.
    baseline : ScalingPlan or None
        Today's plan.
    spaces : dict of str to Space
        The knobs of every family that is searched, in this order.
    limits : Limits
        Limits of a feasible plan.
    settings : SearchSettings
        Which engine searches, and how far; its seed is the job's.
    stress : StressSettings
        How a recommendation is checked.
    output_directory : Path or None
        Folder that gets a copy of the results, relative to where the command runs.
    verify : VerifySettings
        How far a prediction may be off.
    aws : AwsNames
        What the service is called in its AWS account.
    guard_rails : GuardRails or None
        What may be changed there; None: nothing.
    gate : GateLimits
        What a plan must keep to, for `cliffside gate`.
    warnings : tuple of str
        What looks like a slip, in sentences.
    """

    path: Path
    service: str
    seed: int
    tick_seconds: int
    margin_percent: float
    load_test: LoadTestSource | ArchivedFit | None
    host: HostModel | None
    wishes: HostWishes
    group: Group
    metric: Metric
    schedule: tuple[ScheduledAction, ...]
    traffic: tuple[Traffic, ...]
    baseline: ScalingPlan | None
    spaces: dict[FamilyName, Space]
    limits: Limits
    settings: SearchSettings
    stress: StressSettings
    output_directory: Path | None
    verify: VerifySettings = field(default_factory=VerifySettings)
    aws: AwsNames = field(default_factory=AwsNames)
    guard_rails: GuardRails | None = None
    gate: GateLimits = field(default_factory=GateLimits)
    warnings: tuple[str, ...] = ()


def scenario(job: Job, host: HostModel) -> Scenario:
    """Give what all candidates of a job share, for a host.

    Parameters
    ----------
    job : Job
        Group, metric, schedule, tick, margin and seed.
    host : HostModel
        ``job.host``, or ``job.wishes.host(fitted)``.

    Raises
    ------
    ConfigurationError
        For a margin that leaves no room below the host's cliff.
    """
    return Scenario(
        host=host,
        group=job.group,
        metric=job.metric,
        schedule=job.schedule,
        tick_seconds=job.tick_seconds,
        margin_percent=job.margin_percent,
        seed=job.seed,
    )
