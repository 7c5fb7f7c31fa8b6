"""`capacity` by the real door: hosts for a steady load."""

from __future__ import annotations

import json

import pytest

from tests.doors.command import CONF42, CONFIGS, call


def answer(capsys, *arguments):
    got = call(capsys, "capacity", "--config", CONF42, *arguments, "--output", "json")

    assert got.code == 0, got.err
    return json.loads(got.out)


def test_the_talks_host_needs_three_for_the_talks_surge(capsys):
    got = answer(capsys, "--rpm", 150_000, "--target", 30, "--zones", 3)

    # 150,000 rpm x 0.75 % per 1,000 rpm are 112.5 %: 3 hosts within 50 %, 4 within 30 %.
    assert got["schema"] == "cliffside.capacity/1"
    assert (got["hosts"], got["cpu_percent"]) == (3, 37.5)
    assert (got["hosts_at_target"], got["hosts_if_one_lost"]) == (4, 4)
    assert got["hosts_if_zone_lost"] == 5  # two, two and one: three are left
    assert got["fixed_instances"] == 3
    assert got["max_size"] == 1000
    assert got["max_size_rpm"] == pytest.approx(1000 * 50 / 0.75 * 1000, rel=1e-6)


def test_what_was_not_asked_is_null(capsys):
    got = answer(capsys, "--rpm", 0)

    assert (got["hosts"], got["hosts_at_target"], got["hosts_if_zone_lost"]) == (0, None, None)


def test_the_margin_of_the_job_is_kept_and_a_load_test_gives_the_line(capsys):
    got = call(capsys, "capacity", "--config", CONFIGS / "demo.toml", "--rpm", 150_000)

    assert got.code == 0
    assert "150,000 rpm need" in got.out
    assert "The smallest fixed group" in got.out
    assert "zones" not in got.out


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ([], "--rpm"),
        (["--rpm", "-1"], "-1"),
        (["--rpm", "nan"], "finite"),
        (["--rpm", "1e5", "--target", 120], "at most 100"),
        (["--rpm", "1e5", "--zones", 1], "zones"),
        (["--rpm", "1e300"], "hosts keep to"),
    ],
    ids=str,
)
def test_a_question_that_cannot_be_is_a_sentence(capsys, arguments, word):
    got = call(capsys, "capacity", "--config", CONF42, *arguments)

    assert (got.code, got.out) == (2, "")
    assert word in got.err
    assert "Traceback" not in got.err
