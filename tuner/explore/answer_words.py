"""Answers in words, for the page: verdict, card, price, strips.

Notation: L limit. The last limit is that of the job itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tuner.decision.card import NONE, CardRow, card_rows
from tuner.decision.change_words import (
    one_more_point,
    price_sentence,
    today_sentence,
    what_it_buys,
    what_it_costs,
)
from tuner.decision.recommend import Recommendation
from tuner.decision.standing import Setting, Standing, room_in_words, standing_of
from tuner.decision.words import counted, number, on_shapes, shortest, signed
from tuner.explore.answers import CLIFFS, Answers, find_answers, find_strips
from tuner.explore.explorer import TODAY, Explorer, Filters, Named
from tuner.explore.plan_knobs import headline, in_short
from tuner.explore.reach import NOBODY
from tuner.policy import ScalingPlan
from tuner.report.html import CHIPS
from tuner.units import format_duration

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

MOST_FRONT = 400
"""Candidates of a front that an answer names."""


def answers_json(
    explorer: Explorer, *, margin_percent: float | None = None, filters: Filters = ()
) -> dict[str, Any]:
    """Give the answers at every whole percent of the cliff, in words, for the page.

    Parameters
    ----------
    explorer : Explorer
        The job.
    margin_percent : float or None
        Points that are kept free below each cliff; None: as in the job.
    filters : tuple
        From `Explorer.checked`.
    """
    margin = explorer.margin_percent if margin_percent is None else margin_percent
    found = find_answers(explorer, margin_percent=margin, filters=filters)
    strips = find_strips(explorer, found)
    is_own = margin == explorer.margin_percent and not filters
    told = [
        answer_json(explorer, found, i, strips=strips, of_the_job=is_own and i == len(CLIFFS))
        for i in range(len(CLIFFS) + 1)
    ]
    return {
        "margin": margin,
        "filters": {name: list(values) for name, values in filters},
        "cliff_of": CLIFFS.astype(int).tolist(),
        "answer_of": list(range(len(CLIFFS))),
        "measured": len(CLIFFS),
        "answers": told,
    }


def answer_json(
    explorer: Explorer,
    found: Answers,
    i: int,
    *,
    strips: Sequence[FloatArray],
    of_the_job: bool = False,
) -> dict[str, Any]:
    """Give one answer in words.

    Parameters
    ----------
    explorer : Explorer
        The job.
    found : Answers
        What was found.
    i : int
        Which limit.
    strips : sequence of float64 [V, L]
        From `tuner.explore.answers.find_strips`.
    of_the_job : bool
        Whether it is the job's own answer, its stress check included.
    """
    return _Answer(explorer, found, i, strips, of_the_job).to_json()


@dataclass(frozen=True)
class _Answer:
    """One answer, as it is told."""

    explorer: Explorer
    found: Answers
    i: int
    strips: Sequence[FloatArray]
    of_the_job: bool

    @cached_property
    def plan(self) -> ScalingPlan | None:
        """The plan to take."""
        if self.chosen == NOBODY:
            return None
        return self.explorer.named(self.explorer.pool.name(self.chosen)).plan

    @property
    def setting(self) -> Setting:
        """What plans are measured by."""
        return self.found.settings[self.i]

    @property
    def advice(self) -> Recommendation:
        """What the job recommends."""
        return self.explorer.tuning.recommendation

    @property
    def chosen(self) -> int:
        """Place of the plan to take, NOBODY where there is none."""
        if self.of_the_job:
            place = self.explorer.recommended_place
            return NOBODY if place is None else place
        return int(self.found.best[self.i])

    def to_json(self) -> dict[str, Any]:
        """Give everything for JSON."""
        pool, chosen = self.explorer.pool, self.chosen
        today, ours = self._today(), self._chosen_standing()
        verdict = self._verdict(today, ours)
        safer = self._safer(ours)
        return {
            "verdict": verdict,
            "chip": CHIPS[verdict],
            "headline": self._headline(verdict),
            "sentences": self._sentences(verdict, today, ours),
            "recommended": None if chosen == NOBODY else pool.name(chosen),
            "safest": None if self.found.safest == NOBODY else pool.name(self.found.safest),
            "count_words": self._count_words(),
            "stress_words": self._stress_words(),
            "card": self._card(today, ours),
            "buys": ""
            if today is None or ours is None
            else what_it_buys(today, ours, self.setting),
            "costs": ""
            if today is None or ours is None
            else what_it_costs(today, ours, self.setting),
            "next": None
            if ours is None
            else {
                "words": one_more_point(
                    ours,
                    None if safer is None else self._standing(safer),
                    self.setting,
                ),
                "id": None if safer is None else pool.name(safer),
            },
            "ways_out": [] if chosen != NOBODY else self._ways_out(),
            "clear_filter": bool(self.found.filters) and chosen == NOBODY,
            "front": [pool.name(int(c)) for c in self._front()[:MOST_FRONT]],
            "strips": [self._strip(strip[:, self.i]) for strip in self.strips],
        }

    def _exchange(self, today: Standing | None, ours: Standing | None) -> dict[str, str]:
        """Say what a change buys and costs."""
        if today is None or ours is None:
            return {"buys": "", "costs": ""}
        return {
            "buys": what_it_buys(today, ours, self.setting),
            "costs": what_it_costs(today, ours, self.setting),
        }

    def _standing(self, c: int) -> Standing:
        """Give what a candidate yields."""
        return self.explorer.pool.standing(c, limit_percent=self.setting.limit_percent)

    def _today(self) -> Standing | None:
        """Give what today's policy yields."""
        baseline = self.advice.baseline
        if baseline is None or baseline.plan is None:
            return None
        return self.explorer.standing(Named(TODAY, baseline.plan), self.setting)

    def _chosen_standing(self) -> Standing | None:
        """Give what the plan to take yields."""
        if self.of_the_job and self.advice.recommended is not None:
            return standing_of(self.advice.recommended)
        return None if self.chosen == NOBODY else self._standing(self.chosen)

    def _verdict(self, today: Standing | None, ours: Standing | None) -> str:
        """Judge as `tuner.decision.recommend` does."""
        if self.of_the_job:
            return self.advice.verdict
        if ours is None:
            return "nothing feasible"
        if today is None or self.setting.is_over(today):
            return "change"
        theirs = (today.mean_cpu_percent, -today.host_minutes)
        return "keep" if theirs >= (ours.mean_cpu_percent, -ours.host_minutes) else "change"

    def _headline(self, verdict: str) -> str:
        """Say the policy to take, or that there is none."""
        baseline = self.advice.baseline
        if verdict == "keep" and baseline is not None and baseline.plan is not None:
            return headline(baseline.plan)
        if self.chosen == NOBODY:
            if verdict == "nothing passes":
                return "No policy passes the stress check"
            n = self.setting.n_shapes
            which = " with these values" if self.found.filters else ""
            limit = shortest(self.setting.limit_percent)
            return f"No policy{which} stays under {limit} % {on_shapes(n, of=n)}"
        return "" if self.plan is None else headline(self.plan)

    def _sentences(self, verdict: str, today: Standing | None, ours: Standing | None) -> list[str]:
        """Say what today's policy does, and what the change costs."""
        if self.of_the_job and verdict in ("nothing passes", "keep"):
            return [self.advice.reason, *self.advice.remarks]
        baseline = self.advice.baseline
        words = ""
        if baseline is not None and baseline.plan is not None:
            words = in_short(baseline.plan, self.setting)
        told = []
        if ours is not None:
            told.append(today_sentence(today, words, ours, self.setting))
            if today is not None:
                told.append(price_sentence(today, ours, self.setting))
        elif today is not None:
            peak = f"{number(today.peak_percent)} %"
            told.append(
                f"Today: {words}. CPU reaches {peak}, {room_in_words(today, self.setting)}."
            )
        if ours is None and self.found.safest != NOBODY:
            told.append(self._safest_words(today))
        return [*told, *(self.advice.remarks if self.of_the_job else ())]

    def _safest_words(self, today: Standing | None) -> str:
        """Say how close the safest candidate comes, and at what price."""
        safest = self._standing(self.found.safest)
        words = f"The safest of the candidates reaches {number(safest.peak_percent)} %"
        if today is None:
            return f"{words}, with {number(safest.minutes, digits=0)} {self.setting.host_minutes}."
        return f"{words}. {price_sentence(today, safest, self.setting)}"

    def _safer(self, ours: Standing | None) -> int | None:
        """Find the next safer candidate on the cost front."""
        if ours is None:
            return None
        peaks = self.explorer.pool.worst_peak_cpu_percent[self.found.front]
        below = self.found.front[peaks < ours.peak_percent - 0.05]
        return int(below[0]) if len(below) else None

    def _front(self) -> IntArray:
        """Give the feasible part of the cost front."""
        peaks = self.explorer.pool.worst_peak_cpu_percent[self.found.front]
        return self.found.front[peaks <= self.setting.limit_percent]

    def _count_words(self) -> str:
        """Say how many candidates are feasible."""
        n, feasible = len(self.explorer.pool), int(self.found.counts[self.i])
        which = " with these values" if self.found.filters else ""
        stay = "stays" if feasible == 1 else "stay"
        limit = shortest(self.setting.limit_percent)
        on_front = len(self._front())
        are = "is" if on_front == 1 else "are"
        return (
            f"{feasible:,} of {counted(n, 'candidate')}{which} {stay} under {limit} %;"
            f" {on_front:,} {are} on the front. Points lie in bands because instances come whole."
        )

    def _stress_words(self) -> str:
        """Say what an answer is before the stress check."""
        has_check = self.explorer.tuning.job.stress is not None
        return "" if self.of_the_job or not has_check else "Before the stress check."

    def _card(self, today: Standing | None, ours: Standing | None) -> list[dict[str, Any]]:
        """Give the rows of the card: today's policy, and the one to take."""
        baseline = self.advice.baseline
        now = None if baseline is None else baseline.plan
        before, after = _column(now, today, self.setting), _column(self.plan, ours, self.setting)
        return [
            {
                "name": name,
                "today": before[name].cells[0] if before else NONE,
                "recommended": after[name].cells[0] if after else NONE,
                "changed": bool(before and after) and before[name].cells != after[name].cells,
                "today_tone": before[name].tones[0] if before else "",
                "recommended_tone": after[name].tones[0] if after else "",
            }
            for name in (before or after)
        ]

    def _ways_out(self) -> list[str]:
        """Say what else would help where nothing is feasible."""
        scenario = self.explorer.tuning.scenario
        group = scenario.group
        launch = format_duration(group.launch_seconds)
        ways = [
            f"A larger minimum than {group.min_size}, so that more instances serve before load"
            " climbs: min_size.",
            "A scheduled action before load that is known: schedule.",
            f"A shorter launch than {launch}, by a smaller image or a warm pool: launch_seconds.",
        ]
        if self.setting.cliff_percent is not None and scenario.margin_percent > 0.0:
            free = counted(scenario.margin_percent, "point")
            ways.append(f"Less room than {free} below the cliff: margin_percent.")
        return [*(self.advice.binding if self.of_the_job else ()), *ways]

    @staticmethod
    def _strip(percent: FloatArray) -> list[dict[str, Any]]:
        """Give the bars of one knob."""
        top = max(float(np.nanmax(percent, initial=0.0)), 1e-9)
        return [
            {"text": "×", "height": None}
            if np.isnan(value)
            else {"text": _signed_percent(value), "height": round(max(value, 0.0) / top, 3)}
            for value in percent.tolist()
        ]


def _column(
    plan: ScalingPlan | None, standing: Standing | None, setting: Setting
) -> dict[str, CardRow]:
    """Give the rows of one plan by name; none where there is no plan."""
    if plan is None or standing is None:
        return {}
    return {row.name: row for row in card_rows([(plan, standing)], setting)}


def _signed_percent(value: float) -> str:
    """Write whole percent with a sign, 0 without."""
    return signed(value).replace("±", "")
