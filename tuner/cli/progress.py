"""A progress bar on a terminal; off one, a status line every ten seconds."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

STATUS_SECONDS = 10.0


@contextmanager
def progress_bar(title: str) -> Iterator[Callable[[int], None]]:
    """Give a function that is told how many candidate-ticks are done."""
    if sys.stderr.isatty():
        from rich.console import Console
        from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

        columns = (
            SpinnerColumn(),
            TextColumn(title),
            TextColumn("{task.completed:,.0f} candidate-minutes"),
            TimeElapsedColumn(),
        )
        with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task(title, total=None)
            yield lambda done: bar.advance(task, done)
        return
    count, said = 0, time.monotonic()

    def report(done: int) -> None:
        nonlocal count, said
        count += done
        if time.monotonic() - said > STATUS_SECONDS:
            said = time.monotonic()
            sys.stderr.write(f"{title}: {count:,} candidate-minutes\n")

    yield report
