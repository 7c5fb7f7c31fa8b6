"""Columns that grow on disk while a search runs, in files that nobody sees and nobody must remove.

What is read back is mapped: it stands in memory only while it is looked at.
"""

from __future__ import annotations

import mmap
import os
import tempfile
import weakref
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from tuner.errors import Problem, StoreError

ON_DISK = Path("/var/tmp")
"""Where large files go that are not to outlive a process: ``/tmp`` is memory on many systems."""


def scratch_folder() -> str:
    """Name the folder of scratch files: ``TMPDIR`` where it is set, else one that is on disk."""
    is_usable = ON_DISK.is_dir() and os.access(ON_DISK, os.W_OK | os.X_OK)
    return str(ON_DISK) if is_usable and "TMPDIR" not in os.environ else tempfile.gettempdir()


class ScratchColumn:
    """A column that grows at its end, in a file without a name.

    The file is gone when neither the column nor an array from it is left, killed or not.

    Parameters
    ----------
    dtype : dtype
        Of its values.
    row : tuple of int
        Shape of one row; nothing for a number.
    """

    def __init__(self, dtype: DTypeLike, row: tuple[int, ...] = ()) -> None:
        self._dtype, self._row = np.dtype(dtype), row
        self._row_bytes = self._dtype.itemsize * prod(row)
        self._folder = scratch_folder()
        try:
            self._file = tempfile.TemporaryFile(dir=self._folder)  # noqa: SIM115
        except OSError as error:
            raise _no_room(self._folder, error) from error
        weakref.finalize(self, self._file.close)

    def put(self, n_before: int, rows: NDArray[Any]) -> None:
        """Write rows behind the first ``n_before``; what stood there is overwritten.

        Raises
        ------
        StoreError
            When the disk is full.
        """
        try:
            self._file.seek(n_before * self._row_bytes)
            self._file.write(np.ascontiguousarray(rows, dtype=self._dtype).data.cast("B"))
            self._file.flush()
        except OSError as error:
            raise _no_room(self._folder, error) from error

    def array(self, n_rows: int) -> NDArray[Any]:
        """Map the first ``n_rows``, read-only."""
        if not n_rows * self._row_bytes:
            return np.empty((n_rows, *self._row), dtype=self._dtype)
        mapped = mmap.mmap(self._file.fileno(), n_rows * self._row_bytes, access=mmap.ACCESS_READ)
        return np.frombuffer(mapped, dtype=self._dtype).reshape(n_rows, *self._row)


def let_go(*arrays: NDArray[Any]) -> None:
    """Let the system take back the memory of arrays that are mapped; others stay as they are.

    Parameters
    ----------
    *arrays : array
        Their values are read again from the disk when they are looked at again.
    """
    for array in arrays:
        owner: Any = array
        while isinstance(owner, np.ndarray):
            owner = owner.base
        if isinstance(owner, memoryview):
            owner = owner.obj
        if isinstance(owner, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):
            owner.madvise(mmap.MADV_DONTNEED)


def _no_room(folder: str, error: OSError) -> StoreError:
    """Say that what a search keeps cannot be written."""
    return StoreError(
        Problem(
            "room for what a search keeps while it runs",
            error.strerror or str(error),
            folder,
            "Make room, or name another folder in the environment variable TMPDIR.",
        )
    )
