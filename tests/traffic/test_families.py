"""Families: named, counted, weighted, seeded and independent of each other."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tuner.errors import TrafficError
from tuner.traffic.describe import shape_facts
from tuner.traffic.families import Family, vary
from tuner.traffic.noise import burst_factors, generator, noise_factors
from tuner.traffic.shapes import Shape, TrafficShapes
from tuner.traffic.stages import StagedTraffic, parse_stages, read_stages

TALK = ("ramp 10m to 30000", "hold 20m", "ramp 8m to 150000", "hold 60m")
SURGE = StagedTraffic(name="surge", stages=parse_stages(TALK))
DAY = Shape(name="day", rpm=np.linspace(100.0, 2000.0, 1440), source="a file")


def test_an_empty_family_is_the_shape_itself():
    got = vary(SURGE, Family(), seed=1)

    assert [shape.name for shape in got] == ["surge"]
    assert read_stages(TALK).tolist() == got[0].rpm.tolist()
    assert got[0].weight == 1.0


def test_the_41_holds_of_the_talk_are_41_shapes_of_their_own_length():
    holds = tuple(range(300, 2701, 60))

    got = vary(SURGE, Family(hold_seconds=(holds,)), seed=1)

    assert len(got) == 41
    assert [78 + m for m in range(5, 46)] == [shape.rpm.size for shape in got]
    assert (got[0].name, got[-1].name) == ("surge, hold 5m", "surge, hold 45m")
    assert read_stages(TALK).tolist() == got[15].rpm.tolist()


def test_lists_are_crossed_and_every_variant_has_its_name():
    family = Family(
        hold_seconds=((720,), (600, 1200)),
        height_factors=(1.0, 1.2),
        ramp_factors=(0.5,),
        start_offset_seconds=(0, 90),
        noise_percent=5.0,
        replicates=3,
    )

    got = vary(SURGE, family, seed=1)

    assert len(got) == 2 * 2 * 2 * 3
    assert got[0].name == "surge, hold 12m, hold 2 of 10m, ramps -50 %, noise 1"
    assert got[-1].name == "surge, hold 12m, hold 2 of 20m, +20 %, ramps -50 %, 90s later, noise 3"
    assert len(got) == len(TrafficShapes.of(got))
    assert math.isclose(8.0, sum(shape.weight for shape in got))
    assert got[-1].source.startswith("stages; varied: hold 12m, hold 2 of 20m, +20 %")


def test_heights_are_above_the_start():
    base = StagedTraffic(name="s", stages=parse_stages(["ramp 2m to 300"]), start_rpm=100.0)

    got = vary(base, Family(height_factors=(1.5,)), seed=0)[0]

    assert got.rpm.tolist() == [175.0, 325.0]


def test_a_recorded_shape_is_scaled_whole_and_shifted():
    got = vary(DAY, Family(height_factors=(2.0,), start_offset_seconds=(120, -60)), seed=0)

    assert [shape.name for shape in got] == ["day, +100 %, 2m later", "day, +100 %, 1m earlier"]
    assert [200.0, 200.0, *(DAY.rpm * 2).tolist()] == got[0].rpm.tolist()
    assert (DAY.rpm[1:] * 2).tolist() == got[1].rpm.tolist()


def test_the_same_seed_gives_the_same_shapes_bit_for_bit():
    family = Family(noise_percent=10.0, bursts_per_day=20.0, replicates=4)

    first, second = vary(DAY, family, seed=3), vary(DAY, family, seed=3)
    other = vary(DAY, family, seed=4)

    for a, b, c in zip(first, second, other, strict=True):
        assert a.rpm.tobytes() == b.rpm.tobytes()
        assert a.rpm.tobytes() != c.rpm.tobytes()


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 2**40),
    holds=st.lists(st.integers(0, 3000), min_size=1, max_size=4, unique=True),
    extra=st.integers(3001, 4000),
    replicates=st.integers(1, 3),
)
def test_adding_variants_and_replicates_changes_no_other_shape(seed, holds, extra, replicates):
    family = Family(
        hold_seconds=(tuple(holds),), noise_percent=8.0, bursts_per_day=30.0, replicates=replicates
    )
    more = Family(
        hold_seconds=((extra, *holds),),
        noise_percent=8.0,
        bursts_per_day=30.0,
        replicates=replicates + 2,
    )

    few = vary(SURGE, family, seed=seed)
    many = {shape.name: shape for shape in vary(SURGE, more, seed=seed)}

    for shape in few:
        assert shape.rpm.tobytes() == many[shape.name].rpm.tobytes()


def test_adding_bursts_leaves_the_noise_as_it_was():
    calm = vary(DAY, Family(noise_percent=10.0), seed=3)[0].rpm
    burst = vary(DAY, Family(noise_percent=10.0, bursts_per_day=5.0, burst_factor=3.0), seed=3)[0]

    ratio = burst.rpm / calm

    assert ratio.min() == pytest.approx(1.0)
    assert ratio.max() == pytest.approx(3.0)


def test_noise_has_mean_1_the_spread_and_the_correlation_that_were_asked_for():
    # Five fixed seeds; each bound is more than four standard errors wide for 200,000 ticks, so the
    # chance that a correct generator fails is under 1 in 1,000.
    for seed in range(5):
        draws = generator(seed, name="x", replicate=1, stream="noise")
        got = noise_factors(200_000, percent=20.0, correlation=0.5, tick_seconds=60, draws=draws)
        logs = np.log(got)

        assert got.mean() == pytest.approx(1.0, abs=0.004)
        assert got.std() == pytest.approx(0.2, abs=0.005)
        assert np.corrcoef(logs[1:], logs[:-1])[0, 1] == pytest.approx(0.5, abs=0.01)


def test_noise_of_shorter_ticks_is_correlated_by_the_minute():
    draws = generator(1, name="x", replicate=1, stream="noise")

    logs = np.log(
        noise_factors(200_000, percent=20.0, correlation=0.5, tick_seconds=30, draws=draws)
    )

    assert np.corrcoef(logs[2:], logs[:-2])[0, 1] == pytest.approx(0.5, abs=0.02)


def test_bursts_come_as_often_and_last_as_long_as_was_asked():
    # 1,000 days of 10 bursts: the count has a standard error of 1 %; the bound is five of them.
    draws = generator(1, name="x", replicate=1, stream="bursts")

    got = burst_factors(
        1_000_000, per_day=10.0, factor=3.0, seconds=300, tick_seconds=60, draws=draws
    )

    busy = float((got - 1).sum() / 2) / got.size
    expected = 1 - math.exp(-10.0 * 300 / 86400)
    assert busy == pytest.approx(expected, rel=0.06)
    assert (got.min(), got.max()) == (1.0, 3.0)


@pytest.mark.parametrize(
    ("settings_", "pattern"),
    [
        ({"replicates": 3}, "1 replicate without noise and bursts"),
        ({"replicates": 0}, "replicates"),
        ({"height_factors": ()}, "height_factors"),
        ({"height_factors": (1.0, 1.0)}, "different numbers"),
        ({"ramp_factors": (0.0,)}, "ramp_factors"),
        ({"start_offset_seconds": ()}, "start_offset_seconds"),
        ({"hold_seconds": ((-1,),)}, "hold_seconds, hold 1"),
        ({"noise_percent": -1.0}, "noise_percent"),
        ({"noise_percent": math.nan}, "noise_percent"),
        ({"noise_correlation": 1.0}, "noise_correlation"),
        ({"bursts_per_day": -1.0}, "bursts_per_day"),
        ({"burst_factor": math.inf}, "burst_factor"),
        ({"burst_seconds": 0}, "burst_seconds"),
    ],
)
def test_a_family_that_cannot_be_is_refused_with_the_key(settings_, pattern):
    with pytest.raises(TrafficError, match=pattern):
        Family(**settings_)


def test_all_problems_of_a_family_are_told_at_once():
    with pytest.raises(TrafficError) as caught:
        Family(noise_percent=-1.0, burst_seconds=0, height_factors=())

    assert len(caught.value.problems) == 3


@pytest.mark.parametrize(
    ("base", "family", "pattern"),
    [
        (DAY, Family(hold_seconds=((60,),)), "lengths for at most 0 holds"),
        (SURGE, Family(hold_seconds=((60,), (), (1,))), "lengths for at most 2 holds"),
        (DAY, Family(ramp_factors=(2.0,)), "stages with a ramp"),
        (SURGE, Family(noise_percent=1.0, replicates=10_000, height_factors=(1.0, 2.0)), "20,000"),
        (DAY, Family(start_offset_seconds=(-86400,)), "ticks"),
    ],
)
def test_a_family_that_does_not_fit_its_base_is_refused(base, family, pattern):
    with pytest.raises(TrafficError, match=pattern):
        vary(base, family, seed=1)


def test_a_negative_seed_is_refused():
    with pytest.raises(TrafficError, match="seed"):
        vary(SURGE, Family(), seed=-1)


def test_heights_that_fall_below_zero_are_refused():
    base = StagedTraffic(name="s", stages=parse_stages(["ramp 2m to 0"]), start_rpm=100.0)

    with pytest.raises(TrafficError, match="fall below their start"):
        vary(base, Family(height_factors=(2.0,)), seed=0)


def test_the_figures_of_shapes_are_those_of_the_talk():
    got = shape_facts(TrafficShapes.of([SURGE.shape()]))

    expected = {
        "name": "surge",
        "weight": 1.0,
        "minutes": 98.0,
        "mean_rpm": pytest.approx(float(read_stages(TALK).mean())),
        "peak_rpm": 150000.0,
        "rise_8min_rpm": 112500.0,
        "source": "stages",
    }
    assert [expected] == got


def test_a_shape_shorter_than_8_minutes_has_no_rise_in_8_minutes():
    shapes = TrafficShapes.of([Shape(name="short", rpm=np.ones(5))])

    assert shape_facts(shapes)[0]["rise_8min_rpm"] is None
