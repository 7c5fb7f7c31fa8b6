"""From a job to the shapes that its search does not see, and to its recorded days in order."""

from __future__ import annotations

from dataclasses import replace

from tuner.config.archived import ArchivedTraffic
from tuner.config.job import Job, RecordedTraffic, StagesTraffic, Traffic
from tuner.config.shapes import read_pieces
from tuner.traffic.shapes import Shape, TrafficShapes
from tuner.traffic.unseen import Origin, days_of, draw_unseen

UnseenShapes = tuple[TrafficShapes, TrafficShapes | None]
"""Shapes of a stress check, and the same without noise where a noise is stated."""


def unseen_shapes(job: Job, seen: TrafficShapes) -> UnseenShapes | None:
    """Draw the shapes on which the recommendation of a job must hold.

    Parameters
    ----------
    job : Job
        Gives traffic, seed and ``stress``.
    seen : TrafficShapes
        Shapes of the search.

    Returns
    -------
    pair of TrafficShapes, or None
        As many as ``stress.runs``, and the same draws without noise where ``stress`` states a
        noise; None where the check is switched off.

    Raises
    ------
    TrafficError
        For recordings that cannot be used, and where nothing is left to draw.
    MissingFileError
        When a recording is no longer there.
    """
    stress, ranges = job.stress, job.stress.ranges
    if not stress.runs:
        return None
    origins = [_origin(traffic, job) for traffic in job.traffic]
    unseen = draw_unseen(origins, runs=stress.runs, seed=job.seed, ranges=ranges, seen=seen)
    if not ranges.noise_percent:
        return unseen, None
    calm = replace(ranges, noise_percent=0.0)
    return unseen, draw_unseen(origins, runs=stress.runs, seed=job.seed, ranges=calm, seen=seen)


def recorded_days(job: Job) -> tuple[Shape, ...]:
    """Give the recorded days of a job in order of time, held out or not, each recording in turn.

    Parameters
    ----------
    job : Job
        Its recordings of cut ``day``; a family does not act.

    Raises
    ------
    TrafficError
        For recordings that cannot be used.
    MissingFileError
        When a recording is no longer there.
    """
    days: list[Shape] = []
    for traffic in job.traffic:
        if not isinstance(traffic, StagesTraffic) and traffic.cut == "day":
            pieces = read_pieces(traffic, tick_seconds=job.tick_seconds)
            days += [*pieces.searched, *pieces.held_out]
    return tuple(days)


def _origin(traffic: Traffic, job: Job) -> Origin:
    """Give what the unseen shapes of one traffic are drawn from."""
    family, tick = traffic.family, job.tick_seconds
    members = 1 if family is None else family.n_variants
    if isinstance(traffic, StagesTraffic):
        stages = traffic.stages
        weight = members * stages.weight
        return Origin(name=stages.name, stages=stages, family=family, weight=weight)
    pieces = read_pieces(traffic, tick_seconds=tick)
    days = pieces.searched
    if traffic.cut == "whole" and traffic.gaps != "split":
        days = days_of(days[0], tick_seconds=tick)
    return Origin(
        name=_name_of(traffic),
        days=days,
        other_days=pieces.held_out,
        is_daily=traffic.gaps != "split",
        family=family,
        weight=members * sum(day.weight for day in pieces.searched),
    )


def _name_of(traffic: RecordedTraffic | ArchivedTraffic) -> str:
    """Give the name of the shapes of a recording."""
    if isinstance(traffic, ArchivedTraffic):
        return traffic.name
    return traffic.name or traffic.file.name.split(".")[0]
