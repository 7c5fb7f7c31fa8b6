"""What recordings and shapes hold, as plain values for tables, JSON and tests."""

from __future__ import annotations

import numpy as np

from tuner.traffic.facts import rise_if_held, rise_if_joined, swing_facts
from tuner.traffic.recording import Recording
from tuner.traffic.shapes import TrafficShapes
from tuner.traffic.zones import SECONDS_PER_DAY, local_seconds, zone_name

FULL_DAY_FRACTION = 0.95


def shape_facts(shapes: TrafficShapes) -> list[dict[str, object]]:
    """Give one row of figures for each shape, in order.

    Parameters
    ----------
    shapes : TrafficShapes
        As joined.

    Returns
    -------
    list of dict
        With the keys ``name``, ``weight``, ``minutes``, ``mean_rpm``, ``peak_rpm``,
        ``rise_8min_rpm`` (the steepest rise within 8 minutes from tick to tick, None for a shape
        that is shorter) and ``source``.

    Examples
    --------
    >>> from tuner.traffic.shapes import Shape
    >>> surge = Shape(name="surge", rpm=np.arange(10.0))
    >>> shape_facts(TrafficShapes.of([surge]))[0]["rise_8min_rpm"]
    8.0
    """
    rows: list[dict[str, object]] = []
    for s, (name, source) in enumerate(zip(shapes.names, shapes.sources, strict=True)):
        rpm = shapes.rpm_of(s)
        stamps = np.arange(rpm.size, dtype=np.int64) * shapes.tick_seconds
        rise = rise_if_held(stamps, rpm, step_seconds=shapes.tick_seconds)
        rows.append(
            {
                "name": name,
                "weight": float(shapes.weight[s]),
                "minutes": rpm.size * shapes.tick_seconds / 60,
                "mean_rpm": float(rpm.mean()),
                "peak_rpm": float(rpm.max()),
                "rise_8min_rpm": None if rise is None else rise.rpm,
                "source": source,
            }
        )
    return rows


def recording_facts(recording: Recording) -> dict[str, object]:
    """Give what a person would check against the file, in plain values.

    Parameters
    ----------
    recording : Recording
        As read.

    Returns
    -------
    dict
        Rows, stamps, gaps, repeats, sum in the file's unit, statistics in requests per minute, the
        daily peak over trough, and the steepest rise in 8 minutes under both readings: each row
        held, or rows joined by lines.

    Notes
    -----
    Totals hold all rows, repeats included; rises and days hold the first row of each stamp. p99 is
    interpolated between order statistics. Elsewhere in cliffside rows are held.
    """
    stamps, rpm, step = recording.stamps, recording.rpm, recording.step_seconds
    first = recording.is_first
    once, once_rpm = stamps[first], rpm[first]
    gaps = recording.gaps
    slots = [gap.missing_slots for gap in gaps]
    local = local_seconds(once, recording.zone)
    held = rise_if_held(once, once_rpm, step_seconds=step)
    joined = rise_if_joined(once, once_rpm, step_seconds=step)
    median = float(np.median(rpm))
    return {
        "rows": len(recording),
        "step_seconds": step,
        "unit_in_file": recording.unit,
        "clock": zone_name(recording.zone),
        "first": recording.at(int(stamps[0])),
        "last": recording.at(int(stamps[-1])),
        "minutes_covered_by_rows": int(first.sum()) * step / 60,
        "minutes_first_to_end_of_last": (recording.end - int(stamps[0])) / 60,
        "gaps": {
            "count": len(gaps),
            "missing_slots": sum(slots),
            "longest_missing_slots": max(slots, default=0),
            "where": [
                {
                    "after": recording.at(gap.after),
                    "before": recording.at(gap.before),
                    "missing_slots": gap.missing_slots,
                }
                for gap in gaps
            ],
        },
        "duplicate_stamps": recording.duplicates,
        "duplicate_rows_identical": recording.identical_duplicates,
        "out_of_order": recording.out_of_order,
        "steps_that_are_not_nominal": int((np.diff(stamps) != step).sum()),
        "phases_of_stamps_seconds": np.unique(stamps % step).tolist(),
        "missing_values": recording.missing_values,
        "zeros": int((rpm == 0).sum()),
        "sum_in_file_units": float(recording.values.sum()),
        "min": float(rpm.min()),
        "median": median,
        "mean": float(rpm.mean()),
        "p99": float(np.percentile(rpm, 99)),
        "max": float(rpm.max()),
        "max_over_median": float(rpm.max()) / median if median > 0 else None,
        "max_at": recording.at(int(stamps[np.argmax(rpm)])),
        "daily_peak_to_trough": swing_facts(
            local // SECONDS_PER_DAY,
            local % SECONDS_PER_DAY // 3600,
            once_rpm,
            day_rows=FULL_DAY_FRACTION * SECONDS_PER_DAY / step,
        ),
        "rise_8min_if_each_step_is_held": None if held is None else held.rpm,
        "rise_8min_if_joined_by_lines": None if joined is None else joined.rpm,
        "rise_8min_start": None if held is None else recording.at(held.start),
    }
