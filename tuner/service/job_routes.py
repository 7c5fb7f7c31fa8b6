"""Routes of jobs: submit, look, cancel, follow, fetch what came of it."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Response
from fastapi.responses import StreamingResponse

from tuner.errors import MissingFileError, Problem
from tuner.plan_json import plan_from_json
from tuner.service.answers import (
    DescribedRoute,
    JobId,
    JobPage,
    JobView,
    Limit,
    Offset,
    RowPage,
    errors,
    job_view,
)
from tuner.service.attempt import read_result
from tuner.service.commands import TRACE_FILE
from tuner.service.events import event_stream, open_stream
from tuner.service.host import Host, TheHost
from tuner.service.job import Job, State
from tuner.service.job_table import OtherRequestError, QueueFullError
from tuner.service.problems import RETRY_SECONDS, HttpProblemError
from tuner.service.requests import LONGEST_NAME, JobRequest, TuneRequest
from tuner.service.rows import row_page

LARGEST_EVENT = 2**62

router = APIRouter(prefix="/api/v1/jobs", tags=["jobs"], route_class=DescribedRoute)


@router.post(
    "",
    status_code=202,
    operation_id="submit_job",
    responses={**errors(429), 202: {"description": "The job waits, or was there before."}},
)
def submit_job(
    host: TheHost,
    request: JobRequest,
    response: Response,
    idempotency_key: Annotated[
        str,
        Header(
            alias="Idempotency-Key",
            min_length=1,
            max_length=255,
            pattern=r"^[\x21-\x7e]+$",
            description="The same key gives the same job, however often it is sent.",
        ),
    ],
) -> JobView:
    """Put a job into the queue: what was acknowledged is on the disk.

    Parameters
    ----------
    host : Host
        The service.
    request : TuneRequest, SimulateRequest or GateRequest
        The body.
    response : Response
        Gets the job's place.
    idempotency_key : str
        The same key gives the same job.
    """
    _check_request(host, request)
    try:
        job, is_new = host.table.submit(
            key=idempotency_key,
            kind=request.kind,
            service=request.service,
            request=request.model_dump(exclude={"kind", "service"}),
            most_queued=host.limits.most_queued,
        )
    except OtherRequestError as error:
        raise HttpProblemError(
            422,
            Problem(
                "the request that this key came with first",
                "another",
                "header Idempotency-Key",
                "Take a new key for a new job.",
            ),
        ) from error
    except QueueFullError as error:
        most = host.limits.most_queued
        raise HttpProblemError(
            429,
            Problem(f"at most {most} jobs that wait", f"{most}", "queue", "Try again later."),
            retry_seconds=RETRY_SECONDS,
        ) from error
    if is_new:
        host.runner.wake()
    view = job_view(job)
    response.headers["Location"] = view.links["self"]
    return view


@router.get("", operation_id="list_jobs", responses=errors())
def list_jobs(
    host: TheHost, state: State | None = None, offset: Offset = 0, limit: Limit = 100
) -> JobPage:
    """List jobs, the newest first.

    Parameters
    ----------
    host : Host
        The service.
    state : str or None
        Only those in this state.
    offset, limit : int
        Rows that are left out, and given at most.
    """
    jobs, total = host.table.page(state=state, offset=offset, limit=limit)
    return JobPage(total=total, jobs=[job_view(job) for job in jobs])


@router.get("/{job}", operation_id="show_job", responses=errors(404))
def show_job(host: TheHost, job: JobId) -> JobView:
    """Show a job."""
    return job_view(_find(host, job))


@router.post(
    "/{job}/cancel",
    status_code=202,
    operation_id="cancel_job",
    responses={**errors(404), 202: {"description": "It ends, or had ended before."}},
)
def cancel_job(host: TheHost, job: JobId) -> JobView:
    """End a job: one that waits at once, one that runs by killing its process."""
    found = host.table.cancel(job)
    if found is None:
        raise _no_job(job)
    if found.state == "running":
        host.runner.cancel(job)
    return job_view(found)


@router.get(
    "/{job}/events",
    operation_id="follow_job",
    response_class=StreamingResponse,
    responses={
        **errors(404),
        200: {"description": "Server-sent events.", "content": {"text/event-stream": {}}},
    },
)
async def follow_job(
    host: TheHost,
    job: JobId,
    last_event_id: Annotated[
        int,
        Header(
            alias="Last-Event-ID",
            ge=0,
            le=LARGEST_EVENT,
            description="Only events after this one.",
        ),
    ] = 0,
) -> StreamingResponse:
    """Follow a job by server-sent events, until it has ended.

    Parameters
    ----------
    host : Host
        The service.
    job : str
        Its id.
    last_event_id : int
        Only events after this one.
    """
    found = await open_stream(host, job)
    if found is None:
        raise _no_job(job)
    return StreamingResponse(
        event_stream(host, job, after=last_event_id), media_type="text/event-stream"
    )


@router.get("/{job}/result", operation_id="job_result", responses=errors(404, 409))
def job_result(host: TheHost, job: JobId) -> dict[str, Any]:
    """Fetch the JSON that the job's command printed."""
    found = _done(host, job)
    try:
        return read_result(host.runner.folder(found))
    except OSError as error:
        raise _gone(job) from error


@router.get("/{job}/timeline", operation_id="job_timeline", responses=errors(404, 409))
def job_timeline(
    host: TheHost,
    job: JobId,
    shape: Annotated[
        str | None,
        Query(min_length=1, max_length=LONGEST_NAME, description="Only this shape."),
    ] = None,
    offset: Offset = 0,
    limit: Limit = 1000,
) -> RowPage:
    """Fetch the ticks of a job of kind simulate that was asked for its trace.

    Parameters
    ----------
    host : Host
        The service.
    job : str
        Its id.
    shape : str or None
        Only this shape.
    offset, limit : int
        Rows that are left out, and given at most.
    """
    path = host.runner.folder(_done(host, job)) / TRACE_FILE
    if not path.is_file():
        raise _gone(job)
    only = None if shape is None else ("shape", shape)
    return row_page(path, schema="cliffside.trace", offset=offset, limit=limit, only=only)


def _check_request(host: Host, request: JobRequest) -> None:
    """Refuse what the service does not know, and what is beyond its limits."""
    service = host.services.find(request.service)
    if service is None:
        raise _unfit("service", "a name of /api/v1/services", repr(request.service))
    if service.problem:
        raise _unfit("service", "a config that can be read", service.problem)
    most = host.limits.most_minutes
    if request.minutes is not None and request.minutes > most:
        raise _unfit("minutes", f"at most {most}", f"{request.minutes}")
    if not isinstance(request, TuneRequest):
        if request.plan is not None:
            plan_from_json(request.plan)
        return
    families = request.families
    if families is not None and len(set(families)) < len(families):
        raise _unfit("families", "families that differ", ", ".join(families))
    known = service.candidates
    tries = sum(known.values()) if families is None else sum(known.get(f, 0) for f in families)
    if tries > host.limits.most_candidates:
        raise _unfit("service", f"at most {host.limits.most_candidates:,} candidates", f"{tries:,}")


def _unfit(where: str, expected: str, got: str) -> HttpProblemError:
    """Say what a request may not hold."""
    return HttpProblemError(422, Problem(expected, got, f"body.{where}", "Mend the request."))


def _find(host: Host, job: str) -> Job:
    """Give a job that must be there."""
    found = host.table.find(job)
    if found is None:
        raise _no_job(job)
    return found


def _done(host: Host, job: str) -> Job:
    """Give a job that must have ended with a result."""
    found = _find(host, job)
    if found.state != "done":
        raise HttpProblemError(
            409,
            Problem(
                "a job that is done", found.state, job, "Follow its events, or submit it anew."
            ),
        )
    return found


def _no_job(job: str) -> MissingFileError:
    """Say that there is no such job."""
    return MissingFileError(Problem("the id of a job", repr(job), "path", "See /api/v1/jobs."))


def _gone(job: str) -> MissingFileError:
    """Say that a job has no such result."""
    return MissingFileError(
        Problem("a result of the job", "no file there", job, "Ask for it when you submit the job.")
    )
