"""Work is bounded: one test a limit (S6); nothing takes an address (S5)."""

from __future__ import annotations

import json
import re

import pytest
from fastapi.exceptions import RequestValidationError

from tests.service.support import Service
from tuner.errors import ConfigurationError
from tuner.service.limits import Limits
from tuner.service.strict_json import parse_strictly

GOOD = {"kind": "simulate", "service": "quick"}


@pytest.fixture
def service(tmp_path):
    with Service(tmp_path, runs=False, most_minutes=90, most_candidates=249) as made:
        yield made


def send(service, content, **more):
    headers = {"Idempotency-Key": "k", "Content-Type": "application/json"}
    return service.ask("POST", "/api/v1/jobs", content=content, headers=headers, **more)


def nested(depth):
    plan = "[" * depth + "]" * depth
    return f'{{"kind": "simulate", "service": "quick", "plan": {{"x": {plan}}}}}'.encode()


def test_a_body_of_more_than_a_megabyte_is_413(service):
    most = service.host.limits.largest_body_bytes
    padding = most - len(json.dumps(GOOD)) - 1
    fits = (json.dumps(GOOD) + " " * padding).encode()

    async def chunks():
        for _ in range(most // 1_000 + 1):
            yield b" " * 1_000

    assert most == 1_000_000
    assert send(service, fits).status_code == 202
    assert send(service, fits + b"  ").status_code == 413
    assert send(service, chunks()).status_code == 413


def test_a_body_that_does_not_come_is_408(tmp_path):
    with Service(tmp_path, runs=False, body_seconds=1) as service:

        async def never():
            import asyncio

            yield b"{"
            await asyncio.sleep(5)

        assert send(service, never()).status_code == 408


def test_json_deeper_than_64_is_422(service):
    fits, deeper = send(service, nested(62)), send(service, nested(63))

    assert "deep" not in fits.text
    assert (deeper.status_code, "64 deep" in deeper.text) == (422, True)
    assert send(service, nested(100_000)).status_code == 422
    assert parse_strictly(b"[" * 64 + b"]" * 64, deepest=64)
    with pytest.raises(ValueError, match="64 deep"):
        parse_strictly(b"[" * 65 + b"]" * 65, deepest=64)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("NaN", "NaN"),
        ("Infinity", "Infinity"),
        ("-Infinity", "-Infinity"),
        ("1e999", "too large"),
        ('{"a": 1, "a": 2}', "twice"),
        ('"\\ud800"', "surrogate"),
        ('"unfinished', "no JSON"),
        ("1" * 5_000, "body"),
    ],
)
def test_json_that_is_not_meant_so_is_422(value, words, service):
    content = f'{{"kind": "simulate", "service": "quick", "plan": {{"x": {value}}}}}'.encode()
    got = send(service, content)

    assert got.status_code == 422
    assert words in got.text
    assert got.headers["content-type"] == "application/problem+json"


def test_nan_in_an_error_and_an_error_of_ours_do_not_break_the_answer(service):
    @service.app.get("/nan")
    def nan():
        raise RequestValidationError(
            [{"loc": ("body", "x"), "msg": "no", "type": "value", "input": float("nan")}]
        )

    @service.app.get("/broken")
    def broken():
        raise RuntimeError("a secret")

    got, ours = service.get("/nan"), service.get("/broken")

    assert (got.status_code, got.json()["errors"][0]["got"]) == (422, "nan")
    assert (ours.status_code, ours.json()["title"]) == (500, "Internal Server Error")
    assert "secret" not in ours.text
    assert "a secret" in service.complaints[0]


@pytest.mark.parametrize("path", ["/api/v1/jobs", "/api/v1/runs", "/api/v1/services"])
def test_a_page_has_at_most_1000_rows(path, service):
    assert service.get(f"{path}?limit=1000").status_code == 200
    for query in ("limit=1001", "limit=0", "limit=-1", "limit=x", "offset=-1", f"offset={10**30}"):
        assert service.get(f"{path}?{query}").status_code == 422, query


@pytest.mark.parametrize(
    ("more", "where"),
    [
        ({"minutes": 91}, "minutes"),
        ({"minutes": 0}, "minutes"),
        ({"kind": "tune"}, "service"),
        ({"threads": 257}, "threads"),
        ({"seed": -1}, "seed"),
        ({"seed": 2**32}, "seed"),
        ({"shape": "x" * 201}, "shape"),
        ({"service": "not-there"}, "service"),
        ({"unknown": 1}, "unknown"),
        ({"kind": "tune", "families": ["simple", "simple"]}, "families"),
    ],
    ids=str,
)
def test_a_job_beyond_its_bounds_is_422(more, where, service):
    got = service.post({**GOOD, **more})

    assert got.status_code == 422
    assert where in got.json()["errors"][0]["where"]
    assert service.get("/api/v1/jobs").json()["total"] == 0


def test_minutes_up_to_the_limit_are_taken_and_so_are_as_many_candidates(tmp_path):
    with Service(tmp_path, runs=False, most_minutes=90, most_candidates=250) as service:
        assert service.post({**GOOD, "minutes": 90}).status_code == 202
        assert service.post({**GOOD, "kind": "tune"}).status_code == 202


def test_one_request_more_than_may_be_at_work_is_503(tmp_path):
    with Service(tmp_path, runs=False, most_requests=1) as service:
        import asyncio

        async def two():
            async with service.client() as client:
                return await asyncio.gather(*(client.get("/api/v1/jobs") for _ in range(2)))

        codes = sorted(answer.status_code for answer in service.do(two()))

        assert codes == [200, 503]


def test_one_stream_more_than_may_be_open_is_503(tmp_path):
    with Service(tmp_path, runs=False, most_streams=1) as service:
        job = service.submit("quick")
        service.host.streams.add(0)
        got = service.get(f"/api/v1/jobs/{job}/events")

        assert (got.status_code, "Retry-After" in got.headers) == (503, True)


def test_a_limit_below_1_is_refused():
    with pytest.raises(ConfigurationError, match="parallel_jobs"):
        Limits(parallel_jobs=0)


def test_no_operation_takes_an_address(service):
    document = service.app.openapi()
    names = {
        parameter["name"].lower()
        for path in document["paths"].values()
        for operation in path.values()
        for parameter in operation.get("parameters", [])
    }
    for model in document["components"]["schemas"].values():
        if "Request" in model.get("title", ""):
            names |= {name.lower() for name in model["properties"]}
    text = json.dumps(document)

    assert {"service", "shape", "idempotency-key"} <= names
    assert not [n for n in names if re.search(r"ur[il]|address|host|callback|webhook|endpoint", n)]
    assert '"format": "uri"' not in text
    assert "servers" not in document
