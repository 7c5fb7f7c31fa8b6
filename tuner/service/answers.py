"""What the service answers: models of its JSON, and of the errors of each route."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Annotated, Any, TypeAlias

from fastapi import Path, Query
from fastapi.routing import APIRoute
from pydantic import BaseModel

from tuner.service.job import Job, State
from tuner.service.limits import LARGEST_PAGE_ROWS
from tuner.service.problems import MEDIA_TYPE, ProblemDetails
from tuner.service.requests import NAME

FARTHEST_OFFSET = 1_000_000_000

Offset: TypeAlias = Annotated[
    int, Query(ge=0, le=FARTHEST_OFFSET, description="Rows that are left out.")
]
Limit: TypeAlias = Annotated[
    int, Query(ge=1, le=LARGEST_PAGE_ROWS, description="Rows that are given at most.")
]
JobId: TypeAlias = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$", description="Id of a job.")]
RunId: TypeAlias = Annotated[
    str,
    Path(pattern=r"^\d{8}T\d{6}Z-[a-z0-9-]{1,40}-[0-9a-f]{8}$", description="Id of a run."),
]
ServiceId: TypeAlias = Annotated[str, Path(pattern=NAME, description="Name of a service.")]

WHY = {
    401: "The token is missing or wrong.",
    403: "The request comes from another origin.",
    404: "There is no such thing.",
    405: "The path does not take this method.",
    408: "The body did not come in time.",
    409: "The job has not ended, or ended without a result.",
    413: "The body is too large.",
    415: "The body is not application/json.",
    421: "The Host header names another host.",
    422: "The request is not what it should be.",
    429: "As many jobs wait as may; Retry-After says when to come again.",
    500: "An error of the service, or a damaged file of a run.",
    503: "The service cannot do it now; Retry-After says when to come again.",
}
"""Statuses of errors."""

ALWAYS = (401, 403, 405, 408, 413, 415, 421, 422, 500, 503)


class DescribedRoute(APIRoute):
    """A route that the OpenAPI document describes by the first paragraph of its docstring.

    Parameters
    ----------
    path : str
        Of the route.
    endpoint : callable
        What answers it.
    more : object
        What else `APIRoute` takes.
    """

    def __init__(self, path: str, endpoint: Callable[..., Any], **more: Any) -> None:
        said = inspect.getdoc(endpoint) or ""
        more["description"] = said.partition("\n\n")[0]
        super().__init__(path, endpoint, **more)


def errors(*more: int) -> dict[int | str, dict[str, Any]]:
    """Give the documented errors of a route.

    Parameters
    ----------
    more : int
        Statuses beside those that every route has.
    """
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemDetails"}}}
    return {
        status: {"description": WHY[status], "model": ProblemDetails, "content": content}
        for status in sorted({*ALWAYS, *more})
    }


class JobView(BaseModel):
    """A job."""

    job: str
    kind: str
    service: str
    state: State
    request: dict[str, Any]
    created_utc: str
    started_utc: str | None
    finished_utc: str | None
    attempts: int
    is_cancelled: bool
    exit_code: int | None
    run: str | None
    reason: str
    links: dict[str, str]


class JobPage(BaseModel):
    """Some jobs, the newest first."""

    total: int
    jobs: list[JobView]


class ServiceView(BaseModel):
    """A config that jobs may name."""

    name: str
    title: str
    candidates: dict[str, int]
    problem: str


class ServicePage(BaseModel):
    """Some services, by name."""

    total: int
    services: list[ServiceView]


class RunView(BaseModel):
    """A run; of one that is damaged only its id is known."""

    run: str
    state: str
    service: str | None = None
    started_utc: str | None = None
    finished_utc: str | None = None
    verdict: str | None = None
    exit_code: int | None = None
    seed: int | None = None
    model_version: str | None = None
    files: list[str] = []


class RunPage(BaseModel):
    """Some runs, the newest first."""

    total: int
    runs: list[RunView]


class RowPage(BaseModel):
    """Some rows of a table, its columns by name in each; null where there is no value."""

    total: int
    columns: list[str]
    rows: list[dict[str, Any]]


class Health(BaseModel):
    """That the service lives, or is ready."""

    status: str


def job_view(job: Job) -> JobView:
    """Show a job, with where to go from it.

    Parameters
    ----------
    job : Job
        The job.
    """
    home = f"/api/v1/jobs/{job.job}"
    links = {"self": home, "events": f"{home}/events"}
    if job.state in ("queued", "running"):
        links["cancel"] = f"{home}/cancel"
    if job.state == "done":
        links["result"] = f"{home}/result"
        if job.request.get("trace"):
            links["timeline"] = f"{home}/timeline"
    if job.run is not None:
        run = f"/api/v1/runs/{job.run}"
        links["run"] = run
        links.update({name: f"{run}/{name}" for name in ("front", "recommendation", "report")})
    return JobView(
        job=job.job,
        kind=job.kind,
        service=job.service,
        state=job.state,
        request=job.request,
        created_utc=job.created_utc,
        started_utc=job.started_utc,
        finished_utc=job.finished_utc,
        attempts=job.attempt,
        is_cancelled=job.is_cancelled,
        exit_code=job.exit_code,
        run=job.run,
        reason=job.reason,
        links=links,
    )
