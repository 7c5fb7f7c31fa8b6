"""The exception tree: every error that a user can meet, and the four parts of its message.

::

    CliffsideError
    ├── ConfigurationError   (ValueError)   a config file, a plan or a flag is wrong
    ├── LoadTestError        (ValueError)   a load test cannot be read or is too small
    ├── TrafficError         (ValueError)   recorded or staged traffic cannot be used
    ├── FitError             (ValueError)   the measurements do not carry a model
    ├── SimulationError      (RuntimeError) candidates that the kernel refused, by name
    ├── StoreError           (OSError)      a result file that cannot be written
    │   └── ResultFileError                 a result file that is damaged or of another schema
    ├── MissingFileError     (FileNotFoundError) an input file that is not there
    ├── UnsupportedPlanError (ValueError)   a plan that a target or file form cannot express
    ├── AccountError         (RuntimeError) AWS cannot be asked, or does not do it
    │   └── TargetChangedError              what is deployed is not what a change was made for
    └── GuardRailError       (ValueError)   a change outside of what the config allows

A message has four parts: what was expected, what came, where, and what to do next. One exception
may carry several problems, so that a user mends a file once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, in the four parts of a message.

    Parameters
    ----------
    expected : str
        What would have been right.
    got : str
        What came: the value and its type or shape.
    where : str
        File, line and key; or candidate and shape by name.
    next_step : str
        What to do about it, as a sentence.
    """

    expected: str
    got: str
    where: str
    next_step: str

    def __str__(self) -> str:
        """Give the message as one line of text."""
        return f"{self.where}: expected {self.expected}, got {self.got}. {self.next_step}"


class CliffsideError(Exception):
    """Base of every error that cliffside raises on purpose.

    Parameters
    ----------
    problems : Problem
        One or more problems, all of which are shown.
    """

    def __init__(self, *problems: Problem) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems: Sequence[Problem] = problems

    @classmethod
    def of(cls, *, expected: str, got: str, where: str, next_step: str) -> CliffsideError:
        """Build the error from the four parts of its only problem.

        Parameters
        ----------
        expected, got, where, next_step : str
            As in `Problem`.

        Returns
        -------
        CliffsideError
            Of the class that it is called on.

        Examples
        --------
        >>> error = StoreError.of(
        ...     expected="a folder", got="a file", where="out", next_step="Choose another.")
        >>> print(error)
        out: expected a folder, got a file. Choose another.
        """
        return cls(Problem(expected=expected, got=got, where=where, next_step=next_step))


class ConfigurationError(CliffsideError, ValueError):
    """A config file, a plan or a command-line flag is wrong."""


class LoadTestError(CliffsideError, ValueError):
    """A load test cannot be read, or holds too little to learn from."""


class TrafficError(CliffsideError, ValueError):
    """Recorded or staged traffic cannot be used as it is."""


class FitError(CliffsideError, ValueError):
    """The measurements do not carry the model that was asked for."""


class SimulationError(CliffsideError, RuntimeError):
    """The kernel refused candidates; the message names the first ten and counts the rest."""


class StoreError(CliffsideError, OSError):
    """A result file cannot be written."""


class ResultFileError(StoreError):
    """A result file that was to be read is damaged, or of another schema, model or job."""


class MissingFileError(CliffsideError, FileNotFoundError):
    """An input file is not there or cannot be opened."""


class UnsupportedPlanError(CliffsideError, ValueError):
    """A plan that a target or a file form cannot express; nothing was written."""


class AccountError(CliffsideError, RuntimeError):
    """AWS cannot be asked or does not do what was asked: credentials, permission, limits."""


class TargetChangedError(AccountError):
    """What is deployed has changed since a change to it was made."""


class GuardRailError(CliffsideError, ValueError):
    """A change goes outside of what the config allows; nothing was written."""
