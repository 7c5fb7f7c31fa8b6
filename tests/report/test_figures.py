"""Figures hold what the records hold, and `.plot()` of a record gives the report's figure."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from tests.doors.command import CONF42
from tests.report.jobs import HOSTILE, SHAPES
from tests.search.talk import hold, holds
from tuner.config import load_job
from tuner.measure.host_fit import HostFit
from tuner.report.figures import figure_of
from tuner.report.measured import cliff_figure, fit_figure
from tuner.report.searched import front_figure, marked_plans, peaks_figure
from tuner.report.timeline import timeline_figure
from tuner.report.traffic import shapes_figure
from tuner.traffic.shapes import TrafficShapes
from tuner.tune import tune


def test_every_record_plots_the_figure_of_the_report(report):
    fit, advice, traces = report.host_fit, report.recommendation, report.timelines[HOSTILE]
    pairs = [
        (fit, fit_figure(fit.line)),
        (fit.line, fit_figure(fit.line)),
        (fit.cliff, cliff_figure(fit.cliff)),
        (SHAPES, shapes_figure(SHAPES)),
        (report.result, front_figure(report.result)),
        (advice, peaks_figure(advice)),
        (traces["today"], timeline_figure({"run": traces["today"]})),
    ]
    for record, expected in pairs:
        assert record.plot().to_json() == expected.to_json(), type(record).__name__
    assert HostFit(fit.load_test, None, fit.cliff, None).plot() == cliff_figure(fit.cliff)


def test_options_of_a_plot_reach_the_figure(report):
    trace = report.timelines[HOSTILE]["today"]
    figure = trace.plot(label="mine", limit_percent=50.0)

    assert figure == timeline_figure({"mine": trace}, 50.0)
    assert "limit 50.0 %" in figure.to_json()


def test_a_finished_job_plots_its_front_with_the_marks():
    tuning = tune(load_job(CONF42))
    got = tuning.plot()

    assert got == front_figure(tuning.result, tuning.recommendation)
    assert [trace.text[0] for trace in got.data[3:]] == list(marked_plans(tuning.recommendation))


def test_a_record_without_a_figure_is_named():
    with pytest.raises(TypeError, match="shows a dict"):
        figure_of({})


def test_records_load_no_plotly_until_they_plot():
    code = "import sys, tuner.tune, tuner.report.html; print('plotly' in sys.modules)"
    got = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)

    assert got.stdout == "False\n"


def test_figures_hold_their_traces_and_only_kinds_that_print(report):
    advice, fit = report.recommendation, report.host_fit
    drawn = [
        (fit_figure(fit.line), 4),
        (cliff_figure(fit.cliff), 2),
        (shapes_figure(SHAPES), 3),
        (peaks_figure(advice), len(marked_plans(advice))),
        (front_figure(report.result, advice), 3 + len(marked_plans(advice))),
        (timeline_figure(report.timelines[HOSTILE], 50.0), 1 + 6 * 2),
    ]
    for figure, count in drawn:
        assert len(figure.data) == count
        assert {each.type for each in figure.data} == {"scatter"}
        assert not re.search(r"<(b|i|a|span|script)\b", repr(figure.to_dict()))


def test_the_cloud_is_thinned_and_the_marks_are_letters(report, monkeypatch):
    monkeypatch.setattr("tuner.report.searched.MOST_CLOUD_POINTS", 7)
    over, within, _, *marks = front_figure(report.result, report.recommendation).data

    assert len(over.x) + len(within.x) == 7
    assert [mark.text[0] for mark in marks][:2] == ["T", "R"]


def test_the_front_is_split_at_the_limit_and_counts_what_is_off_the_axis(report):
    figure = front_figure(report.result, report.recommendation)
    over, within, front, *_ = figure.data
    edge = figure.layout.xaxis.range[1]
    hidden = int((report.result.host_minutes > edge).sum())

    assert (over.y > 50.0).all()
    assert (within.y <= 50.0).all()
    assert list(front.x) == report.result.host_minutes[report.result.cost_front()].tolist()
    assert hidden > 0
    assert f"as dearer: {hidden} →" in figure.layout.xaxis.title.text


def test_alarms_are_drawn_as_long_as_they_stand(report):
    trace = report.timelines[HOSTILE]["today"]
    lanes = [t for t in timeline_figure({"today": trace}).data if t.name == "alarm out"]
    x = np.array([np.nan if v is None else v for v in lanes[0].x], dtype=float)
    minutes = np.nansum(x[1::3] - x[0::3])

    assert minutes == (trace.scale_out_state == 1).sum() > 0
    assert set(lanes[0].y) == {"T alarms"}


def test_actions_carry_their_reasons(report):
    trace = report.timelines[HOSTILE]["today"]
    lane = next(t for t in timeline_figure({"today": trace}).data if t.name == "actions")
    expected = [event.words for event in trace.events if event.kind != "alarm"]

    assert list(lane.hovertext) == expected
    assert "triangle-up" in lane.marker.symbol
    assert any("refused" in words for words in lane.hovertext)


def test_peaks_are_those_of_every_shape(report):
    advice = report.recommendation
    figure = peaks_figure(advice)

    for trace, totals in zip(figure.data, marked_plans(advice).values(), strict=True):
        assert list(trace.x) == totals.outcomes.peak_cpu_percent[0].tolist()
        assert len(trace.y) == len(SHAPES)


def test_many_shapes_are_drawn_over_each_other():
    few, many = shapes_figure(holds(5, 6, 7)), shapes_figure(holds(*range(5, 25)))

    assert len(many.data) == 20
    assert len({trace.yaxis for trace in many.data}) == 1
    assert len({trace.yaxis for trace in few.data}) == 3


def test_a_single_shape_fills_the_figure():
    figure = shapes_figure(holds(5))

    assert list(figure.data[0].y) == holds(5).rpm.tolist()


def test_a_cliff_found_along_the_load_shows_no_curve_over_cpu(report):
    along_load = replace(report.host_fit.cliff, detected_along="load", interval_percent=None)
    figure = cliff_figure(along_load)

    assert len(figure.data) == 1
    assert [each.text for each in figure.layout.annotations] == ["tested up to here"]


def test_a_table_is_drawn_through_its_knots(report):
    line = replace(report.host_fit.line, table=((0.0, 1.0), (100.0, 5.0), (200.0, 20.0)))

    assert list(fit_figure(line).data[2].y) == [1.0, 5.0, 20.0]


def test_residuals_are_those_of_the_windows_used(report):
    line = report.host_fit.line

    assert list(fit_figure(line).data[3].y) == line.residual_percent[line.used].tolist()


def test_a_long_name_keeps_its_axis_short():
    named = TrafficShapes.of([replace(hold(5), name="x" * 300)])

    assert len(shapes_figure(named).layout.annotations[0].text) < 40
