"""The first page of a report: the three figures that a reader asks for, and the front in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from tuner.decision.change_words import monthly_usd
from tuner.decision.recommend import Recommendation
from tuner.decision.standing import (
    Setting,
    Standing,
    room_in_words,
    share_in_words,
    share_percent,
    standing_of,
)
from tuner.decision.totals import PlanTotals
from tuner.decision.words import number, shortest
from tuner.search.result import SearchResult


@dataclass(frozen=True, slots=True)
class Change:
    """One figure of today's policy and of the one to take instead.

    Parameters
    ----------
    name : str
        What is measured.
    values : str
        Today's and the other, or the other alone.
    words : str
        What that means.
    """

    name: str
    values: str
    words: str


def plan_to_take(advice: Recommendation) -> PlanTotals | None:
    """Give the plan that the page is about: today's where it stays, else the one in its place."""
    if advice.verdict == "keep":
        return advice.baseline
    return advice.recommended or advice.least_bad


def changes(advice: Recommendation, setting: Setting) -> Iterator[Change]:
    """Give the three figures that a reader asks for first.

    Parameters
    ----------
    advice : Recommendation
        What to do.
    setting : Setting
        What all plans are measured by.
    """
    taken = plan_to_take(advice)
    if taken is None:
        return
    chosen = standing_of(taken)
    today = None if advice.baseline in (None, taken) else standing_of(advice.baseline)
    told = (chosen,) if today is None else (today, chosen)
    yield Change(
        "Worst peak CPU",
        f"{_arrow(number(each.peak_percent) for each in told)} %",
        room_in_words(chosen, setting),
    )
    shapes = "1 shape" if setting.n_shapes == 1 else f"{setting.n_shapes:,} shapes in all"
    yield Change(
        "Minutes over the cliff",
        _arrow(shortest(each.minutes_over_cliff or 0.0) for each in told),
        f"on {shapes}",
    )
    yield Change(
        f"Host-minutes {setting.per}".rstrip(),
        _arrow(number(each.minutes, digits=0) for each in told),
        _price(today, chosen, setting),
    )


def front_in_words(result: SearchResult) -> str:
    """Say how many candidates keep to every limit, and how many of the front do."""
    n_feasible = int(np.count_nonzero(result.feasible()))
    front = result.cost_front()
    on_front = int(np.count_nonzero(result.feasible()[front]))
    return (
        f"{n_feasible:,} of {result.n_candidates:,} candidates keep to every limit; {on_front:,} of"
        f" the {len(front):,} on the front do. Line: no other is both cheaper and safer; a hollow"
        " dot on it is over a limit."
    )


def _arrow(values: Iterator[str]) -> str:
    """Join values, each once."""
    return " → ".join(dict.fromkeys(values))


def _price(today: Standing | None, chosen: Standing, setting: Setting) -> str:
    """Say what a change costs in percent and in money, else how the figure comes about."""
    weighted = "weighted over the shapes" if setting.n_shapes > 1 else ""
    if today is None:
        money = monthly_usd(chosen.minutes, setting)
        return ", ".join(filter(None, (f"{money} a month" if money else "", weighted)))
    more = chosen.minutes - today.minutes
    if more == 0.0:
        return ", ".join(filter(None, ("as today", weighted)))
    share = share_in_words(share_percent(more, today.minutes), sign=True) if today.minutes else ""
    money = monthly_usd(more, setting)
    return ", ".join(filter(None, (share, f"{money} a month" if money else "", weighted)))
