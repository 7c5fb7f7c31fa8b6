"""What the routes of one service share."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, TypeAlias

from fastapi import Depends, Request

from tuner.service.explorers import Explorers
from tuner.service.guard import Door
from tuner.service.job_table import JobTable
from tuner.service.limits import Limits
from tuner.service.runner import Runner
from tuner.service.services import ServiceFolder


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """A service: where it keeps things, what it allows, what runs.

    Parameters
    ----------
    state : Path
        The state folder.
    services : ServiceFolder
        Configs by name.
    table : JobTable
        The jobs.
    runner : Runner
        Runs them.
    explorers : Explorers
        The process behind the page.
    limits : Limits
        What is taken at most.
    door : Door
        Who may come in.
    complain : callable
        Hears of errors of the service itself.
    is_stopping : threading.Event
        Set when the service ends, so that streams end.
    answers : Counter
        Answers so far, by method and status.
    streams : set of int
        Event streams that are open.
    began : float
        When the service began, as `time.monotonic` has it.
    """

    state: Path
    services: ServiceFolder
    table: JobTable
    runner: Runner
    explorers: Explorers
    limits: Limits
    door: Door
    complain: Callable[[str], None]
    is_stopping: threading.Event = field(default_factory=threading.Event)
    answers: Counter[tuple[str, int]] = field(default_factory=Counter)
    streams: set[int] = field(default_factory=set)
    began: float = field(default_factory=time.monotonic)

    def count(self, method: str, status: int) -> None:
        """Count an answer."""
        self.answers[method if method in METHODS else "OTHER", status] += 1


METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


def _host(request: Request) -> Host:
    """Give what the application was made with."""
    host = request.app.state.host
    assert isinstance(host, Host)
    return host


TheHost: TypeAlias = Annotated[Host, Depends(_host)]
