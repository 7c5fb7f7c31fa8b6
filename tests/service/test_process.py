"""A real server in a process of its own, with the real command line as its jobs."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx
import pytest

from tests.service.fake import CONFIGS, fake_services
from tests.service.support import Service

SLACK = 3.0
TERM_SECONDS = 10.0
CONF42 = {
    "scale_out_threshold_percent = {from = 11, to = 35}": (
        "scale_out_threshold_percent = {from = 11, to = 60}"
    ),
    "scale_out_adjustment = {from = 1, to = 10}": "scale_out_adjustment = {from = 1, to = 400}",
    'evaluation_periods = 5\ncooldown_seconds = "3m"': (
        "evaluation_periods = {from = 1, to = 10}\ncooldown_seconds = [60, 120, 180, 240, 300]"
    ),
}
"""The search of the talk made large: 1,000,000 candidates."""

SAVES_OFTEN = """
import tuner.search.evaluate, tuner.search.search
tuner.search.evaluate.LARGEST_CHUNK = 100
tuner.search.search.STORE_SECONDS = -1.0
from tuner.cli.main import run
run()
"""
"""The command line, with many short batches, each saved."""


@contextlib.contextmanager
def served(state: Path, services: Path):
    """Start the program, and give its process and a client."""
    words = ["--state-dir", str(state), "serve", "--services", str(services), "--port", "0"]
    process = subprocess.Popen(
        [sys.executable, "-c", "from tuner.cli.main import run; run()", *words],
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        found = re.fullmatch(
            r"Listening on (http://127\.0\.0\.1:\d+)/\n", process.stderr.readline()
        )
        with httpx.Client(base_url=found[1], timeout=30, trust_env=False) as client:
            yield process, client
    finally:
        process.kill()
        process.wait()
        process.stderr.close()


def submit(client, body, key="k"):
    got = client.post("/api/v1/jobs", json=body, headers={"Idempotency-Key": key})

    assert got.status_code == 202, got.text
    return got.json()["job"]


def read_events(client, job, after=0):
    """Follow a job to its end: the numbers and the kinds of its events."""
    with client.stream(
        "GET", f"/api/v1/jobs/{job}/events", headers={"Last-Event-ID": str(after)}
    ) as stream:
        lines = list(stream.iter_lines())
    numbers = [int(line[4:]) for line in lines if line.startswith("id: ")]
    return numbers, [line[7:] for line in lines if line.startswith("event: ")]


def follow(client, job):
    """Hold a stream open until the server ends it."""
    with contextlib.suppress(httpx.HTTPError):
        read_events(client, job)


def test_jobs_are_run_followed_and_fetched_and_the_server_never_loads_the_compiler(tmp_path):
    services = tmp_path / "services"
    services.mkdir()
    (services / "talk.toml").write_text((CONFIGS / "conf42.toml").read_text())
    with served(tmp_path / "state", services) as (process, client):
        tune = submit(client, {"kind": "tune", "service": "talk"})
        plain = {"kind": "simulate", "service": "talk"}
        trace = submit(client, {**plain, "trace": True, "shape": "talk"}, key="t")
        gate = submit(client, {"kind": "gate", "service": "talk"}, key="g")
        numbers, kinds = read_events(client, tune)
        again = read_events(client, tune, after=numbers[1])
        run = client.get(f"/api/v1/jobs/{tune}").json()["run"]
        home = f"/api/v1/runs/{run}"
        answer = client.get(f"/api/v1/jobs/{tune}/result").json()
        kept = client.get(f"{home}/recommendation").json()
        front = client.get(f"{home}/front", params={"limit": 2}).json()
        report = client.get(f"{home}/report")

        assert [kinds[0], kinds[1], kinds[-1]] == ["queued", "running", "done"]
        assert again == (numbers[2:], kinds[2:])
        assert answer["schema"] == "cliffside.tune/1"
        assert answer["recommended"]["plan"] == kept["recommended"]["plan"]
        assert (len(front["rows"]), front["total"] > 2) == (2, True)
        assert "host_minutes" in front["columns"]
        assert report.text.startswith("<!DOCTYPE html>")
        assert "sandbox" in report.headers["content-security-policy"]

        assert read_events(client, trace)[1][-1] == "done"
        line = client.get(f"/api/v1/jobs/{trace}/timeline", params={"limit": 3, "offset": 95})
        other = client.get(f"/api/v1/jobs/{trace}/timeline", params={"shape": "none"})

        assert [row["minute"] for row in line.json()["rows"]] == [95.0, 96.0, 97.0]
        assert (other.json()["total"], line.json()["total"]) == (0, 98)
        assert read_events(client, gate)[1][-1] == "done"
        assert client.get(f"/api/v1/jobs/{gate}").json()["exit_code"] == 3
        assert client.get(f"/api/v1/jobs/{tune}/timeline").status_code == 404

        assert f'href="{home}/report"' in client.get("/").text
        assert 'cliffside_jobs{state="done"} 3' in client.get("/metrics").text
        if sys.platform == "linux":
            assert "llvmlite" not in Path(f"/proc/{process.pid}/maps").read_text()


def test_sigterm_ends_within_ten_seconds_and_a_second_service_is_refused_meanwhile(tmp_path):
    services = tmp_path / "services"
    services.mkdir()
    text = (CONFIGS / "conf42.toml").read_text()
    for old, new in CONF42.items():
        assert text.count(old) == 1
        text = text.replace(old, new)
    (services / "large.toml").write_text(text)
    state = tmp_path / "state"
    with served(state, services) as (process, client):
        job = submit(client, {"kind": "tune", "service": "large"})
        waiting = submit(client, {"kind": "tune", "service": "large", "seed": 1}, key="w")
        threading.Thread(target=follow, args=(client, job), daemon=True).start()
        lock = state / "jobs" / job / "lock"
        while not (lock.exists() and lock.read_text()):
            time.sleep(0.02)
        pid = int(lock.read_text())
        words = ["--state-dir", str(state), "serve", "--services", str(services), "--port", "0"]
        second = subprocess.run(
            [sys.executable, "-c", "from tuner.cli.main import run; run()", *words],
            capture_output=True,
            text=True,
            check=False,
        )

        assert second.returncode == 2
        assert "another `cliffside serve` holds" in second.stderr

        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        code = process.wait(timeout=SLACK * TERM_SECONDS)
        took = time.monotonic() - began
        print(f"ended in {took:.1f} s")

        assert (code, took < SLACK * TERM_SECONDS) == (0, True)
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
    with Service(tmp_path, services=services, runs=False) as service:
        found = [service.get(f"/api/v1/jobs/{each}").json()["state"] for each in (job, waiting)]

        assert found == ["queued", "queued"]


def wait_for_parts(state: Path) -> str:
    """Wait until a search is under way, and give the id of its run."""
    until = time.monotonic() + 60.0
    while time.monotonic() < until:
        parts = list(state.glob("runs/*/part-*.parquet"))
        if parts:
            return parts[0].parent.name
        time.sleep(0.02)
    raise AssertionError("no search is under way")


def test_a_search_that_is_cancelled_is_stopped_and_one_that_was_interrupted_goes_on(tmp_path):
    services = fake_services(tmp_path / "services")
    text = (CONFIGS / "conf42.toml").read_text()
    for old, new in CONF42.items():
        text = text.replace(old, new.replace("400", "4"))
    (services / "large.toml").write_text(text)
    state, command = tmp_path / "state", (sys.executable, "-c", SAVES_OFTEN)
    with Service(tmp_path, command=command) as service:
        job = service.submit("large", kind="tune", threads=1)
        run = wait_for_parts(state)
    with Service(tmp_path, command=command) as service:
        got = service.wait(job, seconds=120.0)

        assert (got["state"], got["run"], got["attempts"]) == ("done", run, 2)

        job = service.submit("large", kind="tune", threads=1, seed=9)
        wait_for_parts(state)
        pid = int((state / "jobs" / job / "lock").read_text())
        began = time.monotonic()
        service.ask("POST", f"/api/v1/jobs/{job}/cancel")
        got = service.wait(job)
        print(f"a search stopped in {time.monotonic() - began:.2f} s")

        assert (got["state"], got["run"]) == ("cancelled", None)
        assert time.monotonic() - began < SLACK * 2.0
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
