"""The queue: same key same job, poison fails alone, cancel means stopped, time-outs (R5, R6)."""

from __future__ import annotations

import asyncio
import time
from collections import Counter

import pytest

from tests.service.support import Service
from tuner.service.job_table import JobTable

SLACK = 3.0
CANCEL_SECONDS = 2.0
BODY = {"kind": "simulate", "service": "quick"}


def submit_many(service, keys):
    async def all_at_once():
        async with service.client() as client:
            return await asyncio.gather(
                *(
                    client.post("/api/v1/jobs", json=BODY, headers={"Idempotency-Key": key})
                    for key in keys
                )
            )

    return service.do(all_at_once())


@pytest.mark.parametrize(
    ("same", "different"),
    [(100, 300), pytest.param(1_000, 1_000, marks=pytest.mark.nightly)],
)
def test_one_key_is_one_job_and_many_keys_are_as_many(same, different, tmp_path):
    with Service(tmp_path, runs=False) as service:
        for keys, expected in (["one"] * same, 1), ([f"{k}" for k in range(different)], different):
            answers = submit_many(service, keys)
            codes = Counter(answer.status_code for answer in answers)
            jobs = {answer.json()["job"] for answer in answers if answer.status_code == 202}
            print(f"{len(keys)} requests: {dict(codes)}")

            assert set(codes) <= {202, 429, 503}
            if len(keys) < service.host.limits.most_requests:
                assert set(codes) == {202}
                assert len(jobs) == expected
            assert 0 < len(jobs) <= expected
            assert len(jobs) == min(codes[202], expected)
            if expected == 1:
                assert service.get("/api/v1/jobs?limit=1").json()["total"] == 1
        assert service.get("/api/v1/jobs?limit=1").json()["total"] == len(jobs) + 1


def test_the_same_key_with_another_request_is_refused(tmp_path):
    with Service(tmp_path, runs=False) as service:
        first = service.post(BODY, key="k")
        again = service.post(BODY, key="k")
        other = service.post({**BODY, "seed": 1}, key="k")

        assert first.json()["job"] == again.json()["job"]
        assert other.status_code == 422
        assert "Idempotency-Key" in other.json()["errors"][0]["where"]


def test_a_full_queue_is_429_with_retry_after_and_an_old_key_still_works(tmp_path):
    with Service(tmp_path, runs=False, most_queued=2) as service:
        kept = [service.post(BODY, key=f"{k}").json()["job"] for k in range(2)]
        full = service.post(BODY, key="third")

        assert full.status_code == 429
        assert int(full.headers["Retry-After"]) > 0
        assert kept[0] == service.post(BODY, key="0").json()["job"]


@pytest.mark.parametrize("number", [10, pytest.param(100, marks=pytest.mark.nightly)])
def test_poison_and_hogs_fail_alone(number, tmp_path):
    with Service(tmp_path, job_memory_mebibytes=256, parallel_jobs=2) as service:
        jobs = {
            name: [service.submit(name) for _ in range(number)]
            for name in ("poison", "hog", "quick")
        }
        for name, expected in (("poison", "failed"), ("hog", "failed"), ("quick", "done")):
            got = [service.wait(job) for job in jobs[name]]

            assert [expected] * number == [each["state"] for each in got]
            if name == "poison":
                assert {3} == {each["attempts"] for each in got}
                assert "signal 11" in got[0]["reason"]
            if name == "hog":
                assert "memory" in got[0]["reason"]
        assert service.get("/readyz").status_code == 200
        assert service.complaints == []


def test_cancelled_means_stopped(tmp_path):
    slowest = 0.0
    with Service(tmp_path) as service:
        for _ in range(10):
            running, waiting = service.submit("endless"), service.submit("endless")
            service.wait(running, "running")
            while not list(tmp_path.glob(f"state/jobs/{running}/lock")):
                time.sleep(0.01)
            began = time.monotonic()
            now = service.ask("POST", f"/api/v1/jobs/{waiting}/cancel")
            later = service.ask("POST", f"/api/v1/jobs/{running}/cancel")
            ended = service.wait(running)
            slowest = max(slowest, time.monotonic() - began)

            assert (now.status_code, now.json()["state"]) == (202, "cancelled")
            assert (later.status_code, later.json()["is_cancelled"]) == (202, True)
            assert ended["state"] == "cancelled"
            assert service.ask("POST", f"/api/v1/jobs/{running}/cancel").status_code == 202
    print(f"slowest cancel: {slowest:.2f} s")

    assert slowest < SLACK * CANCEL_SECONDS


def test_a_job_ends_with_its_minutes(tmp_path, monkeypatch):
    from tuner.service import runner

    monkeypatch.setattr(
        runner, "watch", lambda *a, _watch=runner.watch, **k: _watch(*a, **{**k, "seconds": 0.3})
    )
    with Service(tmp_path) as service:
        got = service.wait(service.submit("endless", minutes=1))

        assert got["state"] == "timed_out"
        assert "minutes" in got["reason"]


def test_a_failed_job_says_what_its_command_said(tmp_path):
    with Service(tmp_path) as service:
        got = service.wait(service.submit("wrong"))

        assert (got["state"], got["exit_code"]) == ("failed", 2)
        assert got["reason"] == "Error: job.toml: expected a, got b. Do c."
        assert service.get(f"/api/v1/jobs/{got['job']}/result").status_code == 409
        assert service.wait(service.submit("silent"))["state"] == "failed"


def test_an_end_is_recorded_once_and_only_by_its_own_try(tmp_path):
    from tuner.service.job import JobEnd

    table = JobTable(tmp_path / "jobs.db")
    table.submit(key="k", kind="tune", service="s", request={}, most_queued=9)
    first = table.claim()
    assert first is not None
    assert table.again(first, crashed=False, words="ended")
    second = table.claim()
    assert second is not None

    assert not table.end(first, JobEnd("done", 0))
    assert table.end(second, JobEnd("done", 0))
    assert not table.end(second, JobEnd("failed", 1))
    assert table.find(first.job).state == "done"
    table.close()
