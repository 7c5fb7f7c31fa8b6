"""Recordings become shapes: days, parts, ticks and a stated policy for gaps."""

import math
from datetime import UTC
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tuner.errors import TrafficError
from tuner.traffic.cuts import cut_recording
from tuner.traffic.gaps import fill_gaps, holes_within
from tuner.traffic.recorded import read_recorded
from tuner.traffic.recording import recording_of
from tuner.traffic.shapes import TrafficShapes
from tuner.traffic.stairs import mean_over_ticks, shifted

ROOT = Path(__file__).parents[2]
WORLD_CUP = ROOT / "configs" / "data" / "worldcup98" / "requests_per_minute_0628_0702.csv"
NAB = ROOT / "tests" / "data" / "nab"
DAY = 86400


def recording(stamps, values, zone=UTC, unit="rpm"):
    return recording_of(
        np.array(stamps, dtype=np.int64),
        np.array(values, dtype=np.float64),
        source="load.csv",
        column="rpm",
        unit=unit,
        zone=zone,
    )


def test_the_world_cup_gives_five_days_of_1440_ticks_to_the_request():
    cup = read_recorded(WORLD_CUP, unit="requests")

    got = cut_recording(cup, name="cup", cut="day")

    expected = [f"cup 1998-0{day}" for day in ("6-28", "6-29", "6-30", "7-01", "7-02")]
    assert expected == [shape.name for shape in got.shapes]
    assert [shape.rpm.size for shape in got.shapes] == [1440] * 5
    assert sum(float(shape.rpm.sum()) for shape in got.shapes) == 200233293.0
    assert len(TrafficShapes.of(got.shapes)) == 5
    assert "1998-06-29T00:00:00 to 1998-06-30T00:00:00 UTC" in got.shapes[1].source


def test_the_whole_world_cup_keeps_every_row_and_scales():
    cup = read_recorded(WORLD_CUP, unit="requests")

    got = cut_recording(cup, scale=0.5, weight=3.0).shapes[0]

    assert (got.rpm.size, got.weight, got.rpm.max()) == (7200, 3.0, 225138 / 2)
    assert got.source.endswith("times 0.5")
    assert not got.rpm.flags.writeable


def test_days_with_too_few_rows_are_left_out_and_said():
    balancer = read_recorded(NAB / "elb_request_count_8c0756.csv", unit="requests")

    got = cut_recording(balancer, name="elb", cut="day", gaps="zero")

    assert len(got.shapes) == 14
    assert "1 of 15 days were left out" in got.notes[0]
    assert "2014-04-24 (3 % of its rows)" in got.notes[0]
    assert any("8 missing rows were filled by the policy `zero`" in note for note in got.notes)
    assert any("held over its ticks" in note for note in got.notes)


def test_gaps_are_refused_unless_a_policy_is_chosen():
    balancer = read_recorded(NAB / "elb_request_count_8c0756.csv", unit="requests")

    with pytest.raises(TrafficError) as caught:
        cut_recording(balancer)

    text = str(caught.value)
    assert "2014-04-10T11:34:00 to 2014-04-10T11:39:00 (1 row)" in text
    assert "and 3 more" in text
    for choice in ("hold", "interpolate", "zero", "split", "full_day_fraction"):
        assert choice in text


GAPPY = ([0, 60, 240, 300], [10.0, 20.0, 50.0, 60.0])


@pytest.mark.parametrize(
    ("gaps", "expected"),
    [
        ("hold", [10, 20, 20, 20, 50, 60]),
        ("interpolate", [10, 20, 30, 40, 50, 60]),
        ("zero", [10, 20, 0, 0, 50, 60]),
    ],
)
def test_a_policy_fills_the_missing_rows(gaps, expected):
    got = cut_recording(recording(*GAPPY), gaps=gaps).shapes[0]

    assert expected == got.rpm.tolist()


def test_split_cuts_at_the_gap_and_shares_the_weight_by_length():
    minutes = [*range(60), *range(100, 220), *range(300, 310)]

    got = cut_recording(
        recording([60 * m for m in minutes], [float(m) for m in minutes]), gaps="split", weight=3.0
    )

    assert [shape.name for shape in got.shapes] == ["load, part 1", "load, part 2"]
    assert [shape.weight for shape in got.shapes] == [1.0, 2.0]
    assert list(range(100, 220)) == got.shapes[1].rpm.tolist()
    assert any("1 parts shorter than 30 minutes" in note for note in got.notes)


def test_split_with_nothing_long_enough_says_so():
    with pytest.raises(TrafficError, match="only shorter ones"):
        cut_recording(recording(*GAPPY), gaps="split")


def test_a_hole_at_the_edge_of_a_kept_day_is_a_gap():
    rows = [60 * m for m in range(30, 1440)]
    short = recording(rows, [5.0] * len(rows))

    with pytest.raises(TrafficError, match="1970-01-01T00:00:00 to 1970-01-01T00:30:00"):
        cut_recording(short, cut="day")
    assert (
        cut_recording(short, cut="day", gaps="zero").shapes[0].rpm.tolist()
        == [0.0] * 30 + [5.0] * 1410
    )
    assert cut_recording(short, cut="day", gaps="hold").shapes[0].rpm.tolist() == [5.0] * 1440
    split = cut_recording(short, cut="day", gaps="split").shapes[0]
    assert (split.name, split.rpm.size) == ("load 1970-01-01", 1410)


def test_a_hole_at_the_end_of_a_kept_day_is_zero_under_zero():
    rows = [60 * m for m in range(1400)]

    got = cut_recording(recording(rows, [5.0] * 1400), cut="day", gaps="zero").shapes[0]

    assert got.rpm.tolist() == [5.0] * 1400 + [0.0] * 40


def test_a_day_of_a_zone_with_a_clock_change_has_23_hours(tmp_path):
    start = 1774738800  # 2026-03-29 00:00 in Prague
    rows = "".join(f"{start + 300 * i},{i}\n" for i in range(23 * 12))
    path = tmp_path / "spring.csv"
    path.write_text("time,rpm\n" + rows)

    got = cut_recording(read_recorded(path, time_zone="Europe/Prague"), cut="day").shapes

    assert [(shape.name, shape.rpm.size) for shape in got] == [("spring 2026-03-29", 23 * 60)]


def test_no_full_day_says_how_full_they_are():
    with pytest.raises(TrafficError, match=r"a day with at least 95 % .*0 % of its rows"):
        cut_recording(recording(*GAPPY), cut="day", gaps="hold")


@pytest.mark.parametrize(
    "setting",
    [
        {"tick_seconds": 0},
        {"scale": 0.0},
        {"scale": math.nan},
        {"weight": -1.0},
        {"full_day_fraction": 0.0},
        {"full_day_fraction": 1.5},
        {"cut": "hour"},
        {"gaps": "drop"},
    ],
)
def test_a_setting_that_cannot_be_is_named(setting):
    with pytest.raises(TrafficError, match=next(iter(setting))):
        cut_recording(recording(*GAPPY), **setting)


def test_a_recording_of_too_many_ticks_is_refused():
    with pytest.raises(TrafficError, match="1 to 1,000,000 ticks"):
        cut_recording(recording([0, DAY, 2 * DAY, 3 * DAY, 4000 * DAY], [1.0] * 5), gaps="hold")


def test_the_first_of_repeated_stamps_is_used():
    got = cut_recording(recording([0, 60, 60, 120], [1.0, 2.0, 9.0, 3.0])).shapes[0]

    assert got.rpm.tolist() == [1.0, 2.0, 3.0]


def test_a_jittering_clock_leaves_no_holes():
    got = cut_recording(recording([0, 59, 121, 180], [1.0, 2.0, 3.0, 4.0]), tick_seconds=1)

    expected = [1.0] * 59 + [2.0] * 62 + [3.0] * 59 + [4.0] * 59
    assert expected == got.shapes[0].rpm.tolist()[: len(expected)]


def test_holes_within_a_window_are_clipped_to_it():
    stamps = np.array([0, 60, 600, 660])

    got = holes_within(stamps, step_seconds=60, begin=0, end=300)

    assert [(hole.after, hole.before, hole.missing_slots) for hole in got] == [(120, 300, 3)]
    assert not holes_within(stamps, step_seconds=60, begin=600, end=760)


series = st.lists(st.integers(0, 10**6).map(float), min_size=2, max_size=40)


@settings(max_examples=150, deadline=None)
@given(
    values=series,
    step=st.sampled_from([1, 7, 10, 60, 90, 300]),
    tick=st.sampled_from([1, 10, 60, 300]),
    start=st.integers(0, 10**6),
)
def test_resampling_conserves_requests(values, step, tick, start):
    stamps = [start + step * i for i in range(len(values))]

    got = cut_recording(recording(stamps, values), tick_seconds=tick).shapes[0].rpm

    left_over = got.size * tick - len(values) * step
    expected = (sum(values) * step + values[-1] * left_over) / 60
    assert math.isclose(expected, float(got.sum()) * tick / 60, rel_tol=1e-9, abs_tol=1e-6)
    assert min(values) - 1e-6 <= got.min()
    assert got.max() <= max(values) + 1e-6


@settings(max_examples=100, deadline=None)
@given(values=series, offset=st.integers(-60, 4000), tick=st.sampled_from([10, 60]))
def test_a_shift_holds_the_first_load_and_conserves_the_rest(values, offset, tick):
    rpm = np.array(values)

    got = (
        shifted(rpm, offset_seconds=offset, tick_seconds=tick)
        if (offset > -tick * rpm.size)
        else None
    )

    if got is not None:
        end = rpm.size * tick + offset
        expected = rpm.sum() * tick + rpm[0] * max(offset, 0) + rpm[-1] * (got.size * tick - end)
        cut = -min(offset, 0)
        expected -= rpm[: cut // tick].sum() * tick + (
            rpm[cut // tick] * (cut % tick) if cut % tick else 0.0
        )
        assert math.isclose(expected, float(got.sum()) * tick, rel_tol=1e-9, abs_tol=1e-5)


@settings(max_examples=100, deadline=None)
@given(
    slots=st.lists(st.integers(0, 200), min_size=2, max_size=40, unique=True).map(sorted),
    gaps=st.sampled_from(["hold", "interpolate", "zero"]),
)
def test_a_filled_series_has_every_slot_and_keeps_every_row(slots, gaps):
    stamps = np.array(slots, dtype=np.int64) * 60
    rpm = np.arange(1.0, stamps.size + 1)

    filled, loads = fill_gaps(stamps, rpm, step_seconds=60, gaps=gaps)

    assert list(range(slots[0] * 60, slots[-1] * 60 + 1, 60)) == filled.tolist()
    assert rpm.tolist() == loads[np.isin(filled, stamps)].tolist()


def test_a_tick_inside_one_stair_has_its_value_to_the_bit():
    edges = np.array([0, 420, 840])
    rpm = np.array([0.1, 1 / 3])

    got = mean_over_ticks(edges, rpm, begin=0, end=840, tick_seconds=60)

    assert got.tolist() == [0.1] * 7 + [1 / 3] * 7
