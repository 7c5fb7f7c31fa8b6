"""A finished job, kept as a run: its files, its study of record, its manifest last."""

from __future__ import annotations

import contextlib
import filecmp
from collections.abc import Sequence
from pathlib import Path

from tuner.config.digest import inputs_digest
from tuner.config.job import Job
from tuner.deployment.fidelity import LedgerEntry
from tuner.errors import StoreError
from tuner.search.settings import FamilyName
from tuner.simulation.outcomes import MODEL_VERSION
from tuner.store.files import cannot_write, copy_file, write_text
from tuner.store.manifest import Manifest, Origin
from tuner.store.run_writer import RunWriter
from tuner.store.runs import JOURNAL, PAGE_DATA
from tuner.tune import Tuning, file_suffix, result_files, write_results


def origin(job: Job) -> Origin:
    """Say what a run of a job is of.

    Raises
    ------
    MissingFileError
        When a file that the job reads is no longer there.
    """
    names = ("engine", "sampler", "budget", "trials", "refine", "best_only")
    return Origin(
        service=job.service,
        config=str(job.path.resolve()),
        inputs_sha256=inputs_digest(job),
        search={"families": list(job.spaces), **{n: getattr(job.settings, n) for n in names}},
        seed=job.seed,
        model_version=MODEL_VERSION,
    )


def keep_run(
    tuning: Tuning, run: RunWriter, *, exit_code: int, fidelity: Sequence[LedgerEntry] = ()
) -> Manifest:
    """Write a finished job as a run: its files, its study of record, the manifest last.

    Parameters
    ----------
    tuning : Tuning
        A finished job.
    run : RunWriter
        The run.
    exit_code : int
        Of the command.
    fidelity : sequence of LedgerEntry
        Past verifications of the service, for the report.

    Raises
    ------
    StoreError
        When something cannot be written; then the run does not exist, and can go on.
    """
    from tuner.explore.page_data import page_text
    from tuner.search.study_record import RECORD, record_study

    folder = run.clear()
    write_results(tuning, folder, fidelity)
    write_text(folder / PAGE_DATA, page_text(tuning, fidelity))
    journal = folder / JOURNAL
    try:
        families = [answer.family for answer in tuning.answers]
        for answer in tuning.answers:
            suffix = file_suffix(answer.family, families)
            record_study(
                answer.result,
                journal,
                seed=tuning.job.seed,
                name=f"{RECORD}{suffix}",
                shapes=tuning.shapes,
                parquet=folder / f"trials{suffix}.parquet",
            )
        _link_attached(folder)
    except StoreError:
        raise
    except OSError as error:
        raise cannot_write(journal, error) from error
    return run.finish(verdict=tuning.recommendation.verdict, exit_code=exit_code)


def copy_results(folder: Path, directory: Path, *, families: Sequence[FamilyName]) -> list[Path]:
    """Copy the result files of a run to another folder, recommendation.json last.

    Parameters
    ----------
    folder, directory : Path
        Of the run, and where the copies go.
    families : sequence of str
        Families that were searched.

    Returns
    -------
    list of Path
        The copies.

    Raises
    ------
    StoreError
        When they cannot be written.
    """
    names = result_files(families)
    for name in names:
        copy_file(folder / name, directory / name)
    return [directory / name for name in names]


def _link_attached(folder: Path) -> None:
    """Let the attached Parquet file be the file of the trials, where the disk can do so."""
    temporary = folder / ".attached"
    for path in (folder / "artifacts").iterdir():
        for trials in folder.glob("trials*.parquet"):
            if filecmp.cmp(path, trials, shallow=False):
                with contextlib.suppress(OSError):
                    temporary.hardlink_to(trials)
                    temporary.replace(path)
                break
