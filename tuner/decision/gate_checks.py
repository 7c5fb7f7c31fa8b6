"""Each limit of the gate with what came, in words and figures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tuner.decision.gate_limits import GateLimits
from tuner.decision.stress_record import StressedPlan
from tuner.decision.totals import PlanTotals
from tuner.scenario import Scenario
from tuner.search.limits import Limits


@dataclass(frozen=True, slots=True, kw_only=True)
class GateCheck:
    """One limit, and what came.

    Parameters
    ----------
    name : str
        Key of the limit.
    words : str
        What is judged.
    unit : str
        Of both figures.
    limit, got : float
        The limit, and the figure of the plan.
    is_least : bool
        Whether the limit is the least that must come, rather than the most that may.
    where : str
        Where the figure comes from; empty where that says nothing.
    """

    name: str
    words: str
    unit: str
    limit: float
    got: float
    is_least: bool = False
    where: str = ""

    @property
    def passed(self) -> bool:
        """Whether the figure keeps to the limit."""
        return self.got >= self.limit if self.is_least else self.got <= self.limit

    @property
    def used_percent(self) -> float | None:
        """How much of the limit is used up; None where the limit is 0, or a least."""
        return None if self.is_least or self.limit == 0.0 else 100.0 * self.got / self.limit

    def to_json(self) -> dict[str, Any]:
        """Give everything for JSON."""
        return {
            "name": self.name,
            "words": self.words,
            "unit": self.unit,
            "limit": self.limit,
            "got": self.got,
            "is_least": self.is_least,
            "used_percent": self.used_percent,
            "where": self.where,
            "passed": self.passed,
        }


def gate_checks(
    limits: GateLimits,
    *,
    searched: Limits,
    scenario: Scenario,
    totals: PlanTotals,
    today: PlanTotals | None,
    unseen: StressedPlan | None,
    allowed_percent: float,
    n_unseen: int,
) -> Iterator[GateCheck]:
    """Give every limit that is judged.

    Parameters
    ----------
    limits : GateLimits
        The limits.
    searched : Limits
        Limits of the search, which stand where the gate has none.
    scenario : Scenario
        Gives cliff and margin.
    totals, today : PlanTotals or None
        Of the plan, and of today's policy.
    unseen : StressedPlan or None
        How the plan fared on unseen shapes.
    allowed_percent : float
        Allowed share of these over the cliff.
    n_unseen : int
        How many there are.
    """
    weighted = totals.weighted
    peaks = totals.outcomes.peak_cpu_percent[0]
    yield GateCheck(
        name="most_peak_percent",
        words="worst peak CPU",
        unit="%",
        limit=_first(limits.most_peak_percent, scenario.limit_percent),
        got=weighted["worst_peak_cpu_percent"],
        where=totals.shape_names[int(peaks.argmax())],
    )
    if unseen is not None:
        yield _unseen_check(limits, unseen, allowed_percent, n_unseen)
    judged = (
        (
            "most_minutes_over_cliff",
            "minutes over the cliff",
            "min",
            _either(limits.most_minutes_over_cliff, searched.max_minutes_over_cliff),
            weighted["minutes_over_cliff"],
        ),
        (
            "most_activities_per_day",
            "scaling activities a day",
            "1/d",
            _either(limits.most_activities_per_day, searched.max_activities_per_day),
            weighted["activities_per_day"],
        ),
        (
            "most_host_minutes",
            "host-minutes",
            "min",
            limits.most_host_minutes,
            weighted["host_minutes"],
        ),
        ("most_usd", "money", "USD", limits.most_usd, totals.usd),
        (
            "most_extra_host_minutes_percent",
            "host-minutes beyond today's policy",
            "%",
            limits.most_extra_host_minutes_percent,
            _extra_percent(totals, today),
        ),
    )
    for name, words, unit, limit, got in judged:
        if limit is not None and got is not None:
            yield GateCheck(name=name, words=words, unit=unit, limit=limit, got=got)
    if limits.least_mean_cpu_percent is not None:
        yield GateCheck(
            name="least_mean_cpu_percent",
            words="mean CPU",
            unit="%",
            limit=limits.least_mean_cpu_percent,
            got=weighted["mean_cpu_percent"],
            is_least=True,
        )


def _unseen_check(
    limits: GateLimits, unseen: StressedPlan, allowed_percent: float, n_unseen: int
) -> GateCheck:
    """Judge the unseen shapes by their count, where it is limited; else as the stress check."""
    first = "" if unseen.first_shape is None else f", the first {unseen.first_shape}"
    if limits.most_unseen_shapes_over is not None:
        return GateCheck(
            name="most_unseen_shapes_over",
            words="unseen shapes over the cliff",
            unit="1",
            limit=float(limits.most_unseen_shapes_over),
            got=float(unseen.violations),
            where=f"of {n_unseen:,}{first}",
        )
    return GateCheck(
        name="stress.allowed_percent",
        words="share of unseen shapes over the cliff, upper bound",
        unit="%",
        limit=allowed_percent,
        got=unseen.upper_bound_percent,
        where=f"{unseen.violations:,} of {n_unseen:,}{first}",
    )


def _extra_percent(totals: PlanTotals, today: PlanTotals | None) -> float | None:
    """Give the host-minutes beyond those of today's policy, percent of them."""
    if today is None or not today.weighted["host_minutes"]:
        return None
    return 100.0 * (totals.weighted["host_minutes"] / today.weighted["host_minutes"] - 1.0)


def _first(own: float | None, other: float) -> float:
    """Give a limit of the gate, else the one that stands in."""
    return other if own is None else own


def _either(own: float | None, other: float | None) -> float | None:
    """Give a limit of the gate, else that of the search, where there is one."""
    return other if own is None else own
