"""One service, from load test to recommendation: the steps in order, each one call.

1. Measure the host: its CPU line and its cliff.
2. Shape the traffic.
3. Search the plans.
4. Recommend one.
5. Write the files.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tuner.config.job import Job, scenario
from tuner.config.shapes import read_load_test, read_traffic
from tuner.decision.recommend import Recommendation, recommend
from tuner.errors import ConfigurationError, Problem
from tuner.host import HostModel
from tuner.measure.host_fit import HostFit, measure_host
from tuner.scenario import Scenario
from tuner.search.exact import search_exact
from tuner.search.result import SearchResult
from tuner.simulation.outcomes import MODEL_VERSION
from tuner.simulation.run import Progress, trace
from tuner.simulation.trace import Trace
from tuner.store.files import write_json, write_parquet, write_text
from tuner.traffic.shapes import TrafficShapes


@dataclass(frozen=True, slots=True, kw_only=True)
class Tuning:
    """Everything that a finished job knows.

    Parameters
    ----------
    job : Job
        What was asked.
    host_fit : HostFit or None
        The load test's fit, where the job has one.
    scenario : Scenario
        What all candidates shared.
    shapes : TrafficShapes
        The load; `notes` says what a reader should know of it.
    notes : tuple of str
        Sentences on recordings and configuration.
    result : SearchResult
        Every candidate.
    recommendation : Recommendation
        What to do, and why.
    """

    job: Job
    host_fit: HostFit | None
    scenario: Scenario
    shapes: TrafficShapes
    notes: tuple[str, ...]
    result: SearchResult
    recommendation: Recommendation

    def to_json(self) -> dict[str, Any]:
        """Give the whole answer for JSON, with the keys of `tune`."""
        result = self.result
        return {
            "schema": "cliffside.tune/1",
            "model_version": MODEL_VERSION,
            "service": self.job.service,
            "engine": result.engine,
            "n_candidates": result.n_candidates,
            "n_left_out": sum(result.left_out.values()),
            "left_out": result.left_out,
            "n_shapes": len(self.shapes),
            "n_minutes": result.n_minutes,
            "seconds": result.seconds,
            **self.recommendation.to_json(),
            "front": result.front_rows(),
            "cost_front": result.cost_front_rows(),
        }


def measure(job: Job) -> tuple[HostFit | None, HostModel]:
    """Give the host of a job: stated in its file, or fitted from its load test.

    Raises
    ------
    ConfigurationError
        When the load test holds no CPU, so that there is no line.
    LoadTestError, FitError, MissingFileError
        When the load test cannot be read or fitted.
    """
    if job.load_test is None:
        return None, job.host or job.wishes.host()
    fit = measure_host(read_load_test(job.load_test), seed=job.seed)
    if fit.host is None and not job.wishes.has_line:
        raise ConfigurationError(
            Problem(
                "a load test with CPU, or a [host] table",
                "a load test without CPU",
                str(job.path),
                "Give the host's line under [host].",
            )
        )
    return fit, job.wishes.host(fit.host)


def tune(job: Job, *, threads: int | None = None, progress: Progress | None = None) -> Tuning:
    """Run a whole job: measure, shape, search, recommend.

    Parameters
    ----------
    job : Job
        From `tuner.config.load_job`.
    threads : int or None
        Threads of the simulator; None stands for all.
    progress : callable or None
        Told how many candidate-ticks have been simulated.

    Returns
    -------
    Tuning

    Raises
    ------
    CliffsideError
        For input that cannot be used; nothing has been written.
    """
    host_fit, host = measure(job)
    shared = scenario(job, host)
    shapes, notes = read_traffic(job)
    result = search_exact(
        job.space,
        shared,
        shapes,
        limits=job.limits,
        budget=job.budget,
        threads=threads,
        progress=progress,
    )
    return Tuning(
        job=job,
        host_fit=host_fit,
        scenario=shared,
        shapes=shapes,
        notes=(*job.warnings, *notes),
        result=result,
        recommendation=recommend(result, shapes, baseline=job.baseline),
    )


def timelines(tuning: Tuning) -> dict[str, dict[str, Trace]]:
    """Trace today's policy and the recommended plan on the shape where today's is worst.

    Returns
    -------
    dict of str to dict of str to Trace
        By shape, then by what the plan is.
    """
    advice = tuning.recommendation
    wanted = {"today": advice.baseline, "recommended": advice.recommended or advice.least_bad}
    plans = {label: row for label, row in wanted.items() if row is not None}
    if not plans:
        return {}
    worst = int(next(iter(plans.values())).outcomes.peak_cpu_percent[0].argmax())
    traces = {
        label: trace(row.plan, tuning.scenario, tuning.shapes, worst)
        for label, row in plans.items()
        if row.plan is not None
    }
    return {tuning.shapes.names[worst]: traces}


def write_results(tuning: Tuning, directory: Path) -> list[Path]:
    """Write report.html, front.parquet, trials.parquet and recommendation.json, the last last.

    Returns
    -------
    list of Path
        The files, in the order written.
    """
    from tuner.report.html import ReportInput, render_report

    result = tuning.result
    columns, units = result.columns(), result.units()
    front = result.cost_front()
    for name, rows in (("trials", slice(None)), ("front", front)):
        write_parquet(
            directory / f"{name}.parquet",
            {key: values[rows] for key, values in columns.items()},
            units=units,
            schema=f"cliffside.{name}",
            model_version=MODEL_VERSION,
        )
    report = ReportInput(
        title=tuning.job.service,
        shapes=tuning.shapes,
        result=result,
        recommendation=tuning.recommendation,
        host_fit=tuning.host_fit,
        scenario=tuning.scenario,
        timelines=timelines(tuning),
    )
    write_text(directory / "report.html", render_report(report))
    write_json(directory / "recommendation.json", tuning.to_json())
    names = ("trials.parquet", "front.parquet", "report.html", "recommendation.json")
    return [directory / name for name in names]
