"""Where nothing is feasible: the least bad candidate, and which constraint binds on which shape.

Notation: C candidate, S shape.
"""

from __future__ import annotations

import numpy as np

from tuner.decision.words import counted, shortest
from tuner.search.objectives import first_by
from tuner.search.result import SearchResult


def least_bad_row(result: SearchResult) -> int:
    """Give the row of the candidate that comes closest to every limit.

    Parameters
    ----------
    result : SearchResult
        A search in which nothing need be feasible.

    Returns
    -------
    int
        The row with the smallest excess of worst peak CPU over the limit; then the fewest minutes
        over the cliff, the least overload, the smallest excess of activities a day, the highest
        mean CPU, the fewest host-minutes, and the first in the order of the lattice.

    Notes
    -----
    Assumption: the order is ours. Latency comes before a count of activities, and where CPU is at
    100 % on every candidate, minutes and overload decide.
    """
    allowed = result.limits.max_activities_per_day
    activities = result.activities_per_day - (np.inf if allowed is None else allowed)
    costs = (
        np.maximum(result.worst_peak_cpu_percent - result.scenario.limit_percent, 0.0),
        result.minutes_over_cliff,
        result.overload_requests,
        np.maximum(activities, 0.0),
        -result.mean_cpu_percent,
        result.host_minutes,
    )
    row = first_by(np.arange(result.n_candidates), costs)
    if row is None:
        raise AssertionError("a search has at least one candidate")
    return row


def binding_constraints(result: SearchResult, c: int) -> tuple[str, ...]:
    """Say which constraints a candidate does not keep to, and whether any other does.

    Parameters
    ----------
    result : SearchResult
        The search.
    c : int
        Row of the candidate.

    Returns
    -------
    tuple of str
        A sentence for each shape whose peak CPU passes the limit, and for each optional constraint.
    """
    limit = result.scenario.limit_percent
    sentences = []
    for s, name in enumerate(result.shape_names):
        peak = float(result.peak_cpu_percent[c, s])
        if peak > limit:
            under = int((result.peak_cpu_percent[:, s] <= limit).sum())
            lowest = float(result.peak_cpu_percent[:, s].min())
            others = _others(under, result.n_candidates, f"the lowest peak is {shortest(lowest)} %")
            sentences.append(
                f"peak CPU on shape {name!r}: {shortest(peak)} %, {_points(peak - limit)} over the"
                f" limit of {shortest(limit)} %; {others}"
            )
    optional = {
        "scaling activities a day": (
            result.activities_per_day,
            result.limits.max_activities_per_day,
        ),
        "minutes over the cliff": (result.minutes_over_cliff, result.limits.max_minutes_over_cliff),
    }
    for words, (values, allowed) in optional.items():
        if allowed is not None and values[c] > allowed:
            keep = int((values <= allowed).sum())
            others = _others(keep, result.n_candidates, f"the fewest are {shortest(values.min())}")
            sentences.append(
                f"{words}, weighted over the shapes: {shortest(values[c])}, where"
                f" {shortest(allowed)} are allowed; {others}"
            )
    return tuple(sentences)


def _others(keeping: int, n_candidates: int, closest: str) -> str:
    """Say how many candidates keep to a constraint."""
    if not keeping:
        return f"no candidate keeps to it: {closest}"
    verb = "keeps" if keeping == 1 else "keep"
    return f"{keeping:,} of {counted(n_candidates, 'candidate')} {verb} to it"


def _points(difference: float) -> str:
    """Say a difference of percentages in points."""
    if difference < 0.005:
        return "less than 0.01 points"
    return f"{shortest(difference)} points"
