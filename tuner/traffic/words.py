"""The grammar of stages: ``ramp 10m to 30000``, ``hold 20m``, ``hold 20m at 30k``, ``jump to 5k``.

One line is one stage; durations and loads are written as people write them.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from tuner.errors import Problem, TrafficError
from tuner.units import parse_duration_seconds

EXAMPLE = "ramp 10m to 30000"

StageKind = Literal["ramp", "hold", "jump"]

_FORMS = "`ramp 10m to 30000`, `hold 20m`, `hold 20m at 30000` or `jump to 150k`"
_EXAMPLES = {"ramp": EXAMPLE, "hold": "hold 20m", "jump": "jump to 150k"}
_RAMP = re.compile(r"ramp (?P<duration>.+?) to (?P<rpm>.+)")
_HOLD = re.compile(r"hold (?P<duration>.+?)(?: at (?P<rpm>.+))?")
_JUMP = re.compile(r"jump to (?P<rpm>.+)")
_RPM = re.compile(r"(\d+(?:_\d+)*|\d{1,3}(?:,\d{3})+)(\.\d+)? ?([km]?)(?: ?rpm)?", re.ASCII)
_LONGEST_TEXT = 200


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage: what the load does, how long, and where it ends.

    Parameters
    ----------
    kind : str
        ``ramp`` (a straight line to `rpm`), ``hold`` (no change) or ``jump`` (at once, no time).
    seconds : int
        How long; 0 for a jump.
    rpm : float or None
        Load at the end in requests per minute; None for a hold.
    """

    kind: StageKind
    seconds: int
    rpm: float | None = None


class _StageError(Exception):
    """What one stage should have been, and what to do; caught where its number is known."""

    def __init__(self, expected: str, next_step: str = f"Write {_FORMS}.") -> None:
        super().__init__(expected)
        self.expected = expected
        self.next_step = next_step


def parse_stages(stages: Sequence[str]) -> tuple[Stage, ...]:
    """Read stages in words as records; ``hold 20m at 30000`` gives a jump and a hold.

    Raises
    ------
    TrafficError
        Naming every stage that cannot be read, with its number and an example.

    Examples
    --------
    >>> parse_stages(["hold 20m at 30,000 rpm"])
    (Stage(kind='jump', seconds=0, rpm=30000.0), Stage(kind='hold', seconds=1200, rpm=None))
    """
    if isinstance(stages, str) or not stages:
        raise TrafficError(
            Problem(
                "a list of stages",
                "no stage" if not stages else f"one text, {stages!r}",
                "stages",
                f"Write each stage as its own text, such as `{EXAMPLE}`.",
            )
        )
    parsed: list[Stage] = []
    problems: list[Problem] = []
    for number, text in enumerate(stages, start=1):
        try:
            parsed.extend(_parse_stage(text))
        except _StageError as bad:
            where = f"stage {number}"
            problems.append(Problem(bad.expected, _quoted(text), where, bad.next_step))
    if problems:
        raise TrafficError(*problems)
    return tuple(parsed)


def parse_rpm(text: str) -> float:
    """Read a load in words, such as ``30000``, ``30,000``, ``30_000 rpm``, ``30k`` or ``1.5M``.

    Raises
    ------
    ValueError
        When the text is not such a load; the message is for the caller to complete.

    Examples
    --------
    >>> [parse_rpm(text) for text in ("30,000", "30_000 rpm", "30k", "1.5M")]
    [30000.0, 30000.0, 30000.0, 1500000.0]
    """
    match = _RPM.fullmatch(text.strip().lower())
    if match is None:
        raise ValueError(f"not a load: {text!r}")
    whole, fraction, suffix = match.groups()
    number = float(whole.replace(",", "").replace("_", "") + (fraction or ""))
    return number * {"": 1.0, "k": 1e3, "m": 1e6}[suffix]


def _parse_stage(text: str) -> list[Stage]:
    """Read one stage, or raise _StageError."""
    if not isinstance(text, str) or len(text) > _LONGEST_TEXT or not text.isascii():
        raise _StageError("a stage in words")
    words = " ".join(text.lower().split())
    verb = words.split(" ", 1)[0]
    if verb not in _EXAMPLES:
        close = difflib.get_close_matches(verb, _EXAMPLES, n=1)
        hint = f"Did you mean `{close[0]}`? " if close else ""
        raise _StageError("a stage that begins with ramp, hold or jump", f"{hint}Write {_FORMS}.")
    if match := _RAMP.fullmatch(words):
        seconds = _duration(match["duration"])
        if seconds == 0:
            raise _StageError("a ramp that takes time", "For a change at once: `jump to 30000`.")
        return [Stage("ramp", seconds, _load(match["rpm"]))]
    if match := _JUMP.fullmatch(words):
        return [Stage("jump", 0, _load(match["rpm"]))]
    if match := _HOLD.fullmatch(words):
        hold = Stage("hold", _duration(match["duration"]))
        return [Stage("jump", 0, _load(match["rpm"])), hold] if match["rpm"] else [hold]
    raise _StageError(f"a {verb} such as `{_EXAMPLES[verb]}`")


def _duration(text: str) -> int:
    """Read a stage's duration, or raise _StageError."""
    try:
        return parse_duration_seconds(text)
    except ValueError:
        raise _StageError(
            "a duration such as `90s`, `10m` or `1h30m`",
            f"{text!r} is none: write hours, minutes and seconds as whole numbers with h, m, s.",
        ) from None


def _load(text: str) -> float:
    """Read a stage's load, or raise _StageError."""
    try:
        return parse_rpm(text)
    except ValueError:
        raise _StageError(
            "requests per minute such as `30000`, `30,000`, `30k` or `1.5M`",
            f"{text!r} is none: write one number of at least 0.",
        ) from None


def _quoted(text: object) -> str:
    """Quote what came, shortened."""
    quoted = repr(text)
    return quoted if len(quoted) <= _LONGEST_TEXT else quoted[: _LONGEST_TEXT - 4] + " ..."
