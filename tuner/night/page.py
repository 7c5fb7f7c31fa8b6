"""A night as one HTML page that asks nothing of any other machine, and reads without scripts."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from hashlib import sha256
from urllib.parse import quote

from markupsafe import Markup

from tuner.decision.words import number, shortest
from tuner.night.record import OUTCOMES, PlanFigures, ServiceNight
from tuner.night.summary import Summary
from tuner.night.words import change_table, fit_lines, night_date
from tuner.report import page as report_page
from tuner.report import palette
from tuner.units import format_duration

BAR = 200.0
"""Width of a bar in its own units: 100 % CPU."""

FIRST_CELLS = 3
"""Cells of the table of changes that the page shows as a name and a bar: service, peak, limit."""

COLOURS = {
    **palette.STYLE,
    "edge": palette.MUTED,
    "load": palette.LOAD,
    "over": palette.OVER,
    "launching": palette.LAUNCHING,
}

RunPage = Callable[[str], str]
"""Gives the address of a run's page from its id."""


@dataclass(frozen=True, slots=True)
class Bar:
    """Peaks of CPU against the limit, in `BAR` units; None: not there.

    Parameters
    ----------
    limit, today, now : float or None
        Where the limit lies, and the worst peaks of today's policy and of the recommended one.
    """

    limit: float | None
    today: float | None
    now: float | None

    @property
    def beyond(self) -> float:
        """Width of what lies over the limit."""
        return 0.0 if self.limit is None else round(BAR - self.limit, 1)


def kept_page(run: str) -> str:
    """Give the address of a run's report from a night's own folder in the state folder."""
    return f"../../runs/{quote(run)}/report.html"


def night_html(summary: Summary, *, run_page: RunPage = kept_page) -> str:
    """Write a night as a page: what needs a person first; headline and grid where nothing does.

    Parameters
    ----------
    summary : Summary
        The night; words and figures are those of `tuner.night.words`.
    run_page : callable
        Where the names of services lead.
    """
    style, script = _style(), _script()
    table = change_table(summary)
    return report_page.fill_template(
        "night.html.j2",
        policy=night_policy(),
        style=Markup(style),
        script=Markup(script),
        date=night_date(summary.night),
        times=_times(summary),
        headline=summary.headline.removesuffix("."),
        regret=summary.regret_sentence,
        counts=[] if summary.is_quiet else list(_counts(summary)),
        people=list(_people(summary, run_page)),
        columns=table.head[FIRST_CELLS:],
        changes=[
            _change(record, row, run_page)
            for record, row in zip(summary.of("changed"), table.rows, strict=True)
        ],
        fits=[] if summary.is_quiet else fit_lines(summary),
        fine=[_fine(record, run_page) for record in summary.of("unchanged")],
    )


@cache
def night_policy() -> str:
    """Give the page's Content-Security-Policy: its own style and script by hash, nothing else."""
    style, script = (
        b64encode(sha256(text.encode()).digest()).decode() for text in (_style(), _script())
    )
    return (
        f"default-src 'none'; script-src 'sha256-{script}'; style-src 'sha256-{style}'; "
        "base-uri 'none'; form-action 'none'"
    )


@cache
def _script() -> str:
    """Give the page's script, which switches the theme."""
    return (report_page.FOLDER / "night.js").read_text("utf-8")


@cache
def _style() -> str:
    """Give the page's style: the system's theme unless another was chosen, light on paper."""
    light, dark = _variables(dark=False), _variables(dark=True)
    return (
        f":root {{ color-scheme: light; {light} }}\n"
        "@media (prefers-color-scheme: dark) "
        f'{{ :root:not([data-theme="light"]) {{ color-scheme: dark; {dark} }} }}\n'
        f':root[data-theme="dark"] {{ color-scheme: dark; {dark} }}\n'
        f"{(report_page.FOLDER / 'night.css').read_text('utf-8')}"
        f"@media print {{ :root:root {{ color-scheme: light; {light} }} }}\n"
    )


def _variables(*, dark: bool) -> str:
    """Give the colours as custom properties of CSS."""
    chosen = {name: palette.DARK[colour] if dark else colour for name, colour in COLOURS.items()}
    return " ".join(f"--{name}: {colour};" for name, colour in chosen.items())


def _times(summary: Summary) -> str:
    """Say when a night ended, and how long it took."""
    began, ended = (
        datetime.fromisoformat(text) for text in (summary.started_utc, summary.finished_utc)
    )
    took = max(0, round((ended - began).total_seconds()))
    if took >= 60:
        took -= took % 60
    return f"finished {ended:%H:%M} UTC after {format_duration(took)}"


def _counts(summary: Summary) -> Iterator[dict[str, object]]:
    """Count the outcomes that there are: those that need a person first."""
    for outcome in sorted(OUTCOMES, key=lambda each: each in ("changed", "unchanged")):
        found = len(summary.of(outcome))
        if found:
            yield {"outcome": outcome, "number": found}


def _people(summary: Summary, run_page: RunPage) -> Iterator[dict[str, object]]:
    """Give the services that need a person; the first of each outcome is where its count leads."""
    before = ""
    for record in summary.for_a_person:
        yield {
            **_named(record, run_page),
            "outcome": record.outcome,
            "is_first": record.outcome != before,
            "why": record.why,
            "next_step": record.next_step,
        }
        before = record.outcome


def _change(record: ServiceNight, row: tuple[str, ...], run_page: RunPage) -> dict[str, object]:
    """Give a service that wants a change, with the figures of the table of changes."""
    _, peak, limit, *cells = row
    return {
        **_named(record, run_page),
        "today": None if record.today is None else record.today.words,
        "recommended": "" if record.recommended is None else record.recommended.words,
        "next_step": record.next_step,
        "bar": _bar(record, record.today, record.recommended),
        "peak": peak,
        "limit": None if record.limit_percent is None else limit,
        "cells": cells,
    }


def _fine(record: ServiceNight, run_page: RunPage) -> dict[str, object]:
    """Give a service whose policy stays."""
    plan = record.today or record.recommended
    return {
        **_named(record, run_page),
        "bar": None if plan is None else _bar(record, plan, None),
        "peak": None if plan is None else number(plan.worst_peak_cpu_percent),
        "limit": None if record.limit_percent is None else shortest(record.limit_percent),
    }


def _named(record: ServiceNight, run_page: RunPage) -> dict[str, object]:
    """Give a service's name and where it leads."""
    link = None if record.run is None else run_page(record.run)
    return {"name": record.service, "link": link}


def _bar(record: ServiceNight, today: PlanFigures | None, now: PlanFigures | None) -> Bar:
    """Draw peaks against the limit."""
    peaks = [None if plan is None else plan.worst_peak_cpu_percent for plan in (today, now)]
    places = [
        None if value is None else round(BAR * min(max(value, 0.0), 100.0) / 100.0, 1)
        for value in (record.limit_percent, *peaks)
    ]
    return Bar(*places)
