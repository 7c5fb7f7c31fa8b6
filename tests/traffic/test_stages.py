"""Stages in words become exact tick means."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tuner.errors import TrafficError
from tuner.traffic.stages import (
    Stage,
    StagedTraffic,
    parse_stages,
    read_stages,
    stage_ticks,
)
from tuner.traffic.words import parse_rpm

TALK = ["ramp 10m to 30000", "hold 20m", "ramp 8m to 150000", "hold 60m"]


def test_the_talk_is_98_ticks_of_exact_means():
    rpm = read_stages(TALK)

    assert len(rpm) == 98
    assert rpm[:10].tolist() == [1500.0 + 3000 * t for t in range(10)]
    assert rpm[10:30].tolist() == [30000.0] * 20
    assert rpm[30:38].tolist() == [37500.0 + 15000 * t for t in range(8)]
    assert rpm[38:].tolist() == [150000.0] * 60


def test_the_result_is_read_only():
    assert not read_stages(["hold 1m at 5"]).flags.writeable


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("30000", 30000.0),
        ("30_000", 30000.0),
        ("30,000", 30000.0),
        ("30k", 30000.0),
        ("30 K rpm", 30000.0),
        ("30000rpm", 30000.0),
        ("1.5M", 1_500_000.0),
        ("0", 0.0),
        ("1,234,567.5 rpm", 1234567.5),
    ],
)
def test_loads_are_read_as_people_write_them(text, expected):
    assert expected == parse_rpm(text)


@pytest.mark.parametrize("text", ["", "-3", "3,00", "1__0", "k", "1e6", "nan", "inf", "3 rps", "٣"])
def test_what_is_no_load_is_refused(text):
    with pytest.raises(ValueError, match="not a load"):
        parse_rpm(text)


def test_every_form_becomes_records():
    got = parse_stages(["Ramp 1h30m to 30k", "HOLD  90s", "hold 5m at 2,000 rpm", "jump to 7"])

    expected = (
        Stage("ramp", 5400, 30000.0),
        Stage("hold", 90),
        Stage("jump", 0, 2000.0),
        Stage("hold", 300),
        Stage("jump", 0, 7.0),
    )
    assert expected == got


def test_a_stage_may_end_inside_a_tick():
    got = read_stages(["ramp 90s to 900", "jump to 0", "hold 30s"]).tolist()

    expected = [300.0, (750.0 * 30 + 0.0 * 30) / 60]
    assert expected == got


def test_the_last_load_is_held_to_the_end_of_its_tick():
    got = read_stages(["ramp 80s to 800"]).tolist()

    expected = [300.0, 700.0 * 20 / 60 + 800.0 * 40 / 60]
    assert expected == got


def test_a_start_offset_is_a_hold_before_or_a_cut():
    stages = parse_stages(["ramp 2m to 1200", "hold 1m"])

    assert stage_ticks(stages, start_rpm=100.0, offset_seconds=60).tolist() == [
        100.0,
        100.0 + 275.0,
        925.0,
        1200.0,
    ]
    assert stage_ticks(stages, offset_seconds=-60).tolist() == [900.0, 1200.0]


def test_every_bad_stage_is_named_with_its_number_text_and_an_example():
    bad = ["rmap 10m to 3", "ramp to 3", "hold 5", "ramp 0m to 4", "hold 9m at -3", "jump 3", "x"]

    with pytest.raises(TrafficError) as caught:
        read_stages(["hold 1m", *bad])

    assert len(bad) == len(caught.value.problems)
    for number, (text, problem) in enumerate(zip(bad, caught.value.problems, strict=True), start=2):
        assert problem.where == f"stage {number}"
        assert repr(text) == problem.got
        assert "`" in str(problem)
    assert "Did you mean `ramp`?" in caught.value.problems[0].next_step


@pytest.mark.parametrize("stages", [[], "hold 3m", ["jump to 3"], ["hold 0m"], ["hold 9999999h"]])
def test_stages_without_or_with_too_much_time_are_refused(stages):
    with pytest.raises(TrafficError):
        read_stages(stages)


@pytest.mark.parametrize("start", [-1.0, math.nan, math.inf])
def test_a_start_that_is_no_load_is_refused(start):
    with pytest.raises(TrafficError, match="start_rpm"):
        read_stages(TALK, start_rpm=start)


def test_a_tick_of_no_length_is_refused():
    with pytest.raises(TrafficError, match="tick_seconds"):
        read_stages(TALK, tick_seconds=0)


def test_staged_traffic_gives_its_plain_shape():
    surge = StagedTraffic(name="surge", stages=parse_stages(TALK), weight=2.0)

    got = surge.shape()

    assert (got.name, got.weight, got.rpm.size) == ("surge", 2.0, 98)


loads = st.integers(0, 200_000).map(float)
stages_of_any_kind = st.one_of(
    st.builds(Stage, st.just("ramp"), st.integers(1, 4000), loads),
    st.builds(Stage, st.just("hold"), st.integers(0, 4000)),
    st.builds(Stage, st.just("jump"), st.just(0), loads),
)


def integral(stages, start, seconds):
    """Requests of a list of stages, its last load held, as an exact fraction."""
    total, load, spent = Fraction(0), Fraction(start), 0
    for stage in stages:
        target = load if stage.rpm is None else Fraction(stage.rpm)
        total += (load + target) / 2 * stage.seconds
        load, spent = target, spent + stage.seconds
    return (total + load * (seconds - spent)) / 60


@settings(max_examples=150, deadline=None)
@given(
    stages=st.lists(stages_of_any_kind, min_size=1, max_size=8),
    start=loads,
    tick=st.sampled_from([1, 10, 60, 300]),
)
def test_ticks_conserve_the_requests_of_the_stages(stages, start, tick):
    if not sum(stage.seconds for stage in stages):
        return

    rpm = stage_ticks(stages, start_rpm=start, tick_seconds=tick)

    expected = float(integral(stages, start, rpm.size * tick))
    got = float(rpm.sum() * tick / 60)
    assert math.isclose(expected, got, rel_tol=1e-9, abs_tol=1e-6)
    assert (rpm >= 0).all()


@settings(max_examples=60, deadline=None)
@given(stages=st.lists(stages_of_any_kind, min_size=1, max_size=6), start=loads)
def test_coarse_ticks_are_means_of_fine_ones(stages, start):
    if not sum(stage.seconds for stage in stages):
        return

    fine = stage_ticks(stages, start_rpm=start, tick_seconds=1)
    coarse = stage_ticks(stages, start_rpm=start, tick_seconds=60)

    padded = np.append(fine, np.full(coarse.size * 60 - fine.size, coarse[-1]))
    n_whole = fine.size // 60
    np.testing.assert_allclose(
        padded.reshape(-1, 60).mean(axis=1)[:n_whole], coarse[:n_whole], rtol=1e-9, atol=1e-9
    )
