"""From a job's description of traffic to its shapes: files are read here, families drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tuner.config.archived import ArchivedTraffic
from tuner.config.job import Job, LoadTestSource, RecordedTraffic, StagesTraffic
from tuner.errors import LoadTestError, Problem, TrafficError
from tuner.traffic.cuts import cut_recording
from tuner.traffic.families import vary
from tuner.traffic.recording import Recording
from tuner.traffic.shapes import Shape, TrafficShapes

if TYPE_CHECKING:
    from tuner.measure.loadtest import LoadTest


@dataclass(frozen=True, slots=True)
class Pieces:
    """The pieces of one recording, before they are varied.

    Parameters
    ----------
    searched, held_out : tuple of Shape
        In order of time: those of the search, and the days that are kept from it.
    notes : tuple of str
        What a reader should know of the recording, in sentences.
    """

    searched: tuple[Shape, ...]
    held_out: tuple[Shape, ...]
    notes: tuple[str, ...]


def build_shapes(job: Job) -> TrafficShapes:
    """Give the shapes of a job, as `read_traffic` without its notes."""
    return read_traffic(job)[0]


def read_traffic(job: Job) -> tuple[TrafficShapes, tuple[str, ...]]:
    """Give the shapes of a job, and what a reader should know of its recordings.

    Parameters
    ----------
    job : Job
        Whose traffic and seed are read.

    Returns
    -------
    shapes : TrafficShapes
        All shapes: stages first, in the order of the file.
    notes : tuple of str
        What was left out, made up or chosen, in sentences.

    Raises
    ------
    TrafficError
        For recordings that cannot be used and families that cannot be made, all together, each
        with the place of its table in the file.
    MissingFileError
        When a recording is no longer there.
    """
    shapes: list[Shape] = []
    notes: list[str] = []
    problems: list[Problem] = []
    for traffic in job.traffic:
        try:
            if isinstance(traffic, StagesTraffic):
                shapes.extend(_staged(traffic, job))
            else:
                made, said = _recorded(traffic, job)
                shapes.extend(made)
                notes.extend(said)
        except TrafficError as error:
            problems.extend(
                Problem(
                    problem.expected,
                    problem.got,
                    f"{traffic.where}, {problem.where}",
                    problem.next_step,
                )
                for problem in error.problems
            )
    if problems:
        raise TrafficError(*problems)
    return TrafficShapes.of(shapes, tick_seconds=job.tick_seconds), tuple(notes)


def _staged(traffic: StagesTraffic, job: Job) -> tuple[Shape, ...]:
    """Give the shapes of one list of stages."""
    if traffic.family is None:
        return (traffic.stages.shape(tick_seconds=job.tick_seconds),)
    return vary(traffic.stages, traffic.family, seed=job.seed, tick_seconds=job.tick_seconds)


def _recorded(
    traffic: RecordedTraffic | ArchivedTraffic, job: Job
) -> tuple[list[Shape], tuple[str, ...]]:
    """Give the shapes of one recording, and what a reader should know of it."""
    pieces = read_pieces(traffic, tick_seconds=job.tick_seconds)
    if traffic.family is None:
        return list(pieces.searched), pieces.notes
    shapes = [
        member
        for shape in pieces.searched
        for member in vary(shape, traffic.family, seed=job.seed, tick_seconds=job.tick_seconds)
    ]
    return shapes, pieces.notes


def read_pieces(traffic: RecordedTraffic | ArchivedTraffic, *, tick_seconds: int) -> Pieces:
    """Read a recording and cut it, its last days apart where they are held out.

    Parameters
    ----------
    traffic : RecordedTraffic or ArchivedTraffic
        Where it is, and what is to be made of it.
    tick_seconds : int
        Length of a tick.

    Raises
    ------
    TrafficError
        For a recording that cannot be used, and where no day is left to search.
    MissingFileError
        When it is no longer there.
    """
    recording = _recording(traffic)
    cut = cut_recording(
        recording,
        name=traffic.name,
        tick_seconds=tick_seconds,
        scale=traffic.scale,
        cut=traffic.cut,
        gaps=traffic.gaps,
        weight=traffic.weight,
        full_day_fraction=traffic.full_day_fraction,
    )
    notes = (*recording.notes, *cut.notes)
    if not traffic.held_out_days:
        return Pieces(_weighted(traffic, cut.shapes), (), notes)
    n_searched = len(cut.shapes) - traffic.held_out_days
    if n_searched < 1:
        raise TrafficError(
            Problem(
                f"held_out_days of at most {len(cut.shapes) - 1}",
                str(traffic.held_out_days),
                recording.source,
                "Leave at least one day to the search.",
            )
        )
    kept = ", ".join(shape.name for shape in cut.shapes[n_searched:])
    notes = (*notes, f"Kept from the search, for the stress check: {kept}.")
    searched = _weighted(traffic, cut.shapes[:n_searched])
    return Pieces(searched, cut.shapes[n_searched:], notes)


def _recording(traffic: RecordedTraffic | ArchivedTraffic) -> Recording:
    """Read a recording from where it is."""
    if isinstance(traffic, ArchivedTraffic):
        from tuner.config.read_archive import archived_recording

        return archived_recording(traffic)
    if traffic.layout == "minutes":
        from tuner.traffic.wide import read_wide_minutes

        return read_wide_minutes(traffic.file, series=traffic.series)
    from tuner.traffic.recorded import read_recorded

    return read_recorded(
        traffic.file,
        column=traffic.column,
        time_column=traffic.time_column,
        unit=traffic.unit,
        time_zone=traffic.time_zone,
    )


def _weighted(
    traffic: RecordedTraffic | ArchivedTraffic, shapes: tuple[Shape, ...]
) -> tuple[Shape, ...]:
    """Weigh the days that are searched."""
    if not isinstance(traffic, ArchivedTraffic) or traffic.weight_by == "same":
        return shapes
    from tuner.config.read_archive import weighted_by_weekday

    return weighted_by_weekday(shapes, last=traffic.days[-1])


def read_load_test(source: LoadTestSource) -> LoadTest:
    """Read a job's load test.

    Parameters
    ----------
    source : LoadTestSource
        ``job.load_test``.

    Returns
    -------
    LoadTest
        For `tuner.measure.host_fit.measure_host`.

    Raises
    ------
    MissingFileError
        When a file is no longer there.
    LoadTestError
        When it cannot be read, or holds too little.
    """
    if source.table is not None:
        from tuner.measure.table import read_table

        return read_table(source.table)
    from tuner.measure.locust import read_locust

    if source.locust is None or source.cpu is None:
        raise LoadTestError(
            Problem("locust with cpu, or table", "neither", "load_test", "Name the files.")
        )
    return read_locust(
        source.locust,
        source.cpu,
        cpu_column=source.cpu_column,
        window_seconds=source.window_seconds,
    )
