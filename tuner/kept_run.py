"""A finished job, kept as a run: its files, its study of record, its manifest last."""

from __future__ import annotations

import contextlib
import filecmp
from pathlib import Path

from tuner.config.digest import inputs_digest
from tuner.config.job import Job
from tuner.errors import StoreError
from tuner.simulation.outcomes import MODEL_VERSION
from tuner.store.files import cannot_write, copy_file
from tuner.store.manifest import Manifest, Origin
from tuner.store.run_writer import RunWriter
from tuner.store.runs import JOURNAL
from tuner.tune import RESULT_FILES, Tuning, write_results


def origin(job: Job) -> Origin:
    """Say what a run of a job is of.

    Raises
    ------
    MissingFileError
        When a file that the job reads is no longer there.
    """
    names = ("engine", "sampler", "budget", "trials", "refine")
    return Origin(
        service=job.service,
        config=str(job.path.resolve()),
        inputs_sha256=inputs_digest(job),
        search={name: getattr(job.settings, name) for name in names},
        seed=job.seed,
        model_version=MODEL_VERSION,
    )


def keep_run(tuning: Tuning, run: RunWriter, *, exit_code: int) -> Manifest:
    """Write a finished job as a run: its files, its study of record, the manifest last.

    Parameters
    ----------
    tuning : Tuning
        A finished job.
    run : RunWriter
        The run.
    exit_code : int
        Of the command.

    Raises
    ------
    StoreError
        When something cannot be written; then the run does not exist, and can go on.
    """
    from tuner.search.study_record import record_study

    folder = run.clear()
    write_results(tuning, folder)
    journal = folder / JOURNAL
    try:
        record_study(
            tuning.result,
            journal,
            seed=tuning.job.seed,
            shapes=tuning.shapes,
            parquet=folder / "trials.parquet",
        )
        _link_attached(folder)
    except StoreError:
        raise
    except OSError as error:
        raise cannot_write(journal, error) from error
    return run.finish(verdict=tuning.recommendation.verdict, exit_code=exit_code)


def copy_results(folder: Path, directory: Path) -> list[Path]:
    """Copy the result files of a run to another folder, recommendation.json last.

    Returns
    -------
    list of Path
        The copies.

    Raises
    ------
    StoreError
        When they cannot be written.
    """
    for name in RESULT_FILES:
        copy_file(folder / name, directory / name)
    return [directory / name for name in RESULT_FILES]


def _link_attached(folder: Path) -> None:
    """Let the attached Parquet file be the file of the trials, where the disk can do so."""
    trials, temporary = folder / "trials.parquet", folder / ".attached"
    for path in (folder / "artifacts").iterdir():
        if filecmp.cmp(path, trials, shallow=False):
            with contextlib.suppress(OSError):
                temporary.hardlink_to(trials)
                temporary.replace(path)
