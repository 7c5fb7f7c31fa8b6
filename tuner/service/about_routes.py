"""Routes about the service itself: its page, whether it lives, whether it is ready, its figures."""

from __future__ import annotations

import time
from functools import cache
from pathlib import Path

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse, PlainTextResponse
from jinja2 import Environment, FileSystemLoader, Template

from tuner.errors import Problem
from tuner.service.answers import DescribedRoute, Health, errors
from tuner.service.host import Host, TheHost
from tuner.service.job import STATES
from tuner.service.page_context import links_of
from tuner.service.problems import RETRY_SECONDS, HttpProblemError
from tuner.service.run_routes import run_view
from tuner.store.runs import list_runs

TEMPLATES = Path(__file__).with_name("templates")
SHOWN = 50
"""Rows of each table of the page."""

METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"

router = APIRouter(tags=["service"], route_class=DescribedRoute)


@router.get("/", operation_id="index_page", response_class=HTMLResponse, responses=errors())
def index_page(host: TheHost) -> HTMLResponse:
    """Show services, runs and jobs, the newest first."""
    listed = list_runs(host.state)
    jobs, total = host.table.page(state=None, offset=0, limit=SHOWN)
    page = _template("index.html.j2").render(
        services=host.services.list(),
        runs=[run_view(each.run, each.manifest) for each in listed[:SHOWN]],
        n_runs=len(listed),
        jobs=jobs,
        n_jobs=total,
        explored={each.manifest.origin.service for each in listed if each.manifest is not None},
        links=links_of(host),
    )
    return HTMLResponse(page)


@router.get("/style.css", operation_id="style_sheet", response_class=Response, responses=errors())
def style_sheet() -> Response:
    """Give the style of the page."""
    return Response((TEMPLATES / "style.css").read_bytes(), media_type="text/css; charset=utf-8")


@router.get("/healthz", operation_id="is_alive", responses=errors())
async def is_alive() -> Health:
    """Tell that the service answers."""
    return Health(status="alive")


@router.get("/readyz", operation_id="is_ready", responses=errors())
def is_ready(host: TheHost) -> Health:
    """Tell that jobs can be taken and are run."""
    host.table.check()
    if host.is_stopping.is_set() or not host.runner.is_alive:
        raise HttpProblemError(
            503,
            Problem("a service that runs jobs", "one that ends", "service", "Try again later."),
            retry_seconds=RETRY_SECONDS,
        )
    return Health(status="ready")


@router.get(
    "/metrics", operation_id="metrics", response_class=PlainTextResponse, responses=errors()
)
def metrics(host: TheHost) -> Response:
    """Give figures of the service in the text format of Prometheus."""
    return Response(metrics_text(host), media_type=METRICS_TYPE)


def metrics_text(host: Host) -> str:
    """Write figures of a service in the text format of Prometheus.

    Parameters
    ----------
    host : Host
        The service.
    """
    counts = host.table.counts()
    lines = [
        "# HELP cliffside_jobs Jobs by state.",
        "# TYPE cliffside_jobs gauge",
        *(f'cliffside_jobs{{state="{state}"}} {counts.get(state, 0)}' for state in STATES),
        "# HELP cliffside_queue_limit Jobs that may wait.",
        "# TYPE cliffside_queue_limit gauge",
        f"cliffside_queue_limit {host.limits.most_queued}",
        "# HELP cliffside_event_streams Event streams that are open.",
        "# TYPE cliffside_event_streams gauge",
        f"cliffside_event_streams {len(host.streams)}",
        "# HELP cliffside_up_seconds Time since the service began.",
        "# TYPE cliffside_up_seconds gauge",
        f"cliffside_up_seconds {time.monotonic() - host.began:.1f}",
        "# HELP cliffside_http_answers_total Answers by method and status.",
        "# TYPE cliffside_http_answers_total counter",
    ]
    for (method, status), number in sorted(host.answers.copy().items()):
        labels = f'method="{method}",status="{status}"'
        lines.append(f"cliffside_http_answers_total{{{labels}}} {number}")
    return "\n".join(lines) + "\n"


@cache
def _template(name: str) -> Template:
    """Load a template; what is put into it is escaped."""
    return Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True).get_template(name)
