"""Server-sent events of a job, from the last one that a client knows."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from functools import partial

from anyio.to_thread import run_sync

from tuner.errors import Problem
from tuner.service.host import Host
from tuner.service.job import ENDED, Job, JobEvent
from tuner.service.problems import HttpProblemError

LOOK_SECONDS = 0.1
HEARTBEAT_SECONDS = 15.0


async def open_stream(host: Host, job: str) -> Job | None:
    """Make sure that one more stream may be opened, on a job that is there.

    Parameters
    ----------
    host : Host
        The service.
    job : str
        Id of the job.

    Raises
    ------
    HttpProblemError
        When as many are open as may.
    """
    most = host.limits.most_streams
    if len(host.streams) >= most:
        raise HttpProblemError(
            503,
            Problem(f"at most {most} streams", f"{most}", "service", "Close one, or try later."),
            retry_seconds=5,
        )
    return await run_sync(host.table.find, job)


async def event_stream(host: Host, job: str, *, after: int) -> AsyncIterator[bytes]:
    """Give the events of a job as they come, until it has ended or the service does.

    Parameters
    ----------
    host : Host
        The service.
    job : str
        Id of a job that is there.
    after : int
        Number of the last event that is known.
    """
    stream = object()
    host.streams.add(id(stream))
    seen, said = -1, time.monotonic()
    try:
        yield b"retry: 1000\n\n"
        while not host.is_stopping.is_set():
            changes = host.table.changes
            if changes != seen:
                seen = changes
                found = await run_sync(host.table.find, job)
                ended = found is None or found.state in ENDED
                while events := await run_sync(partial(host.table.events, job, after=after)):
                    yield b"".join(map(event_text, events))
                    after, said = events[-1].number, time.monotonic()
                if ended:
                    return
            if time.monotonic() - said > HEARTBEAT_SECONDS:
                yield b": still here\n\n"
                said = time.monotonic()
            await asyncio.sleep(LOOK_SECONDS)
    finally:
        host.streams.discard(id(stream))


def event_text(event: JobEvent) -> bytes:
    r"""Write an event as the stream has it.

    Examples
    --------
    >>> event_text(JobEvent(3, "done", "2026-11-30T00:00:00.000Z", "a\nb")).splitlines()[0:2]
    [b'id: 3', b'event: done']
    """
    data = json.dumps({"at_utc": event.at_utc, "words": event.words})
    return f"id: {event.number}\nevent: {event.kind}\ndata: {data}\n\n".encode("ascii")
