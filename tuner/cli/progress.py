"""A progress bar on a terminal; off one, a status line every ten seconds."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

import click

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress

STATUS_SECONDS = 10.0
FEW = 1e6
"""Totals below this are written in full."""


class Progress(Protocol):
    """Is told how far a search is."""

    def expect(self, total: int) -> None:
        """Hear how many candidate-ticks there will be."""

    def __call__(self, done: int) -> None:
        """Hear how many candidate-ticks have been done since the last call.

        Parameters
        ----------
        done : int
            Below 0 where so many begin anew.
        """


@contextmanager
def progress_bar(title: str, *, unit: str = "candidate-minutes") -> Iterator[Progress]:
    """Show on standard error how far a search is, while the block runs.

    Parameters
    ----------
    title : str
        What is being done.
    unit : str
        What is counted, where lines are written.
    """
    if not sys.stderr.isatty() or os.environ.get("TERM") in ("dumb", "unknown"):
        yield StatusLines(title, unit)
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        Progress,
        TaskProgressColumn,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=None),
        TaskProgressColumn("{task.percentage:>3.0f} %"),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(elapsed_when_finished=True),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True, expand=True) as bar:
        yield Bar(bar, title)


class Bar:
    """A bar with total, percentage, rate and the time that is left.

    Parameters
    ----------
    bar : rich.progress.Progress
        What draws.
    title : str
        What is being done.
    """

    def __init__(self, bar: RichProgress, title: str) -> None:
        self._bar = bar
        self._task = bar.add_task(title, total=None, rate="")
        self._count, self._began = 0, time.monotonic()

    def expect(self, total: int) -> None:
        """Hear how many candidate-ticks there will be."""
        self._bar.update(self._task, total=total)

    def __call__(self, done: int) -> None:
        """Hear how many candidate-ticks have been done since the last call."""
        self._count = max(self._count + done, 0)
        total = self._bar.tasks[0].total
        if done < 0:
            self._began = time.monotonic()
            self._bar.reset(self._task, total=total, completed=self._count, rate="")
            return
        words = rate_in_words(self._count, total, seconds=time.monotonic() - self._began)
        self._bar.update(self._task, completed=self._count, rate=words)


class StatusLines:
    """A line of text every ten seconds.

    Parameters
    ----------
    title : str
        What is being done.
    unit : str
        What is counted.
    """

    def __init__(self, title: str, unit: str = "candidate-minutes") -> None:
        self._title, self._unit = title, unit
        self._total: int | None = None
        self._count, self._began = 0, time.monotonic()
        self._said = self._began

    def expect(self, total: int) -> None:
        """Hear how many candidate-ticks there will be."""
        self._total = total

    def __call__(self, done: int) -> None:
        """Hear how many candidate-ticks have been done since the last call."""
        self._count = max(self._count + done, 0)
        now = time.monotonic()
        if done < 0:
            self._began = self._said = now
        if now - self._said > STATUS_SECONDS:
            self._said = now
            seconds = now - self._began
            words = rate_in_words(self._count, self._total, seconds=seconds)
            if self._total:
                left = seconds * (self._total - self._count) / max(1, self._count)
                words = f"{self._count / self._total:.0%}, {words}, {left:,.0f} s left"
            click.echo(f"{self._title} {self._unit}: {words}", err=True)


def rate_in_words(count: int, total: float | None, *, seconds: float) -> str:
    """Say how much is done, of how much, and how fast, in millions where there are any.

    Parameters
    ----------
    count : int
        What is done.
    total : float or None
        Of how much; None where nobody knows.
    seconds : float
        Since the beginning.

    Examples
    --------
    >>> rate_in_words(145_000_000, 178_390_080, seconds=20.0)
    '145 of 178 million, 7.2 million/s'
    >>> rate_in_words(1_500_000, None, seconds=0.0)
    '1.5 million'
    >>> rate_in_words(2_880, 23_040, seconds=2.0)
    '2,880 of 23,040, 1,440/s'
    >>> rate_in_words(3, 24, seconds=90.0)
    '3 of 24, 2.0/min'
    """
    if total is not None and total < FEW:
        rate = f", {count / seconds:,.0f}/s" if seconds > 0.0 else ""
        if 0 < count < seconds:
            rate = f", {60.0 * count / seconds:,.1f}/min"
        return f"{count:,} of {total:,.0f}{rate}"
    of = "" if total is None else f" of {_millions(total)}"
    rate = f", {_millions(count / seconds)} million/s" if seconds > 0.0 else ""
    return f"{_millions(count)}{of} million{rate}"


def _millions(count: float) -> str:
    """Write a count in millions, with a decimal where it is small."""
    return f"{count / 1e6:,.1f}" if count < 1e7 else f"{count / 1e6:,.0f}"
