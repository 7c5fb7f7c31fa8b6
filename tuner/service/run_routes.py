"""Routes of finished runs and of services: lists, recommendation, front, report."""

from __future__ import annotations

import re
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from fastapi.responses import HTMLResponse

from tuner.errors import MissingFileError, Problem
from tuner.search.settings import FamilyName
from tuner.service.answers import (
    DescribedRoute,
    Limit,
    Offset,
    RowPage,
    RunId,
    RunPage,
    RunView,
    ServiceId,
    ServicePage,
    ServiceView,
    errors,
)
from tuner.service.host import Host, TheHost
from tuner.service.rows import row_page
from tuner.service.services import Service
from tuner.store.files import read_json
from tuner.store.manifest import Manifest, check_files, read_manifest
from tuner.store.runs import find_run, list_runs

REPORT_POLICY = "sandbox allow-scripts; frame-ancestors 'none'"
"""The report brings its own policy, by hashes; here it gets an origin of its own, and no API."""

FRONT = re.compile(r"front(-[a-z]+)?\.parquet")

router = APIRouter(prefix="/api/v1", route_class=DescribedRoute)


@router.get("/services", tags=["services"], operation_id="list_services", responses=errors())
def list_services(host: TheHost, offset: Offset = 0, limit: Limit = 100) -> ServicePage:
    """List the configs that jobs may name.

    Parameters
    ----------
    host : Host
        The service.
    offset, limit : int
        Rows that are left out, and given at most.
    """
    services = host.services.list()
    shown = services[offset : offset + limit]
    return ServicePage(total=len(services), services=[_service_view(each) for each in shown])


@router.get(
    "/services/{service}", tags=["services"], operation_id="show_service", responses=errors(404)
)
def show_service(host: TheHost, service: ServiceId) -> ServiceView:
    """Show a config."""
    found = host.services.find(service)
    if found is None:
        raise MissingFileError(
            Problem("the name of a service", repr(service), "path", "See /api/v1/services.")
        )
    return _service_view(found)


@router.get("/runs", tags=["runs"], operation_id="list_runs", responses=errors())
def runs(host: TheHost, offset: Offset = 0, limit: Limit = 100) -> RunPage:
    """List the finished runs, the newest first.

    Parameters
    ----------
    host : Host
        The service.
    offset, limit : int
        Rows that are left out, and given at most.
    """
    listed = list_runs(host.state)
    shown = [run_view(each.run, each.manifest) for each in listed[offset : offset + limit]]
    return RunPage(total=len(listed), runs=shown)


@router.get("/runs/{run}", tags=["runs"], operation_id="show_run", responses=errors(404))
def show_run(host: TheHost, run: RunId) -> RunView:
    """Show a run."""
    return run_view(run, read_manifest(find_run(host.state, run)))


@router.get(
    "/runs/{run}/recommendation",
    tags=["runs"],
    operation_id="run_recommendation",
    responses=errors(404),
)
def recommendation(host: TheHost, run: RunId) -> dict[str, Any]:
    """Fetch what a run recommends, and why."""
    return read_json(_file(host, run, "recommendation.json"))


@router.get("/runs/{run}/front", tags=["runs"], operation_id="run_front", responses=errors(404))
def front(
    host: TheHost,
    run: RunId,
    family: Annotated[
        FamilyName | None, Query(description="Of several; left out, the first by name.")
    ] = None,
    offset: Offset = 0,
    limit: Limit = 1000,
) -> RowPage:
    """Fetch the front of a run: its best candidates, cost against safety.

    Parameters
    ----------
    host : Host
        The service.
    run : str
        Its id.
    family : str or None
        Of several.
    offset, limit : int
        Rows that are left out, and given at most.
    """
    folder = find_run(host.state, run)
    manifest = read_manifest(folder)
    fronts = [name for name in sorted(manifest.files) if FRONT.fullmatch(name)]
    searched = manifest.origin.search.get("families")
    if family is None or searched == [family]:
        name = fronts[0] if fronts else "front.parquet"
    else:
        name = f"front-{family}.parquet"
    check_files(folder, manifest, name)
    return row_page(folder / name, schema="cliffside.front", offset=offset, limit=limit)


@router.get(
    "/runs/{run}/report",
    tags=["runs"],
    operation_id="run_report",
    response_class=HTMLResponse,
    responses=errors(404),
)
def report(host: TheHost, run: RunId) -> Response:
    """Open the report of a run."""
    content = _file(host, run, "report.html").read_bytes()
    headers = {"Content-Security-Policy": REPORT_POLICY}
    return Response(content, media_type="text/html; charset=utf-8", headers=headers)


def run_view(run: str, manifest: Manifest | None) -> RunView:
    """Show a run; None: its manifest is damaged.

    Parameters
    ----------
    run : str
        Its id.
    manifest : Manifest or None
        What it says of itself.
    """
    if manifest is None:
        return RunView(run=run, state="damaged")
    return RunView(
        run=run,
        state="finished",
        service=manifest.origin.service,
        started_utc=manifest.started_utc,
        finished_utc=manifest.finished_utc,
        verdict=manifest.verdict,
        exit_code=manifest.exit_code,
        seed=manifest.origin.seed,
        model_version=manifest.origin.model_version,
        files=sorted(manifest.files),
    )


def _service_view(service: Service) -> ServiceView:
    """Show a service."""
    return ServiceView(
        name=service.name,
        title=service.title,
        candidates=dict(service.candidates),
        problem=service.problem,
    )


def _file(host: Host, run: str, name: str) -> Any:
    """Find a file of a run that is what it was when the run ended."""
    folder = find_run(host.state, run)
    check_files(folder, read_manifest(folder), name)
    return folder / name
