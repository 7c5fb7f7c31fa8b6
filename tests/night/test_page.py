"""The page of a night: what it says, what it allows, and that it says what the others say."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from hashlib import sha256
from html import unescape
from pathlib import Path

import pytest

from tests.night.shown import HOSTILE, RUN, busy_night
from tests.night.test_summary import figures, of, record, summary
from tuner.errors import ResultFileError
from tuner.night.page import night_html, night_policy
from tuner.night.summary import summary_from_json
from tuner.night.words import night_markdown

MOST_BYTES = 20_000


def words_of(page: str) -> str:
    """Give what a reader sees, on one line."""
    body = re.sub(r"<(style|script)>.*?</\1>", "", page, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", body)).split())


def test_who_needs_a_person_comes_before_changes_and_these_before_what_is_fine():
    page = night_html(busy_night())
    places = [page.index(f">{title}</h2>") for title in ("Needs a person", "Change proposed")]

    assert "3 of 9 services need a person, 2 want a change, 4 are fine" in words_of(page)
    assert sorted(places) == places
    assert places[1] < page.index(">Unchanged</h2>")


def test_page_and_chat_give_the_same_figures():
    night = busy_night()
    page, chat = words_of(night_html(night)), night_markdown(night)

    for figure in ("100.0 → 47.8", "117 → 0", "3,223 → 4,011", "155 → 193", "216 → 0"):
        assert figure in page
        assert figure in chat
    assert night.regret_sentence in page
    assert "23 Nov 2026: the same" in page


def test_counts_lead_to_what_they_count():
    page = night_html(busy_night())
    places = re.findall(r'href="#([a-z-]+)"', page)

    assert places == ["nothing-feasible", "no-data", "failed", "changed", "unchanged"]
    for place in places:
        assert page.count(f' id="{place}"') == 1


def test_a_quiet_night_is_headline_and_grid():
    page = night_html(of(unchanged=24))

    assert "<table" not in page
    assert "href=" not in page
    assert page.count("<li>") == 24
    assert "24 services, nothing to do: today's policies are fine" in words_of(page)


def test_hostile_names_stay_text():
    page = night_html(busy_night())

    assert HOSTILE not in page
    assert HOSTILE in words_of(page)
    assert page.count("<script>") == 1


def test_the_policy_allows_its_own_style_and_script_by_hash_and_nothing_else():
    page = night_html(busy_night())
    style, script = (
        re.findall(rf"<{name}>(.*?)</{name}>", page, re.DOTALL) for name in ("style", "script")
    )
    hashes = [
        f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"
        for (text,) in (script, style)
    ]

    assert f'content="{night_policy()}"'.replace("'", "&#39;") in page
    assert hashes == re.findall(r"'sha256-[^']+'", night_policy())
    assert "unsafe" not in night_policy()
    assert " style=" not in page
    assert not re.search(r"\son[a-z]+=", page)
    assert "http://" not in page
    assert "https://" not in page


def test_a_night_of_24_services_is_small():
    night = busy_night()
    many = summary(*night.services, *(record(f"fine-{i}", "unchanged") for i in range(15)))

    assert len(night_html(many).encode()) < MOST_BYTES


def test_names_lead_to_the_runs_of_the_state_folder_or_where_a_server_says():
    assert f'href="../../runs/{RUN}/report.html"' in night_html(busy_night())
    assert f'href="/runs/{RUN}"' in night_html(busy_night(), run_page=lambda run: f"/runs/{run}")


def test_bars_show_peaks_against_the_limit_and_stay_within():
    night = summary(
        record(
            "shop",
            "unchanged",
            limit_percent=48.0,
            today=figures(worst_peak_cpu_percent=140.0),
        )
    )
    page = night_html(night)

    assert '<rect class="over" x="96.0" width="104.0"' in page
    assert '<rect class="today" x="197.0"' in page
    assert "140.0 of 48" in words_of(page)


def test_the_page_can_be_written_again_from_the_summary():
    night = busy_night()
    again = summary_from_json(json.loads(json.dumps(night.to_json())), Path("summary.json"))

    assert night_html(again) == night_html(night)


@pytest.mark.parametrize(
    ("change", "expected"),
    [({"schema": "cliffside.night/2"}, "newer"), ({"services": None}, "other keys")],
    ids=["newer", "damaged"],
)
def test_another_summary_is_refused_in_words(change, expected):
    with pytest.raises(ResultFileError, match=expected):
        summary_from_json({**busy_night().to_json(), **change}, Path("summary.json"))
