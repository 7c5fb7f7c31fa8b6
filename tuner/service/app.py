"""The application: routes, errors as problem details, the guard before them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import Any

from anyio.to_thread import run_sync
from fastapi import FastAPI

from tuner.service import about_routes, explore_routes, job_routes, page_routes, run_routes
from tuner.service.guard import Guard
from tuner.service.host import Host
from tuner.service.problems import add_handlers

DESCRIPTION = (
    "Tunes autoscaling policies: jobs are submitted, followed and cancelled, their results fetched."
)


def make_app(host: Host) -> FastAPI:
    """Make the application of a service. Its jobs run from its start to its end.

    Parameters
    ----------
    host : Host
        What it is made with.
    """

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        await run_sync(host.runner.start)
        yield
        host.is_stopping.set()
        await run_sync(host.explorers.close)
        await run_sync(host.runner.stop)

    app = routes_app(lifespan=lifespan)
    app.state.host = host
    add_handlers(app, host.complain)
    app.add_middleware(Guard, door=host.door, limits=host.limits, count=host.count)
    return app


def routes_app(**more: Any) -> FastAPI:
    """Make an application with the routes alone, as its OpenAPI document has them.

    Parameters
    ----------
    more : object
        What else `FastAPI` takes.
    """
    app = FastAPI(
        title="cliffside",
        version=version("cliffside"),
        description=DESCRIPTION,
        openapi_url="/api/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        **more,
    )
    rooms = (job_routes, run_routes, page_routes, explore_routes, about_routes)
    for room in rooms:
        app.include_router(room.router)
    return app
