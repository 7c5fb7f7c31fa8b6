"""All services of a night together: counts, the sentence on top, regret, the exit code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tuner.decision.words import counted, number
from tuner.night.record import (
    OUTCOMES,
    SERVICE_SCHEMA,
    Outcome,
    ServiceNight,
    service_from_json,
)
from tuner.simulation.outcomes import MODEL_VERSION
from tuner.store.schemas import check_schema
from tuner.store.seal import damaged

NIGHT_SCHEMA = "cliffside.night/1"
FAILED, GATE, DIFFERENT = 1, 3, 4
"""Exit codes: a service has no result; nothing is feasible for one; a change is proposed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """A night.

    Parameters
    ----------
    night : str
        Its date in UTC.
    started_utc, finished_utc : str
        RFC 3339.
    services : tuple of ServiceNight
        In order of their names.
    n_repeated : int
        Services that were not done again, since they were done this night.
    """

    night: str
    started_utc: str
    finished_utc: str
    services: tuple[ServiceNight, ...]
    n_repeated: int = 0

    def of(self, *outcomes: Outcome) -> tuple[ServiceNight, ...]:
        """Give the services with one of these outcomes."""
        return tuple(each for each in self.services if each.outcome in outcomes)

    @property
    def for_a_person(self) -> tuple[ServiceNight, ...]:
        """Services that need a person, in the order of the outcomes."""
        needing = (each for each in self.services if each.needs_a_person)
        return tuple(sorted(needing, key=lambda each: OUTCOMES.index(each.outcome)))

    @property
    def is_quiet(self) -> bool:
        """Whether there is nothing to do for anybody."""
        return len(self.of("unchanged")) == len(self.services)

    @property
    def headline(self) -> str:
        """The sentence on top."""
        needing, wanting = len(self.for_a_person), len(self.of("changed"))
        fine = len(self.services) - needing - wanting
        parts = []
        if needing:
            parts.append(f"{needing} {'needs' if needing == 1 else 'need'} a person")
        if wanting:
            parts.append(f"{wanting} {'wants' if wanting == 1 else 'want'} a change")
        if fine and parts:
            parts.append(f"{fine} {'is' if fine == 1 else 'are'} fine")
        if not parts:
            all_of = counted(len(self.services), "service")
            return f"{all_of}, nothing to do: today's policies are fine."
        first, rest = parts[0].split(" ", 1)
        parts[0] = f"{first} of {counted(len(self.services), 'service')} {rest}"
        return ", ".join(parts) + "."

    @property
    def regret(self) -> dict[str, float | None]:
        """What keeping today's policies costs in 24 hours, where the recommended plan is cheaper.

        Money is for 30 days; None where no such service has a price.
        """
        minutes = [each.regret_host_minutes_per_day or 0.0 for each in self.of("changed")]
        usd = [
            each.regret_usd_per_month
            for each in self.of("changed")
            if each.regret_usd_per_month is not None
        ]
        over = [
            each.today.minutes_over_cliff_per_day
            for each in self.of("changed")
            if each.today is not None
        ]
        return {
            "host_minutes_per_day": sum(max(each, 0.0) for each in minutes),
            "usd_per_month": sum(max(each, 0.0) for each in usd) if usd else None,
            "minutes_over_cliff_per_day": sum(over),
        }

    @property
    def regret_sentence(self) -> str:
        """What keeping today's policies costs; empty where nothing wants a change."""
        if not self.of("changed"):
            return ""
        regret = self.regret
        minutes, usd = regret["host_minutes_per_day"], regret["usd_per_month"]
        parts = []
        if minutes:
            price = "" if not usd else f" ({number(usd, digits=0)} USD a month)"
            parts.append(f"{number(minutes, digits=0)} host-minutes a day{price} too many")
        if regret["minutes_over_cliff_per_day"]:
            over = number(regret["minutes_over_cliff_per_day"], digits=0)
            parts.append(f"{over} minutes a day over the cliff")
        if not parts:
            return "Keeping today's policies costs no more host-minutes."
        return f"Keeping today's policies means {' and '.join(parts)}."

    def exit_code(self, *, detailed: bool = False) -> int:
        """Give the exit code of the night.

        Parameters
        ----------
        detailed : bool
            Whether a proposed change has a code of its own.
        """
        if self.of("failed", "no data"):
            return FAILED
        if self.of("nothing feasible"):
            return GATE
        return DIFFERENT if detailed and self.of("changed") else 0

    def to_json(self) -> dict[str, Any]:
        """Give everything for JSON, for a pager."""
        return {
            "schema": NIGHT_SCHEMA,
            "model_version": MODEL_VERSION,
            "night": self.night,
            "started_utc": self.started_utc,
            "finished_utc": self.finished_utc,
            "headline": self.headline,
            "regret_sentence": self.regret_sentence,
            "exit_code": self.exit_code(),
            "n_services": len(self.services),
            "counts": {outcome: len(self.of(outcome)) for outcome in OUTCOMES},
            "n_for_a_person": len(self.for_a_person),
            "regret": self.regret,
            "services": [each.to_json() for each in self.services],
        }


def in_order(records: Sequence[ServiceNight]) -> tuple[ServiceNight, ...]:
    """Give records in order of their services' names."""
    return tuple(sorted(records, key=lambda each: each.service))


def summary_from_json(value: Mapping[str, Any], path: Path) -> Summary:
    """Read a night from what `Summary.to_json` gave.

    Parameters
    ----------
    value : mapping
        The object.
    path : Path
        Where it was read, for messages.

    Raises
    ------
    ResultFileError
        When it is of another schema, or lacks something.
    """
    check_schema(value.get("schema"), wanted=NIGHT_SCHEMA, path=path)
    try:
        return Summary(
            night=value["night"],
            started_utc=value["started_utc"],
            finished_utc=value["finished_utc"],
            services=tuple(
                service_from_json({"schema": SERVICE_SCHEMA, **each}, path)
                for each in value["services"]
            ),
        )
    except (KeyError, TypeError) as error:
        raise damaged(path, "other keys") from error
