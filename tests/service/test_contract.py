"""The API is what its document says, and no input is answered with 5xx (S7)."""

from __future__ import annotations

import contextlib
import json
import re

import httpx
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.service.fake import ROOT
from tests.service.support import Service
from tuner.service.__main__ import document
from tuner.service.app import routes_app
from tuner.store.runs import RUN_ID

PAGE = (ROOT / "docs" / "service.md").read_text()
SEED = 20261130
CHECKS = (
    not_a_server_error,
    content_type_conformance,
    status_code_conformance,
    response_schema_conformance,
)


def test_the_committed_document_is_what_the_routes_give():
    expected = document()

    assert expected == (ROOT / "docs" / "openapi.json").read_text(), (
        "python -m tuner.service > docs/openapi.json"
    )


def test_every_operation_and_status_is_documented():
    paths = routes_app().openapi()["paths"]
    rows = re.findall(r"^\| `([A-Z]+) ([^`]+)` \| ([^|]+) \|", PAGE, re.M)
    found = {(method, path): re.findall(r"\d{3}", codes) for method, path, codes in rows}
    common = set(re.findall(r"^\| (\d{3}) \| ", PAGE, re.M))
    expected = {(m.upper(), path) for path, methods in paths.items() for m in methods}

    assert expected == set(found)
    for path, methods in paths.items():
        for method, operation in methods.items():
            own = set(found[method.upper(), path])

            assert operation["summary"]
            assert set(operation["responses"]) == common | own, (method, path)


def test_errors_of_all_kinds_are_problem_details(tmp_path):
    with Service(tmp_path, runs=False) as service:
        answers = {
            404: service.get("/nothing"),
            405: service.ask("DELETE", "/api/v1/jobs"),
            422: service.post({"kind": "none"}),
            421: service.get("/", headers={"Host": "evil.example"}),
        }
        for status, got in answers.items():
            assert got.headers["content-type"] == "application/problem+json"
            assert got.json()["status"] == got.status_code == status
            assert set(got.json()) == {"type", "title", "status", "detail", "errors"}
        assert answers[405].headers["allow"]


def test_no_page_of_documentation_comes_from_elsewhere(tmp_path):
    with Service(tmp_path, runs=False) as service:
        for path in ("/docs", "/redoc", "/docs/oauth2-redirect", "/openapi.json"):
            assert service.get(path).status_code == 404
        got = service.get("/")

        assert "http://" not in got.text
        assert "https://" not in got.text
        assert "default-src 'none'" in got.headers["content-security-policy"]
        assert "script-src" not in got.headers["content-security-policy"]


def test_what_people_wrote_is_shown_as_text(tmp_path):
    from tests.service.fake import fake_services

    evil = "<img src=x onerror=alert(1)>"
    services = fake_services(tmp_path / "services")
    text = (services / "quick.toml").read_text().replace('"conf42"', f'"{evil}"')
    (services / "quick.toml").write_text(text)
    (services / "wrong.toml").write_text(f'service = "{evil}"\n"{evil}" = 1\n')
    with Service(tmp_path, runs=False) as service:
        page = service.get("/").text

        assert "&lt;img src=x onerror=alert(1)&gt;" in page
        assert "<img" not in page


def send(service, case, known):
    """Send a case, half of those about a job to one that is there; None where HTTP has no such."""
    path = case.path_parameters or {}
    if "job" in path and len(str(path["job"])) % 2 == 0:
        case.path_parameters = {**path, "job": known}
    given = case.as_transport_kwargs(base_url="http://localhost")
    given.pop("cookies", None)
    try:
        request = requests.Request(**given).prepare()
        made = httpx.Request(
            request.method, request.url, headers=dict(request.headers), content=request.body
        )
    except (ValueError, requests.RequestException, httpx.InvalidURL):
        return None
    return service.send(made)


@pytest.mark.parametrize("examples", [5, pytest.param(300, marks=pytest.mark.nightly)])
def test_no_input_is_answered_with_5xx(examples, tmp_path):
    print(f"seed {SEED}")
    with Service(tmp_path, most_queued=100_000) as service:
        known = service.submit("quick", trace=True)
        service.wait(known)
        api = schemathesis.openapi.from_dict(service.app.openapi())
        tried = 0

        def attempt(case):
            nonlocal tried
            answer = send(service, case, known)
            if answer is not None:
                case.validate_response(answer, checks=CHECKS)
                tried += 1

        bounds = settings(
            max_examples=examples,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        for result in api.get_all_operations():
            for mode in schemathesis.GenerationMode:
                cases = result.ok().as_strategy(generation_mode=mode)
                with contextlib.suppress(Unsatisfiable):  # what takes nothing takes nothing wrong
                    seed(SEED)(bounds(given(cases)(attempt)))()
        print(f"{tried} requests")

        assert tried > 10 * examples
        assert service.complaints == []
        assert service.get("/readyz").status_code == 200


def test_the_pattern_of_ids_in_the_document_is_that_of_the_store():
    text = json.dumps(routes_app().openapi()["paths"]["/api/v1/runs/{run}"])

    assert json.dumps(f"^{RUN_ID.pattern}$")[1:-1] in text
