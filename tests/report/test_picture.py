"""The picture of the README is what a fresh simulation gives."""

from __future__ import annotations

import re
import runpy
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pytest

ROOT = Path(__file__).parents[2]
PICTURE = ROOT / "docs" / "pictures" / "talk.svg"
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def drawing():
    return runpy.run_path(str(ROOT / "docs" / "pictures" / "talk.py"))


@pytest.fixture(scope="module")
def peaks(drawing):
    return drawing["peaks_percent"]()


def test_the_numbers_of_the_story_hold(peaks):
    talk, found = peaks

    assert peaks.shape == (2, 41)
    assert (talk > 50.0).sum() == 28
    assert (found > 50.0).sum() == 0
    assert found.max() == 39.375
    assert talk[np.arange(5, 46) == 20] == 39.375


def test_the_picture_is_drawn_from_these_numbers(drawing, peaks):
    assert drawing["draw"](peaks) == PICTURE.read_text(), "python docs/pictures/talk.py"


def test_each_hold_has_a_dot_at_its_peak(drawing, peaks):
    circles = [c.attrib for c in ET.parse(PICTURE).iter(f"{SVG}circle")]
    dots = [c for c in circles if c["r"] == "3.5"]
    expected = [f"{drawing['y_of'](peak)}" for peak in peaks.ravel()]

    assert [c["cy"] for c in dots] == expected
    assert sum(c["class"] == "bad" for c in dots) == 28


def test_the_picture_asks_for_nothing_and_suits_both_pages():
    text = PICTURE.read_text()

    assert re.findall(r"https?://[^\"]*", text) == ["http://www.w3.org/2000/svg"]
    assert "prefers-color-scheme: dark" in text
    assert not re.search(r"<(script|image|foreignObject)|url\(|@import", text)


def test_the_readme_shows_it_and_says_in_words_what_it_shows():
    shown = re.search(r"!\[([^\]]+)\]\(docs/pictures/talk\.svg\)", (ROOT / "README.md").read_text())

    assert shown is not None
    for words in ("5 to 45 minutes", "28 of 41", "50 %", "39.4 %"):
        assert words in shown[1]
