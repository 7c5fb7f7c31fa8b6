"""The page of a run over HTTP: its files, its policy, what it asks, and what is refused."""

from __future__ import annotations

import atexit
import json
import os
import re
import signal
import time
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from shutil import copytree, rmtree
from tempfile import mkdtemp

import pytest

from tests.explore.shop import tuning
from tests.service.support import Service
from tuner.kept_run import keep_run, origin
from tuner.service.assets import PLOTLY, address_of, asset_names
from tuner.store.run_writer import new_run
from tuner.store.runs import PAGE_DATA

EVIL = "<img src=x onerror=alert(1)>"


@cache
def kept() -> tuple[Path, str]:
    """Keep one run in a state folder; give the folder and the run's id."""
    state = Path(mkdtemp(prefix="cliffside-page-"))
    atexit.register(rmtree, state, ignore_errors=True)
    run = new_run(state, origin(tuning().job))
    keep_run(tuning(), run, exit_code=0)
    return state, run.run


@contextmanager
def service_in(folder: Path):
    """Start a service that has the run."""
    with Service(folder, runs=False) as made:
        copytree(kept()[0] / "runs", made.state.folder / "runs")
        yield made


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    with service_in(tmp_path_factory.mktemp("page")) as made:
        yield made


@pytest.fixture
def home():
    return f"/api/v1/runs/{kept()[1]}"


def test_the_page_is_whole_without_script_and_has_the_strict_policy(service):
    got = service.get(f"/runs/{kept()[1]}")

    assert got.status_code == 200
    assert (
        "default-src 'none'; script-src 'self'; style-src 'self'"
        in got.headers["Content-Security-Policy"]
    )
    assert "unsafe" not in got.headers["Content-Security-Policy"]
    for words in ("Change proposed", "Worst peak CPU", "Every policy on the front"):
        assert words in got.text
    assert not re.search(r"\sstyle=|\son\w+=|<script>(?!</)", got.text)


def test_the_files_of_the_page_stay_for_ever_at_their_address(service):
    page = service.get(f"/runs/{kept()[1]}").text
    for address in re.findall(r'"(/page/[^"]+)"', page):
        got = service.get(address)

        assert got.status_code == 200, address
        assert "immutable" in got.headers["Cache-Control"], address
    old = service.get(f"/page/{'0' * 16}/explore.js")

    assert old.headers["Cache-Control"] == "no-cache"
    assert PLOTLY in asset_names()
    assert service.get(address_of(PLOTLY)).headers["Content-Encoding"] == "gzip"


@pytest.mark.parametrize("name", ["nothing.js", "..%2Fserver.py", "explore.py", "style.css"])
def test_nothing_else_is_a_file_of_the_page(name, service):
    assert service.get(address_of(name)).status_code in (404, 422)


def test_what_the_page_shows_at_once_is_what_the_run_kept(service, home):
    stored = json.loads((kept()[0] / "runs" / kept()[1] / PAGE_DATA).read_text())
    got = service.get(f"{home}/explore")
    told = got.json()

    assert got.headers["Content-Encoding"] == "gzip"
    assert {name: told[name] for name in stored} == stored
    assert told["run"] == kept()[1]
    assert told["last"] is None


def test_a_second_run_tells_what_differs_from_the_first(tmp_path):
    with service_in(tmp_path) as service:
        second = new_run(service.state.folder, origin(tuning().job))
        keep_run(tuning(), second, exit_code=0)
        told = service.get(f"/api/v1/runs/{second.run}/explore").json()

    assert told["last"]["run"] == kept()[1]
    assert told["more"]["nights"]["rows"] == []
    assert "nothing differs" in told["more"]["nights"]["words"]


def test_questions_are_answered_by_the_process_behind_the_page(service, home):
    stored = service.get(f"{home}/explore").json()
    told = service.get(f"{home}/answers").json()

    assert told == stored["answers"]
    ids = stored["points"]["id"][:1]
    candidate = service.get(f"{home}/candidate", params={"id": f"{ids[0]};min_size=4"}).json()

    assert candidate["what_if"]["min_size"] == 4
    minutes = service.get(
        f"{home}/minutes",
        params={"shape": stored["first_shape"], "plan": ["today", *ids], "letter": ["T", "B"]},
    ).json()

    assert [plan["letter"] for plan in minutes["plans"]] == ["T", "B"]
    lower = service.get(f"{home}/answer", params={"cliff": 40}).json()

    assert lower["stress_words"] == "" and "38 %" in lower["count_words"]
    filtered = service.get(f"{home}/answer", params={"cliff": 40, "filter": "kind:1"}).json()

    assert filtered["recommended"].startswith("target:")
    assert service.get(f"{home}/figures/fit").status_code == 404


@pytest.mark.parametrize(
    ("path", "params"),
    [
        ("answers", {"filter": EVIL}),
        ("answers", {"filter": "kind:9"}),
        ("answers", {"filter": "nothing:0"}),
        ("answers", {"filter": ["kind:0", "kind:1"]}),
        ("answers", {"margin": "nan"}),
        ("answers", {"margin": -1}),
        ("answer", {"cliff": 1000}),
        ("candidate", {}),
        ("candidate", {"id": EVIL}),
        ("candidate", {"id": "simple:999999999999"}),
        ("candidate", {"id": "../../etc/passwd"}),
        ("candidate", {"id": "today;min_size=99999"}),
        ("candidate", {"id": "today;cooldown_seconds=-5"}),
        ("minutes", {"shape": EVIL, "plan": "today"}),
        ("minutes", {"shape": "evening, hold 10m", "plan": ["today"] * 4}),
        ("minutes", {"shape": "evening, hold 10m", "plan": "today", "detail": 2}),
        ("figures/nothing", {}),
    ],
    ids=str,
)
def test_what_cannot_be_asked_is_refused_with_its_problems(path, params, service, home):
    got = service.get(f"{home}/{path}", params=params)

    assert got.status_code == 422, got.text
    assert got.headers["Content-Type"] == "application/problem+json"
    assert got.json()["errors"][0]["next_step"]
    assert service.complaints == []


def test_a_run_whose_config_has_changed_is_shown_but_not_run(tmp_path, home):
    config = tuning().job.path
    before = config.read_text("utf-8")
    config.write_text(f"{before}\n# changed\n", "utf-8")
    try:
        with service_in(tmp_path) as service:
            got = service.get(f"{home}/candidate", params={"id": "today"})

            assert got.status_code == 409
            assert "have changed" in got.json()["detail"]
            assert service.get(f"{home}/explore").status_code == 200
    finally:
        config.write_text(before, "utf-8")


def test_a_run_from_before_the_page_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr("tuner.service.page_context.PAGE_DATA", "another.json")
    with service_in(tmp_path) as service:
        got = service.get(f"/runs/{kept()[1]}")

        assert got.status_code == 200
        assert "one from before there was such a page" in got.text
        assert "Tune the service again" in got.text


def test_a_process_that_was_killed_is_started_again(service, home):
    assert service.get(f"{home}/answers").status_code == 200
    process = service.host.explorers._process
    os.kill(process.pid, signal.SIGKILL)
    process.wait()

    assert service.get(f"{home}/answers").status_code == 200


def test_a_process_that_takes_too_long_is_ended_and_the_next_answer_comes(
    service, home, monkeypatch
):
    assert service.get(f"{home}/answers").status_code == 200
    os.kill(service.host.explorers._process.pid, signal.SIGSTOP)
    monkeypatch.setattr("tuner.service.explorers.ANSWER_SECONDS", 0.3)
    began = time.monotonic()
    got = service.get(f"{home}/answers")

    assert got.status_code == 503 and got.headers["Retry-After"] == "1"
    assert time.monotonic() - began < 10.0
    monkeypatch.setattr("tuner.service.explorers.ANSWER_SECONDS", 60.0)
    assert service.get(f"{home}/answers").status_code == 200


def test_a_service_leads_to_its_newest_run_and_an_unknown_one_nowhere(service):
    (service.host.services.folder / "checkout.toml").write_text(
        (Path(__file__).parents[2] / "configs" / "services" / "checkout.toml").read_text()
    )
    got = service.get("/services/checkout")

    assert got.status_code == 303
    assert got.headers["Location"] == f"/runs/{kept()[1]}"
    assert service.get("/services/quick").status_code == 404
    assert service.get("/nights/2026-11-30").status_code == 404
