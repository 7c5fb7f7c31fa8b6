"""The three sheets of a report: what stands on which, on paper and on screen."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from tests.report.jobs import HOSTILE, SHAPES, decision_of, own_markup
from tuner.decision.standing import setting_of
from tuner.decision.words import number
from tuner.report.changes import changes
from tuner.report.deciding import deciding_table, peaks_in_words
from tuner.report.others import why_not_table
from tuner.report.page import plotly_script
from tuner.report.tables import told_events


@pytest.fixture(scope="module")
def sheets(page) -> list[str]:
    return own_markup(page).split('<section class="')[1:]


def headings(sheet: str) -> list[str]:
    return re.findall(r"<h2>(.*?)</h2>", sheet)


def test_each_sheet_has_its_part(sheets):
    worst = "&lt;script&gt;alert(1)&lt;/script&gt;"
    expected = [
        ("sheet", ["Cost against safety"]),
        ("sheet", ["Why not another?", f"The shape that decides: {worst}"]),
        (
            "sheet",
            [
                "Every shape",
                f"What happens on {worst}",
                "What it rests on",
                "To apply, and to undo",
            ],
        ),
    ]
    got = [(sheet.split('"')[0], headings(sheet)) for sheet in sheets[:3]]

    assert expected == got
    assert len(sheets) == 4
    assert sheets[3].startswith("more")


def test_what_is_on_paper_only_and_on_screen_only_is_styled_so(page, sheets):
    paper = page.split("@media print {")[1].split("</style>")[0]

    assert ".more, noscript { display: none; }" in paper
    assert ".sheet + .sheet { break-before: page; }" in paper
    assert ".signed { display: none; }" in page.split("@media print {")[0]
    assert re.findall(r"<dt>(Decided by|Date|Review on)</dt>", sheets[0]) == [
        "Decided by",
        "Date",
        "Review on",
    ]


def test_texts_and_tables_stand_without_script(sheets, report):
    table = why_not_table(decision_of(report))
    cells = [cell for row in table.rows for cell in row if cell]

    assert all(cell in sheets[1] for cell in cells)
    assert "cliffside apply change.json --yes" in sheets[2]
    assert "cliffside undo --yes" in sheets[2]
    assert "<noscript>" in sheets[0]


def test_figures_stand_still_and_are_as_wide_as_on_paper(page):
    loader = page.rsplit("<script>", 1)[1]

    assert "<body data-still>" in page
    assert 'staticPlot: "still" in document.body.dataset' in loader
    assert "const width = 660;" in loader


def test_plotly_is_given_plain_for_pages_that_fetch_it():
    script = plotly_script()

    assert isinstance(script, bytes)
    assert script.lstrip().startswith(b"/**")
    assert 3_000_000 < len(script) < 8_000_000


def test_the_three_figures_are_those_of_the_table(report):
    advice = report.recommendation
    setting = setting_of(report.scenario, report.shapes)
    told = list(changes(advice, setting))
    table = why_not_table(decision_of(report))
    r, t = table.rows[0], table.rows[1]

    assert [each.name for each in told] == [
        "Worst peak CPU",
        "Minutes over the cliff",
        "Host-minutes",
    ]
    assert told[0].values == f"{t[3]} → {r[3]} %"
    assert told[2].values == f"{t[1]} → {r[1]}"
    assert told[1].values.endswith(r[4].split(" / ")[1])


def test_without_a_policy_of_today_there_is_no_arrow(report):
    advice = replace(report.recommendation, baseline=None)
    told = list(changes(advice, setting_of(report.scenario, report.shapes)))

    assert all("→" not in each.values for each in told)


@pytest.mark.parametrize("n_shapes", [3, 12, 99])
def test_actions_fit_on_the_sheet_and_are_nearest_to_the_worst_minute(report, n_shapes):
    traces = report.timelines[HOSTILE]
    table = deciding_table(traces, n_shapes=n_shapes)
    n_told = sum(len(told_events(trace)) for trace in traces.values())

    assert len(table.rows) == min(n_told, max(6, 18 - n_shapes))
    assert {row[1] for row in table.rows} <= {"T", "R"}
    if len(table.rows) < n_told:
        assert f"the {len(table.rows)} of {n_told} nearest" in table.caption


def test_peaks_are_told_with_their_minute_and_who_serves(report):
    words = peaks_in_words(report.timelines[SHAPES.names[2]])
    parts = words.split(" · ")

    assert [part[:8] for part in parts] == ["T: peak ", "R: peak "]
    for part, trace in zip(parts, report.timelines[HOSTILE].values(), strict=True):
        assert f"peak {number(float(trace.cpu_percent.max()))} %" in part
