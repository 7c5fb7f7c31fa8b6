"""Records of a calibration: settings, days, and what the days say."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tuner.deployment.observed import ObservedChange
from tuner.measure.history import History
from tuner.policy import ScalingPlan
from tuner.scenario import Scenario

ENOUGH_DAYS = 20


@dataclass(frozen=True, slots=True, order=True)
class Delays:
    """One setting of the grid.

    Parameters
    ----------
    launch_seconds, ready_seconds, metric_delay_seconds : int
        As in `Group` and `Metric`.
    """

    launch_seconds: int
    ready_seconds: int
    metric_delay_seconds: int

    def scenario(self, scenario: Scenario) -> Scenario:
        """Give a scenario with these delays."""
        group = replace(
            scenario.group, launch_seconds=self.launch_seconds, ready_seconds=self.ready_seconds
        )
        metric = replace(scenario.metric, metric_delay_seconds=self.metric_delay_seconds)
        return replace(scenario, group=group, metric=metric)


NAMES = ("launch_seconds", "ready_seconds", "metric_delay_seconds")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RecordedDay:
    """One range of the ledger.

    Parameters
    ----------
    history : History
        Its minutes.
    changes : tuple of ObservedChange
        Changes of the group's size in it.
    plan : ScalingPlan
        What was deployed.
    """

    history: History
    changes: tuple[ObservedChange, ...]
    plan: ScalingPlan


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What the days say of one delay.

    Parameters
    ----------
    name : str
        The key.
    present, proposed : int
        Seconds; equal where the days do not decide against the present.
    least, most : int
        Settings that the days do not tell from the best lie between these.
    tried : tuple of int
        All that were tried.
    """

    name: str
    present: int
    proposed: int
    least: int
    most: int
    tried: tuple[int, ...]

    @property
    def is_open(self) -> bool:
        """Whether the days tell none of the values tried from the best."""
        return self.least == self.tried[0] and self.most == self.tried[-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """What past days say about the delays of a scenario.

    Parameters
    ----------
    days, minutes : int
        Ranges and minutes that were simulated.
    present, best : Delays
        Today's, and the ones to take; equal where the days do not decide.
    present_error_percent, best_error_percent : float
        Mean of the relative errors of instances and CPU.
    decides : bool
        Whether the best is better than the present beyond chance.
    proposals : tuple of Proposal
        By delay.
    """

    days: int
    minutes: int
    present: Delays
    best: Delays
    present_error_percent: float
    best_error_percent: float
    decides: bool
    proposals: tuple[Proposal, ...]


@dataclass(frozen=True, slots=True)
class Margin:
    """Room below the cliff for predictions that were too low.

    Parameters
    ----------
    margin_percent : float
        95 % quantile of how far observed peaks were above predicted ones, points, rounded up.
    count : int
        Days behind it.
    largest_percent : float
        Largest of them.
    """

    margin_percent: float
    count: int
    largest_percent: float

    @property
    def is_thin(self) -> bool:
        """Whether the quantile is the largest of few."""
        return self.count < ENOUGH_DAYS
