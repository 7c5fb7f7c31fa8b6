"""A service within the process of a test, without a socket; its jobs are fake unless told."""

from __future__ import annotations

import asyncio
import itertools
import re
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI

from tests.service.fake import FAKE, fake_services
from tuner.service.app import make_app
from tuner.service.explorers import Explorers
from tuner.service.guard import Door
from tuner.service.host import Host
from tuner.service.job_table import JobTable
from tuner.service.limits import Limits
from tuner.service.runner import Runner
from tuner.service.server import LOOPBACK_NAMES
from tuner.service.services import ServiceFolder
from tuner.service.state import ServiceState

KEYS = itertools.count()


class Service:
    """A service; `runs` says whether its jobs are run."""

    def __init__(
        self,
        folder: Path,
        *,
        services: Path | None = None,
        command: Sequence[str] = FAKE,
        token_digest: bytes | None = None,
        runs: bool = True,
        **limits: int,
    ) -> None:
        if services is None:
            services = folder / "services"
            if not services.exists():
                fake_services(services)
        self.complaints: list[str] = []
        self.state = ServiceState(folder / "state")
        self.table = JobTable(self.state.database)
        bounds = Limits(**limits)
        self.runner = Runner(
            self.table,
            ServiceFolder(services),
            state=self.state.folder,
            limits=bounds,
            command=command,
            complain=self.complaints.append,
        )
        self.host = Host(
            state=self.state.folder,
            services=ServiceFolder(services),
            table=self.table,
            runner=self.runner,
            explorers=Explorers(
                self.state.folder,
                memory_mebibytes=bounds.job_memory_mebibytes,
                complain=self.complaints.append,
            ),
            limits=bounds,
            door=Door(LOOPBACK_NAMES, token_digest),
            complain=self.complaints.append,
        )
        self.app: FastAPI = make_app(self.host)
        self._loop = asyncio.new_event_loop()
        self._client = self.client()
        self._runs = runs
        if runs:
            self.runner.start()

    def client(self) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(app=self.app, raise_app_exceptions=False)
        return httpx.AsyncClient(transport=transport, base_url="http://localhost")

    def __enter__(self) -> Service:
        return self

    def __exit__(self, *_: object) -> None:
        self.host.is_stopping.set()
        self.host.explorers.close()
        if self._runs:
            self.runner.stop()
        self._loop.run_until_complete(self._client.aclose())
        self._loop.run_until_complete(self._loop.shutdown_default_executor())
        self._loop.close()
        self.table.close()
        self.state.close()

    def do(self, work: Any) -> Any:
        """Run a coroutine."""
        return self._loop.run_until_complete(work)

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        return self.do(self._client.request(method, path, **more))

    def send(self, request: httpx.Request) -> httpx.Response:
        return self.do(self._client.send(request))

    def get(self, path: str, **more: Any) -> httpx.Response:
        return self.ask("GET", path, **more)

    def post(self, body: Any, *, key: str | None = None, **more: Any) -> httpx.Response:
        headers = {"Idempotency-Key": key or f"key-{next(KEYS)}"}
        return self.ask("POST", "/api/v1/jobs", json=body, headers=headers, **more)

    def submit(self, service: str, kind: str = "simulate", **more: Any) -> str:
        got = self.post({"kind": kind, "service": service, **more})

        assert got.status_code == 202, got.text
        return got.json()["job"]

    def wait(self, job: str, *states: str, seconds: float = 60.0) -> dict[str, Any]:
        """Wait until a job is in one of some states; unless named, those that end it."""
        wanted = states or ("done", "failed", "cancelled", "timed_out")
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            got = self.get(f"/api/v1/jobs/{job}").json()
            if got["state"] in wanted:
                return got
            time.sleep(0.02)
        raise AssertionError(f"{job} is {got['state']} after {seconds} s")


def operations(app: FastAPI) -> list[tuple[str, str]]:
    """Give method and path of every operation of the OpenAPI document, its parameters filled."""
    values = {
        "job": "0" * 32,
        "run": "20261130T000000Z-a-00000000",
        "service": "quick",
        "night": "2026-11-30",
        "version": "0" * 16,
        "name": "explore.js",
    }
    return [
        (method.upper(), re.sub(r"{(\w+)}", lambda name: values[name[1]], path))
        for path, methods in app.openapi()["paths"].items()
        for method in methods
    ]


METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")


def every_method(app: FastAPI) -> list[tuple[str, str]]:
    """Give every method on every path, and on some that are not there."""
    paths = sorted({path for _, path in operations(app)})
    paths += ["/api/v1/openapi.json", "/api/v1/nothing", "/docs"]
    return [(method, path) for path in paths for method in METHODS]
