"""What stands behind a choice, drawn: figures and tables hold what the records hold."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest

from tests.decision.plans import MANY
from tests.report.jobs import HOSTILE, SHAPES, own_markup, small_job
from tests.search.made_up import made_up_result
from tests.search.talk import SCENARIO
from tuner.decision.insight import insight_of
from tuner.decision.price_of_safety import price_of_safety
from tuner.decision.walk_forward import Fold, WalkForward
from tuner.decision.why_not import why_not
from tuner.decision.words import number
from tuner.report import palette
from tuner.report.html import render_report
from tuner.report.insight import importance_figure, price_figure, sensitivity_figure
from tuner.report.insight_tables import (
    comparison_table,
    importance_table,
    price_table,
    sensitivity_table,
    walk_forward_table,
)
from tuner.report.tables import Bad


def with_insight(**options):
    report = small_job(**options)
    return replace(report, insight=insight_of(report.result, report.recommendation, SHAPES))


@pytest.fixture(scope="module")
def found():
    return with_insight().insight


def made_up(minutes, peaks):
    return price_of_safety(
        made_up_result(
            mean=np.full(len(minutes), 20.0),
            host_minutes=minutes,
            peaks=np.array(peaks, dtype=float).reshape(-1, 1),
        )
    )


def figure_names(page: str) -> list[str]:
    return re.findall(r'class="drawing" id="figure-([\w-]+)"', page)


def test_every_step_ends_at_its_peak_and_breaks_where_it_passes_the_limit(found):
    steps = found.sensitivity.steps
    holds, breaks, *_ = sensitivity_figure(found.sensitivity).data

    assert [*holds.x[1::3]] == [s.tightest_peak_percent for s in steps if not s.breaks]
    assert [*breaks.x[1::3]] == [s.tightest_peak_percent for s in steps if s.breaks]
    assert set(holds.x[0::3]) == {found.sensitivity.totals["worst_peak_cpu_percent"]}
    assert len(breaks.x) >= 3
    assert min(breaks.x[1::3]) > 50.0 >= max(holds.x[1::3])


def test_the_second_column_holds_the_changes_of_host_minutes(found):
    traces = sensitivity_figure(found.sensitivity).data[2:]
    got = sorted(x for trace in traces for x in trace.x[1::3])

    assert got == sorted(step.changes["host_minutes"] for step in found.sensitivity.steps)
    assert {trace.xaxis for trace in traces} == {"x2"}


def test_shares_are_drawn_in_percent_the_largest_first():
    bars = importance_figure({"a": 0.75, "b": 0.25}).data[0]

    assert [*bars.x] == [75.0, 25.0]
    assert [*bars.y] == ["a", "b"]
    assert importance_table({"a": 0.75, "b": 0.25}).rows == (("a", "75.0"), ("b", "25.0"))


def test_the_knee_is_marked_on_the_front_and_lies_above_its_chord():
    priced = made_up([1, 110, 150, 300, 510], [90, 45, 35, 33, 30])
    totals = {"host_minutes": 120.0, "worst_peak_cpu_percent": 44.0}
    chord, front, marked, knee = price_figure(priced, totals=totals).data
    share = (knee.x[0] - chord.x[0]) / (chord.x[1] - chord.x[0])

    assert [*front.x] == [110.0, 150.0, 300.0, 510.0]
    assert [*front.y] == [5.0, 15.0, 17.0, 20.0]
    assert (knee.x[0], knee.y[0]) == (150.0, 15.0)
    assert knee.y[0] > chord.y[0] + share * (chord.y[1] - chord.y[0])
    assert (marked.text[0], marked.x[0], marked.y[0]) == ("R", 120.0, 6.0)


def test_records_plot_the_figures_of_the_report(found):
    for record, expected in (
        (found.sensitivity, sensitivity_figure(found.sensitivity)),
        (found.price_of_safety, price_figure(found.price_of_safety)),
    ):
        assert record.plot().to_json() == expected.to_json()


@pytest.mark.parametrize(("minutes", "peaks"), [([100], [60]), ([100], [40])])
def test_a_front_of_one_point_or_none_can_be_drawn(minutes, peaks):
    figure = made_up(minutes, peaks).plot()

    assert len(figure.data[1].x) == (peaks[0] <= 50)


def test_every_colour_has_its_other_half_on_a_dark_page(found):
    for figure in (
        sensitivity_figure(found.sensitivity),
        importance_figure(found.importance),
        price_figure(found.price_of_safety),
    ):
        used = set(re.findall(r"#[0-9a-fA-F]{6}\b", figure.to_json()))

        assert len(used) > 3
        assert used <= set(palette.DARK)
        assert not {trace.type for trace in figure.data} - {"scatter", "bar"}


def test_the_table_of_steps_marks_what_passes_the_limit(found):
    table = sensitivity_table(found.sensitivity)

    for row, step in zip(table.rows, found.sensitivity.steps, strict=True):
        assert row[:3] == (step.parameter, step.before, step.after)
        assert row[5] == number(step.tightest_peak_percent)
        assert isinstance(row[5], Bad) == isinstance(row[6], Bad) == step.breaks


def test_a_long_front_is_thinned_and_keeps_its_ends_and_its_knee():
    minutes = np.cumsum(np.concatenate([np.full(60, 1.0), np.full(60, 30.0)]))
    priced = made_up(minutes, 49.0 - 0.1 * np.arange(120))
    table = price_table(priced, most=11)
    headroom = [row[0] for row in table.rows]

    assert len(table.rows) <= 11
    assert (headroom[0], headroom[-1]) == ("1.0", "12.9")
    assert [row[4] for row in table.rows].count("knee") == 1
    assert table.rows[table.marked][4] == "knee"
    assert table.caption.endswith(f"({len(table.rows)} of 120 plans)")


def test_the_price_of_the_first_feasible_plan_is_against_no_one():
    table = price_table(made_up([1, 110, 150], [90, 45, 35]), most=40)

    assert [row[2] for row in table.rows] == ["–", "4.0"]


def test_two_plans_stand_side_by_side():
    first, second = (small_job().result.plan(row) for row in (0, 1))
    answer = why_not(first, second, SCENARIO, MANY)
    table = comparison_table(answer, limit_percent=50.0)

    assert [row[0] for row in table.rows] == ["A", "B"]
    assert table.details == (first.describe(), second.describe())
    for row, totals in zip(table.rows, (answer.first, answer.second), strict=True):
        assert row[1] == number(totals.weighted["host_minutes"])
        assert row[6] == str(len(totals.shapes_over_limit))
        assert isinstance(row[6], Bad) == bool(totals.shapes_over_limit)


def test_a_cut_without_a_plan_says_so():
    fold = Fold(tuned_on=("a",), judged_on=("b", "c"), tuned=None, judged=None)
    answer = WalkForward(folds=(fold,), limit_percent=50.0)
    table = walk_forward_table(answer)

    assert table.rows == (("1 day", "b to c", "–", "–", "–", "–"),)
    assert table.details == ("nothing is feasible on the earlier days",)
    assert not answer.holds


def test_the_report_has_a_section_with_words_figures_and_tables():
    report = with_insight(thresholds=tuple(range(8, 31, 2)), increments=(1, 2, 3, 5, 8))
    page = render_report(report)
    markup = own_markup(page)
    places = [
        markup.index(f">{heading}</h")
        for heading in ("Every shape", "Behind the choice", "What decides")
    ]

    assert places == sorted(places)
    assert {"sensitivity", "importance", "price"} <= set(figure_names(page))
    assert "One step of one parameter" in markup
    assert report.insight.importance_line().replace(" %", "\u00a0%") in markup
    assert HOSTILE not in page


def test_a_report_without_it_leaves_the_section_out(page):
    assert "Behind the choice" not in page
    assert not {"sensitivity", "importance", "price"} & set(figure_names(page))


def test_where_nothing_is_feasible_the_steps_are_around_the_least_bad_plan():
    report = with_insight(thresholds=(30.0, 35.0), increments=(1,))
    page = render_report(report)
    markup = own_markup(page)

    assert report.insight.label == "least bad"
    assert "away from the least bad plan" in markup
    assert "No plan of the front keeps to every limit, so headroom has no price." in markup
    assert "sensitivity" in figure_names(page)
    assert "price" not in figure_names(page)


@pytest.mark.parametrize("verdict", ["nothing feasible", "nothing passes"])
def test_what_cannot_be_recommended_is_marked_as_bad(verdict):
    report = small_job(thresholds=(30.0, 35.0), increments=(1,))
    advice = replace(report.recommendation, verdict=verdict)
    page = render_report(replace(report, recommendation=advice))
    name = verdict.replace(" ", "-")
    rule = re.search(rf"([^}}]*\.chip\.{name}[^{{]*){{([^}}]*)}}", page)

    assert f'class="chip {name}"' in own_markup(page)
    assert rule[2].strip() == "color: var(--bad);"


def test_nothing_passes_is_said_in_words():
    report = small_job(thresholds=(30.0, 35.0), increments=(1,))
    reason = "No plan passes the stress check."
    advice = replace(report.recommendation, verdict="nothing passes", reason=reason)
    markup = own_markup(render_report(replace(report, recommendation=advice)))

    assert ">Nothing passes the stress check</p>" in markup
    assert "<h1>No policy passes the stress check</h1>" in markup
    assert f'<p class="verdict">{reason}</p>' in markup
    assert re.search(r'<th scope="row"[^>]*>L least bad', markup)
