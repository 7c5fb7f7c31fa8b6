"""Answers at any cliff are those that the search gives at it."""

from __future__ import annotations

import random

import numpy as np
import pytest

from tests.explore.shop import explorer, tuning
from tuner.decision.change_words import what_it_buys, what_it_costs
from tuner.decision.standing import standing_of
from tuner.explore.answer_words import answers_json
from tuner.explore.answers import CLIFFS, find_answers, find_strips
from tuner.explore.reach import NOBODY, first_under, front_of
from tuner.report.html import CHIPS


def best_of_all(limit: float) -> str | None:
    """Choose by the rule within a family, and then by that across families."""
    found = []
    for order, answer in enumerate(tuning().answers):
        row = answer.result.best(limit)
        if row is not None:
            result = answer.result
            rank = (
                -result.mean_cpu_percent[row],
                result.host_minutes[row],
                result.activities[row],
                order,
            )
            found.append((rank, f"{answer.family}:{result.candidate[row]}"))
    return min(found)[1] if found else None


def test_at_every_whole_percent_the_plan_is_that_of_the_search():
    margin = explorer().margin_percent
    found = find_answers(explorer(), margin_percent=margin)
    for i, cliff in enumerate(CLIFFS.tolist()):
        expected = best_of_all(max(cliff - margin, 0.0))
        got = None if found.best[i] == NOBODY else explorer().pool.name(int(found.best[i]))

        assert expected == got, cliff


def test_at_every_whole_percent_the_cheapest_is_that_of_the_search():
    found = find_answers(explorer(), margin_percent=0.0)
    for i, cliff in enumerate(CLIFFS.tolist()):
        cheapest = [a.result.cheapest(cliff) for a in tuning().answers]
        expected = min(
            (
                a.result.host_minutes[row]
                for a, row in zip(tuning().answers, cheapest, strict=True)
                if row is not None
            ),
            default=None,
        )
        place = int(found.cheapest[i])
        got = None if place == NOBODY else explorer().pool.host_minutes[place]

        assert expected == got, cliff


def test_the_answer_of_the_job_is_its_recommendation():
    told = answers_json(explorer())
    own = told["answers"][told["measured"]]
    advice = tuning().recommendation
    best = tuning().best

    assert own["verdict"] == advice.verdict
    assert own["chip"] == CHIPS[advice.verdict]
    assert own["recommended"] == f"{best.family}:{best.result.candidate[advice.row]}"
    assert own["stress_words"] == ""
    assert told["answers"][50]["stress_words"] == "Before the stress check."


def test_page_and_report_say_the_same_of_the_same_plans():
    told = answers_json(explorer())
    own = told["answers"][told["measured"]]
    advice = tuning().recommendation
    setting = find_answers(explorer(), margin_percent=explorer().margin_percent).settings[-1]
    today, ours = standing_of(advice.baseline), standing_of(advice.recommended)

    assert own["buys"] == what_it_buys(today, ours, setting)
    assert own["costs"] == what_it_costs(today, ours, setting)


def brute_strip(kept: np.ndarray, knob, limit: float) -> list[float]:
    """Find what it costs to insist on each value, one by one."""
    pool = explorer().pool
    under = kept & (pool.worst_peak_cpu_percent <= limit)
    if not under.any():
        return [np.nan] * len(knob.values)
    base = pool.host_minutes[under].min()
    costs = []
    for value in range(len(knob.values)):
        mine = under & (knob.value_of == value)
        least = pool.host_minutes[mine].min() if mine.any() else np.nan
        costs.append(100.0 * (least / base - 1.0))
    return costs


@pytest.mark.parametrize("seed", range(6))
def test_strips_are_what_the_cheapest_plan_with_a_value_costs(seed):
    rng, pool = random.Random(seed), explorer().pool
    filters = {}
    if seed:
        for knob in rng.sample(pool.knobs, k=min(2, len(pool.knobs))):
            values = range(len(knob.values))
            filters[knob.name] = rng.sample(values, k=rng.randint(1, len(values)))
    checked = explorer().checked(filters)
    found = find_answers(explorer(), margin_percent=2.0, filters=checked)
    strips = find_strips(explorer(), found)
    for k, knob in enumerate(pool.knobs):
        others = tuple(each for each in checked if each[0] != knob.name)
        kept = explorer().kept(others)
        for i in rng.sample(range(len(CLIFFS)), k=20):
            expected = brute_strip(kept, knob, found.settings[i].limit_percent)
            got = strips[k][:, i].tolist()

            assert expected == pytest.approx(got, nan_ok=True), (seed, knob.name, i)


def test_the_front_is_that_of_all_families_together_and_of_a_filter():
    pool = explorer().pool
    for filters in ({}, {"kind": [1]}):
        checked = explorer().checked(filters)
        kept = np.flatnonzero(explorer().kept(checked))
        front = find_answers(explorer(), margin_percent=0.0, filters=checked).front
        for c in kept.tolist():
            beaten = (
                (pool.host_minutes[kept] <= pool.host_minutes[c])
                & (pool.worst_peak_cpu_percent[kept] <= pool.worst_peak_cpu_percent[c])
                & (
                    (pool.host_minutes[kept] < pool.host_minutes[c])
                    | (pool.worst_peak_cpu_percent[kept] < pool.worst_peak_cpu_percent[c])
                )
            )
            twins = (pool.host_minutes[front] == pool.host_minutes[c]) & (
                pool.worst_peak_cpu_percent[front] == pool.worst_peak_cpu_percent[c]
            )

            assert (not beaten.any()) == bool(twins.any()), c


@pytest.mark.parametrize("seed", range(20))
def test_the_first_under_each_limit_is_the_first_under_it(seed):
    rng = np.random.default_rng(seed)
    peaks = rng.integers(0, 12, 30).astype(float)
    order = rng.permutation(30)[: rng.integers(0, 31)]
    limits = np.arange(-1.0, 13.0)
    expected = [next((c for c in order if peaks[c] <= limit), NOBODY) for limit in limits]

    assert expected == first_under(order, peaks, limits).tolist(), seed
    lowest, front = np.inf, []
    for c in order:
        if peaks[c] < lowest:
            lowest = peaks[c]
            front.append(c)
    assert front == front_of(order, peaks).tolist(), seed


def test_nothing_feasible_names_the_safest_and_ways_out():
    told = answers_json(explorer())["answers"][5]

    assert told["verdict"] == "nothing feasible"
    assert told["headline"].startswith("No policy stays under 3 %")
    assert told["recommended"] is None and told["front"] == []
    assert told["safest"] is not None
    assert len(told["ways_out"]) == 4
    assert all(bar["height"] is None for strip in told["strips"] for bar in strip)


def test_a_filter_that_leaves_nothing_says_so():
    knobs = {knob.name: knob for knob in explorer().pool.knobs}
    last = len(knobs["level"].values) - 1
    told = answers_json(explorer(), filters=explorer().checked({"kind": [1], "level": [last]}))
    low = told["answers"][10]

    assert low["clear_filter"]
    assert "with these values" in low["headline"]
