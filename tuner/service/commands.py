"""From a request to the words of the command that does it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tuner.service.job import Job
from tuner.store.files import write_text

PLAN_FILE = "plan.json"
TRACE_FILE = "trace.parquet"


def command_words(
    job: Job, *, config: Path, state: Path, folder: Path, resume: str | None
) -> list[str]:
    """Give the arguments of the command line that a job stands for.

    Parameters
    ----------
    job : Job
        The job.
    config : Path
        Its service's config.
    state : Path
        The state folder.
    folder : Path
        Of this try; a plan that the client sent is written into it.
    resume : str or None
        Id of an interrupted run that a job of kind tune goes on with.
    """
    request = job.request
    words = [job.kind, "--config", str(config), "--output", "json"]
    given = [name for name in ("seed", "threads") if request.get(name) is not None]
    words += [f"--{name}={request[name]}" for name in given]
    if job.kind == "tune":
        words.append(f"--state-dir={state}")
        return words + _tune_words(request, resume)
    return words + _plan_words(request, folder)


def _tune_words(request: Mapping[str, Any], resume: str | None) -> list[str]:
    """Give the options of tune."""
    words = []
    if request.get("families"):
        words.append(f"--families={','.join(request['families'])}")
    if request.get("best_only"):
        words.append("--best-only")
    if resume is not None:
        words.append(f"--resume={resume}")
    return words


def _plan_words(request: Mapping[str, Any], folder: Path) -> list[str]:
    """Give the options of simulate and gate."""
    words = []
    if request.get("plan") is not None:
        write_text(folder / PLAN_FILE, json.dumps(request["plan"], allow_nan=False))
        words.append(f"--plan={folder / PLAN_FILE}")
    if request.get("shape") is not None:
        words.append(f"--shape={request['shape']}")
    if request.get("trace"):
        words.append(f"--trace={folder / TRACE_FILE}")
    return words
