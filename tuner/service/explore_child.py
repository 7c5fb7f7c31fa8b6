"""The process behind the page: it holds runs that were asked about, and a warm simulator.

One line of JSON comes in, one goes out.

A request names the folder of a run, one of `QUESTIONS`, and what that takes. An answer has ``ok``,
or ``problems`` with the ``status`` that they have over HTTP.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from tuner.errors import CliffsideError, ConfigurationError, ResultFileError
from tuner.explore.answer_words import answer_json, answers_json
from tuner.explore.answers import find_answers, find_strips
from tuner.explore.compare import compare_json
from tuner.explore.explorer import Explorer
from tuner.explore.figures import figure_json
from tuner.explore.minutes import minutes_json
from tuner.host import HostModel
from tuner.policy import Alarm, AlarmedPolicy, ScalingPlan, SimpleScaling
from tuner.scenario import Scenario
from tuner.service.problems import status_of
from tuner.simulation.run import simulate_plans, trace
from tuner.stored_run import read_run, with_cliff
from tuner.traffic.shapes import Shape, TrafficShapes

KEPT_RUNS = 4
"""Runs that are held; the one that was not asked about for longest goes first."""

Request = Mapping[str, Any]


def answers(explorer: Explorer, request: Request) -> dict[str, Any]:
    """Answer at every cliff, with a margin and filters."""
    filters = explorer.checked(request["filters"])
    return answers_json(explorer, margin_percent=request["margin"], filters=filters)


def answer(explorer: Explorer, request: Request) -> dict[str, Any]:
    """Answer at one cliff, with the job's stress check where no filter is set."""
    if not request["filters"]:
        with contextlib.suppress(ConfigurationError):
            moved = with_cliff(
                explorer.tuning, cliff_percent=request["cliff"], margin_percent=request["margin"]
            )
            asked = replace(explorer, tuning=moved)
            found = find_answers(asked, margin_percent=asked.margin_percent, cliffs=np.empty(0))
            strips = find_strips(asked, found)
            return answer_json(asked, found, 0, strips=strips, of_the_job=True)
    found = find_answers(
        explorer,
        margin_percent=request["margin"],
        filters=explorer.checked(request["filters"]),
        cliffs=np.array([] if request["cliff"] is None else [request["cliff"]]),
    )
    return answer_json(explorer, found, 0, strips=find_strips(explorer, found))


def candidate(explorer: Explorer, request: Request) -> dict[str, Any]:
    """Compare one plan."""
    filters = explorer.checked(request["filters"])
    return compare_json(explorer, request["id"], margin_percent=request["margin"], filters=filters)


def minutes(explorer: Explorer, request: Request) -> dict[str, Any]:
    """Run up to three plans minute by minute."""
    limit = None
    if request["cliff"] is not None:
        limit = explorer.setting(request["cliff"], request["margin"]).limit_percent
    return minutes_json(
        explorer,
        request["shape"],
        request["plans"],
        letters=request["letters"] or explorer.letters(request["plans"]),
        detail=request["detail"],
        limit_percent=limit,
    )


def figure(explorer: Explorer, request: Request) -> dict[str, Any]:
    """Draw what was measured."""
    return figure_json(explorer.tuning.host_fit, request["name"])


QUESTIONS: dict[str, Callable[[Explorer, Request], dict[str, Any]]] = {
    "answers": answers,
    "answer": answer,
    "candidate": candidate,
    "minutes": minutes,
    "figure": figure,
}


class Runs:
    """The runs that are held, the newest asked last."""

    def __init__(self) -> None:
        self._held: OrderedDict[str, Explorer] = OrderedDict()

    def explorer(self, folder: str) -> Explorer:
        """Give a run, read where it is not held."""
        held = self._held.get(folder)
        if held is None:
            held = Explorer.of(read_run(Path(folder)))
            while len(self._held) >= KEPT_RUNS:
                self._held.popitem(last=False)
            self._held[folder] = held
        self._held.move_to_end(folder)
        return held


def reply(runs: Runs, request: Request) -> dict[str, Any]:
    """Answer one request.

    Parameters
    ----------
    runs : Runs
        Those that are held.
    request : mapping
        With ``folder``, ``question`` and what that takes.
    """
    try:
        explorer = runs.explorer(request["folder"])
    except (ResultFileError, ConfigurationError) as error:
        return _refusal(409, error)
    except CliffsideError as error:
        return _refusal(status_of(error), error)
    try:
        default = explorer.margin_percent if request.get("margin") is None else request["margin"]
        return {"ok": QUESTIONS[request["question"]](explorer, {**request, "margin": default})}
    except CliffsideError as error:
        return _refusal(status_of(error), error)


def _refusal(status: int, error: CliffsideError) -> dict[str, Any]:
    """Say what is wrong."""
    parts = [
        {"expected": p.expected, "got": p.got, "where": p.where, "next_step": p.next_step}
        for p in error.problems
    ]
    return {"status": status, "problems": parts}


def warm_up() -> None:
    """Load the simulator, so that the first request does not wait for it."""
    alarm = Alarm(threshold_percent=50.0, comparison_operator="GreaterThanThreshold")
    plan = ScalingPlan(scale_out=AlarmedPolicy(alarm, SimpleScaling(scaling_adjustment=1)))
    scenario = Scenario(host=HostModel(slope_percent_per_rpm=0.001))
    shapes = TrafficShapes.of([Shape(name="warm", rpm=np.full(5, 1000.0))])
    trace(plan, scenario, shapes, 0)
    simulate_plans([plan], scenario, shapes)


def run() -> None:
    """Answer requests until there are no more."""
    answers_to = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what is printed is no answer
    warm_up()
    runs = Runs()
    for line in sys.stdin:
        told = reply(runs, json.loads(line))
        answers_to.write(json.dumps(told, ensure_ascii=True, allow_nan=False) + "\n")
        answers_to.flush()
