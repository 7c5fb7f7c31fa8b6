"""Records show themselves in a notebook: escaped, small, without a script, every kind of them."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.report.jobs import HOSTILE
from tests.report.notebook_records import Reader, records_to_show
from tuner.plotting import Plotted, Shown, Tabled
from tuner.report.figures import figure_of
from tuner.report.frames import frame_of
from tuner.report.notebook import card_of, html_of
from tuner.tune import Tuning

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "notebook.md").read_text(encoding="utf-8")
MOST_BYTES = 16_000
TAGS = {"div", "style", "p", "ul", "li", "table", "caption", "thead", "tbody", "tr", "th", "td"}
TAGS |= {"span"}


@pytest.fixture(scope="module")
def records():
    return records_to_show()


def test_every_kind_shows_itself_in_plain_small_html_without_a_script(records):
    for name, record in records.items():
        html = record._repr_html_()
        read = Reader(html)

        assert read.open == [], name
        assert read.tags <= TAGS, name
        assert not {each for each in read.attributes if each.startswith("on")}, name
        assert not {"href", "src", "id", "style"} & read.attributes, name
        assert "url(" not in html
        assert len(html.encode()) < MOST_BYTES, name
        assert len(read.text) > 40, name


def test_hostile_names_are_shown_as_they_are_and_never_as_markup(records):
    told = [name for name, each in records.items() if HOSTILE in Reader(each._repr_html_()).text]

    assert {"FitReport", "Cliff", "TrafficShapes", "Trace", "SearchResult"} <= set(told)
    assert {"Tuning", "Verification", "Backtest"} <= set(told)
    for record in records.values():
        assert HOSTILE not in record._repr_html_()


def test_the_style_speaks_of_the_part_alone_and_takes_the_colours_around_it(records):
    style = re.search(r"<style>(.*?)</style>", records["ScalingPlan"]._repr_html_(), re.S)[1]
    selectors = [s.strip() for head in re.findall(r"([^{}]+){", style) for s in head.split(",")]

    assert selectors
    assert all(selector.startswith(".cliffside") for selector in selectors)
    assert "color: inherit; background: transparent" in style
    assert re.findall(r"#[0-9a-f]{3,6}\b", style) == ["#d6433a"]


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize("page", ["#ffffff", "#111111"])
def test_what_is_bad_is_read_on_a_light_and_on_a_dark_page(page):
    high, low = sorted([luminance("#d6433a"), luminance(page)], reverse=True)

    assert (high + 0.05) / (low + 0.05) > 4.0  # bold and underlined as well


def test_what_nothing_shows_is_named():
    with pytest.raises(TypeError, match="no words show a dict"):
        html_of({})
    with pytest.raises(TypeError, match="a dict is no table"):
        frame_of({})


def test_nothing_is_imported_until_a_record_is_shown():
    code = (
        "import sys, tuner.policy, tuner.simulation.outcomes, tuner.search.result\n"
        "heavy = {'pandas', 'plotly', 'jinja2', 'tuner.report'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
        "tuner.policy.ScalingPlan()._repr_html_()\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )
    got = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)

    assert got.stdout.splitlines() == ["[]", "['jinja2', 'tuner.report']"]


def test_the_page_lists_every_kind_with_what_it_has(records):
    rows = re.findall(r"^\| (`[A-Z][^|]*) \|[^|]*\|([^|]*)\|([^|]*)\|([^|]*)\|$", PAGE, re.M)
    told = {
        name: tuple(bool(cell.strip()) for cell in cells)
        for names, *cells in rows
        for name in re.findall(r"`(\w+)`", names)
    }
    has = {
        name: (True, hasattr(record, "plot"), isinstance(record, Tabled))
        for name, record in records.items()
    }

    assert told == has | {"Outcomes": (False, False, True)}


def test_every_record_that_plots_or_shows_is_known_to_the_report(records):
    def below(kind: type) -> set[type]:
        return {kind, *(each for sub in kind.__subclasses__() for each in below(sub))}

    kinds = {type(record) for record in records.values()} - {Tuning}
    known = {kind.__qualname__ for kind in kinds}
    shown = {kind.__qualname__ for kind in below(Shown) if kind.__module__.startswith("tuner.")}

    assert shown - {"Shown", "Plotted"} == known
    for kind in kinds:
        assert card_of.dispatch(kind) is not card_of.dispatch(object), kind
        if issubclass(kind, Plotted):
            assert figure_of.dispatch(kind) is not figure_of.dispatch(object), kind
