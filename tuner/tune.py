"""One service, from load test to recommendation: the steps in order, each one call.

1. Measure the host: its CPU line and its cliff.
2. Shape the traffic.
3. Search the plans.
4. Recommend one.
5. Write the files.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tuner.config.digest import inputs_digest
from tuner.config.host import measure
from tuner.config.job import Job, scenario
from tuner.config.shapes import read_traffic
from tuner.config.unseen_shapes import unseen_shapes
from tuner.decision.advise import advise
from tuner.decision.families import FamilyAnswer, best_family
from tuner.decision.insight import Insight, insight_of
from tuner.decision.recommend import Recommendation
from tuner.measure.host_fit import HostFit
from tuner.scenario import Scenario
from tuner.search.result import SearchResult
from tuner.search.search import planned_candidates, search
from tuner.search.settings import FamilyName
from tuner.search.stored_trials import StoredTrials
from tuner.simulation.outcomes import MODEL_VERSION
from tuner.simulation.run import Progress, trace
from tuner.simulation.trace import Trace
from tuner.store.files import write_json, write_text
from tuner.store.parquet_parts import write_parquet_parts
from tuner.traffic.shapes import TrafficShapes

if TYPE_CHECKING:
    from tuner.deployment.fidelity import LedgerEntry
    from tuner.report.html import ReportInput
    from tuner.store.run_writer import RunWriter


def result_files(families: Sequence[FamilyName]) -> tuple[str, ...]:
    """Name what a finished job writes, in this order."""
    parquet = [
        f"{kind}{file_suffix(family, families)}.parquet"
        for family in families
        for kind in ("trials", "front")
    ]
    return (*parquet, "report.html", "recommendation.json")


def file_suffix(family: FamilyName, families: Sequence[FamilyName]) -> str:
    """Give what tells the files of one family from another's; nothing where there is only one."""
    return "" if len(families) == 1 else f"-{family}"


@dataclass(frozen=True, kw_only=True)
class Tuning:
    """Everything that a finished job knows.

    Parameters
    ----------
    job : Job
        What was asked.
    inputs_sha256 : str
        Digest of the files that it read.
    host_fit : HostFit or None
        The load test's fit, where the job has one.
    scenario : Scenario
        What all candidates shared.
    shapes : TrafficShapes
        The load; `notes` says what a reader should know of it.
    notes : tuple of str
        Sentences on recordings and configuration.
    answers : tuple of FamilyAnswer
        What each family gave, in the order of the job; fewer where Ctrl-C came before the last.
    """

    job: Job
    inputs_sha256: str
    host_fit: HostFit | None
    scenario: Scenario
    shapes: TrafficShapes
    notes: tuple[str, ...]
    answers: tuple[FamilyAnswer, ...]

    @property
    def best(self) -> FamilyAnswer:
        """The family whose plan is recommended."""
        return best_family(self.answers)

    @property
    def result(self) -> SearchResult:
        """Every candidate of the family whose plan is recommended."""
        return self.best.result

    @property
    def recommendation(self) -> Recommendation:
        """What to do, and why."""
        return self.best.recommendation

    @property
    def complete(self) -> bool:
        """Whether every family was searched to its end."""
        return len(self.answers) == len(self.job.spaces) and all(
            answer.result.complete for answer in self.answers
        )

    @cached_property
    def insight(self) -> Insight:
        """What stands behind the recommendation; found when first asked for."""
        return insight_of(self.result, self.recommendation, self.shapes)

    def plot(self) -> Any:
        """Draw the front with the plans that matter: a plotly Figure, as the report shows it."""
        from tuner.report.families import families_figure
        from tuner.report.searched import front_figure

        if len(self.answers) > 1:
            return families_figure(self.answers)
        return front_figure(self.result, self.recommendation)

    def _repr_html_(self) -> str:
        """Show in a notebook what to do, why, and what that rests on."""
        from tuner.report.notebook import job_html

        return job_html(
            self.job.service,
            host_fit=self.host_fit,
            shapes=self.shapes,
            answers=self.answers,
            notes=self.notes,
        )

    def to_json(self) -> dict[str, Any]:
        """Give the whole answer for JSON, with the keys of `tune`."""
        result = self.result
        return {
            "schema": "cliffside.tune/1",
            "model_version": MODEL_VERSION,
            "service": self.job.service,
            "job": {
                "config": str(self.job.path.resolve()),
                "inputs_sha256": self.inputs_sha256,
                "seed": self.job.seed,
            },
            **self.best.search_facts(),
            "complete": self.complete,
            "n_shapes": len(self.shapes),
            "n_minutes": result.n_minutes,
            **self.recommendation.to_json(),
            "families": [self._family(answer) for answer in self.answers],
            "front": result.front_rows(),
            "cost_front": result.cost_front_rows(),
            **self.insight.to_json(),
        }

    def _family(self, answer: FamilyAnswer) -> dict[str, Any]:
        """Give the answer of one family for JSON."""
        refined = answer.result.space != self.job.spaces[answer.family]
        return {**answer.to_json(), "refined": refined}


def tune(
    job: Job,
    *,
    run: RunWriter | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
    expect: Callable[[int], None] | None = None,
) -> Tuning:
    """Run a whole job: measure, shape, search, recommend.

    Parameters
    ----------
    job : Job
        From `tuner.config.load_job`.
    run : RunWriter or None
        Where an interrupted run of this very job has left its trials, and this one leaves its own.
    threads : int or None
        Threads of the simulator; None stands for all.
    progress : callable or None
        Told how many candidate-ticks have been simulated.
    expect : callable or None
        Told once, before, how many there will be: exactly, where the whole lattice is enumerated.

    Returns
    -------
    Tuning

    Raises
    ------
    CliffsideError
        For input that cannot be used; nothing has been written.
    """
    digest = inputs_digest(job)
    host_fit, host = measure(job)
    shared = scenario(job, host)
    shapes, notes = read_traffic(job)
    unseen = unseen_shapes(job, shapes)
    settings = replace(job.settings, seed=job.seed)
    if expect is not None:
        planned = (planned_candidates(space, shared, settings) for space in job.spaces.values())
        expect(sum(planned) * shapes.rpm.size)
    answers: list[FamilyAnswer] = []
    for family, space in job.spaces.items():
        store = None
        if run is not None:
            store = StoredTrials(run, space, shared, shapes, label=family, progress=progress)
        try:
            result = search(
                space,
                shared,
                shapes,
                settings=settings,
                limits=job.limits,
                store=store,
                threads=threads,
                progress=progress,
            )
        except KeyboardInterrupt:
            if not answers:
                raise
            break
        advice = advise(job, result, shapes, unseen=unseen, threads=threads)
        answers.append(FamilyAnswer(family=family, result=result, recommendation=advice))
        if not result.complete:
            break
    return Tuning(
        job=job,
        inputs_sha256=digest,
        host_fit=host_fit,
        scenario=shared,
        shapes=shapes,
        notes=(*job.warnings, *notes, *search_notes(answers)),
        answers=tuple(answers),
    )


def search_notes(answers: Sequence[FamilyAnswer]) -> Iterator[str]:
    """Give the notes of all searches; where there are several families, each with its own."""
    for answer in answers:
        of = f"{answer.name.capitalize()}: " if len(answers) > 1 else ""
        yield from (f"{of}{note}" for note in answer.result.notes)


def timelines(tuning: Tuning) -> dict[str, dict[str, Trace]]:
    """Trace today's policy and the recommended plan, or the least bad, where today's is worst.

    Returns
    -------
    dict of str to dict of str to Trace
        By shape, then by what the plan is.
    """
    advice = tuning.recommendation
    wanted = {
        "today": advice.baseline,
        "recommended": advice.recommended,
        "least bad": advice.least_bad,
    }
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


def report_input(tuning: Tuning, fidelity: Sequence[LedgerEntry] = ()) -> ReportInput:
    """Give what the report of a finished job is written from.

    Parameters
    ----------
    tuning : Tuning
        A finished job.
    fidelity : sequence of LedgerEntry
        Past verifications of its service, in order of time.
    """
    from tuner.report.html import ReportInput

    return ReportInput(
        title=tuning.job.service,
        shapes=tuning.shapes,
        notes=tuning.notes,
        result=tuning.result,
        recommendation=tuning.recommendation,
        answers=tuning.answers,
        host_fit=tuning.host_fit,
        scenario=tuning.scenario,
        timelines=timelines(tuning),
        insight=tuning.insight,
        fidelity=tuple(fidelity),
    )


def write_results(
    tuning: Tuning, directory: Path, fidelity: Sequence[LedgerEntry] = ()
) -> list[Path]:
    """Write trials and fronts of every family, report.html, and recommendation.json, the last last.

    Parameters
    ----------
    tuning : Tuning
        A finished job.
    directory : Path
        Where to.
    fidelity : sequence of LedgerEntry
        As in `report_input`.

    Returns
    -------
    list of Path
        The files, in the order written.
    """
    from tuner.report.html import render_report

    families = [answer.family for answer in tuning.answers]
    for answer in tuning.answers:
        result, suffix = answer.result, file_suffix(answer.family, families)
        front = result.columns(result.cost_front())
        for name, parts in (("trials", result.column_parts()), ("front", [front])):
            write_parquet_parts(
                directory / f"{name}{suffix}.parquet",
                parts,
                units=result.units(),
                schema=f"cliffside.{name}",
                model_version=MODEL_VERSION,
            )
    write_text(directory / "report.html", render_report(report_input(tuning, fidelity)))
    write_json(directory / "recommendation.json", tuning.to_json())
    return [directory / name for name in result_files(families)]
