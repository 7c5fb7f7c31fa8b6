"""The call into the kernel: check, allocate, run on threads, raise with names.

Tasks are blocks of candidates on shapes. A pool of threads takes ranges of them; each writes to
places of its own, so the number of threads changes no bit.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from itertools import pairwise
from pathlib import Path

import numpy as np

import kernels
from kernels import layout
from tuner.errors import Problem, SimulationError
from tuner.policy import ScalingPlan
from tuner.scenario import Scenario
from tuner.simulation.arrays import PolicyArrays, pack_load, pack_plans, pack_setting
from tuner.simulation.blocks import block_keys, may_use_lanes, places_for
from tuner.simulation.explain import Event, events_of
from tuner.simulation.outcomes import Outcomes, empty_totals, outcomes_of
from tuner.simulation.trace import Trace, empty_record, trace_of
from tuner.simulation.warming import empty_warming
from tuner.traffic.shapes import TrafficShapes

Progress = Callable[[int], None]

RANGES_PER_THREAD = 8
NAMED_FAILURES = 10

LEAST_FOR_LANES = 8
"""Candidates below which a block of lanes is not worth compiling or filling."""


def available_threads() -> int:
    """Count the processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def compiled_kernels_folder() -> str:
    """Name the folder that holds the compiled kernels."""
    return str(kernels.CACHE_FOLDER)


def is_compiled(driver: str) -> bool:
    """Tell whether a driver of the kernels need not be compiled before its first call.

    Parameters
    ----------
    driver : str
        ``simulate_tasks``, ``simulate_each`` or ``trace_run``.
    """
    stats = getattr(getattr(kernels, driver), "stats", None)
    if stats is None:
        return True  # compilation is switched off
    return any(Path(stats.cache_path).glob(f"*.{driver}-*.nbi"))


def simulate(
    policies: PolicyArrays,
    scenario: Scenario,
    shapes: TrafficShapes,
    *,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Outcomes:
    """Run every candidate on every shape, minute by minute.

    Parameters
    ----------
    policies : PolicyArrays [C]
        Candidates, from `pack_plans` or `pack_columns`.
    scenario : Scenario
        What they share.
    shapes : TrafficShapes [S]
        The load.
    threads : int or None
        Threads to use; None stands for the processors that this process may use.
    progress : callable or None
        Called from this thread with the number of candidate-ticks done since the last call.

    Returns
    -------
    Outcomes
        Totals ``[C, S]``.

    Raises
    ------
    SimulationError
        When candidates cannot run; names the first ten and counts the rest.

    Notes
    -----
    Source: docs/model.md. The result does not depend on threads or on the order of candidates:
    where blocks hold alarms of several periods, candidates change places while they run
    (`tuner.simulation.blocks`).
    """
    load = pack_load(shapes, scenario, policies.actions)
    setting = pack_setting(scenario)
    totals = empty_totals(len(policies), len(shapes))
    places = None
    if len(policies) > kernels.BLOCK and may_use_lanes(setting, load):
        places = places_for(block_keys(policies, setting))
    if places is not None:
        policies = places.seated(policies)
    n_tasks = -(-len(policies) // kernels.BLOCK) * len(shapes)
    threads = threads or available_threads()
    n_ranges = min(n_tasks, threads * RANGES_PER_THREAD) if n_tasks else 0
    borders = np.linspace(0, n_tasks, n_ranges + 1).astype(int).tolist()
    ranges = list(pairwise(borders))
    ticks = shapes.n_ticks

    driver = kernels.simulate_each if len(policies) < LEAST_FOR_LANES else kernels.simulate_tasks

    def run(begin: int, end: int) -> int:
        driver(policies.policies, policies.warming, setting, load, totals, begin, end)
        return _candidate_ticks(begin, end, len(policies), ticks)

    if threads == 1 or n_ranges <= 1:
        for begin, end in ranges:
            _report(progress, run(begin, end))
    else:
        with ThreadPoolExecutor(max_workers=threads) as pool:
            waiting = [pool.submit(run, begin, end) for begin, end in ranges]
            try:
                for future in as_completed(waiting):
                    _report(progress, future.result())
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise
    if places is not None:
        places.put_back(totals)
    _raise_failures(totals.status, shapes)
    return outcomes_of(totals)


def simulate_plans(plans: list[ScalingPlan], scenario: Scenario, shapes: TrafficShapes) -> Outcomes:
    """Run a few plans on every shape; else as `simulate`.

    Parameters
    ----------
    plans : list of ScalingPlan [C]
        Candidates.
    scenario : Scenario
        What they share.
    shapes : TrafficShapes [S]
        The load.

    Returns
    -------
    Outcomes [C, S]
        Totals of each run.
    """
    return simulate(pack_plans(plans, scenario), scenario, shapes)


def trace(
    plan: ScalingPlan,
    scenario: Scenario,
    shapes: TrafficShapes,
    shape: int,
    *,
    in_words: bool = True,
) -> Trace:
    """Run one plan on one shape and keep every tick, with reasons in words.

    Parameters
    ----------
    plan : ScalingPlan
        The candidate.
    scenario : Scenario
        The rest of the run.
    shapes : TrafficShapes [S]
        The load.
    shape : int
        Which of them, 0 … S − 1.
    in_words : bool
        Whether its events are told; that takes ten times as long as the run.

    Returns
    -------
    Trace

    Raises
    ------
    SimulationError
        When the plan cannot run.
    """
    rpm = shapes.rpm_of(shape)
    one = TrafficShapes(
        rpm,
        np.array([0, len(rpm)], dtype=np.int64),
        shapes.weight[shape : shape + 1],
        shapes.names[shape : shape + 1],
        shapes.sources[shape : shape + 1],
        shapes.tick_seconds,
    )
    policies = pack_plans([plan], scenario)
    setting = pack_setting(scenario)
    totals = empty_totals(1, 1)
    record = empty_record(len(rpm))
    load = pack_load(one, scenario, policies.actions)
    warming = policies.warming or empty_warming(1, 1)
    kernels.trace_run(policies.policies, warming, setting, load, totals, record)
    _raise_failures(totals.status, one)
    launch_ticks = load.launch_ticks if load.launch_ticks.size else None
    events: tuple[Event, ...] = ()
    if in_words:
        tick = one.tick_seconds
        events = events_of(record, setting, plan, launch_ticks=launch_ticks, tick_seconds=tick)
    return trace_of(record, events, one, outcomes_of(totals).of(0, 0))


def _candidate_ticks(begin: int, end: int, n_candidates: int, ticks: layout.Integers) -> int:
    """Count the candidate-ticks of a range of tasks."""
    task = np.arange(begin, end)
    block, shape = np.divmod(task, len(ticks))
    members = np.minimum(n_candidates - block * kernels.BLOCK, kernels.BLOCK)
    return int((members * ticks[shape]).sum())


def _report(progress: Progress | None, candidate_ticks: int) -> None:
    """Tell the caller how far it is."""
    if progress is not None:
        progress(candidate_ticks)


def _raise_failures(status: layout.Integers, shapes: TrafficShapes) -> None:
    """Raise one error for all runs that the kernel refused."""
    failed = np.argwhere(status != kernels.status.DONE)
    if not len(failed):
        return
    problems = [
        Problem(
            "a candidate that can run",
            kernels.status.SENTENCES[int(status[c, s])],
            f"candidate {c} on shape {shapes.names[s]!r}",
            "Mend the candidate or leave it out.",
        )
        for c, s in failed[:NAMED_FAILURES]
    ]
    if len(failed) > NAMED_FAILURES:
        problems.append(
            Problem(
                "no refused runs",
                f"{len(failed)} of {status.size}",
                "all candidates",
                f"The first {NAMED_FAILURES} are named above.",
            )
        )
    raise SimulationError(*problems)
