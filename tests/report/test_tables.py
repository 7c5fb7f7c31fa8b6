"""The tables that page and terminal share."""

from __future__ import annotations

import numpy as np
import pytest

from tests.report.jobs import HOSTILE, SHAPES
from tests.search.talk import ROBUST, SCENARIO, holds
from tuner.decision.words import halves_up, number
from tuner.report.front_table import front_marks, front_rows_left_out, front_table
from tuner.report.plan_tables import every_plan_table, plans_table, shapes_table
from tuner.report.tables import MOST_EVENT_ROWS, Bad, events_table, traffic_table
from tuner.search.search import search_exact


@pytest.fixture(scope="module")
def long_front():
    """Search enough for a front of some length."""
    return search_exact(ROBUST, SCENARIO, holds(5, 20, 33))


def test_today_and_the_recommended_plan_stand_side_by_side(report):
    table = plans_table(report.recommendation)
    today, chosen = table.rows[:2]
    advice = report.recommendation
    minutes = [p.weighted["host_minutes"] for p in (advice.baseline, advice.recommended)]
    shown = [halves_up(m) for m in minutes]

    assert (today[0], chosen[0]) == ("T today", "R recommended")
    assert [today[1], chosen[1]] == [number(m, digits=0) for m in minutes]
    assert (today[2], chosen[2]) == ("", f"+{number(100 * (shown[1] / shown[0] - 1), digits=0)} %")
    assert table.marked == 1
    assert table.details[1] == advice.recommended.plan.describe()


def test_what_breaks_a_limit_is_marked_and_nothing_else(report):
    limit = report.recommendation.limit_percent
    peaks = [row[4] for row in plans_table(report.recommendation).rows]

    assert [isinstance(cell, Bad) for cell in peaks] == [float(cell) > limit for cell in peaks]
    assert sum(isinstance(cell, Bad) for cell in peaks) == 1


def test_minutes_over_the_cliff_are_those_of_the_reason(report):
    advice = report.recommendation
    over = plans_table(advice).rows[0][5]

    assert f"for {over} minutes in all" in advice.reason


def test_each_shape_has_one_row_with_every_plan(report):
    table = shapes_table(report.recommendation)
    today = report.recommendation.baseline.outcomes

    assert [row[0] for row in table.rows] == list(SHAPES.names)
    assert [row[1] for row in table.rows] == [number(p) for p in today.peak_cpu_percent[0]]
    assert {len(row) for row in table.rows} == {len(table.head)}


def test_the_fixed_group_and_the_bound_are_told_on_each_shape(report):
    table = every_plan_table(report.recommendation)
    fixed = [row for row in table.rows if row[1].startswith("fixed group of")]
    bound = [row for row in table.rows if row[1] == "clairvoyant bound"]

    assert [row[0] for row in fixed] == [row[0] for row in bound] == list(SHAPES.names)
    for row, minutes in zip(bound, report.recommendation.clairvoyant.outcomes.host_minutes[0]):
        assert row[2] == number(minutes, digits=0)


def test_traffic_is_rounded_and_says_where_it_comes_from():
    table = traffic_table(SHAPES)

    assert table.rows[1][:5] == ("hold 20m", "1", "98", "106,837", "150,000")
    assert table.rows[2][0] == HOSTILE
    assert table.details == SHAPES.sources
    assert "3 shapes, 269 minutes" in table.caption


@pytest.mark.parametrize("most", [5, 8, 1000])
def test_a_front_is_spread_with_both_ends_and_the_marked_ones(long_front, most):
    front = long_front.cost_front()
    off_front = int(np.setdiff1d(np.arange(long_front.n_candidates), front)[0])
    marks = {off_front: "R", int(front[1]): "C"}
    table = front_table(long_front, marks=marks, most=most)
    cost = [float(row[1].replace(",", "")) for row in table.rows]
    letters = [row[0] for row in table.rows]
    left_out = front_rows_left_out(long_front, marks=marks, most=most)

    assert len(front) > 5
    assert len(table.rows) == min(most, len(front) + 1)
    assert cost == sorted(cost)
    for end in (0, -1):
        expected = number(long_front.host_minutes[front[end]], digits=0)
        assert expected in [row[1] for row in table.rows]
    assert sorted(filter(None, letters)) == ["C", "R"]
    assert letters[table.marked] == "R"
    assert left_out == len(front) - (len(table.rows) - 1)
    assert "R beside it" in table.caption


def test_a_front_tells_the_knobs_in_which_its_candidates_differ(long_front):
    table = front_table(long_front, marks={}, most=15)
    heads = [column.name for column in table.head]

    assert "Out above, %" in heads
    assert "In below, %" in heads
    assert "Cooldown" not in heads
    assert "Window" not in heads


def test_the_marks_are_those_of_the_recommendation(report):
    advice = report.recommendation
    marks = front_marks(report.result, advice)
    rows = {letter: row for row, letter in marks.items()}

    assert report.result.plan(rows["R"]) == advice.recommended.plan
    assert (advice.cheapest is not None) == ("C" in rows)


def test_events_tell_the_span_the_kind_and_the_reason(report):
    trace = report.timelines[HOSTILE]["today"]
    rows = events_table(trace, label="today").rows
    refused = next(event for event in trace.events if event.kind == "refused")
    minute = f"{refused.tick}–{refused.last_tick}"
    row = next(row for row in rows if row[0] == minute)

    assert row[1] == "× out refused"
    assert refused.words.endswith(row[3])
    assert not any(words.startswith(("scale_", "refused", ":")) for *_, words in rows)
    assert len(rows) <= MOST_EVENT_ROWS
