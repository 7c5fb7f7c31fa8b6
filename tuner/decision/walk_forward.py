"""Walk-forward: tuned on earlier days, judged on later ones that the search never saw.

Notation: D day.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tuner.decision.totals import PlanTotals, totals_of
from tuner.decision.words import counted, number, scale_out_in_words, shortest
from tuner.errors import Problem, TrafficError
from tuner.scenario import Scenario
from tuner.search.limits import Limits
from tuner.search.search import search
from tuner.search.settings import SearchSettings
from tuner.search.space import Space
from tuner.simulation.arrays import pack_plans
from tuner.simulation.run import simulate
from tuner.traffic.shapes import Shape, TrafficShapes

MOST_FOLDS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Fold:
    """One cut between earlier and later days.

    Parameters
    ----------
    tuned_on, judged_on : tuple of str
        Names of the days.
    tuned : PlanTotals or None
        The plan of the earlier days, with its totals on them; None where none is feasible.
    judged : PlanTotals or None
        The same plan with its totals on the later days.
    """

    tuned_on: tuple[str, ...]
    judged_on: tuple[str, ...]
    tuned: PlanTotals | None
    judged: PlanTotals | None

    def to_json(self) -> dict[str, Any]:
        """Give both figures for JSON."""
        return {
            "tuned_on": list(self.tuned_on),
            "judged_on": list(self.judged_on),
            "tuned": None if self.tuned is None else self.tuned.to_json(),
            "judged": None if self.judged is None else self.judged.to_json(),
        }

    def words(self) -> str:
        """Say both figures in one line."""
        tuned_on = counted(len(self.tuned_on), "day")
        days = f"tuned on {tuned_on}, judged on {days_in_words(self.judged_on)}"
        if self.tuned is None or self.judged is None:
            return f"{days}: nothing is feasible on the earlier days"
        plan = self.tuned.label
        if self.tuned.plan is not None:
            plan = scale_out_in_words(self.tuned.plan)
        over = len(self.judged.shapes_over_cliff)
        return (
            f"{days}: {plan}: {_figures(self.tuned)} on the earlier days,"
            f" {_figures(self.judged)} on the later; over the cliff on"
            f" {counted(over, 'later day')}"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class WalkForward:
    """All cuts, from few earlier days to many.

    Parameters
    ----------
    folds : tuple of Fold
        In order of time; each later day is judged once.
    limit_percent : float
        Largest peak CPU allowed.
    """

    folds: tuple[Fold, ...]
    limit_percent: float

    @property
    def judged_days(self) -> int:
        """Days that some plan was judged on."""
        return sum(len(fold.judged_on) for fold in self.folds if fold.judged is not None)

    @property
    def days_over_cliff(self) -> tuple[str, ...]:
        """Days on which the plan of the days before passes the cliff."""
        judged = [fold.judged for fold in self.folds if fold.judged is not None]
        return tuple(day for totals in judged for day in totals.shapes_over_cliff)

    @property
    def holds(self) -> bool:
        """Whether every cut has a plan, and none passes the cliff on a later day."""
        return not self.days_over_cliff and all(fold.judged is not None for fold in self.folds)

    def to_json(self) -> dict[str, Any]:
        """Give everything for JSON."""
        return {
            "limit_percent": self.limit_percent,
            "holds": self.holds,
            "judged_days": self.judged_days,
            "days_over_cliff": list(self.days_over_cliff),
            "folds": [fold.to_json() for fold in self.folds],
        }

    def lines(self) -> list[str]:
        """Say every cut in a line, and the sum."""
        return [*(fold.words() for fold in self.folds), self.summary()]

    def summary(self) -> str:
        """Say on how many days never seen a plan passes the cliff."""
        over = self.days_over_cliff
        words = f"Over the cliff on {len(over):,} of {counted(self.judged_days, 'day')} never seen"
        return words + (f": {', '.join(over)}." if over else ".")


def walk_forward(
    space: Space,
    scenario: Scenario,
    days: Sequence[Shape],
    *,
    settings: SearchSettings | None = None,
    limits: Limits | None = None,
    folds: int = MOST_FOLDS,
    threads: int | None = None,
) -> WalkForward:
    """Tune on earlier days and judge on later ones, at several cuts.

    Parameters
    ----------
    space : Space
        The knobs.
    scenario : Scenario
        What all candidates share.
    days : sequence of Shape [D]
        Recorded days in order of time, at least two.
    settings, limits : SearchSettings, Limits or None
        As in `tuner.search.search.search`.
    folds : int
        Cuts at most, at least 1. Days between two cuts are judged by the plan of all days before
        the first of them.
    threads : int or None
        Threads of the simulator.

    Returns
    -------
    WalkForward

    Raises
    ------
    TrafficError
        For fewer than two days.
    ConfigurationError
        As `tuner.search.search.search`.
    KeyboardInterrupt
        When Ctrl-C ended a search: a front so far is no tuned plan.
    """
    if len(days) < 2:
        raise TrafficError(
            Problem(
                "at least two recorded days",
                counted(len(days), "day"),
                "walk-forward",
                'Record longer, or cut the recording into days with cut = "day".',
            )
        )
    cuts = fold_cuts(len(days), folds=folds)
    made = []
    for begin, end in zip(cuts, [*cuts[1:], len(days)], strict=True):
        tick = scenario.tick_seconds
        earlier = TrafficShapes.of(days[:begin], tick_seconds=tick)
        later = TrafficShapes.of(days[begin:end], tick_seconds=tick)
        result = search(space, scenario, earlier, settings=settings, limits=limits, threads=threads)
        if not result.complete:
            raise KeyboardInterrupt
        row = result.best()
        both: list[PlanTotals | None] = [None, None]
        if row is not None:
            plan = result.plan(row)
            policies = pack_plans([plan], scenario)
            both = [
                totals_of(
                    simulate(policies, scenario, shapes, threads=threads),
                    shapes,
                    label=label,
                    plan=plan,
                    scenario=scenario,
                )
                for label, shapes in (("earlier days", earlier), ("later days", later))
            ]
        made.append(
            Fold(tuned_on=earlier.names, judged_on=later.names, tuned=both[0], judged=both[1])
        )
    return WalkForward(folds=tuple(made), limit_percent=scenario.limit_percent)


def fold_cuts(n_days: int, *, folds: int) -> list[int]:
    """Give the day with which each fold's later days begin, evenly spaced, the first after a day.

    Parameters
    ----------
    n_days : int
        At least 2.
    folds : int
        Cuts at most, at least 1.

    Examples
    --------
    >>> fold_cuts(5, folds=5), fold_cuts(30, folds=2), fold_cuts(5, folds=1)
    ([1, 2, 3, 4], [10, 20], [2])
    """
    parts = min(folds, n_days - 1) + 1
    return [max(1, n_days * part // parts) for part in range(1, parts)]


def days_in_words(names: tuple[str, ...]) -> str:
    """Name a day, or the first and the last of several.

    Examples
    --------
    >>> days_in_words(("Monday",)), days_in_words(("Monday", "Tuesday", "Wednesday"))
    ('Monday', 'Monday to Wednesday')
    """
    return names[0] if len(names) == 1 else f"{names[0]} to {names[-1]}"


def _figures(totals: PlanTotals) -> str:
    """Say mean CPU, host-minutes and the worst peak."""
    mean, peak = (
        number(totals.weighted[name]) for name in ("mean_cpu_percent", "worst_peak_cpu_percent")
    )
    minutes = shortest(totals.weighted["host_minutes"])
    return f"mean CPU {mean} %, {minutes} host-minutes, worst peak {peak} %"
