"""Minute by minute: up to three plans on one shape, and their peaks on every shape.

Notation: T tick.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tuner.decision.words import counted, halves_up, number, shortest
from tuner.errors import ConfigurationError, Problem
from tuner.explore.explorer import TODAY, Explorer, Named
from tuner.report.tables import events_table
from tuner.report.timeline import ALARM, runs_of
from tuner.simulation.run import trace
from tuner.simulation.trace import Trace
from tuner.units import tick_minutes

MOST_PLANS = 3
DONE = ("activity", "schedule")


def minutes_json(
    explorer: Explorer,
    shape: str,
    names: Sequence[str],
    *,
    letters: Sequence[str],
    detail: int = 0,
    limit_percent: float | None = None,
) -> dict[str, Any]:
    """Give what the page draws of some plans on one shape.

    Parameters
    ----------
    explorer : Explorer
        The job.
    shape : str
        Name of the shape.
    names : sequence of str
        Plans, as `Explorer.named` takes them; at most three.
    letters : sequence of str
        What each is called.
    detail : int
        Which plan's alarms, actions and refusals are told.
    limit_percent : float or None
        Largest peak CPU allowed; None: that of the job.

    Raises
    ------
    ConfigurationError
        For a shape or a plan that is not there.
    SimulationError
        When a plan cannot run.
    """
    if not (1 <= len(names) <= MOST_PLANS and 0 <= detail < len(names) == len(letters)):
        raise ConfigurationError(
            Problem("one to three plans, one in detail", f"{len(names)}", "plan", "Choose fewer.")
        )
    shapes = explorer.tuning.shapes
    if shape not in shapes.names:
        raise ConfigurationError(
            Problem("a shape of this run", repr(shape)[:100], "shape", "Choose one of its list.")
        )
    s = shapes.names.index(shape)
    plans = [explorer.named(name) for name in names]
    traces = [
        trace(each.plan, explorer.tuning.scenario, shapes, s, in_words=k == detail)
        for k, each in enumerate(plans)
    ]
    shown, letter = traces[detail], letters[detail]
    limit = explorer.tuning.scenario.limit_percent if limit_percent is None else limit_percent
    events = events_table(shown, label=letter)
    return {
        "shape": shape,
        "words": " · ".join(
            _summary(explorer, each, letter, s) for each, letter in zip(plans, letters, strict=True)
        ),
        "tick_seconds": shown.tick_seconds,
        "x": [t * tick_minutes(shown.tick_seconds) for t in range(len(shown.rpm))],
        "x_is_time": False,
        "rpm": [int(halves_up(rpm)) for rpm in shown.rpm.tolist()],
        "plans": [
            {"id": each.name, "letter": letter, **_columns(run)}
            for each, letter, run in zip(plans, letters, traces, strict=True)
        ],
        "lanes": _lanes(shown),
        "events": [
            {"when": when, "what": what, "kind": _kind(what), "instances": size, "why": why}
            for when, what, size, why in events.rows
        ],
        "events_words": _events_words(shown, letter),
        "peaks": _peaks(explorer, plans, letters, limit),
    }


def _columns(run: Trace) -> dict[str, list[Any]]:
    """Give the ticks of a run, CPU in tenths of a percent, null where there is none."""
    cpu = [None if np.isnan(value) else halves_up(value, digits=1) for value in run.cpu_percent]
    return {
        "cpu": cpu,
        "serving": run.serving.tolist(),
        "in_service": run.in_service.tolist(),
        "launching": run.pending.tolist(),
        "draining": run.draining.tolist(),
        "capacity": run.desired_capacity.tolist(),
    }


def _lanes(run: Trace) -> dict[str, Any]:
    """Give when alarms stood, as first and last tick, and what was done or refused."""
    out = (run.scale_out_state == ALARM) | (run.tracking_high_state == ALARM)
    inward = (run.scale_in_state == ALARM) | (run.tracking_low_state == ALARM)
    return {
        "alarm out": [[begin, end - 1] for begin, end in runs_of(out)],
        "alarm in": [[begin, end - 1] for begin, end in runs_of(inward)],
        "actions": [
            {
                "i": event.tick,
                "to": event.last_tick,
                "kind": _event_kind(event.kind, event.actor, event.words),
                "words": event.words,
            }
            for event in run.events
            if event.kind != "alarm"
        ],
    }


def _event_kind(kind: str, actor: str, words: str) -> str:
    """Say which sign an event gets: out, in or refused."""
    if kind not in DONE:
        return "refused"
    if actor == "scale_in" or ", take " in words or ": take " in words:
        return "in"
    return "out"


def _kind(what: str) -> str:
    """Say which sign a row of the table of events has."""
    return {"▲": "out", "▼": "in", "■": "schedule"}.get(what[:1], "refused")


def _summary(explorer: Explorer, named: Named, letter: str, s: int) -> str:
    """Say what a plan yields on one shape."""
    outcomes = explorer.totals(named).outcomes
    minutes = shortest(outcomes.minutes_over_cliff[0, s].item())
    return (
        f"{letter}: peak {number(outcomes.peak_cpu_percent[0, s].item())} %,"
        f" {minutes} min over the cliff,"
        f" {number(outcomes.host_minutes[0, s].item(), digits=0)} host-minutes"
    )


def _events_words(run: Trace, letter: str) -> str:
    """Count what a run did and what was refused."""
    done = sum(event.kind in DONE for event in run.events)
    refused = sum(event.kind not in (*DONE, "alarm") for event in run.events)
    return (
        f"{letter} on this shape: {counted(done, 'action')}, {counted(refused, 'refusal')}"
        " (one line for a refusal that lasts)."
    )


def _peaks(
    explorer: Explorer, plans: Sequence[Named], letters: Sequence[str], limit: float
) -> list[dict[str, Any]]:
    """Give the peak of each plan on every shape."""
    peaks = [explorer.totals(each).outcomes.peak_cpu_percent[0].tolist() for each in plans]
    return [
        {
            "shape": name,
            "cells": [
                {
                    "letter": letter,
                    "text": number(of_plan[s]),
                    "tenths": round(10 * halves_up(of_plan[s], digits=1)),
                    "tone": "bad" if of_plan[s] > limit else "",
                }
                for letter, of_plan in zip(letters, peaks, strict=True)
            ],
        }
        for s, name in enumerate(explorer.tuning.shapes.names)
    ]


def worst_shape_of_today(explorer: Explorer, name: str | None) -> str:
    """Name the shape on which today's policy is worst; without one, that of another plan."""
    shown = TODAY if explorer.tuning.job.baseline is not None else name
    if shown is None:
        return explorer.tuning.shapes.names[0]
    peaks = explorer.totals(explorer.named(shown)).outcomes.peak_cpu_percent[0]
    return explorer.tuning.shapes.names[int(peaks.argmax())]
