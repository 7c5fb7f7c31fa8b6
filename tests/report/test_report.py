"""The report of a small real job: what it says, what it escapes, and what it never asks for."""

from __future__ import annotations

import gzip
import json
import re
from base64 import b64decode, b64encode
from hashlib import sha256
from html import escape

from plotly.offline import get_plotlyjs

from tests.report.jobs import HOSTILE, NOTES, SHAPES, own_markup, small_job
from tuner.decision.words import number
from tuner.report import palette
from tuner.report.html import render_report, render_timeline
from tuner.report.page import plotly_script
from tuner.report.tables import events_table


def as_markup(words: str) -> str:
    return escape(words).replace("&#x27;", "&#39;").replace("&quot;", "&#34;")


def scripts(page: str) -> list[tuple[str, str]]:
    """Give attributes and content of every script element."""
    return re.findall(r"<script([^>]*)>(.*?)</script>", page, re.DOTALL)


def figure_names(page: str) -> list[str]:
    return re.findall(r'class="drawing" id="figure-([\w-]+)"', page)


def pictures_of(figure: dict) -> list[dict]:
    return figure["layout"].get("images", [])


def test_the_verdict_comes_first_and_every_part_is_there(report, page):
    markup = own_markup(page)
    body = markup.split("<body data-still>")[1]
    advice = report.recommendation
    assert advice.verdict == "change"
    order = ["Change proposed", "<h1>Scale out by", as_markup(advice.reason), "<h2>"]
    places = [body.index(part) for part in order]

    assert places == sorted(places)
    for name in SHAPES.names:
        assert escape(name) in markup
    for row in ("T today", "R recommended", "fixed group of", "clairvoyant bound"):
        assert re.search(rf'<th scope="row"[^>]*>{row}', markup)
    for words in (report.host_fit.cliff.sentence, report.host_fit.line.linearity, *NOTES):
        assert as_markup(words) in markup
    assert "× out refused" in markup
    assert markup.count("<table>") == markup.count("<caption>") == 9
    assert '<html lang="en">' in markup
    assert figure_names(page) == ["front", "timeline-0", "peaks", "shapes", "fit", "cliff"]


def test_numbers_are_rounded_as_people_read_them(report, page):
    totals = report.recommendation.recommended.weighted
    for value, digits in (
        ("host_minutes", 0),
        ("mean_cpu_percent", 1),
        ("worst_peak_cpu_percent", 1),
    ):
        assert f'<td class="number short">{number(totals[value], digits=digits)}</td>' in page
    assert not re.search(r"<td[^>]*>[^<]*\d\.\d{3,}", page)


def test_every_action_stands_with_its_reason(report, page):
    rows = [
        row
        for trace in report.timelines[HOSTILE].values()
        for row in events_table(trace, label="a run").rows
    ]

    assert any("cooldown until minute" in row[-1] for row in rows)
    assert any(row[1] == "▲ out" and "InService at minute" in row[-1] for row in rows)
    for row in rows:
        assert as_markup(row[-1]) in page


def test_the_page_allows_no_request_and_no_script_but_its_two(page):
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)[1].replace("&#39;", "'")
    plotly = next(text for attributes, text in scripts(page) if 'id="plotly"' in attributes)
    loader = next(text for attributes, text in scripts(page) if not attributes)
    unpacked = gzip.decompress(b64decode(plotly)).decode()
    hashes = [b64encode(sha256(s.encode()).digest()).decode() for s in (unpacked, loader)]
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))

    assert unpacked == get_plotlyjs()
    assert rules["default-src"] == "'none'"
    assert rules["script-src"].split() == [f"'sha256-{each}'" for each in hashes]
    assert rules["img-src"] == "data:"
    assert "connect-src" not in rules


def test_the_page_names_no_other_machine(page):
    markup = own_markup(page)

    assert not re.search(r"<(script|img|link|iframe)[^>]*(src|href)\s*=", markup)
    assert "http://" not in markup
    assert "https://" not in markup
    assert page.startswith("<!DOCTYPE html>")
    assert len(page) < 3_000_000


def test_every_figure_is_data_that_a_name_cannot_end(page):
    for name in figure_names(page):
        data = next(t for a, t in scripts(page) if f'id="figure-{name}-data"' in a)
        figure = json.loads(data)

        assert "<" not in data
        assert figure["data"]
    assert HOSTILE not in page
    assert escape(HOSTILE) in page


def test_a_figure_draws_names_as_text(page):
    shapes = next(t for a, t in scripts(page) if 'id="figure-shapes-data"' in a)
    titles = [each["text"] for each in json.loads(shapes)["layout"]["annotations"]]

    assert titles[2] == escape(HOSTILE, quote=False)


def test_every_colour_of_a_figure_has_its_other_half_on_a_dark_page(page):
    dark = json.loads(next(t for a, t in scripts(page) if 'id="dark-colours"' in a))
    pictures = {light: dark.pop(light) for light in list(dark) if light.startswith("data:")}
    texts = [t for a, t in scripts(page) if re.search(r'id="figure-[\w-]+-data"', a)]
    used = {c for text in texts for c in re.findall(r"#[0-9a-fA-F]{3,8}\b", text)}
    whole = {c for text in texts for c in re.findall(r'"(#[0-9a-fA-F]{3,8})"', text)}
    shown = [each["source"] for text in texts for each in pictures_of(json.loads(text))]

    assert dark == palette.DARK
    assert len(used) > 8
    assert used <= set(dark)
    assert used == whole
    assert list(pictures) == shown
    assert set(pictures).isdisjoint(pictures.values())


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_texts_and_lines_stand_out_on_both_pages():
    faint = {palette.GRID, palette.RULE, palette.PANEL, palette.OVER, palette.INFEASIBLE}
    faint |= {palette.LOAD, palette.PAGE}
    for light, dark in palette.DARK.items():
        if light in faint:
            continue
        for colour, background in ((light, palette.PAGE), (dark, palette.DARK[palette.PAGE])):
            high, low = sorted((luminance(colour), luminance(background)), reverse=True)

            assert (high + 0.05) / (low + 0.05) >= 4.5, colour


def test_the_same_input_gives_the_same_page(report, page):
    assert render_report(report) == page


def test_nothing_feasible_is_a_report_too():
    report = small_job(thresholds=(30.0, 35.0), increments=(1,))
    page = render_report(report)
    markup = own_markup(page)

    assert report.recommendation.verdict == "nothing feasible"
    assert 'class="chip nothing-feasible"' in markup
    assert "<h1>No policy keeps CPU at or below 50\u00a0% on all 3 shapes</h1>" in markup
    assert markup.count("<li>peak CPU on shape") == len(report.recommendation.binding)
    assert re.search(r'<th scope="row"[^>]*>L least bad', markup)
    assert not re.search(r'<th scope="row"[^>]*>R recommended', markup)
    assert "Actions and refusals, least bad" in markup
    assert "were given, not measured" in markup
    assert "cliff" not in figure_names(page)


def test_where_today_is_best_the_page_says_so():
    best = small_job().recommendation.recommended.plan
    report = small_job(today=best)
    markup = own_markup(render_report(report))

    assert report.recommendation.verdict == "keep"
    assert 'class="chip keep"' in markup
    assert "→" not in markup.split('<dl class="changes">')[1].split("</dl>")[0]


def test_one_run_can_be_a_page(report):
    page = render_timeline(report.timelines[HOSTILE], title=HOSTILE, limit_percent=50.0)

    assert figure_names(page) == ["timeline-0"]
    assert HOSTILE not in page
    assert own_markup(page).count("<table>") == 2


def test_what_scrolls_can_be_reached_by_keys_and_no_head_is_empty(page):
    markup = own_markup(page)

    assert '<th scope="col"></th>' not in markup
    assert markup.count('<div class="wide"') == markup.count(
        '<div class="wide" tabindex="0" role="region" aria-label="'
    )


def test_the_script_that_a_server_hands_out_is_that_of_the_page(page):
    plotly = next(text for attributes, text in scripts(page) if 'id="plotly"' in attributes)

    assert gzip.decompress(b64decode(plotly)) == plotly_script()
