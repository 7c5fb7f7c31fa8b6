"""A change in words: a line for what is new or goes, a row for each other field."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, TypeAlias

from tuner.cli.show import Block, Facts, Heading

if TYPE_CHECKING:
    from tuner.deployment.change import ChangeSet
    from tuner.resources.records import (
        ActionResource,
        AlarmResource,
        GroupResources,
        PolicyResource,
    )

    Resource: TypeAlias = "PolicyResource | AlarmResource | ActionResource"

FIELD_HEAD = ("Resource", "Field", "From", "To")


def difference_blocks(change: ChangeSet) -> Iterator[Block]:
    """Say what differs: what is new and what goes as sentences, every other field in a row.

    Parameters
    ----------
    change : ChangeSet
        What is proposed.
    """
    from tuner.deployment.change_state import steady
    from tuner.deployment.change_words import cells
    from tuner.report.tables import Column, Table

    before, after = steady(change.before), steady(change.after)
    new, gone = _lines(after, beside=before), _lines(before, beside=after)
    whole = {place for place, _ in (*new, *gone)}
    all_rows = cells(change)
    rows = tuple(row for row in all_rows if row[0] not in whole)
    for words, lines in (("New", new), ("Goes", gone)):
        if lines:
            yield Heading(words)
            yield Facts(tuple(lines))
    if rows:
        yield Heading("Changes")
        count = "1 field" if len(rows) == 1 else f"{len(rows)} fields"
        yield Table(
            caption=f"{count} of what stays",
            head=tuple(Column(name, is_number=False) for name in FIELD_HEAD),
            rows=rows,
        )
    if not all_rows:
        yield "Nothing to change: the group is as the plan says."


def plan_before(change: ChangeSet) -> str:
    """Give the plan that is deployed before a change, in words."""
    from tuner.resources import plan_of

    return plan_of(change.before).plan.describe()


def _lines(state: GroupResources, *, beside: GroupResources) -> list[tuple[str, str]]:
    """Say each resource that one state has and the other has not, by kind and name."""
    from tuner.cli.show_words import alarm_sentence, policy_sentence
    from tuner.deployment.change_words import cell, without_account

    found = [
        (f"policy {policy.name}", policy_sentence(policy, state.limits))
        for policy in state.policies
        if policy.name not in _names(beside.policies)
    ]
    for alarm in (each for each in state.alarms if each.name not in _names(beside.alarms)):
        calls = "" if alarm.policy_name == alarm.name else f", calls {alarm.policy_name}"
        found.append((f"alarm {alarm.name}", alarm_sentence(alarm) + calls))
    for action in (each for each in state.actions if each.name not in _names(beside.actions)):
        fields = (f"{name} {cell(value)}" for name, value in action.fields.items())
        found.append((f"action {action.name}", ", ".join(fields)))
    return [(without_account(place), without_account(said)) for place, said in found]


def _names(resources: Iterable[Resource]) -> set[str]:
    """Give the names of resources."""
    return {resource.name for resource in resources}
