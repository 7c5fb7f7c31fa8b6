"""The report of a small real job: what it says, what it escapes, and what it never asks for."""

from __future__ import annotations

import re
from dataclasses import replace
from html import escape

import numpy as np
import pytest

from tests.decision.plans import plan_of
from tests.measure.generated import knee
from tests.search.talk import CONF42, SCENARIO, hold
from tuner.decision.recommend import recommend
from tuner.measure.host_fit import measure_host
from tuner.report import figures
from tuner.report.html import ReportInput, render_report
from tuner.search.exact import search_exact
from tuner.simulation.run import trace
from tuner.traffic.shapes import TrafficShapes

HOSTILE = "<script>alert(1)</script>"
SHAPES = TrafficShapes.of([hold(5), hold(20), replace(hold(10), name=HOSTILE)])


def job(*, thresholds=(12.0, 15.0, 25.0), increments=(1, 2, 5, 10), host_fit=None) -> ReportInput:
    space = replace(CONF42, scale_out_threshold_percent=thresholds, scale_out_adjustment=increments)
    result = search_exact(space, SCENARIO, SHAPES)
    today = plan_of(35, 1)
    advice = recommend(result, SHAPES, baseline=today)
    best = advice.recommended or advice.least_bad
    runs = {"today": today, "recommended": best.plan}
    return ReportInput(
        title=HOSTILE,
        shapes=SHAPES,
        result=result,
        recommendation=advice,
        host_fit=host_fit,
        scenario=SCENARIO,
        timelines={
            SHAPES.names[2]: {label: trace(p, SCENARIO, SHAPES, 2) for label, p in runs.items()}
        },
    )


@pytest.fixture(scope="module")
def host_fit():
    _, load_test = knee(np.random.default_rng(1), 120)
    return measure_host(load_test)


@pytest.fixture(scope="module")
def report(host_fit):
    return job(host_fit=host_fit)


@pytest.fixture(scope="module")
def page(report):
    return render_report(report)


def own_markup(page: str) -> str:
    """Give the page without what scripts hold."""
    return re.sub(r"(<script[^>]*>).*?</script>", r"\1", page, flags=re.DOTALL)


def test_the_verdict_comes_first_and_every_part_is_there(report, page):
    markup = own_markup(page)
    body = markup.split("<body>")[1]
    assert report.recommendation.verdict == "change"
    first = re.search(r"<p[^>]*>(.*?)</p>", body)
    assert first[1] == str(escape(report.recommendation.reason)).replace("&#x27;", "&#39;")
    for name in SHAPES.names:
        assert escape(name) in markup
    for row in ("Today", "Recommended", "Fixed group of", "Clairvoyant bound"):
        assert f'<th scope="row">{row}' in markup
    for words in (report.host_fit.cliff.sentence, report.host_fit.line.linearity):
        assert escape(words, quote=False) in markup
    assert "refused: " in markup
    assert markup.count("<table>") == markup.count("<caption>") == 5
    assert '<html lang="en">' in markup
    assert "@media print" in markup
    assert "prefers-color-scheme: dark" in markup


def test_numbers_are_written_as_people_read_them(report, page):
    minutes = report.recommendation.recommended.weighted["host_minutes"]
    assert f"<td>{minutes:,.0f}</td>" in page
    assert f"<td>{report.recommendation.recommended.weighted['mean_cpu_percent']:.1f}</td>" in page


def test_the_page_asks_nothing_of_another_machine(page):
    markup = own_markup(page)
    assert not re.search(r"<(script|img|link|iframe)[^>]*(src|href)\s*=", markup)
    assert "http://" not in markup
    assert "https://" not in markup
    assert page.count("plotly.js v") == 1
    assert page.startswith("<!DOCTYPE html>")


def test_no_figure_offers_to_send_data_to_a_cloud(page):
    drawn = page.count("Plotly.newPlot(  ")
    assert drawn == 5
    assert page.count('"showSendToCloud": false') == drawn


def test_hostile_names_are_never_markup(page):
    assert HOSTILE not in page
    assert escape(HOSTILE) in page


def test_the_same_input_gives_the_same_page(report, page):
    assert render_report(report) == page


def test_nothing_feasible_is_a_report_too():
    report = job(thresholds=(30.0, 35.0), increments=(1,))
    markup = own_markup(render_report(report))
    assert report.recommendation.verdict == "nothing feasible"
    assert 'class="verdict bad"' in markup
    assert markup.count("<li>peak CPU on shape") == len(report.recommendation.binding)
    assert '<th scope="row">Least bad' in markup
    assert '<th scope="row">Recommended' not in markup
    assert "were given, not measured" in markup
    assert "figure-cliff" not in markup


def test_figures_hold_their_traces(report):
    advice, fit = report.recommendation, report.host_fit
    marked = [advice.baseline, advice.recommended, advice.cheapest, advice.least_bad]
    drawn = [
        (figures.fit_figure(fit.line), 4),
        (figures.cliff_figure(fit.cliff), 2),
        (figures.shapes_figure(SHAPES), 3),
        (figures.front_figure(report.result, advice), 2 + sum(m is not None for m in marked)),
        (figures.timeline_figure(report.timelines[HOSTILE], 50.0), 1 + 3 * 2),
    ]
    for figure, count in drawn:
        assert len(figure.data) == count
        assert {each.type for each in figure.data} == {"scatter"}
        assert not re.search(r"<(b|i|span|script)\b", repr(figure.to_dict()))


def test_the_cloud_is_thinned_and_the_marks_are_letters(report, monkeypatch):
    monkeypatch.setattr(figures, "MOST_CLOUD_POINTS", 7)
    cloud, _, *marks = figures.front_figure(report.result, report.recommendation).data
    assert len(cloud.x) == 7
    assert [mark.text[0] for mark in marks][:2] == ["T", "R"]


def test_a_cliff_found_along_the_load_shows_no_curve_over_cpu(report):
    along_load = replace(report.host_fit.cliff, detected_along="load", interval_percent=None)
    figure = figures.cliff_figure(along_load)
    assert len(figure.data) == 1
    assert not figure.layout.shapes


def test_a_table_is_drawn_through_its_knots(report):
    line = replace(report.host_fit.line, table=((0.0, 1.0), (100.0, 5.0), (200.0, 20.0)))
    assert list(figures.fit_figure(line).data[2].y) == [1.0, 5.0, 20.0]
