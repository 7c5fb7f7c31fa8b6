"""What candidates yielded: a few in memory, many on disk, always in the order of the lattice.

Notation
--------
C candidate, S shape, B row that is chosen.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from tuner.search.objectives import WEIGHTED, Weighted
from tuner.store.scratch import ScratchColumn, let_go
from tuner.traffic.shapes import frozen

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

IN_MEMORY_BYTES = 2**25
"""Trials of a search that stay in memory; more are kept on disk."""

ROWS_AT_A_TIME = 65_536
"""Rows that are looked at together where there may be millions."""


@dataclass(frozen=True, slots=True)
class Trials:
    """Candidates that ran, in the order of their lattice index, and what they yield.

    Parameters
    ----------
    candidate : int64 [C]
        Lattice index, rising.
    peak_cpu_percent : float64 [C, S]
        Largest CPU percent of each run.
    totals : Weighted [C]
        Totals weighted over the shapes.
    """

    candidate: IntArray
    peak_cpu_percent: FloatArray
    totals: Weighted

    def __len__(self) -> int:
        """Count the candidates."""
        return len(self.candidate)

    def rows(self, candidate: IntArray) -> IntArray:
        """Find candidates ``[B]`` by lattice index: their rows, -1 for those that are not here."""
        if not len(self.candidate):
            return np.full(len(candidate), -1, dtype=np.int64)
        place = np.minimum(np.searchsorted(self.candidate, candidate), len(self.candidate) - 1)
        return np.where(self.candidate[place] == candidate, place, -1)

    def take(self, rows: IntArray) -> Trials:
        """Give the trials of some rows ``[B]``, in the order of the rows, in memory."""
        taken = Trials(
            frozen(self.candidate[rows]),
            frozen(self.peak_cpu_percent[rows]),
            weighted_rows(self.totals, rows),
        )
        self.let_go()
        return taken

    def let_go(self) -> None:
        """Let the system take back what of the columns is mapped."""
        let_go(self.candidate, self.peak_cpu_percent, *self.totals.columns())


def weighted_rows(totals: Weighted, rows: IntArray | slice) -> Weighted:
    """Give the weighted totals of some rows ``[B]``."""
    names = (field.name for field in fields(Weighted))
    return Weighted(**{name: frozen(getattr(totals, name)[rows]) for name in names})


def join_trials(parts: list[Trials], *, n_shapes: int) -> Trials:
    """Put trials together in the order of their lattice index; equal ones count once."""
    candidate = np.concatenate([np.empty(0, dtype=np.int64), *[part.candidate for part in parts]])
    peaks = np.concatenate([np.empty((0, n_shapes)), *[part.peak_cpu_percent for part in parts]])
    totals = {
        field.name: np.concatenate(
            [np.empty(0), *[getattr(part.totals, field.name) for part in parts]]
        )
        for field in fields(Weighted)
    }
    if _rises(candidate):
        columns = {name: frozen(column) for name, column in totals.items()}
        return Trials(frozen(candidate), frozen(peaks), Weighted(**columns))
    return Trials(candidate, peaks, Weighted(**totals)).take(
        np.unique(candidate, return_index=True)[1]
    )


def row_ranges(n_rows: int) -> Iterator[IntArray]:
    """Give the rows of a long column, `ROWS_AT_A_TIME` at most in each array."""
    for begin in range(0, n_rows, ROWS_AT_A_TIME):
        yield np.arange(begin, min(begin + ROWS_AT_A_TIME, n_rows))


class TrialLog:
    """Takes trials as they are made; in memory up to `IN_MEMORY_BYTES`, on disk beyond.

    Parameters
    ----------
    n_shapes : int
        S.
    """

    def __init__(self, n_shapes: int) -> None:
        self._n_shapes = n_shapes
        self._parts: list[Trials] = []
        self._file: _TrialFile | None = None
        self._length = 0

    def __len__(self) -> int:
        """Count the trials that were added."""
        return self._length

    def add(self, trials: Trials) -> None:
        """Take trials ``[B]`` in.

        Raises
        ------
        StoreError
            When the disk is full; what was added before is as it was.
        """
        if not len(trials):
            return
        length = self._length + len(trials)
        if self._file is None and trial_bytes(self._n_shapes) * length > IN_MEMORY_BYTES:
            file = _TrialFile(self._n_shapes)
            for part in self._parts:
                file.append(part)
            self._file, self._parts = file, []
        if self._file is None:
            self._parts.append(trials)
        else:
            self._file.append(trials)
        self._length = length

    def trials(self) -> Trials:
        """Give all trials in the order of their lattice index; equal ones count once."""
        if self._file is None:
            joined = join_trials(self._parts, n_shapes=self._n_shapes)
            self._parts, self._length = [joined], len(joined)
            return joined
        trials = self._file.trials()
        if _rises(trials.candidate):
            return trials
        order = np.unique(trials.candidate, return_index=True)[1]
        file = _TrialFile(self._n_shapes)
        for rows in row_ranges(len(order)):
            file.append(trials.take(order[rows]))
        self._file, self._length = file, len(order)
        return file.trials()


class _TrialFile:
    """Trials on disk, each column in a file of its own.

    What an interruption leaves half written is not counted, and overwritten by what comes next.
    """

    def __init__(self, n_shapes: int) -> None:
        self._candidate = ScratchColumn(np.int64)
        self._peaks = ScratchColumn(np.float64, (n_shapes,))
        self._totals = {name: ScratchColumn(np.float64) for name in WEIGHTED}
        self._length = 0

    def append(self, trials: Trials) -> None:
        """Write trials ``[B]`` behind those that are there, a few rows at a time."""
        for begin in range(0, len(trials), ROWS_AT_A_TIME):
            rows = slice(begin, begin + ROWS_AT_A_TIME)
            candidate = trials.candidate[rows]
            self._candidate.put(self._length, candidate)
            self._peaks.put(self._length, trials.peak_cpu_percent[rows])
            for name, column in self._totals.items():
                column.put(self._length, getattr(trials.totals, name)[rows])
            self._length += len(candidate)
            trials.let_go()

    def trials(self) -> Trials:
        """Map what is there."""
        totals = {name: column.array(self._length) for name, column in self._totals.items()}
        return Trials(
            self._candidate.array(self._length),
            self._peaks.array(self._length),
            Weighted(**totals),
        )


def trial_bytes(n_shapes: int) -> int:
    """Say how much room a trial takes: lattice index, totals, and the peak on each shape."""
    return 8 * (1 + len(WEIGHTED) + n_shapes)


def _rises(candidate: IntArray) -> bool:
    """Tell whether lattice indices rise, each larger than the one before."""
    ranges = row_ranges(max(len(candidate) - 1, 0))
    windows = (candidate[rows[0] : rows[-1] + 2] for rows in ranges)
    return all(bool((window[1:] > window[:-1]).all()) for window in windows)
