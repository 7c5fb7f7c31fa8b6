"""A job as the table holds it, its states and its events."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

State: TypeAlias = Literal["queued", "running", "done", "failed", "cancelled", "timed_out"]

STATES: tuple[State, ...] = ("queued", "running", "done", "failed", "cancelled", "timed_out")
ENDED: tuple[State, ...] = ("done", "failed", "cancelled", "timed_out")
"""States that nothing leaves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One job.

    Parameters
    ----------
    job : str
        Its id: 32 hexadecimal digits.
    kind : str
        ``tune``, ``simulate`` …
    service : str
        Name of its config in the folder of services.
    request : dict of str to object
        What was asked for.
    state : str
        One of `STATES`.
    created_utc : str
        RFC 3339, as are the others.
    started_utc, finished_utc : str or None
        Of the last try; None: not yet.
    attempt : int
        Number of the last try; 0: none yet.
    crashes, interruptions : int
        Tries that were killed by a signal, and that ended because the service did.
    is_cancelled : bool
        Whether somebody asked for its end.
    exit_code : int or None
        Of the command; None: it has not ended, or was killed.
    run : str or None
        Id of the run that it left.
    reason : str
        Why it failed, in words.
    """

    job: str
    kind: str
    service: str
    request: dict[str, Any]
    state: State
    created_utc: str
    started_utc: str | None
    finished_utc: str | None
    attempt: int
    crashes: int
    interruptions: int
    is_cancelled: bool
    exit_code: int | None
    run: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class JobEvent:
    """Something that happened to a job.

    Parameters
    ----------
    number : int
        Grows from event to event.
    kind : str
        ``queued``, ``running``, ``progress``, ``cancelling``, ``again``, or an end state.
    at_utc : str
        RFC 3339.
    words : str
        What happened.
    """

    number: int
    kind: str
    at_utc: str
    words: str


@dataclass(frozen=True, slots=True)
class JobEnd:
    """How a try ended for good.

    Parameters
    ----------
    state : str
        One of `ENDED`.
    exit_code : int or None
        Of the command.
    run : str or None
        The run that it left.
    reason : str
        In words.
    """

    state: State
    exit_code: int | None = None
    run: str | None = None
    reason: str = ""
