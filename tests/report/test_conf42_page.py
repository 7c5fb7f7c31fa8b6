"""The page that compares the talk's production with simulations is what fresh runs give."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "conf42.md"
PICTURE = ROOT / "docs" / "pictures" / "conf42.svg"
COMMAND = "python docs/conf42.py > docs/conf42.md"


@pytest.fixture(scope="module")
def page():
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT / "docs"))
        yield runpy.run_path(str(ROOT / "docs" / "conf42.py"))


@pytest.fixture(scope="module")
def counted(page):
    return page["tally"]()


@pytest.fixture(scope="module")
def seen(page):
    return page["looks"](page["SEEN_TRAFFIC"])


@pytest.fixture(scope="module")
def talk(page):
    return page["looks"](page["TALK_TRAFFIC"])


@pytest.mark.slow
def test_the_page_is_what_a_fresh_run_gives(page, counted):
    assert page["document"](counted) == PAGE.read_text(encoding="utf-8"), COMMAND


def test_the_picture_is_drawn_from_fresh_runs(page):
    assert page["picture"]() == PICTURE.read_text(encoding="utf-8"), COMMAND


def test_the_picture_asks_for_nothing_and_suits_both_pages():
    text = PICTURE.read_text(encoding="utf-8")

    assert re.findall(r"https?://[^\"]*", text) == ["http://www.w3.org/2000/svg"]
    assert "prefers-color-scheme: dark" in text
    assert not re.search(r"<(script|image|foreignObject)|url\(|@import", text)


def test_the_simulation_is_the_one_whose_peak_the_law_states(page, talk):
    assert talk[page["SIMULATION"]].peak_percent == 39.375


def test_every_phase_delay_launch_and_cooldown_is_among_the_settings(page):
    settings = {(s.phase, s.delay_seconds, s.boots, s.cooldown_seconds) for s in page["SETTINGS"]}
    expected = {
        (phase, delay, boots, cooldown)
        for phase in (None, 0, 1, 2, 3, 4)
        for delay in (0, 60)
        for boots in (False, True)
        for cooldown in (180, 360)
    }

    assert settings == expected
    assert len(page["SETTINGS"]) == len(expected)


def test_a_setting_of_elastic_beanstalk_has_the_alarm_that_it_builds(page):
    plan = page["Setting"](cooldown_seconds=360).plan()

    for side, operator in (
        (plan.scale_out, "GreaterThanThreshold"),
        (plan.scale_in, "LessThanThreshold"),
    ):
        alarm = side.alarm
        assert (alarm.period_seconds, alarm.evaluation_periods, alarm.datapoints_to_alarm) == (
            300,
            1,
            1,
        )
        assert (alarm.comparison_operator, alarm.threshold_percent) == (operator, 15.0)
        assert side.policy.cooldown_seconds == 360


def test_detailed_monitoring_starts_two_minutes_earlier_and_no_setting_more(page, seen):
    first = {setting: look.first for setting, look in seen.items()}

    assert first[page["SIMULATION"]] == 11
    assert first[page["Setting"]()] == 9
    assert first[page["Setting"](delay_seconds=60)] == 10
    assert min(first.values()) == 9


@pytest.mark.slow
def test_no_run_from_one_instance_starts_four_to_six_minutes_earlier(counted):
    shown = [found["first 4–6 earlier"] for (_, t), found in counted.items() if t.start == 1]

    assert len(shown) == 49 * 41 * 3
    assert not any(shown)


def test_the_mean_of_the_first_minute_takes_idle_instances_away_at_once(page):
    run, traffic = page["run"], page["Traffic"](start=4)

    assert run(page["Setting"](), traffic).desired_capacity[0] == 3
    assert run(page["SIMULATION"], traffic).desired_capacity[:5].tolist() == [4, 4, 4, 4, 3]


def test_the_early_scale_outs_with_boot_cpu_do_not_answer_the_load(page, seen):
    simulated = seen[page["SIMULATION"]]
    early = [
        setting
        for setting in page["SETTINGS"]
        if page["observations"](seen[setting], simulated)["surge 4–6 earlier"] and setting.boots
    ]

    assert len(early) == 7
    for setting in early:
        end = seen[setting].on_surge + 1
        cpu = page["run"](setting, page["SEEN_TRAFFIC"]).cpu_percent
        assert cpu[end - 10 : end].max() < 8.0


def test_only_the_cooldown_of_elastic_beanstalk_makes_growth_slower(page, seen, talk):
    slower = {s for s in page["SETTINGS"] if talk[s].added < talk[page["SIMULATION"]].added}

    assert slower == {s for s in page["SETTINGS"] if s.cooldown_seconds == 360}
    assert {step for look in (*seen.values(), *talk.values()) for step in look.steps} == {2, -1}


def test_only_one_setting_has_a_mean_of_26_and_none_a_minute(page, seen):
    settings = page["SETTINGS"]
    means = [s for s in settings if page["is_seen"](seen[s].peak_mean_percent)]

    assert means == [page["Setting"](phase=4)]
    assert seen[means[0]].peak_mean_percent == 25.5
    assert not [s for s in settings if page["is_seen"](seen[s].peak_percent)]
    assert seen[page["Setting"](phase=3)].peak_percent == pytest.approx(28.59375)


@pytest.mark.slow
def test_no_run_shows_all_three_with_a_minute_and_none_has_a_smaller_step(counted):
    assert not any(found["all three"] for found in counted.values())
    assert not any(found["smaller step"] for found in counted.values())


@pytest.mark.parametrize(
    ("percent", "expected"), [(25.4, False), (25.5, True), (27.4, True), (27.5, False)]
)
def test_a_percent_is_as_seen_where_it_reads_as_26_or_27(page, percent, expected):
    assert page["is_seen"](percent) is expected
