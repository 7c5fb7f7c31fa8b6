"""A client's text never becomes part of a path (S4)."""

from __future__ import annotations

import random
import sys
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.service.fake import ROOT
from tests.service.support import Service
from tuner.service.commands import command_words
from tuner.service.job import Job

PARTS = ("..", ".", "", "etc", "passwd", "~", "~root", "%2e%2e", "..%2f", "%00", "\0", "C:", "\\..")
ROOTS = ("", "/", "//", "\\\\host\\", "file:///", "../../../", "/proc/self/", "-", "--config=")
ENDS = (
    "",
    "/",
    ".toml",
    "\0.toml",
    "%00",
    "?",
    "#",
    "\n",
    " ",
    "é",
    "\u202e",
    "\uff0e\uff0e",
    ";id",
)
OPENED: list[str] = []
WATCHING = [False]


def watch(event: str, arguments: tuple[object, ...]) -> None:
    if WATCHING[0] and event in ("open", "os.listdir", "os.scandir", "os.mkdir", "os.rename"):
        OPENED.append(str(arguments[0]))


def payloads(number: int, seed: int) -> list[str]:
    draw = random.Random(seed)
    made = {"../../../../etc/passwd", "/etc/passwd", "..", "."}
    while len(made) < number:
        middle = draw.choice("/\\").join(draw.choices(PARTS, k=draw.randint(1, 6)))
        made.add(draw.choice(ROOTS) + middle + draw.choice(ENDS))
    return sorted(made)


def in_header(text: str) -> str:
    return "".join(c for c in text if 32 <= ord(c) < 127) or "x"


PATHS = (
    ("services/{}", "runs/{}", "jobs/{}"),
    ("services/{}", "runs/{}/report", "jobs/{}/result"),
    ("services/{}", "runs/{}/front", "jobs/{}/timeline"),
    ("services/{}", "runs/{}/recommendation", "jobs/{}/events"),
)
"""Of each parameter of a path, the routes that have it, in turn."""


def attack(service: Service, text: str, turn: int) -> list[int]:
    """Put a text into every parameter that takes one."""
    body = {"kind": "simulate", "service": "quick"}
    raw = quote(text, safe="" if turn % 2 else "/.~")
    no_job, no_run = f"jobs/{'0' * 32}", "runs/20261130T000000Z-a-00000000"
    last = {"Last-Event-ID": in_header(text)}
    asked = [
        *(service.get(f"/api/v1/{path.format(raw)}") for path in PATHS[turn // 2 % len(PATHS)]),
        service.get("/api/v1/jobs", params={"state": text}),
        service.get(f"/api/v1/{no_job}/timeline", params={"shape": text}),
        service.get(f"/api/v1/{no_job}/events", headers=last),
        service.get(f"/api/v1/{no_run}/front", params={"family": text}),
        service.post({"kind": text if turn % 3 else "tune", "service": text, "families": [text]}),
        service.post({**body, "plan": {text: text}}),
        service.post({**body, "shape": text}),
        service.post(body, key=in_header(text)),
    ]
    return [answer.status_code for answer in asked]


@pytest.mark.parametrize("number", [500, pytest.param(5_000, marks=pytest.mark.nightly)])
def test_nothing_outside_of_state_and_services_is_opened(number, tmp_path):
    seed = 4
    print(f"seed {seed}")
    sys.addaudithook(watch)
    allowed = (str(tmp_path), sys.prefix, sys.base_prefix, str(ROOT / "tuner"), "/dev/null")
    with Service(tmp_path, runs=False, most_queued=100_000) as service:
        service.submit("quick")
        OPENED.clear()
        WATCHING[0] = True
        try:
            codes = {
                code
                for turn, text in enumerate(payloads(number, seed))
                for code in attack(service, text, turn)
            }
        finally:
            WATCHING[0] = False
        assert OPENED, "the hook sees nothing"
        outside = {path for path in OPENED if path[0] == "/" and not path.startswith(allowed)}

        assert outside == set()
        assert max(codes) < 500
        assert {path.name for path in tmp_path.iterdir()} == {"services", "state"}
        assert not list((tmp_path / "state" / "jobs").iterdir())


def test_text_of_a_client_is_the_value_of_one_option_and_never_a_path(tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    for k, text in enumerate(payloads(100, 5)):
        request = {"shape": text, "plan": {"x": text}, "trace": True, "seed": None}
        job = Job(
            job=f"{k:032x}",
            kind="simulate",
            service="quick",
            request=request,
            state="running",
            created_utc="",
            started_utc=None,
            finished_utc=None,
            attempt=1,
            crashes=0,
            interruptions=0,
            is_cancelled=False,
            exit_code=None,
            run=None,
            reason="",
        )
        words = command_words(job, config=Path("/c.toml"), state=tmp_path, folder=home, resume=None)

        assert [f"--shape={text}"] == [word for word in words if word.startswith("--shape")]
        assert words == [
            *("simulate", "--config", "/c.toml", "--output", "json"),
            *(f"--plan={home}/plan.json", f"--shape={text}", f"--trace={home}/trace.parquet"),
        ]
    assert [path.name for path in home.iterdir()] == ["plan.json"]
