"""plan, apply and undo on an emulated account, and R16 over every verb that talks to AWS."""

from __future__ import annotations

import json

import botocore.client
import pytest

from tests.aws.recorded import REGION
from tests.deployment.states import PLANS, foreign, state_of
from tests.deployment.test_apply_verbs import RAILS
from tests.doors.command import CONF42, call
from tuner.aws.autoscaling import AwsScalingTarget
from tuner.deployment.change_state import steady
from tuner.plan_json import plan_to_json

WIDE = RAILS.replace("= 12", "= 40").replace("100.0", "10000.0") + (
    "most_adjustment_change_percent = 10000.0\nlowest_min_size = 0\n"
)
SOME = ("step", "target", "mixed", "exact")
READS = ("Describe", "Get", "List")
SCHEDULE = ("--schedule-start", "00:00", "--time-zone", "Europe/Berlin")


@pytest.fixture
def desk(tmp_path, monkeypatch, emulated):
    """A folder with a job, and the emulated group with what somebody set up by hand."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CLIFFSIDE_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    (tmp_path / "job.toml").write_text(CONF42.read_text() + WIDE)
    by_hand(AwsScalingTarget(emulated))
    return tmp_path


def by_hand(target: AwsScalingTarget) -> None:
    state = foreign()
    target.put_limits("web", {"MinSize": 2, "MaxSize": 10})
    arns = {policy.name: target.put_policy("web", policy) for policy in state.policies}
    for alarm in state.alarms:
        target.put_alarm(alarm, policy_arn=arns[alarm.policy_name])
    for action in state.actions:
        target.put_action("web", action)


def plan(capsys, desk, name: str, *more: str):
    (desk / "plan.json").write_text(json.dumps(plan_to_json(PLANS[name])))
    line = ("plan", "--config", "job.toml", "--plan", "plan.json", "--group", "web")
    return call(capsys, *line, *SCHEDULE, *more)


@pytest.mark.parametrize("name", SOME[2:3])
def test_a_plan_of_any_family_is_applied_and_undone_in_an_emulated_account(
    desk, capsys, emulated, name
):
    target = AwsScalingTarget(emulated)
    before = steady(target.describe("web"))
    names = [part for policy in foreign().policies for part in ("--replace", policy.name)]

    assert plan(capsys, desk, name, *names, "--out", "change.json").code == 0
    done = call(capsys, "apply", "change.json", "--yes")

    assert done.code == 0, done.err
    there = steady(target.describe("web"))
    assert steady(state_of(PLANS[name])).policies == there.policies
    assert steady(state_of(PLANS[name])).alarms == there.alarms
    assert call(capsys, "undo", "--yes").code == 0
    assert before == steady(target.describe("web"))


def test_one_family_after_another_ends_in_what_was_there_first(desk, capsys, emulated):
    target = AwsScalingTarget(emulated)
    before = steady(target.describe("web"))
    for name in (SOME[0], SOME[1], SOME[3]):
        assert plan(capsys, desk, name, "--out", "change.json").code == 0
        done = call(capsys, "apply", "change.json", "--yes")

        assert done.code == 0, (name, done.err)
    for name in (SOME[0], SOME[1], SOME[3]):
        assert call(capsys, "undo", "--yes").code == 0, name

    assert before == steady(target.describe("web"))


def test_no_verb_writes_in_its_dry_mode(desk, capsys, monkeypatch):
    """R16: 0 refusals of an account that refuses every write."""
    assert plan(capsys, desk, "step", "--out", "done.json").code == 0
    assert call(capsys, "apply", "done.json", "--yes").code == 0
    refused, asked = [], []
    original = botocore.client.BaseClient._make_api_call

    def make_api_call(client, operation, request):
        asked.append(operation)
        if not operation.startswith(READS):
            refused.append(operation)
            raise AssertionError(operation)
        return original(client, operation, request)

    monkeypatch.setattr(botocore.client.BaseClient, "_make_api_call", make_api_call)
    for name in SOME[1:3]:
        for more in (("--output", "json"), ("--output", "markdown", "--with-limits")):
            assert plan(capsys, desk, name, *more).code == 0
        assert plan(capsys, desk, name, "--out", "change.json").code == 0
        call(capsys, "apply", "change.json")
    for line in (
        ("apply", "done.json"),
        ("undo",),
        ("undo", "--even-if-changed"),
        ("ledger",),
        ("show", "web"),
        ("show", "web", "--save", "plan.json"),
        ("doctor", "--aws"),
        ("fetch", "--group", "web", "--since", "2d", "--csv", "fetched"),
    ):
        assert "Traceback" not in call(capsys, *line).err
    print(f"{len(asked)} calls of {len(set(asked))} kinds, {len(refused)} refused")

    assert refused == []
    assert {"DescribeAutoScalingGroups", "GetMetricData", "GetCallerIdentity"} < {*asked}
