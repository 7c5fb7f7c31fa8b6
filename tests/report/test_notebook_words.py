"""What a notebook shows of a record is what the report says of it: words, rounding, tables."""

from __future__ import annotations

from dataclasses import replace

from tests.decision.plans import plan_of
from tests.report.jobs import HOSTILE, SHAPES, small_job
from tests.report.notebook_records import Reader, alarms_tried, job, tuning, verified
from tests.search.talk import holds
from tuner.measure.host_fit import HostFit
from tuner.policy import ScalingPlan, ScheduledAction, TargetTracking
from tuner.report.alarms import alarms_figure
from tuner.report.basis import measured_in_words
from tuner.report.html import CHIPS, headline_of
from tuner.report.notebook import card_of, html_of
from tuner.report.notebook_cards import MOST_ROWS, shortened
from tuner.report.plan_tables import plans_table
from tuner.report.tables import Column, Table, traffic_table
from tuner.report.verification import verification_figure
from tuner.simulation.run import trace


def test_the_words_are_those_of_the_report():
    fit, advice = job().host_fit, job().recommendation
    text = Reader(advice._repr_html_()).text
    shown = card_of(advice)

    assert shown.title == headline_of(advice)
    assert shown.chip == CHIPS[advice.verdict]
    assert shown.lines == (advice.reason, *advice.remarks)
    assert shown.tables == (plans_table(advice),)
    assert advice.reason in text
    assert card_of(fit).lines == tuple(measured_in_words(fit))
    assert "keeps CPU at or below 39.4 % on 1 shape" in Reader(tuning()._repr_html_()).text
    assert "conf42: Scale out by 2 above 15 %" in Reader(tuning()._repr_html_()).text


def test_the_totals_of_a_run_are_rounded_as_everywhere():
    plan = tuning().recommendation.recommended.plan
    shown = card_of(trace(plan, tuning().scenario, tuning().shapes, 0)).tables[0]

    assert shown.rows[0][:5] == ("talk", "39.4", "16.5", "0", "550")


def test_a_verdict_that_is_no_plan_is_marked():
    advice = small_job(thresholds=(30.0, 35.0), increments=(1,)).recommendation

    assert advice.verdict == "nothing feasible"
    assert '<p class="chip bad">Nothing feasible</p>' in advice._repr_html_()
    assert all(words in Reader(advice._repr_html_()).text for words in advice.binding)


def test_a_plan_is_said_policy_by_policy_with_its_schedule():
    plan = replace(
        plan_of(15, 2),
        target_tracking=TargetTracking(target_value=40.0),
        min_size=2,
        schedule=(ScheduledAction(tick=1440, min_size=4),),
    )
    shown = card_of(plan)

    assert ", ".join(shown.notes) == plan.describe()
    assert len(shown.notes) == 5
    assert shown.tables[0].rows == (("1,440", "4", "", ""),)
    assert card_of(ScalingPlan()).notes == [ScalingPlan().describe()]


def test_long_tables_are_cut_and_say_so():
    table = Table(
        caption="All",
        head=(Column("n"),),
        rows=tuple((str(n),) for n in range(5)),
        details=tuple("abcde"),
        marked=3,
    )

    assert shortened(table, most=5) is table
    assert shortened(table, most=2) == replace(
        table,
        caption="All; the first 2 of 5 rows",
        rows=(("0",), ("1",)),
        details=("a", "b"),
        marked=None,
    )
    assert shortened(table, most=4).marked == 3
    assert len(card_of(holds(*range(5, 46))).tables[0].rows) == MOST_ROWS


def test_a_cliff_that_was_not_found_shows_no_figure():
    fit = job().host_fit
    unknown = replace(fit.cliff, cliff_percent=None)

    assert card_of(unknown).title == "Cliff"
    assert card_of(fit.cliff).title == f"Cliff: {fit.cliff.cliff_percent:.1f} % CPU"
    assert "CPU line" not in html_of(HostFit(fit.load_test, None, unknown, None))
    assert "CPU line" in html_of(fit)


def test_an_interrupted_search_says_so():
    assert (
        card_of(replace(job().result, complete=False)).title == "Search, interrupted before its end"
    )
    assert card_of(job().result).title == "Search"


def test_alarms_and_verifications_plot_the_figures_of_their_pages():
    tried = alarms_tried()

    assert tried.plot() == alarms_figure(tried)
    assert verified().plot() == verification_figure(verified())


def test_alarms_without_an_incident_show_what_never_fired():
    tried = alarms_tried(marked=False)

    assert card_of(tried).tables == []
    assert "Never above: The tightest that never fired" in Reader(tried._repr_html_()).text
    assert len(tried.plot().data[0].x) == len(tried)


def test_the_traffic_names_its_sources():
    named = replace(SHAPES, sources=("a", "b", HOSTILE))
    (table,) = card_of(named).tables

    assert [row[-1] for row in table.rows] == ["a", "b", HOSTILE]
    assert [row[:-1] for row in table.rows] == list(traffic_table(named).rows)
