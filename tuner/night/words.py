"""A night in words: tables for a terminal and for a chat, read in a minute."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from tuner.decision.words import number, shortest
from tuner.night.record import PlanFigures, ServiceNight
from tuner.night.summary import Summary
from tuner.report.markdown import markdown_cell, markdown_table
from tuner.report.tables import Column, Table

NOTHING = "–"
Figure = Callable[[PlanFigures], str]


def night_date(night: str) -> str:
    """Write the date of a night.

    Examples
    --------
    >>> night_date("2026-11-04")
    '4 Nov 2026'
    """
    day = date.fromisoformat(night)
    return f"{day.day} {day:%b %Y}"


def change_table(summary: Summary) -> Table:
    """Give the services that want a change: today's policy against the recommended one."""
    changed = summary.of("changed")
    has_price = any(_usd(each) is not None for each in changed)
    money = (Column("USD a month"),) if has_price else ()
    return Table(
        caption="Change proposed",
        head=(
            Column("Service", is_number=False),
            Column("Worst peak, %"),
            Column("Limit, %"),
            Column("Minutes over a day"),
            Column("Host-minutes a day"),
            *money,
            Column("Unseen shapes over"),
            Column("Last night", is_number=False),
        ),
        rows=tuple(
            (
                each.service,
                _moved(each, lambda plan: number(plan.worst_peak_cpu_percent)),
                NOTHING if each.limit_percent is None else shortest(each.limit_percent),
                _moved(each, lambda plan: number(plan.minutes_over_cliff_per_day, digits=0)),
                _moved(each, lambda plan: number(plan.host_minutes_per_day, digits=0)),
                *((_moved(each, _month),) if has_price else ()),
                _moved(each, _unseen),
                last_night_words(each),
            )
            for each in changed
        ),
        details=tuple(_plans(each) for each in changed),
    )


def last_night_words(record: ServiceNight) -> str:
    """Say how a recommendation compares with that of the last night."""
    last = record.last_night
    if last is None:
        return "no earlier one"
    if last.same_plan is None:
        return f"{night_date(last.night)}: there was a plan"
    return f"{night_date(last.night)}: {'the same' if last.same_plan else 'another plan'}"


def fit_lines(summary: Summary) -> list[str]:
    """Say which hosts are fitted from the archive, from what, and when another fit is due."""
    named: dict[str, list[str]] = {}
    for each in summary.services:
        if each.fit:
            named.setdefault(each.fit, []).append(each.service)
    return [f"Hosts {words}: {', '.join(names)}." for words, names in named.items()]


def night_markdown(summary: Summary) -> str:
    """Write a night for a chat: what needs a person first; one line where nothing does.

    Parameters
    ----------
    summary : Summary
        The night. Times and ids of runs are left out, so that equal nights give equal texts.
    """
    top = f"**Night of {night_date(summary.night)}: {summary.headline}**"
    if summary.is_quiet:
        return f"{top}\n"
    parts = [top]
    if summary.regret_sentence:
        parts.append(summary.regret_sentence)
    if summary.for_a_person:
        parts += ["### Needs a person", _person_lines(summary)]
    if summary.of("changed"):
        parts += ["### Change proposed", markdown_table(change_table(summary))]
        parts.append(
            "\n".join(
                f"- {markdown_cell(each.service)}: {markdown_cell(_plans(each))}"
                for each in summary.of("changed")
            )
        )
    fine = summary.of("unchanged")
    if fine:
        names = ", ".join(markdown_cell(each.service) for each in fine)
        parts += ["### Unchanged", names]
    parts += [markdown_cell(line) for line in fit_lines(summary)]
    return "\n\n".join(parts) + "\n"


def _person_lines(summary: Summary) -> str:
    """Write the services that need a person, a line each."""
    return "\n".join(
        f"- **{markdown_cell(each.service)}**, {each.outcome}: {markdown_cell(each.why)}"
        f" {markdown_cell(each.next_step)}"
        for each in summary.for_a_person
    )


def _plans(record: ServiceNight) -> str:
    """Write today's policy and the recommended one."""
    now = NOTHING if record.recommended is None else record.recommended.words
    if record.today is None:
        return f"{now} (no [baseline] says what is deployed)"
    return f"{now}, instead of {record.today.words}"


def _moved(record: ServiceNight, figure: Figure) -> str:
    """Write a figure of today's policy and of the recommended plan."""
    now = NOTHING if record.recommended is None else figure(record.recommended)
    if record.today is None:
        return now
    before = figure(record.today)
    return now if before == now else f"{before} → {now}"


def _month(plan: PlanFigures) -> str:
    """Write what a plan costs in a month."""
    return NOTHING if plan.usd_per_month is None else number(plan.usd_per_month, digits=0)


def _unseen(plan: PlanFigures) -> str:
    """Write on how many unseen shapes a plan passes the cliff."""
    return NOTHING if plan.unseen_shapes_over is None else f"{plan.unseen_shapes_over:,}"


def _usd(record: ServiceNight) -> float | None:
    """Give what the recommended plan costs in a month."""
    return None if record.recommended is None else record.recommended.usd_per_month
