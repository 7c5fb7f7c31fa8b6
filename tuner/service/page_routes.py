"""Routes of pages: that of a run, its files, that of a service, the summary of a night."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Request, Response
from fastapi import Path as InPath
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from tuner.errors import CliffsideError, MissingFileError, Problem
from tuner.service.answers import DescribedRoute, RunId, ServiceId, errors
from tuner.service.assets import address_of, asset
from tuner.service.host import TheHost
from tuner.service.page_context import links_of, page_of, running_tune
from tuner.service.problems import HttpProblemError
from tuner.store.manifest import read_manifest
from tuner.store.runs import find_run, list_runs

TEMPLATES = Path(__file__).with_name("templates")
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
"""What the page may load and run: what comes from here, and nothing else."""

NIGHT_POLICY = "sandbox allow-scripts; frame-ancestors 'none'"
"""The summary of a night brings its own policy, by hashes; here it gets an origin of its own."""

FOR_EVER = "private, max-age=31536000, immutable"
NIGHT = r"^\d{4}-\d{2}-\d{2}(-\d{1,3})?$"
SUMMARY = "summary.html"

router = APIRouter(route_class=DescribedRoute)


@router.get(
    "/runs/{run}",
    tags=["page"],
    operation_id="run_page",
    response_class=HTMLResponse,
    responses=errors(404),
)
def run_page(host: TheHost, run: RunId) -> Response:
    """Explore a run: verdict, front, every plan minute by minute."""
    folder = find_run(host.state, run)
    manifest = read_manifest(folder)
    host.explorers.warm()
    problem, data = None, None
    try:
        data = page_of(host, run)
    except (CliffsideError, HttpProblemError) as error:
        parts = error.problems[0] if isinstance(error, CliffsideError) else error.problem
        problem = {
            "expected": parts.expected,
            "got": parts.got,
            "where": parts.where,
            "next_step": parts.next_step,
        }
    answers = None if data is None else data["answers"]
    content = _template("explore.html.j2").render(
        run=run,
        service=manifest.origin.service,
        finished=manifest.finished_utc,
        data=data,
        answer=None if answers is None else answers["answers"][answers["measured"]],
        asset=address_of,
        state="ready" if data is not None else "no data",
        problem=problem,
        service_links=links_of(host),
        running=running_tune(host, manifest.origin.service),
        report=f"/api/v1/runs/{run}/report" if "report.html" in manifest.files else None,
    )
    return HTMLResponse(content, headers={"Content-Security-Policy": POLICY})


@router.get(
    "/services/{service}",
    tags=["page"],
    operation_id="service_page",
    response_class=RedirectResponse,
    status_code=303,
    responses=errors(404),
)
def service_page(host: TheHost, service: ServiceId) -> Response:
    """Go to the newest run of a service."""
    known = host.services.find(service)
    titles = {service} if known is None else {service, known.title}
    for each in list_runs(host.state):
        if each.manifest is not None and each.manifest.origin.service in titles:
            return RedirectResponse(f"/runs/{each.run}", status_code=303)
    raise MissingFileError(
        Problem("a finished run of the service", "none", repr(service), "Submit a tune job.")
    )


@router.get(
    "/nights/{night}",
    tags=["page"],
    operation_id="night_page",
    response_class=HTMLResponse,
    responses=errors(404),
)
def night_page(
    host: TheHost,
    night: Annotated[str, InPath(pattern=NIGHT, description="Name of a night: its date.")],
) -> Response:
    """Open the summary of a night.

    Parameters
    ----------
    host : Host
        The service.
    night : str
        Its name.
    """
    path = host.state / "nights" / night / SUMMARY
    if not path.is_file():
        raise MissingFileError(
            Problem("a finished night", "none of this name", night, "See the folder nights/.")
        )
    headers = {"Content-Security-Policy": NIGHT_POLICY}
    return HTMLResponse(path.read_bytes(), headers=headers)


@router.get(
    "/runs/{run}/report.html",
    tags=["page"],
    operation_id="run_of_night",
    response_class=RedirectResponse,
    status_code=303,
    responses=errors(404),
)
def run_of_night(host: TheHost, run: RunId) -> Response:
    """Go to the page of a run from where the summary of a night leads."""
    find_run(host.state, run)
    return RedirectResponse(f"/runs/{run}", status_code=303)


@router.get(
    "/page/{version}/{name}",
    tags=["page"],
    operation_id="page_file",
    response_class=Response,
    responses=errors(404),
)
def page_file(
    request: Request,
    version: Annotated[str, InPath(pattern=r"^[0-9a-f]{16}$", description="Of all files.")],
    name: Annotated[str, InPath(pattern=r"^[a-z_]{1,40}\.(js|css)$", description="Of the file.")],
) -> Response:
    """Give a script or style of the page.

    Parameters
    ----------
    request : Request
        Says whether gzip is taken.
    version, name : str
        Of the file.
    """
    found = asset(name)
    caching = FOR_EVER if address_of(name) == f"/page/{version}/{name}" else "no-cache"
    packs = "gzip" in request.headers.get("accept-encoding", "")
    headers = {"Cache-Control": caching, "Vary": "Accept-Encoding"}
    if packs:
        headers["Content-Encoding"] = "gzip"
    content = found.packed if packs else found.content
    return Response(content, media_type=found.media_type, headers=headers)


@lru_cache(maxsize=1)
def _template(name: str) -> Template:
    """Load a template; what is put into it is escaped."""
    loader = FileSystemLoader(TEMPLATES)
    environment = Environment(
        loader=loader,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(name)
