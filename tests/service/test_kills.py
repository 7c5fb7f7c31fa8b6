"""SIGKILL at any moment: no job is lost, none ends twice, each 202 is found again (R1, R2)."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import socket
import sqlite3
import threading
import time
from pathlib import Path

import httpx
import pytest

from tests.service.fake import fake_services
from tests.service.server_process import Killable
from tuner.service.job_table import JobTable

PATIENCE_SECONDS = 60.0
BODY = {"kind": "simulate", "service": "brief"}


def kill_some_child(state: Path, spared: dict[str, int]) -> bool:
    """Kill the process of a job that runs, each job's twice at most."""
    for lock in (state / "jobs").glob("*/lock"):
        job, pid = lock.parent.name, lock.read_text()
        if pid.isdigit() and spared.get(job, 0) < 2:
            with contextlib.suppress(ProcessLookupError, FileNotFoundError):
                if b"fake_job" in Path(f"/proc/{pid}/cmdline").read_bytes():
                    os.kill(int(pid), signal.SIGKILL)
                    spared[job] = spared.get(job, 0) + 1
                    return True
    return False


def states(database: Path) -> list[str]:
    with contextlib.closing(sqlite3.connect(database, timeout=10)) as db:
        return [row[0] for row in db.execute("SELECT state FROM jobs")]


@pytest.mark.parametrize(
    ("kills", "jobs", "seed"),
    [(30, 20, 7), pytest.param(500, 330, 8, marks=pytest.mark.nightly)],
)
def test_a_killed_job_is_not_lost_and_no_result_is_accepted_twice(kills, jobs, seed, tmp_path):
    print(f"seed {seed}")
    draw = random.Random(seed)
    services, state = fake_services(tmp_path / "services"), tmp_path / "state"
    state.mkdir(mode=0o700)
    (state / "jobs").mkdir(mode=0o700)
    database = state / "cliffside.db"
    table = JobTable(database)
    wanted = {
        table.submit(key=f"{k}", kind="simulate", service="brief", request={}, most_queued=jobs)[
            0
        ].job
        for k in range(jobs)
    }
    table.close()
    process, done, killed = Killable("queue", state, services), 0, {}
    try:
        while done < kills:
            time.sleep(draw.uniform(0.02, 0.2))
            if "queued" not in states(database) and "running" not in states(database):
                break
            if done % 2 and kill_some_child(state, killed):
                done += 1
            elif done % 2 == 0:
                process.kill()
                process.start()
                done += 1
        until = time.monotonic() + PATIENCE_SECONDS
        while set(states(database)) != {"done"} and time.monotonic() < until:
            time.sleep(0.05)
    finally:
        process.close()
    with contextlib.closing(sqlite3.connect(database)) as db:
        rows = db.execute("SELECT job, state, attempt FROM jobs").fetchall()
        ends = dict(db.execute("SELECT job, count(*) FROM events WHERE kind = 'done' GROUP BY job"))
    print(f"{done} kills, {sum(row[2] for row in rows)} tries of {jobs} jobs")

    assert done == kills
    assert {(job, "done") for job in wanted} == {row[:2] for row in rows}
    assert dict.fromkeys(wanted, 1) == ends
    assert not list(state.glob("jobs/*/double"))
    for job, _, attempt in rows:
        assert (state / "jobs" / job / f"try-{attempt}" / "stdout").read_text().startswith("{")


class Clients(threading.Thread):
    """Submits under ever new keys; one that was not answered is sent again."""

    def __init__(self, number: int, port: int, enough: threading.Event) -> None:
        super().__init__(daemon=True)
        self.found: dict[str, str] = {}
        self.odd: list[str] = []
        self._number, self._port, self._enough = number, port, enough

    def run(self) -> None:
        key, count, client = None, 0, None
        while not self._enough.is_set():
            key = key or f"{self._number}-{count}"
            try:
                client = client or httpx.Client(
                    base_url=f"http://127.0.0.1:{self._port}", timeout=10, trust_env=False
                )
                got = client.post("/api/v1/jobs", json=BODY, headers={"Idempotency-Key": key})
            except httpx.HTTPError:
                time.sleep(0.05)
                continue
            if got.status_code == 202:
                self.found[key] = got.json()["job"]
                key, count = None, count + 1
                time.sleep(0.02)
            else:
                self.odd.append(got.text)
        if client is not None:
            client.close()


def free_port() -> int:
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        return place.getsockname()[1]


@pytest.mark.parametrize(
    ("kills", "seed"), [(20, 11), pytest.param(300, 12, marks=pytest.mark.nightly)]
)
def test_every_submission_that_was_acknowledged_is_found_after_the_server_was_killed(
    kills, seed, tmp_path
):
    print(f"seed {seed}")
    draw = random.Random(seed)
    services, state, port = fake_services(tmp_path / "services"), tmp_path / "state", free_port()
    process, enough = Killable("serve", state, services, port), threading.Event()
    clients = [Clients(number, port, enough) for number in range(8)]
    try:
        for client in clients:
            client.start()
        for _ in range(kills):
            before = sum(len(client.found) for client in clients)
            until = time.monotonic() + PATIENCE_SECONDS
            while sum(len(client.found) for client in clients) < before + 8:
                assert time.monotonic() < until, "the server takes no jobs"
                time.sleep(0.01)
            time.sleep(draw.uniform(0.0, 0.1))
            process.kill()
            process.start()
    finally:
        enough.set()
        for client in clients:
            client.join()
        process.close()
    found = {key: job for client in clients for key, job in client.found.items()}
    with contextlib.closing(sqlite3.connect(state / "cliffside.db")) as db:
        kept = dict(db.execute("SELECT key, job FROM jobs"))
        twice = db.execute(
            "SELECT job FROM events WHERE kind = 'done' GROUP BY job HAVING count(*) > 1"
        ).fetchall()
    print(f"{kills} kills, {len(found)} acknowledged, {len(kept)} kept")

    assert [each for client in clients for each in client.odd] == []
    assert len(found) >= 8 * kills
    assert found == {key: job for key, job in kept.items() if key in found}
    assert twice == []
    assert not list(state.glob("jobs/*/double"))
