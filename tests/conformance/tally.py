"""Verdicts on cases, and their count by area."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

Case = dict[str, Any]
Outcome = Literal["agrees", "differs", "not supported"]

SOFT_BASES = ("observed", "practitioner")
SUPERSEDED = "doc-superseded"


class WrongFormatError(Exception):
    """A file, or a case in it, that is of neither format."""


class NotSupportedError(Exception):
    """A case about something that the model leaves out; the message is the reason."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one case; a soft one never fails."""

    area: str
    name: str
    outcome: Outcome
    reason: str = ""
    soft: bool = False

    @property
    def fails(self) -> bool:
        return self.outcome == "differs" and not self.soft


def counts(verdicts: Sequence[Verdict]) -> dict[str, tuple[int, int, int]]:
    """Count by area: how many agree, differ and are not supported."""
    found: dict[str, list[Outcome]] = defaultdict(list)
    for verdict in verdicts:
        found[verdict.area].append(verdict.outcome)
    return {
        area: (
            outcomes.count("agrees"),
            outcomes.count("differs"),
            outcomes.count("not supported"),
        )
        for area, outcomes in sorted(found.items())
    }


def lines(verdicts: Sequence[Verdict]) -> Iterator[str]:
    """Give the report: a line for each area, below it what differs and what is not supported."""
    by_area = counts(verdicts)
    for area, (agree, differ, unsupported) in by_area.items():
        yield f"{area}: {agree} agree, {differ} differ, {unsupported} not supported"
        left_out: dict[str, list[str]] = defaultdict(list)
        for verdict in verdicts:
            if verdict.area != area:
                continue
            if verdict.outcome == "differs":
                soft = " (soft, does not fail)" if verdict.soft else ""
                yield f"  differs{soft}: {verdict.name}: {verdict.reason}"
            elif verdict.outcome == "not supported":
                left_out[verdict.reason].append(verdict.name)
        for reason, names in left_out.items():
            yield f"  not supported: {reason}: {', '.join(names)}"
    sums = [sum(column) for column in zip(*by_area.values())] or [0, 0, 0]
    yield f"all areas: {sums[0]} agree, {sums[1]} differ, {sums[2]} not supported"
