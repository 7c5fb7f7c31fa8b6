"""A fit from production in words, and as an object for JSON."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from tuner.cli.show import Block, Facts, Heading
from tuner.cli.words import fit_object, fit_words

if TYPE_CHECKING:
    from tuner.measure.history import History
    from tuner.measure.production import ProductionFit


def production_words(fit: ProductionFit, history: History) -> Iterator[Block]:
    """Say a fit from production: host, times, what is unknown, and the lines to paste.

    Parameters
    ----------
    fit : ProductionFit
        What the history said.
    history : History
        The history.
    """
    from tuner.deployment.verify_json import stamp
    from tuner.measure.production_lines import toml_lines

    begin, end = stamp(history.begin), stamp(history.end)
    yield f"{fit.minutes:,} minutes of {history.source}, {begin} to {end}"
    yield from history.notes
    yield from fit_words(fit.host_fit)
    yield from fit.host_fit.line.warnings if fit.host_fit.line else ()
    yield Heading("The group's times")
    yield Facts(tuple(_times(fit)))
    if fit.unknown:
        yield Heading("What the history does not tell")
        yield Facts(
            tuple(
                row
                for unknown in fit.unknown
                for row in (
                    (unknown.what, f"unknown: {unknown.why[:1].lower()}{unknown.why[1:]}"),
                    ("", unknown.settle),
                )
            )
        )
    yield Heading("For the job's file")
    yield from toml_lines(fit)


def production_object(fit: ProductionFit, history: History) -> dict[str, Any]:
    """Give a fit from production with the keys of `fit --output json`, and those of its times.

    Parameters
    ----------
    fit : ProductionFit
        What the history said.
    history : History
        The history.
    """
    from tuner.deployment.verify_json import stamp
    from tuner.measure.production_lines import toml_lines

    return {
        **fit_object(fit.host_fit),
        "source": history.source,
        "begin": stamp(history.begin),
        "end": stamp(history.end),
        "minutes": fit.minutes,
        "times": asdict(fit.times),
        "metric_delay": asdict(fit.delay),
        "boot": asdict(fit.boot),
        "unknown": [asdict(unknown) for unknown in fit.unknown],
        "toml": list(toml_lines(fit)),
    }


def _times(fit: ProductionFit) -> Iterator[tuple[str, str]]:
    """Say what activities and alarms told."""
    times = fit.times
    spreads = {
        "Launch": times.launch,
        "Alarm to activity": times.alarm_to_activity,
        "Decision to InService": times.decision_to_in_service,
        "Termination": times.terminate,
    }
    for name, spread in spreads.items():
        if spread is not None:
            yield name, spread.in_words()
    if times.failed_launches:
        again = "" if times.retry is None else f", tried again after {times.retry.in_words()}"
        yield (
            "Launches that failed",
            f"{times.failed_launches}, {times.failed_percent:.1f} % of the tries{again}",
        )
    yield "Metric to alarm", fit.delay.words
    boot = fit.boot
    if boot.ready_seconds:
        yield (
            "Boot",
            f"{boot.boot_cpu_percent:g} % CPU for {boot.ready_seconds} s from InService"
            f" ({boot.launches} launches)",
        )
