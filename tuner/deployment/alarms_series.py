"""What an alarm is tried on: a recorded metric on an even grid.

Notation: T datapoint of the grid.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, tzinfo

import numpy as np
from numpy.typing import NDArray

from tuner.errors import Problem, TrafficError
from tuner.metrics import FetchedSeries
from tuner.traffic.recording import Recording
from tuner.traffic.shapes import frozen
from tuner.traffic.zones import local_text
from tuner.units import format_duration

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

MOST_DATAPOINTS = 5_000_000


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RecordedMetric:
    """A recorded metric on an even grid.

    Parameters
    ----------
    name : str
        Name of the file, or of the metric.
    source : str
        Where it comes from, in words.
    begin : int
        Start of the first datapoint, seconds since 1970 in UTC; on the file's own clock where
        `zone` is None.
    step_seconds : int
        Length of a datapoint.
    values : float64 [T]
        Values in the metric's own unit; NaN where nothing was recorded.
    zone : tzinfo or None
        The clock that times are told in; None where the file does not say.
    notes : tuple of str
        What a reader should know, in sentences.
    """

    name: str
    source: str
    begin: int
    step_seconds: int
    values: FloatArray
    zone: tzinfo | None
    notes: tuple[str, ...] = ()

    @property
    def end(self) -> int:
        """End of the last datapoint, in seconds as `begin`."""
        return self.begin + len(self.values) * self.step_seconds

    @property
    def missing(self) -> int:
        """Datapoints of the grid that were not recorded."""
        return int(np.isnan(self.values).sum())

    def at(self, stamp: int) -> str:
        """Write a stamp in the metric's clock."""
        return local_text(stamp, self.zone)


def metric_of_recording(recording: Recording) -> RecordedMetric:
    """Put a recorded series on its grid.

    Parameters
    ----------
    recording : Recording
        From `tuner.traffic.recorded.read_recorded`, whatever its values are of.

    Raises
    ------
    TrafficError
        For a recording of more than five million steps.
    """
    first = recording.is_first
    notes = []
    if recording.duplicates:
        notes.append(f"{recording.duplicates:,} rows repeat a stamp; the first of each is used.")
    if recording.zone is None:
        notes.append("The stamps name no time zone: they stay the file's own clock.")
    return _on_grid(
        recording.stamps[first],
        recording.values[first],
        step_seconds=recording.step_seconds,
        name=recording.source,
        source=f"{recording.source}, column {recording.column!r}",
        zone=recording.zone,
        notes=notes,
    )


def metric_of_series(series: FetchedSeries, *, source: str) -> RecordedMetric:
    """Put a fetched series on its grid, in UTC.

    Parameters
    ----------
    series : FetchedSeries
        At least one datapoint.
    source : str
        Where it comes from, in words.

    Raises
    ------
    TrafficError
        For a series without a datapoint, or one that is too long.
    """
    if not len(series.begins):
        raise TrafficError(
            Problem("at least one datapoint", "none", source, "Choose another range, or fetch it.")
        )
    return _on_grid(
        series.begins,
        series.values,
        step_seconds=series.name.period_seconds,
        name=series.name.metric,
        source=source,
        zone=UTC,
        notes=[],
    )


def _on_grid(
    stamps: IntArray,
    values: FloatArray,
    *,
    step_seconds: int,
    name: str,
    source: str,
    zone: tzinfo | None,
    notes: Sequence[str],
) -> RecordedMetric:
    """Put rows in order of time into slots of a grid; the first row of a slot is kept."""
    slot = (stamps - stamps[0]) // step_seconds
    n = int(slot[-1]) + 1
    if n > MOST_DATAPOINTS:
        raise TrafficError(
            Problem(
                f"at most {MOST_DATAPOINTS:,} steps of {format_duration(step_seconds)}",
                f"{n:,}",
                source,
                "Cut the series, or make it coarser.",
            )
        )
    kept = np.concatenate([[True], np.diff(slot) > 0])
    grid = np.full(n, np.nan)
    grid[slot[kept]] = values[kept]
    said = list(notes)
    if not kept.all():
        said.append(
            f"{int((~kept).sum()):,} rows are nearer than {format_duration(step_seconds)} to the "
            "one before; they are left out."
        )
    missing = int(np.isnan(grid).sum())
    if missing:
        said.append(f"{missing:,} of {n:,} datapoints are missing, which is not zero.")
    return RecordedMetric(
        name=name,
        source=source,
        begin=int(stamps[0]),
        step_seconds=step_seconds,
        values=frozen(grid),
        zone=zone,
        notes=tuple(said),
    )
