"""The verb for many services: one command that cron, systemd or Airflow starts."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tuner.cli.emit import emit_json
from tuner.cli.jobs import tell_of_compilation
from tuner.cli.options import (
    file_option,
    output_option,
    run_settings,
    settings,
    state_settings,
    workers_settings,
)
from tuner.cli.workers import shared_out

if TYPE_CHECKING:
    from collections.abc import Callable

    from tuner.night.record import ServiceNight
    from tuner.night.summary import Summary

STATUS_SECONDS = 10.0
SUMMARY_FILES = ("summary.html", "summary.md", "summary.json")


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@file_option("--out", help="Folder that gets summary.json, summary.md and summary.html.")
@click.option("--again", is_flag=True, help="Also services that are done this night.")
@click.option("--detailed-exitcode", is_flag=True, help="Exit code 4 where a change is proposed.")
@output_option("json", "markdown")
@workers_settings
@state_settings
@run_settings
def night(folder: Path, out: Path | None, again: bool, detailed_exitcode: bool, output: str) -> int:
    """Tune every service of a folder, each *.toml in it a job, and sum up what a person should do.

    The same command goes on with a night that was cut off. Exit code 1 where a service has no
    result, 3 where nothing is feasible for one.
    """
    from tuner.night.night import run_night
    from tuner.night.services import services_of
    from tuner.night.state import NIGHTS
    from tuner.store.files import check_folder

    call = settings()
    n_services = len(services_of(folder))
    if out is not None:
        check_folder(out)
    tell_of_compilation("simulate_each", "simulate_tasks", "trace_run")
    try:
        with shared_out() as workers, _progress(n_services) as told:
            summary = run_night(
                folder,
                call.state_dir,
                seed=call.seed,
                threads=call.threads if workers is None else 1,
                again=again,
                told=told,
                each=None if workers is None else workers.as_finished,
            )
    except KeyboardInterrupt:
        call.say("The night goes on with the same command.")
        raise
    place = call.state_dir / NIGHTS / summary.night
    if out is not None:
        _copy_summary(summary, place, out)
    if output == "json":
        emit_json(summary.to_json())
    elif output == "markdown":
        from tuner.night.words import night_markdown

        click.echo(night_markdown(summary), nl=False)
    else:
        from tuner.cli.night_words import night_blocks
        from tuner.cli.show import show

        show(night_blocks(summary))
    if summary.n_repeated:
        call.say(f"Done earlier this night: {summary.n_repeated}; --again does them once more.")
    if call.verbose or not summary.is_quiet:
        call.say(f"Written: {', '.join(str(place / name) for name in SUMMARY_FILES)}")
    return summary.exit_code(detailed=detailed_exitcode)


def _copy_summary(summary: Summary, place: Path, out: Path) -> None:
    """Put the summary of a night into another folder; its page leads to the runs from there."""
    import os
    from urllib.parse import quote

    from tuner.night.page import kept_page, night_html
    from tuner.store.files import copy_file, write_text

    night = quote(Path(os.path.relpath(place, out)).as_posix())
    page = night_html(summary, run_page=lambda run: f"{night}/{kept_page(run)}")
    write_text(out / "summary.html", page)
    for name in ("summary.md", "summary.json"):
        copy_file(place / name, out / name)


@contextmanager
def _progress(n_services: int) -> Iterator[Callable[[ServiceNight, int, int], None] | None]:
    """Show how many services are done: a bar, or off a terminal a line every ten seconds."""
    import os
    import sys

    if settings().quiet:
        yield None
    elif sys.stderr.isatty() and os.environ.get("TERM") not in ("dumb", "unknown"):
        from tuner.cli.progress import progress_bar

        with progress_bar("Services", unit="services") as bar:
            bar.expect(n_services)

            def advance(_: ServiceNight, __: int, ___: int) -> None:
                bar(1)

            yield advance
    else:
        yield _Lines()


class _Lines:
    """Says how far a night is, every ten seconds."""

    def __init__(self) -> None:
        self._began = self._said = time.monotonic()

    def __call__(self, record: ServiceNight, done: int, total: int) -> None:
        """Hear of a service that is done."""
        now = time.monotonic()
        if settings().verbose or now - self._said > STATUS_SECONDS:
            self._said = now
            ends = end_in_words(done, total, seconds=now - self._began, now=time.time())
            settings().say(
                f"{done} of {total} services, the last {record.service}: {record.outcome}{ends}"
            )


def end_in_words(done: int, total: int, *, seconds: float, now: float) -> str:
    """Say when a night will end, if the rest takes as long as what is done did.

    Parameters
    ----------
    done, total : int
        Services, ``done`` at least 1.
    seconds : float
        Since the beginning.
    now : float
        Seconds since 1970 UTC.

    Examples
    --------
    >>> end_in_words(6, 24, seconds=600.0, now=0.0), end_in_words(24, 24, seconds=1.0, now=0.0)
    ('; ends about 00:30 UTC', '')
    """
    if done >= total:
        return ""
    left = seconds * (total - done) / done
    return f"; ends about {time.strftime('%H:%M', time.gmtime(now + left))} UTC"
