"""Shapes that no search saw: within stated ranges, seeded, and none of the search's."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tuner.errors import TrafficError
from tuner.traffic.bootstrap import block_bootstrap, day_level
from tuner.traffic.families import vary
from tuner.traffic.family import Family
from tuner.traffic.ranges import DrawRanges, recorded_ranges, staged_ranges
from tuner.traffic.shapes import Shape, TrafficShapes
from tuner.traffic.stages import StagedTraffic, parse_stages
from tuner.traffic.unseen import Origin, days_of, draw_unseen

SURGE = StagedTraffic(
    name="surge",
    start_rpm=100.0,
    stages=parse_stages(["hold 10m", "ramp 8m to 800", "hold 20m"]),
)
HOLDS = Family(hold_seconds=((300, 1800),))
SEEN = TrafficShapes.of(vary(SURGE, HOLDS, seed=1))
RANDOM = np.random.default_rng(5)
DAYS = tuple(
    Shape(name=f"day {d}", rpm=(d + 1) * 1000.0 * np.exp(0.1 * RANDOM.standard_normal(1440)))
    for d in range(4)
)
RECORDED = TrafficShapes.of(DAYS)
ORIGIN = Origin(name="days", days=DAYS, is_daily=True, weight=4.0)


def drawn(*origins, runs=30, seed=7, seen=SEEN, **ranges):
    return draw_unseen(origins, runs=runs, seed=seed, ranges=DrawRanges(**ranges), seen=seen)


def rows(shapes):
    return [shapes.rpm_of(s) for s in range(len(shapes))]


def test_a_seed_gives_the_same_shapes_and_another_others():
    origin = Origin(name="surge", stages=SURGE, family=HOLDS)
    first, again, other = (drawn(origin, seed=seed) for seed in (7, 7, 8))

    assert first.names == again.names
    assert first.rpm.tobytes() == again.rpm.tobytes()
    assert first.rpm.tobytes() != other.rpm.tobytes()


def test_more_runs_change_none_of_the_first():
    origin = Origin(name="surge", stages=SURGE)
    few, many = drawn(origin, runs=10), drawn(origin, runs=25, noise_percent=None)

    assert few.names == many.names[:10]
    assert few.rpm.tobytes() == many.rpm[: few.rpm.size].tobytes()


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 2**31),
    holds=st.tuples(st.integers(60, 600), st.integers(0, 3000)),
    height=st.tuples(st.floats(0.5, 1.0), st.floats(0.0, 1.0)),
    offset=st.tuples(st.integers(0, 600), st.integers(0, 600)),
)
def test_every_draw_lies_within_the_stated_ranges(seed, holds, height, offset):
    spans = [(low, low + more) for low, more in (holds, height, offset)]
    shapes = drawn(
        Origin(name="surge", stages=SURGE, family=HOLDS),
        runs=5,
        seed=seed,
        hold_seconds=(spans[0],),
        height_factors=spans[1],
        start_offset_seconds=spans[2],
    )

    for rpm in rows(shapes):
        rise = (rpm[-1] - 100.0) / 700.0
        minutes = rpm.size - 28
        assert spans[1][0] - 1e-4 <= rise <= spans[1][1] + 1e-4
        assert spans[0][0] + spans[2][0] <= 60 * minutes
        assert 60 * (minutes - 1) <= spans[0][1] + spans[2][1]


def test_what_is_not_stated_follows_from_the_family():
    family = Family(hold_seconds=((300, 900),), height_factors=(0.8, 1.0, 1.3))
    spans = staged_ranges(SURGE, family, DrawRanges(ramp_factors=(0.5, 0.6)))

    assert spans.hold_seconds == ((300.0, 900.0), (1200.0, 1200.0))
    assert spans.height_factors == (0.8, 1.3)
    assert spans.ramp_factors == (0.5, 0.6)
    assert spans.start_offset_seconds == (0.0, 0.0)


@pytest.mark.parametrize("family", [None, Family()])
def test_without_a_family_the_ranges_are_our_own(family):
    spans = staged_ranges(SURGE, family, DrawRanges(hold_seconds=(None, (60.0, 90.0))))

    assert spans.hold_seconds == ((300.0, 1200.0), (60.0, 90.0))
    assert spans.height_factors == (0.9, 1.1)
    assert spans.start_offset_seconds == (0.0, 900.0)


def test_a_recorded_piece_loses_at_most_its_first_quarter():
    assert recorded_ranges(None, DrawRanges(), seconds=86_400).start_offset_seconds == (-3599, 0)
    assert recorded_ranges(None, DrawRanges(), seconds=2_000).start_offset_seconds == (-500, 0)


def test_no_shape_of_the_search_is_drawn():
    base = replace(SURGE, stages=parse_stages(["hold 10m", "jump to 800", "hold 20m"]))
    family = Family(hold_seconds=((600, 601, 602),))
    seen = TrafficShapes.of(vary(base, family, seed=1))
    shapes = drawn(
        Origin(name="surge", stages=base, family=family),
        runs=20,
        seen=seen,
        hold_seconds=((598.0, 603.0),),
    )
    known = {rpm.tobytes() for rpm in rows(seen)}

    assert not known & {rpm.tobytes() for rpm in rows(shapes)}


def test_ranges_that_hold_only_seen_shapes_are_refused_by_name():
    origin = Origin(name="surge", stages=SURGE, family=HOLDS)
    with pytest.raises(TrafficError, match="surge: expected a range to draw unseen shapes from"):
        drawn(origin, hold_seconds=((300.0, 300.0),))


def test_noise_is_fresh_and_its_twin_without_noise_is_the_same_draw():
    family = Family(hold_seconds=((300, 1800),), noise_percent=5.0, replicates=2)
    origin = Origin(name="surge", stages=SURGE, family=family)
    loud, calm = drawn(origin), drawn(origin, noise_percent=0.0)
    ratios = loud.rpm / calm.rpm

    assert loud.names == calm.names
    assert np.log(ratios).std() == pytest.approx(0.05, rel=0.15)
    assert loud.rpm.tobytes() != drawn(origin, seed=8).rpm.tobytes()


def test_bursts_of_the_family_are_drawn_afresh():
    family = Family(hold_seconds=((300, 1800),), bursts_per_day=100.0, burst_factor=3.0)
    shapes = drawn(Origin(name="surge", stages=SURGE, family=family))

    assert max(rpm.max() for rpm in rows(shapes)) > 2 * 800.0


def test_origins_are_drawn_as_often_as_they_weigh():
    light = Origin(name="light", stages=replace(SURGE, name="light"), weight=1.0)
    heavy = Origin(name="heavy", stages=replace(SURGE, name="heavy"), weight=4.0)
    names = drawn(light, heavy, runs=300).names

    assert sum("heavy" in name for name in names) == pytest.approx(240, abs=30)


def test_half_of_the_recorded_shapes_are_days_that_never_were():
    names = drawn(ORIGIN, runs=60, seen=RECORDED).names

    assert sum("a day of blocks" in name for name in names) == pytest.approx(30, abs=13)
    assert all("earlier" in name for name in names)


def test_days_that_the_search_did_not_see_are_drawn_instead_of_its_own():
    origin = replace(ORIGIN, days=DAYS[:3], other_days=DAYS[3:])
    names = drawn(origin, runs=40, seen=TrafficShapes.of(DAYS[:3])).names
    real = [name for name in names if "blocks" not in name]

    assert real
    assert all("day 3" in name for name in real)


def test_pieces_that_begin_anywhere_are_not_mixed():
    names = drawn(replace(ORIGIN, is_daily=False), seen=RECORDED).names

    assert not any("blocks" in name for name in names)


def test_a_long_recording_falls_into_days_and_a_short_one_stays_whole():
    long = Shape(name="w", rpm=np.arange(3000.0))
    days = days_of(long, tick_seconds=60)

    assert [day.name for day in days] == ["w, day 1", "w, day 2"]
    assert days[1].rpm[0] == 1440.0
    assert days_of(Shape(name="s", rpm=np.arange(2000.0)), tick_seconds=60)[0].rpm.size == 2000


@settings(max_examples=30, deadline=None)
@given(
    seed=st.integers(0, 2**31),
    block=st.integers(1, 200),
    lengths=st.lists(st.integers(1, 300), min_size=1, max_size=5),
)
def test_a_bootstrapped_day_has_the_length_of_one_and_loads_that_can_be(seed, block, lengths):
    draws = np.random.default_rng(seed)
    days = [draws.exponential(size=n) * (draws.random(n) < 0.8) for n in lengths]
    got = block_bootstrap(days, block_ticks=block, draws=draws)

    assert got.size in lengths
    assert np.isfinite(got).all()
    assert (got >= 0.0).all()


def test_a_single_day_stays_as_it_is():
    day = DAYS[0].rpm
    got = block_bootstrap([day], block_ticks=60, draws=np.random.default_rng(1))

    np.testing.assert_allclose(got, day, rtol=1e-12)


def test_a_bootstrapped_day_has_the_level_of_one_day_and_minutes_of_several():
    got = block_bootstrap([day.rpm for day in DAYS], block_ticks=60, draws=np.random.default_rng(3))
    carrier = min(DAYS, key=lambda day: abs(day.rpm.mean() - got.mean())).rpm
    same = np.isclose(got, carrier, rtol=1e-12).reshape(24, 60).all(axis=1)

    assert got.mean() == pytest.approx(carrier.mean(), rel=0.01)
    assert 0 < same.sum() < 24
    np.testing.assert_allclose(
        day_level(got, block_ticks=60), day_level(carrier, block_ticks=60), rtol=0.06
    )


@pytest.mark.parametrize(
    ("ranges", "where"),
    [
        ({"height_factors": (1.2, 0.8)}, "height_factors"),
        ({"ramp_factors": (0.0, 1.0)}, "ramp_factors"),
        ({"hold_seconds": (None, (-5.0, 3.0))}, "hold_seconds, hold 2"),
        ({"noise_percent": -1.0}, "noise_percent"),
        ({"block_seconds": 1}, "block_seconds"),
    ],
)
def test_ranges_that_cannot_be_are_refused(ranges, where):
    with pytest.raises(TrafficError, match=f"{where}: expected"):
        DrawRanges(**ranges)
