"""What the verbs on an account print: a change, the calls that are left, what was done."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tuner.cli.show import Block
    from tuner.deployment.apply import Work
    from tuner.deployment.change import ChangeSet
    from tuner.deployment.deployment import Deployment

LEDGER_HEAD = ("Id", "Outcome", "By", "Taken back")
"""An id holds the time, the verb and the group; all columns are in JSON and CSV."""


def change_blocks(change: ChangeSet) -> Iterator[Block]:
    """Say a change: what stands behind it, what to know, and what differs."""
    from tuner.cli.deploy_change import difference_blocks, plan_before
    from tuner.cli.show import Facts
    from tuner.deployment.change_words import evidence_facts, without_account

    yield Facts(
        (
            ("Group", change.group),
            *((("In place of", plan_before(change)),) if change.rows else ()),
            *evidence_facts(change.evidence),
            *(("Warning", without_account(warning)) for warning in change.warnings),
            ("Fingerprint", change.fingerprint),
        )
    )
    yield from difference_blocks(change)


def shown_json(change: ChangeSet) -> dict[str, Any]:
    """Give a change for JSON, account numbers hidden; the file of --out has all of it."""
    from dataclasses import asdict

    from tuner.deployment.change_json import change_to_json
    from tuner.deployment.change_words import without_account

    whole = change_to_json(change)

    def hidden(value: Any) -> Any:
        if isinstance(value, str):
            return without_account(value)
        if isinstance(value, Mapping):
            return {key: hidden(entry) for key, entry in value.items()}
        return [hidden(entry) for entry in value] if isinstance(value, list) else value

    return {
        "schema": "cliffside.plan/1",
        "group": change.group,
        "fingerprint": change.fingerprint,
        "evidence": hidden(asdict(change.evidence)),
        "warnings": hidden(whole["warnings"]),
        "rows": hidden(whole["rows"]),
    }


def work_blocks(work: Work, *, lists_calls: bool = True) -> Iterator[Block]:
    """Say what an apply or undo is about, and the calls that are left.

    Parameters
    ----------
    work : Work
        What is to be done.
    lists_calls : bool
        Whether each call is said; not where each is told as it is made.
    """
    from tuner.cli.show import Heading

    yield from change_blocks(work.change)
    if work.done:
        yield f"{work.done} of {len(work.steps)} calls are made already."
    if work.left and lists_calls:
        yield Heading("Calls")
        for number, step in enumerate(work.left, start=work.done + 1):
            yield f"{number}/{len(work.steps)} {step.describe()}"


def deployment_rows(deployments: Sequence[Deployment]) -> list[dict[str, Any]]:
    """Give applies and undos as rows, the newest first."""
    from tuner.deployment.deployment import is_undone

    return [
        {
            "id": each.id,
            "verb": each.verb,
            "group": each.change.group,
            "begun_utc": each.begun_utc,
            "ended_utc": each.ended_utc,
            "outcome": each.outcome,
            "by": each.by,
            "undoes": each.undoes,
            "is_undone": is_undone(each, deployments),
        }
        for each in reversed(deployments)
    ]


def ledger_blocks(rows: Sequence[Mapping[str, Any]], n_entries: int, path: Path) -> Iterator[Block]:
    """Say what the ledger holds.

    Parameters
    ----------
    rows : sequence of mapping
        From `deployment_rows`.
    n_entries : int
        Lines of the ledger.
    path : Path
        Its file.
    """
    from tuner.report.tables import Column, Table

    if not rows:
        yield f"Nothing was applied: {path} has no entry."
        return
    keys = ("id", "outcome", "by", "is_undone")
    said = {True: "yes", False: "no"}
    yield Table(
        caption=f"{n_entries} entries, the chain is whole ({path})",
        head=tuple(Column(name, is_number=False) for name in LEDGER_HEAD),
        rows=tuple(tuple(said.get(row[key], row[key]) for key in keys) for row in rows),
    )
