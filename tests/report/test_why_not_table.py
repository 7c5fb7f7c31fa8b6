"""The table of the plans that a reader asks about: which, in what order, and why not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tests.decision.plans import plan_of
from tests.report.jobs import HOSTILE, decision_of, own_markup, small_job
from tuner.decision.families import FamilyAnswer
from tuner.decision.standing import standing_of
from tuner.decision.stress_record import StressCheck, StressedPlan
from tuner.decision.totals import totals_of
from tuner.report.html import render_report
from tuner.report.others import next_cheaper, next_safer, point_in_words, why_not_table
from tuner.report.tables import Bad
from tuner.search.limits import Limits
from tuner.simulation.arrays import pack_plans
from tuner.simulation.run import simulate


def test_the_table_of_others_starts_with_the_plan_to_take(report):
    table = why_not_table(decision_of(report))
    names = [row[0] for row in table.rows]

    assert names[:2] == ["R recommended", "T today"]
    assert set(names) <= {"R recommended", "T today", "C cheapest", "Next safer", "Next cheaper"}
    assert table.marked == 0
    assert all(table.details)
    assert len(set(table.details)) == len(table.details)
    assert all(row[-1].endswith(".") and row[-1][0].isupper() for row in table.rows)
    today = table.rows[1]
    assert isinstance(today[3], Bad)
    assert today[-1].startswith("Not T: ")
    assert "over the cliff" in today[-1]


def test_the_next_safer_plan_is_the_cheapest_with_a_lower_peak():
    report = small_job(thresholds=tuple(range(8, 31, 2)), increments=(1, 2, 3, 5, 8))
    decision = decision_of(report)
    safer = next_safer(decision)
    peak = standing_of(decision.shown).peak_percent
    result = report.result
    lower = [
        result.host_minutes[c]
        for c in range(result.n_candidates)
        if round(result.worst_peak_cpu_percent[c], 1) < peak
    ]

    assert safer.weighted["host_minutes"] == min(lower)
    assert standing_of(safer).peak_percent < peak
    assert point_in_words(decision).startswith("The next safer policy ")


def test_where_no_plan_is_safer_that_is_said(report):
    decision = decision_of(report)

    assert next_safer(decision) is None
    assert point_in_words(decision) == "No policy that was tried is safer."


def test_the_next_cheaper_plan_is_over_the_limit(report):
    decision = decision_of(report)
    cheaper = next_cheaper(decision)

    assert decision.setting.is_over(standing_of(cheaper))
    assert cheaper.weighted["host_minutes"] < decision.shown.weighted["host_minutes"]


def test_where_nothing_is_feasible_every_plan_says_where_it_is_over():
    report = small_job(thresholds=(30.0, 35.0), increments=(1,))
    table = why_not_table(decision_of(report))

    assert table.rows[0][0] == "L least bad"
    assert table.head[2].name == "vs L"
    assert table.rows[0][-1].startswith("The closest, but over the cliff on ")
    assert all("ver the cliff on " in row[-1] for row in table.rows)
    assert all("R beats" not in row[-1] and "Not this" not in row[-1] for row in table.rows)


def test_where_today_is_best_it_comes_first_and_stays():
    best = small_job().recommendation.recommended.plan
    report = small_job(today=best)
    table = why_not_table(decision_of(report))
    sheet = own_markup(render_report(report)).split('<section class="')[3]

    assert table.rows[0][0] == "T today, stays"
    assert "R best candidate" not in [row[0] for row in table.rows]
    assert table.rows[0][-1].startswith("Keeps to the limit")
    assert "There is nothing to apply: today’s policy stays." in sheet
    assert "cliffside apply" not in sheet


def stressed(plan, *, violations: int) -> StressedPlan:
    return StressedPlan(
        row=None,
        plan=plan,
        host_minutes=None,
        violations=violations,
        upper_bound_percent=1.0,
        first_shape=None,
        worst_peak_cpu_percent=60.0,
        passes=violations == 0,
    )


def passed_over(report):
    """Give a decision that takes another plan than the best, since that fails the stress check."""
    advice, result = report.recommendation, report.result
    best = advice.recommended
    feasible = np.flatnonzero(result.feasible())
    second = feasible[np.argsort(-result.mean_cpu_percent[feasible])][-1].item()
    plan = result.plan(second)
    outcomes = simulate(pack_plans([plan], report.scenario), report.scenario, report.shapes)
    taken = totals_of(
        outcomes, report.shapes, label="recommended", plan=plan, scenario=report.scenario
    )
    check = StressCheck(
        runs=400,
        allowed_percent=1.0,
        cliff_percent=50.0,
        feasible_count=len(feasible),
        tried=2,
        chosen=stressed(plan, violations=0),
        least_bad=None,
        passed_over=(stressed(best.plan, violations=78),),
        passed_over_count=1,
    )
    changed = replace(advice, recommended=taken, cheapest=best, stress=check, row=second)
    return replace(decision_of(report), advice=changed)


def test_what_the_stress_check_passed_over_says_so(report):
    table = why_not_table(passed_over(report))
    reasons = {row[0]: row[-1] for row in table.rows}

    assert reasons["R recommended"].endswith("and passes the stress check.")
    assert "but it fails the stress check" in reasons["C cheapest"]
    assert reasons["C cheapest"].endswith("over the cliff on 78 of 400 unseen shapes.")


def test_a_safer_plan_that_no_stress_check_tried_says_so():
    report = small_job(thresholds=tuple(range(8, 31, 2)), increments=(1, 2, 3, 5, 8))
    decision = decision_of(report)
    check = replace(
        passed_over(report).advice.stress,
        chosen=stressed(decision.shown.plan, violations=0),
        passed_over=(),
    )
    tested = replace(decision, advice=replace(decision.advice, stress=check))
    calm, careful = (
        {row[0]: row[-1] for row in why_not_table(each).rows} for each in (decision, tested)
    )

    assert careful["Next safer"] == f"{calm['Next safer']} Not stress-tested."
    assert careful["T today"] == calm["T today"]


def test_a_plan_that_breaks_another_limit_says_which(report):
    tight = replace(report.result, limits=Limits(max_activities_per_day=0.5))
    decision = replace(decision_of(report), results=(tight,))
    best = decision.shown
    advice = replace(decision.advice, cheapest=None, baseline=replace(best, label="today"))
    changed = replace(advice, recommended=replace(best, plan=plan_of(15, 9)))
    words = {row[0]: row[-1] for row in why_not_table(replace(decision, advice=changed)).rows}

    assert words["T today"].startswith("Breaks a limit: makes ")
    assert words["T today"].endswith("a day, where 0.5 are allowed.")


def test_the_best_of_each_other_kind_has_its_row(report):
    other = small_job(thresholds=(12.0,), increments=(10,))
    answers = tuple(
        FamilyAnswer(family=family, result=each.result, recommendation=each.recommendation)
        for family, each in (("simple", report), ("step", other))
    )
    decision = replace(
        decision_of(report), answers=answers, results=tuple(a.result for a in answers)
    )
    names = [row[0] for row in why_not_table(decision).rows]

    assert "Best of step scaling" in names
    assert "Best of simple scaling" not in names
    assert HOSTILE not in own_markup(render_report(replace(report, answers=answers)))
