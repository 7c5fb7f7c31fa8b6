"""How a recommendation is stress-tested; without the simulator, so that a config is read fast."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from tuner.decision.bound import fewest_runs
from tuner.errors import ConfigurationError, Problem
from tuner.launches import LaunchTimes
from tuner.scenario import Scenario
from tuner.traffic.ranges import DrawRanges

DEFAULT_RUNS = 400
DEFAULT_ALLOWED_PERCENT = 1.0
DEFAULT_MOST_TRIED = 1_024


@dataclass(frozen=True, slots=True, kw_only=True)
class StressSettings:
    """On how many unseen shapes plans must hold, and how many plans are tried.

    Parameters
    ----------
    runs : int
        Shapes that the search never saw; 0 switches the check off.
    allowed_percent : float
        Share of such shapes that may pass the cliff; a plan passes where the one-sided 95 % bound
        of its share is at or below this.
    most_tried : int
        Plans of different outcomes that are tried, the best first, at least 1.
    ranges : DrawRanges
        From which the shapes are drawn.
    launches : LaunchTimes or None
        How launch times scatter on the unseen shapes; None: as on those of the search.

    Raises
    ------
    ConfigurationError
        For numbers that cannot be, and for runs that are too few to prove the share.
    """

    runs: int = DEFAULT_RUNS
    allowed_percent: float = DEFAULT_ALLOWED_PERCENT
    most_tried: int = DEFAULT_MOST_TRIED
    ranges: DrawRanges = field(default_factory=DrawRanges)
    launches: LaunchTimes | None = None

    def __post_init__(self) -> None:
        """Refuse what cannot be."""
        problems = []
        if not 0.0 < self.allowed_percent < 100.0:
            problems.append(
                Problem(
                    "a share above 0 % and under 100 %",
                    f"{self.allowed_percent:g}",
                    "allowed_percent",
                    "Use 1.0.",
                )
            )
        elif self.runs < 0 or 0 < self.runs < fewest_runs(self.allowed_percent):
            problems.append(
                Problem(
                    f"0, or at least {fewest_runs(self.allowed_percent):,} runs",
                    f"{self.runs:,}",
                    "runs",
                    f"Fewer cannot show a share of at most {self.allowed_percent:g} %, even where"
                    " every run holds: raise runs or allowed_percent.",
                )
            )
        if self.most_tried < 1:
            problems.append(Problem("at least 1", f"{self.most_tried}", "most_tried", "Raise it."))
        if problems:
            raise ConfigurationError(*problems)

    def scenario(self, searched: Scenario) -> Scenario:
        """Give the scenario of the unseen shapes.

        Parameters
        ----------
        searched : Scenario
            That of the search; its launch times stand where none are stated here.
        """
        if self.launches is None:
            return searched
        return replace(searched, group=replace(searched.group, launches=self.launches))
