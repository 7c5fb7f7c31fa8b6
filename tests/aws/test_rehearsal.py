"""A rehearsal of the whole way on an emulated account: the commands of docs/tour-aws.md, in order.

From recorded metrics to a tuned plan that is applied, looked at, verified and taken back. At each
step holds what a person would look at, and every line that the page shows is a line of the answer.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import botocore.client
import numpy as np
import pytest

from tests.aws.emulator import DAYS_AGO, GROUP, emulator
from tests.aws.recorded import REGION
from tests.aws.test_fetch_errors import CASES, IN_REGION, wire
from tests.aws.tour import PAGE, Shell, Shown, job_file, missing, plain, shown
from tests.doors.command import Call, call
from tuner.aws.autoscaling import AwsScalingTarget
from tuner.aws.session import open_account
from tuner.deployment.change_state import steady
from tuner.store.archive import Archive

__all__ = ["wire"]
SLOPE = 0.75
"""CPU percent for each 1,000 rpm with which the day was made."""
ERRORS = (
    "expired credentials",
    "access denied",
    "an unknown group",
    "throttling to the end",
    "a clock that is off",
    "no connection",
)


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """A folder of its own, and no account but what the page names."""
    monkeypatch.chdir(tmp_path)
    for name in ("AWS_PROFILE", "AWS_REGION", "AWS_SESSION_TOKEN", "CLIFFSIDE_STATE_DIR"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / name))
    return tmp_path


@pytest.mark.slow
def test_the_tour_goes_from_fetch_to_undo_and_answers_what_its_page_shows(
    desk, capsys, monkeypatch
):
    writes = count_writes(monkeypatch)
    with emulator() as address:
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
        target = AwsScalingTarget(open_account(region=REGION, endpoint_url=address))
        before = steady(target.describe(GROUP))
        (desk / "job.toml").write_text(job_file())

        def setenv(name: str, value: str) -> None:
            monkeypatch.setenv(name, address if name == "AWS_ENDPOINT_URL" else value)

        shell = Shell(partial(call, capsys), setenv, desk)
        done = []
        for step in shown():
            if step.command.startswith("python -m tests.aws.emulator"):
                continue
            n_writes = len(writes)
            got = shell.run(step.command)

            assert got.code == 0, (step.command, got.out, got.err)
            assert missing(step, got) == [], (step.command, got.out, got.err)
            assert (len(writes) > n_writes) is step.command.endswith("--yes"), step.command
            look(step, got, desk, target)
            done.append(step.command.split()[1] if step.command.startswith("cliffside") else "")
        after = steady(target.describe(GROUP))

    order = [verb for verb in done if verb in ORDER]
    assert [verb for verb, last in zip(order, ["", *order], strict=False) if verb != last] == list(
        ORDER
    )
    assert before == after


ORDER = (
    "show",
    "fetch",
    "fit",
    "tune",
    "plan",
    "apply",
    "show",
    "verify",
    "undo",
    "show",
    "ledger",
)


def count_writes(monkeypatch) -> list[str]:
    """Collect every call that changes something in the account, from whomever."""
    writes: list[str] = []
    original = botocore.client.BaseClient._make_api_call

    def make_api_call(client, operation, request):
        if not operation.startswith(("Describe", "Get", "List")):
            writes.append(operation)
        return original(client, operation, request)

    monkeypatch.setattr(botocore.client.BaseClient, "_make_api_call", make_api_call)
    return writes


def look(step: Shown, got: Call, desk: Path, target: AwsScalingTarget) -> None:
    """Look at what a step left behind."""
    verb = " ".join(step.command.split()[:2])
    if verb == "cliffside fetch":
        look_at_archive(desk)
    elif verb == "cliffside fit":
        slope = float(re.search(r"([\d.]+) % per 1,000 rpm", got.out)[1])

        assert SLOPE * 0.97 < slope < SLOPE * 1.03
    elif verb == "cliffside plan":
        change = json.loads((desk / "change.json").read_text())
        rows = change["rows"]
        moved = {(row["resource"], row["field"]): (row["from"], row["to"]) for row in rows}

        assert moved["alarm web-cpu-high", "Threshold"] == (25, None)
        assert moved["alarm web-asg-cliffside-scale-out", "Threshold"][1] > 25
    elif step.command == "cliffside apply change.json":
        assert {policy.name for policy in target.describe(GROUP).policies} == OLD
    elif step.command == "cliffside apply change.json --yes":
        change = json.loads((desk / "change.json").read_text())
        proposed = {policy["name"] for policy in change["proposed"]["policies"]}

        assert {policy.name for policy in target.describe(GROUP).policies} == proposed
        assert proposed & OLD == set()


OLD = {"web-scale-out", "web-scale-in"}


def look_at_archive(desk: Path) -> None:
    """The day is there whole, with its gap of 12 minutes and nothing in its place."""
    archive = Archive(desk / ".cliffside")
    day = datetime.now(UTC).date() - timedelta(days=DAYS_AGO)
    begin = datetime(day.year, day.month, day.day, tzinfo=UTC)
    (cpu,) = (name for name in archive.names() if (name.metric, name.statistic) == CPU)
    begins = archive.read(cpu, begin, begin + timedelta(days=1)).begins

    assert archive.days(cpu) == (day,)
    assert len(begins) == 1_428
    assert sorted(np.diff(begins).tolist())[-2:] == [60, 13 * 60]
    assert len(archive.read_activities(GROUP, begin, begin + timedelta(days=1))) == 15


CPU = ("CPUUtilization", "Average")


def sentences() -> Iterator[str]:
    """Give the errors that the page shows."""
    return (line for line in PAGE.read_text().splitlines() if line.startswith("Error: "))


@pytest.mark.parametrize("name", ERRORS)
def test_the_page_says_each_error_of_an_account_as_the_program_does(wire, capsys, tmp_path, name):
    wire.answers.append(CASES[name][0])
    state = tmp_path / "state"

    said = call(capsys, "fetch", "--group", GROUP, "--state-dir", state, *IN_REGION)

    assert said.code == 1
    assert plain(said.err) in map(plain, sentences())
    assert not state.exists()


def test_the_page_says_what_to_do_without_a_region(wire, capsys, tmp_path):
    said = call(capsys, "fetch", "--group", GROUP, "--state-dir", tmp_path / "state")

    assert said.code == 1
    assert plain(said.err) in map(plain, sentences())
    assert wire.sent == []
