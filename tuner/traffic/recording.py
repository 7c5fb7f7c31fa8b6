"""A recording: rows of load against time as a file has them, with its gaps and repeats counted.

Notation: N row. Nothing is filled here: missing is not zero. `tuner.traffic.cuts` makes shapes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import tzinfo
from typing import Literal

import numpy as np

from tuner.errors import Problem, TrafficError
from tuner.traffic.facts import Gap, find_gaps, nominal_step_seconds
from tuner.traffic.shapes import FloatArray, IntArray, frozen
from tuner.traffic.zones import local_text
from tuner.units import format_duration, tick_minutes

Unit = Literal["rpm", "requests"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """All rows of one series in order of time, repeats included, values as in the file.

    Parameters
    ----------
    source : str
        File name.
    column : str
        Which column or series.
    unit : str
        ``rpm``, or ``requests``: a count for each step.
    stamps : int64 [N]
        Start of each row in seconds since 1970, in UTC; on the file's own clock where `zone` is
        None.
    values : float64 [N]
        In the unit of the file.
    step_seconds : int
        Nominal step.
    zone : tzinfo or None
        The clock whose days are cut; None where the file does not say.
    out_of_order : int
        Rows that stood before an earlier one in the file.
    missing_values : int
        Rows that had a stamp and no value; they are not among the rows here.
    notes : tuple of str
        What a reader should know, in sentences.
    """

    source: str
    column: str
    unit: Unit
    stamps: IntArray
    values: FloatArray
    step_seconds: int
    zone: tzinfo | None
    out_of_order: int = 0
    missing_values: int = 0
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        """Count the rows, N."""
        return int(self.stamps.size)

    @property
    def rpm(self) -> FloatArray:
        """Load of each row in requests per minute, float64 [N]."""
        if self.unit == "rpm":
            return self.values
        return frozen(self.values / tick_minutes(self.step_seconds))

    @property
    def is_first(self) -> np.typing.NDArray[np.bool_]:
        """Which rows are the first with their stamp, bool [N]; shapes are made from these."""
        return np.concatenate([[True], np.diff(self.stamps) > 0])

    @property
    def duplicates(self) -> int:
        """Rows whose stamp another row had before."""
        return int(len(self) - self.is_first.sum())

    @property
    def identical_duplicates(self) -> int:
        """Rows that repeat the stamp and the value of the first row with that stamp."""
        first = self.is_first
        of_first = self.values[first][np.cumsum(first) - 1]
        return int((~first & (self.values == of_first)).sum())

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """Holes between rows, longer than 1.5 nominal steps."""
        return find_gaps(self.stamps[self.is_first], step_seconds=self.step_seconds)

    @property
    def end(self) -> int:
        """End of the last row's step, in seconds since 1970."""
        return int(self.stamps[-1]) + self.step_seconds

    def at(self, stamp: int) -> str:
        """Write a stamp in the file's clock."""
        return local_text(stamp, self.zone)


def recording_of(
    stamps: IntArray,
    values: FloatArray,
    *,
    source: str,
    column: str,
    unit: Unit,
    zone: tzinfo | None,
    notes: Sequence[str] = (),
) -> Recording:
    """Put rows in order and count what is odd about them.

    Parameters
    ----------
    stamps : int64 [N]
        Seconds since 1970, in the order of the file.
    values : float64 [N]
        At least 0, or NaN where the file says nothing.
    source, column : str
        For messages.
    unit : str
        ``rpm`` or ``requests``.
    zone : tzinfo or None
        As in `Recording`.
    notes : sequence of str
        What the reader found.

    Returns
    -------
    Recording
        With read-only arrays.

    Raises
    ------
    TrafficError
        When fewer than two rows with different stamps have values.
    """
    present = ~np.isnan(values)
    missing = int((~present).sum())
    stamps, values = stamps[present], values[present]
    out_of_order = int((np.diff(stamps) < 0).sum())
    order = np.argsort(stamps, kind="stable")
    stamps, values = stamps[order], values[order]
    if np.unique(stamps).size < 2:
        found = f"{stamps.size} row{'' if stamps.size == 1 else 's'} with values"
        raise TrafficError(
            Problem(
                "at least two rows with different stamps",
                found if stamps.size < 2 else f"{found}, all with one stamp",
                f"{source}, column {column!r}",
                "Export a longer time.",
            )
        )
    step = nominal_step_seconds(stamps)
    bare = Recording(
        source=source,
        column=column,
        unit=unit,
        stamps=frozen(stamps.astype(np.int64)),
        values=frozen(values.astype(np.float64)),
        step_seconds=step,
        zone=zone,
        out_of_order=out_of_order,
        missing_values=missing,
    )
    return _noted(bare, notes)


def _noted(recording: Recording, notes: Sequence[str]) -> Recording:
    """Add to a recording what its own rows have to say."""
    return replace(recording, notes=(*notes, *_row_notes(recording)))


def _row_notes(recording: Recording) -> list[str]:
    """Say what is odd about the rows, in sentences."""
    step = recording.step_seconds
    notes: list[str] = []
    if recording.unit == "requests" and step != 60:
        notes.append(
            f"Requests per {format_duration(step)} are divided by {step / 60:g} minutes"
            + (f": peaks inside the {format_duration(step)} are gone." if step > 60 else ".")
        )
    elif step > 60:
        notes.append(f"The rows are {format_duration(step)} apart: shorter peaks are not in them.")
    gaps = recording.gaps
    if gaps:
        longest = max(gaps, key=lambda gap: gap.missing_slots)
        notes.append(
            f"{len(gaps)} gap{'s' * (len(gaps) > 1)}, {sum(g.missing_slots for g in gaps):,} rows "
            f"missing, the longest {longest.missing_slots:,} after {recording.at(longest.after)}. "
            "Missing is not zero: the policy for gaps decides."
        )
    if recording.missing_values:
        notes.append(f"{recording.missing_values:,} rows have a stamp and no value: missing too.")
    if recording.duplicates:
        notes.append(
            f"{recording.duplicates:,} rows repeat a stamp ({recording.identical_duplicates:,} of "
            "them with the same value); the first of each is used. A clock change does this."
        )
    if recording.out_of_order:
        notes.append(f"{recording.out_of_order:,} rows were out of order and have been sorted.")
    quiet = _quiet_from(recording)
    if quiet is not None:
        tail = recording.values[quiet:]
        notes.append(
            f"From {recording.at(int(recording.stamps[quiet]))} on, {int((tail == 0).sum()):,} of "
            f"{tail.size:,} rows are 0: the source may have gone away, which is not idle."
        )
    return notes


def _quiet_from(recording: Recording) -> int | None:
    """Give the row from which the source looks gone: at least an hour of zeros, or half zeros."""
    zeros = np.flatnonzero(recording.values == 0)
    if zeros.size in (0, len(recording)):
        return None
    rows_in_an_hour = 3600 / recording.step_seconds
    silent = int(np.flatnonzero(recording.values > 0)[-1]) + 1
    if len(recording) - silent >= rows_in_an_hour:
        return silent
    first, rest = int(zeros[0]), len(recording) - int(zeros[0])
    return first if first > 0 and rest >= rows_in_an_hour and zeros.size * 2 >= rest else None
