"""What was done to accounts: each apply and each undo, read from the ledger.

An apply or undo begins with an entry that holds its whole change, so that the state before it is
known whatever happens afterwards, and ends with one that says how it went.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from tuner.deployment.change import ChangeSet
from tuner.deployment.change_json import change_from_json, resources_from_json
from tuner.deployment.ledger import Entry
from tuner.errors import ConfigurationError, Problem
from tuner.resources.records import GroupResources

Verb = Literal["apply", "undo"]
Outcome = Literal["unfinished", "failed", "done"]
NAMED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """One apply or undo.

    Parameters
    ----------
    id : str
        Its name in the ledger.
    verb : str
        ``apply`` or ``undo``.
    change : ChangeSet
        What was to be done; its ``before`` is the state to which an undo goes back.
    by : str
        Who did it.
    begun_utc : str
        When, RFC 3339.
    ended_utc : str or None
        When it ended or failed; None where it was cut off.
    outcome : str
        ``unfinished``, ``failed`` or ``done``.
    reached : GroupResources or None
        What the account described at its end.
    undoes : str or None
        The deployment that it takes back.
    """

    id: str
    verb: Verb
    change: ChangeSet
    by: str
    begun_utc: str
    ended_utc: str | None = None
    outcome: Outcome = "unfinished"
    reached: GroupResources | None = None
    undoes: str | None = None


def deployments_of(entries: Sequence[Entry]) -> tuple[Deployment, ...]:
    """Read the deployments of a ledger, the oldest first.

    Parameters
    ----------
    entries : sequence of Entry
        All of them, in order.
    """
    found: dict[str, Deployment] = {}
    for entry in entries:
        verb, _, what = entry.event.partition(" ")
        if verb not in ("apply", "undo"):
            continue
        name = entry.facts["deployment"]
        if what == "begun":
            found[name] = _begun(entry, "apply" if verb == "apply" else "undo")
        elif what == "resumed":
            found[name] = replace(found[name], ended_utc=None, outcome="unfinished")
        else:
            found[name] = _ended(found[name], entry, "done" if what == "done" else "failed")
    return tuple(found.values())


def _begun(entry: Entry, verb: Verb) -> Deployment:
    """Read the beginning of a deployment."""
    facts = entry.facts
    return Deployment(
        id=facts["deployment"],
        verb=verb,
        change=change_from_json(facts["change"], where=f"ledger, line {entry.number}"),
        by=facts["by"],
        begun_utc=entry.at_utc,
        undoes=facts["undoes"],
    )


def _ended(begun: Deployment, entry: Entry, outcome: Outcome) -> Deployment:
    """Read the end of a deployment."""
    reached: Any = entry.facts.get("reached")
    return replace(
        begun,
        ended_utc=entry.at_utc,
        outcome=outcome,
        reached=None if reached is None else resources_from_json(reached),
    )


def is_undone(deployment: Deployment, deployments: Sequence[Deployment]) -> bool:
    """Tell whether a deployment was taken back, by an undo that ended well."""
    return any(each.undoes == deployment.id and each.outcome == "done" for each in deployments)


def deployment_to_undo(deployments: Sequence[Deployment], *, name: str | None = None) -> Deployment:
    """Find the deployment that an undo is about.

    Parameters
    ----------
    deployments : sequence of Deployment
        All, the oldest first.
    name : str or None
        Its id; None: the newest apply that was not taken back.

    Raises
    ------
    ConfigurationError
        When there is none, or it was taken back already.
    """
    if name is None:
        left = [d for d in deployments if d.verb == "apply" and not is_undone(d, deployments)]
        if left:
            return left[-1]
        raise _nothing("an apply that can be taken back", "none", deployments)
    found = next((each for each in deployments if each.id == name), None)
    if found is None:
        raise _nothing("the id of an apply or undo", repr(name), deployments)
    if is_undone(found, deployments):
        raise _nothing("one that was not taken back yet", f"{name}, which was", deployments)
    return found


def _nothing(expected: str, got: str, deployments: Sequence[Deployment]) -> ConfigurationError:
    """Say that there is nothing to undo."""
    newest = ", ".join(f"{each.verb} {each.id}" for each in deployments[: -NAMED - 1 : -1])
    return ConfigurationError(
        Problem(
            expected,
            got,
            "the ledger",
            f"The newest: {newest}." if newest else "Nothing was applied from this state folder.",
        )
    )
