"""What a worker does with a task: look whether it is like home, then call it.

Dask carries tasks and results; nothing here reads or writes a pickle.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from tuner.errors import ConfigurationError, Problem
from tuner.simulation.outcomes import MODEL_VERSION

PACKAGES = ("cliffside", "numpy", "numba")


@dataclass(frozen=True, slots=True)
class Home:
    """What has to be the same wherever a part of a result is computed.

    Parameters
    ----------
    folder : str
        The working folder, which relative paths start from.
    python, model : str
        Versions of Python, without the patch, and of docs/model.md.
    packages : str
        Versions of what computes.
    """

    folder: str
    python: str
    model: str
    packages: str


def home() -> Home:
    """Describe this process."""
    return Home(
        folder=str(Path.cwd()),
        python=f"{sys.version_info.major}.{sys.version_info.minor}",
        model=MODEL_VERSION,
        packages=_packages(),
    )


@cache
def _packages() -> str:
    """Give the versions of what computes."""
    return ", ".join(f"{name} {version(name)}" for name in PACKAGES)


def check_like_home(expected: Home) -> None:
    """Refuse to work where the result could be another.

    Parameters
    ----------
    expected : Home
        What sent the task.

    Raises
    ------
    ConfigurationError
        With what differs.
    """
    got = home()
    problems = [
        Problem(
            f"{field.name} {getattr(expected, field.name)}",
            getattr(got, field.name),
            f"worker {os.uname().nodename}",
            "Start the worker in the same folder, with the same packages.",
        )
        for field in fields(Home)
        if getattr(expected, field.name) != getattr(got, field.name)
    ]
    if problems:
        raise ConfigurationError(*problems)


def call_like_home(expected: Home, function: Callable[..., Any], *given: Any) -> Any:
    """Call a function, where this process is like the one that sent it.

    Parameters
    ----------
    expected : Home
        What sent the task.
    function : callable
        A module's function, or an object that can be called.
    given : object
        Its arguments.

    Raises
    ------
    ConfigurationError
        As `check_like_home`.
    """
    check_like_home(expected)
    return function(*given)


def as_it_is(value: Any) -> Any:
    """Give a value back: a task that holds what others share, and can be run again elsewhere."""
    return value
