"""What a person reads of a night in a minute."""

from __future__ import annotations

from typing import Any

import pytest

from tuner.cli.night_verb import end_in_words
from tuner.night.page import night_html
from tuner.night.record import LastNight, Outcome, PlanFigures, ServiceNight
from tuner.night.summary import Summary
from tuner.night.words import last_night_words, night_markdown


def figures(**more: Any) -> PlanFigures:
    given = {
        "words": "scale out by 1 above 30 % for 1 minute",
        "plan": {},
        "host_minutes": 100.0,
        "minutes_over_cliff": 0.0,
        "host_minutes_per_day": 1_440.0,
        "minutes_over_cliff_per_day": 0.0,
        "mean_cpu_percent": 20.0,
        "worst_peak_cpu_percent": 40.0,
        "usd_per_month": None,
        "unseen_shapes_over": None,
    }
    return PlanFigures(**{**given, **more})


def record(name: str, outcome: Outcome, **more: Any) -> ServiceNight:
    given = {
        "service": name,
        "title": name,
        "config": f"{name}.toml",
        "origin_sha256": "",
        "outcome": outcome,
        "why": f"why {name}.",
        "next_step": f"do {name}.",
    }
    return ServiceNight(**{**given, **more})


def summary(*services: ServiceNight) -> Summary:
    return Summary(
        night="2026-11-24",
        started_utc="2026-11-24T01:00:00.000Z",
        finished_utc="2026-11-24T02:00:00.000Z",
        services=services,
    )


def of(**counts: int) -> Summary:
    names: dict[str, Outcome] = {
        "failed": "failed",
        "nodata": "no data",
        "infeasible": "nothing feasible",
        "changed": "changed",
        "unchanged": "unchanged",
    }
    return summary(
        *(record(f"{key}-{i}", names[key]) for key, count in counts.items() for i in range(count))
    )


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        (
            {"failed": 1, "nodata": 1, "infeasible": 2, "changed": 3, "unchanged": 17},
            "4 of 24 services need a person, 3 want a change, 17 are fine.",
        ),
        (
            {"failed": 1, "changed": 1, "unchanged": 1},
            "1 of 3 services needs a person, 1 wants a change, 1 is fine.",
        ),
        ({"changed": 2, "unchanged": 1}, "2 of 3 services want a change, 1 is fine."),
        ({"failed": 1}, "1 of 1 service needs a person."),
        ({"unchanged": 24}, "24 services, nothing to do: today's policies are fine."),
    ],
    ids=str,
)
def test_the_sentence_on_top(counts, expected):
    assert expected == of(**counts).headline


@pytest.mark.parametrize(
    ("counts", "expected", "detailed"),
    [
        ({"unchanged": 2}, 0, 0),
        ({"unchanged": 2, "changed": 1}, 0, 4),
        ({"infeasible": 1, "changed": 1}, 3, 3),
        ({"nodata": 1, "infeasible": 1}, 1, 1),
        ({"failed": 1, "infeasible": 1}, 1, 1),
    ],
    ids=str,
)
def test_exit_codes(counts, expected, detailed):
    assert expected == of(**counts).exit_code()
    assert detailed == of(**counts).exit_code(detailed=True)


def test_a_quiet_night_is_one_line_in_a_chat():
    assert night_markdown(of(unchanged=24)) == (
        "**Night of 24 Nov 2026: 24 services, nothing to do: today's policies are fine.**\n"
    )


def test_regret_is_of_services_where_today_is_dearer_and_of_minutes_over_the_cliff():
    dear = record(
        "dear",
        "changed",
        today=figures(host_minutes_per_day=2_000.0, usd_per_month=60.0),
        recommended=figures(host_minutes_per_day=1_500.0, usd_per_month=45.0),
        regret_host_minutes_per_day=500.0,
        regret_usd_per_month=15.0,
    )
    cheap_but_over = record(
        "over",
        "changed",
        today=figures(host_minutes_per_day=1_000.0, minutes_over_cliff_per_day=54.0),
        recommended=figures(host_minutes_per_day=1_300.0),
        regret_host_minutes_per_day=-300.0,
    )
    kept = record("kept", "unchanged", regret_host_minutes_per_day=0.0)
    night = summary(dear, cheap_but_over, kept)

    assert night.regret == {
        "host_minutes_per_day": 500.0,
        "usd_per_month": 15.0,
        "minutes_over_cliff_per_day": 54.0,
    }
    assert night.regret_sentence == (
        "Keeping today's policies means 500 host-minutes a day (15 USD a month) too many and"
        " 54 minutes a day over the cliff."
    )


def test_who_needs_a_person_comes_first_with_why_and_what_to_do():
    text = night_markdown(
        summary(
            record("b", "changed", today=figures(), recommended=figures(usd_per_month=3.0)),
            record("c", "unchanged"),
            record("a", "failed"),
        )
    )
    places = [text.index(word) for word in ("Needs a person", "why a. do a.", "Change", "Unchan")]

    assert places == sorted(places)


def test_names_never_become_markup():
    name = "a|b<script>@channel`x`[y](http://z)"
    text = night_markdown(summary(record(name, "failed"), record(f"{name}2", "changed")))

    assert "<script>" not in text.replace("\\<", "").replace("\\>", "")
    assert "|b\\<" not in text.replace("\\|", "")
    assert "@channel" not in text.replace("\\@", "")
    assert "](" not in text.replace("\\]", "")


def test_hosts_that_are_fitted_from_the_archive_are_named_together():
    words = "fitted from the archive of 2026-11-15 to 2026-11-28, due again on 2026-12-06"
    night = summary(
        record("a", "changed", fit=words),
        record("b", "unchanged", fit=words),
        record("c", "unchanged"),
    )
    line = f"Hosts {words}: a, b."

    assert night_markdown(night).endswith(f"{line}\n")
    assert line in night_html(night)


def test_the_last_night_in_words():
    last = LastNight(night="2026-11-23", outcome="changed", same_plan=True, host_minutes_per_day=1)

    assert last_night_words(record("a", "changed")) == "no earlier one"
    assert last_night_words(record("a", "changed", last_night=last)) == "23 Nov 2026: the same"


def test_the_end_of_a_night_is_told_from_the_pace_so_far():
    assert end_in_words(1, 4, seconds=600.0, now=0.0) == "; ends about 00:30 UTC"
