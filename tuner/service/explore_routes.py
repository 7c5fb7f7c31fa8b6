"""Routes of what the exploring page asks about a run, in JSON."""

from __future__ import annotations

import gzip
import json
import re
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response
from fastapi import Path as InPath

from tuner.errors import Problem
from tuner.service.answers import DescribedRoute, RunId, errors
from tuner.service.host import Host, TheHost
from tuner.service.page_context import page_of
from tuner.service.problems import HttpProblemError
from tuner.store.manifest import read_manifest
from tuner.store.runs import find_run

FILTER = re.compile(r"([a-z_]{2,40}):(\d{1,3}(?:,\d{1,3}){0,30})")
PLAN = r"^(today|(simple|step|target|mixed):\d{1,12})(;[a-z_]{3,40}=-?\d{1,6}(\.\d{1,4})?){0,12}$"
MOST_FILTERS = 16

Percent = Annotated[float | None, Query(ge=0.0, le=100.0, description="Percent of CPU.")]
Filters = Annotated[
    list[str],
    Query(
        max_length=MOST_FILTERS,
        description="KNOB:INDEX,INDEX… of values; or within a knob, and between knobs.",
    ),
]
PlanName = Annotated[
    str, Query(pattern=PLAN, max_length=600, description="today, or FAMILY:INDEX;KNOB=NUMBER…")
]

Letters = Annotated[
    list[Literal["T", "R", "B"]], Query(max_length=3, description="What each plan is called.")
]

router = APIRouter(route_class=DescribedRoute)


@router.get(
    "/api/v1/runs/{run}/explore", tags=["page"], operation_id="explore_run", responses=errors(404)
)
def explore(host: TheHost, request: Request, run: RunId) -> dict[str, Any]:
    """Fetch the cloud of a run, and the answer at every whole percent of the cliff.

    Parameters
    ----------
    host, request, run : Host, Request, str
        The service, who asks, and the id of the run.
    """
    return _packed(request, json.dumps(page_of(host, run)).encode())  # type: ignore[return-value]


@router.get(
    "/api/v1/runs/{run}/answers",
    tags=["page"],
    operation_id="explore_answers",
    responses=errors(404, 409),
)
def answers(
    host: TheHost,
    request: Request,
    run: RunId,
    margin: Percent = None,
    filter: Filters = [],  # noqa: B006
) -> dict[str, Any]:
    """Fetch the answer at every whole percent of the cliff, with values of knobs alone.

    Parameters
    ----------
    host, request, run : Host, Request, str
        As in `explore`.
    margin : float or None
        Points that are kept free below the cliff; None: as in the run.
    filter : list of str
        Values of knobs.
    """
    told = _ask(host, run, "answers", margin=margin, filters=_filters(filter))
    return _packed(request, json.dumps(told).encode())  # type: ignore[return-value]


@router.get(
    "/api/v1/runs/{run}/answer",
    tags=["page"],
    operation_id="explore_answer",
    responses=errors(404, 409),
)
def answer(
    host: TheHost,
    run: RunId,
    cliff: Percent = None,
    margin: Percent = None,
    filter: Filters = [],  # noqa: B006
) -> dict[str, Any]:
    """Fetch the answer at one cliff.

    Parameters
    ----------
    host, run : Host, str
        The service, and the id of the run.
    cliff : float or None
        None: that of the run.
    margin, filter : float or None, list of str
        As in `answers`.
    """
    return _ask(host, run, "answer", cliff=cliff, margin=margin, filters=_filters(filter))


@router.get(
    "/api/v1/runs/{run}/candidate",
    tags=["page"],
    operation_id="explore_candidate",
    responses=errors(404, 409),
)
def candidate(
    host: TheHost,
    run: RunId,
    id: PlanName,
    margin: Percent = None,
    filter: Filters = [],  # noqa: B006
) -> dict[str, Any]:
    """Fetch what one plan yields, and why it is not the one to take.

    Parameters
    ----------
    host, run : Host, str
        The service, and the id of the run.
    id : str
        Of the plan.
    margin, filter : float or None, list of str
        As in `answers`.
    """
    return _ask(host, run, "candidate", id=id, margin=margin, filters=_filters(filter))


@router.get(
    "/api/v1/runs/{run}/minutes",
    tags=["page"],
    operation_id="explore_minutes",
    responses=errors(404, 409),
)
def minutes(
    host: TheHost,
    request: Request,
    run: RunId,
    shape: Annotated[str, Query(min_length=1, max_length=200, description="Of the run.")],
    plan: Annotated[list[PlanName], Query(min_length=1, max_length=3, description="To run.")],
    letter: Letters = [],  # noqa: B006
    detail: Annotated[int, Query(ge=0, le=2, description="Which one in detail.")] = 0,
    cliff: Percent = None,
) -> dict[str, Any]:
    """Fetch up to three plans on one shape, minute by minute.

    Parameters
    ----------
    host, request, run : Host, Request, str
        As in `explore`.
    shape : str
        Of the run.
    plan, letter : list of str
        Plans, and what each is called; without letters T, R and B as they are.
    detail : int
        Whose alarms, actions and refusals are told.
    cliff : float or None
        Peaks over it are marked; None: that of the run.
    """
    told = _ask(
        host,
        run,
        "minutes",
        shape=shape,
        plans=plan,
        letters=letter,
        detail=detail,
        cliff=cliff,
    )
    return _packed(request, json.dumps(told).encode())  # type: ignore[return-value]


@router.get(
    "/api/v1/runs/{run}/figures/{name}",
    tags=["page"],
    operation_id="explore_figure",
    responses=errors(404, 409),
)
def figure(
    host: TheHost,
    run: RunId,
    name: Annotated[Literal["fit", "cliff"], InPath(description="CPU line, or latency.")],
) -> dict[str, Any]:
    """Fetch what was measured, as a figure of plotly.

    Parameters
    ----------
    host, run : Host, str
        The service, and the id of the run.
    name : str
        ``fit`` or ``cliff``.
    """
    return _ask(host, run, "figure", name=name)


def _ask(host: Host, run: str, question: str, **more: Any) -> dict[str, Any]:
    """Ask the process behind the page about a run that is there."""
    folder = find_run(host.state, run)
    read_manifest(folder)
    request = {"folder": str(folder.resolve()), "question": question, **more}
    return host.explorers.ask(request)


def _filters(given: list[str]) -> dict[str, list[int]]:
    """Read filters."""
    found: dict[str, list[int]] = {}
    for text in given:
        match = FILTER.fullmatch(text)
        if match is None or match[1] in found:
            raise HttpProblemError(
                422,
                Problem(
                    "each knob once, as KNOB:INDEX,INDEX", repr(text)[:100], "filter", "Mend it."
                ),
            )
        found[match[1]] = [int(index) for index in match[2].split(",")]
    return found


def _packed(request: Request, content: bytes) -> Response:
    """Answer with JSON, compressed where the client takes it."""
    headers = {"Vary": "Accept-Encoding"}
    if "gzip" in request.headers.get("accept-encoding", ""):
        content = gzip.compress(content, compresslevel=4, mtime=0)
        headers["Content-Encoding"] = "gzip"
    return Response(content, media_type="application/json", headers=headers)
