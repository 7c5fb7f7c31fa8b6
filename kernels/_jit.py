"""The only file that writes a compiler flag, with the reason for each.

* ``error_model="numpy"``: a division by zero gives infinity or NaN, as in NumPy. The Python model
  raises, and a kernel must not.
* ``nogil=True``: drivers run on a thread pool; it costs nothing.
* ``_nrt=False`` for rules: they allocate nothing, return no array, and their arrays outlive them,
  so the compiler need not count references to every array argument. Counting halved the speed. A
  function that returns an array, or a view of one, must count: its caller gives the reference back.
* ``cache=True``: a second process starts in a fraction of the compile time.
* No fast-math: the simulator uses infinity and must match its reference bit for bit.
* No ``parallel=True``: such a driver aborts the process when two threads enter it, and kills a
  forked child. Threads live in `tuner.simulation`.

The compiler watches only the file of a cached function. A rule edited in another file would leave
the driver giving old results, so the cache folder is named by a hash of all kernel sources.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import ParamSpec, TypeVar

import numba
from numba.core import config

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


def _source_hash() -> str:
    """Hash every source file of this package, so that any edited rule compiles anew."""
    digest = hashlib.sha256()
    for source in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(source.name.encode())
        digest.update(source.read_bytes())
    return digest.hexdigest()[:16]


def _cache_folder() -> Path:
    """Choose the folder of compiled kernels: Numba's setting, else the user's, else a temporary."""
    base = Path(config.CACHE_DIR) if config.CACHE_DIR else Path.home() / ".cache" / "cliffside"
    folder = base / f"kernels-{_source_hash()}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        folder = Path(tempfile.gettempdir()) / "cliffside" / folder.name
        folder.mkdir(parents=True, exist_ok=True)
    return folder


CACHE_FOLDER = _cache_folder()

IS_COMPILED = not config.DISABLE_JIT
"""False where the compiler is switched off, and functions run as plain Python."""


def kernel(function: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """Compile a rule on its first call: it owns no memory, so it counts no references."""
    return _compile(function, counts_references=False)


def driver(function: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """Compile a function that may allocate scratch or return arrays; else as `kernel`."""
    return _compile(function, counts_references=True)


def _compile(
    function: Callable[Parameters, Result], *, counts_references: bool
) -> Callable[Parameters, Result]:
    """Compile with this project's only set of flags.

    The cache folder is set for this decoration alone, so that other users of the compiler in the
    same process keep theirs.
    """
    before = config.CACHE_DIR
    config.CACHE_DIR = str(CACHE_FOLDER)
    try:
        compiled: Callable[Parameters, Result] = numba.njit(
            cache=True, nogil=True, error_model="numpy", _nrt=counts_references
        )(function)
    finally:
        config.CACHE_DIR = before
    return compiled
