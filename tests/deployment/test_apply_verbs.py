"""plan, apply, undo and ledger by their real entry point, on an account in memory."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from tests.deployment.memory_target import MemoryTarget
from tests.deployment.states import STATES, foreign, mixed, simple, state_of, step, target
from tests.doors.command import CONF42, call
from tuner.cli import deploy_verbs
from tuner.deployment.change_json import read_change_file
from tuner.plan_json import plan_to_json
from tuner.resources.records import GroupResources

RAILS = """
[guard_rails]
mode = "apply"
groups = ["web"]
highest_max_size = 12
most_threshold_change_percent = 100.0
"""


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """A folder with a job, a plan and a state folder of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CLIFFSIDE_STATE_DIR", str(tmp_path / "state"))
    (tmp_path / "job.toml").write_text(CONF42.read_text() + RAILS)
    (tmp_path / "plan.json").write_text(json.dumps(plan_to_json(simple(50.0, 3))))
    return tmp_path


@pytest.fixture
def account(monkeypatch):
    """An account in memory that holds today's simple policies."""
    there = MemoryTarget(STATES["simple"])
    monkeypatch.setattr(deploy_verbs, "open_target", lambda: there)
    return there


PLAN = ("plan", "--config", "job.toml", "--plan", "plan.json", "--group", "web")


def test_a_plan_is_applied_and_undone_and_the_ledger_tells(desk, account, capsys):
    planned = call(capsys, *PLAN, "--out", "change.json", "--detailed-exitcode")

    assert planned.code == 4
    assert "web-cliffside-scale-out" in planned.out
    dry = call(capsys, "apply", "change.json")

    assert dry.code == 0
    assert "Nothing was changed" in dry.err
    assert account.writes == []
    done = call(capsys, "apply", "change.json", "--yes")

    assert done.code == 0, done.err
    assert account.holds(read_change_file(desk / "change.json").after)
    again = call(capsys, *PLAN, "--detailed-exitcode")

    assert again.code == 0
    assert "Nothing to change" in again.out
    n_writes = len(account.writes)
    assert call(capsys, "undo").code == 0
    assert len(account.writes) == n_writes
    assert call(capsys, "undo", "--yes").code == 0
    assert account.holds(STATES["simple"])
    told = json.loads(call(capsys, "ledger", "--output", "json").out)

    assert [row["verb"] for row in told["deployments"]] == ["undo", "apply"]
    assert told["deployments"][1]["is_undone"] is True
    assert told["entries"] == 4


def test_the_json_has_rows_evidence_and_fingerprint_and_no_account_number(desk, account, capsys):
    account.__init__(foreign())
    names = [part for name in ("add two", "take one") for part in ("--replace", name)]
    shown = call(capsys, *PLAN, *names, "--output", "json")
    value = json.loads(shown.out)

    assert value["schema"] == "cliffside.plan/1"
    assert value["fingerprint"]
    assert value["evidence"]["config"] == "job.toml"
    assert {"resource", "field", "from", "to"} == set(value["rows"][0])
    assert "123456789012" not in shown.out


def test_the_markdown_is_for_a_pull_request(desk, account, capsys):
    shown = call(capsys, *PLAN, "--output", "markdown")

    assert shown.out.startswith("### Scaling of `web`: 3 fields to change\n")
    assert "| `alarm web-cliffside-scale-out` | `Threshold` | `40` | `50` |" in shown.out


def test_a_run_gives_its_evidence(desk, account, capsys):
    assert call(capsys, "tune", "--config", "job.toml").code == 0
    run = json.loads(call(capsys, "runs", "list", "--output", "json").out)["runs"][0]["run"]
    planned = ("plan", "--config", "job.toml", "--run", run, "--group", "web")
    value = json.loads(call(capsys, *planned, "--output", "json").out)
    evidence = value["evidence"]

    assert evidence["run"] == run
    assert " of " in evidence["front_position"]
    margins = evidence["margins"]
    assert margins["headroom_points"] == (
        margins["limit_percent"] - margins["worst_peak_cpu_percent"]
    )


def test_the_group_of_the_config_stands_in_and_without_one_it_is_asked_for(desk, account, capsys):
    missing = call(capsys, *PLAN[:-2])

    assert missing.code == 2
    assert "--group" in missing.err
    with (desk / "job.toml").open("a") as file:
        file.write('\n[aws]\ngroup = "web"\n')

    assert call(capsys, *PLAN[:-2]).code == 0


@pytest.mark.parametrize("more", [(), ("--run", "r", "--plan", "plan.json")], ids=["none", "two"])
def test_a_run_or_a_plan_is_asked_for(desk, account, capsys, more):
    got = call(capsys, "plan", "--config", "job.toml", "--group", "web", *more)

    assert got.code == 2
    assert "--run or --plan" in got.err


def test_limits_of_the_job_are_set_where_the_call_says_so(desk, account, capsys):
    told = call(capsys, *PLAN)

    assert "MaxSize 1000 (deployed 10)" in told.out
    rows = json.loads(call(capsys, *PLAN, "--with-limits", "--output", "json").out)["rows"]

    assert {"resource": "group web", "field": "MaxSize", "from": 10, "to": 1000} in rows


def test_a_schedule_needs_its_time_of_day(desk, account, capsys):
    (desk / "plan.json").write_text(json.dumps(plan_to_json(mixed())))
    refused = call(capsys, *PLAN)

    assert refused.code == 2
    assert "--schedule-start" in refused.err
    more = ("--schedule-start", "00:00", "--time-zone", "Europe/Berlin", "--output", "json")
    rows = json.loads(call(capsys, *PLAN, *more).out)["rows"]

    assert ("action web-cliffside-at-0730", "30 7 * * *") in {
        (row["resource"], row["to"]) for row in rows if row["field"] == "Recurrence"
    }


def change_file(capsys, *more: str) -> None:
    assert call(capsys, *PLAN, *more, "--out", "change.json").code == 0


def test_without_guard_rails_nothing_is_applied_and_the_lines_to_add_are_told(
    desk, account, capsys
):
    (desk / "job.toml").write_text(CONF42.read_text())
    change_file(capsys)
    for more in ((), ("--yes",)):
        refused = call(capsys, "apply", "change.json", *more)

        assert refused.code == 3
        assert '[guard_rails], mode = "apply", groups = ["web"]' in refused.err
    assert account.writes == []
    assert not (desk / "state" / "ledger.jsonl").exists()


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('groups = ["web"]', 'groups = ["shop"]', "guard_rails.groups"),
        ("percent = 100.0", "percent = 1.0", "most_threshold_change_percent"),
    ],
)
def test_outside_of_the_guard_rails_dry_and_real_are_refused(desk, account, capsys, old, new, key):
    change_file(capsys)
    (desk / "rails.toml").write_text((desk / "job.toml").read_text().replace(old, new))
    for more in ((), ("--yes",)):
        refused = call(capsys, "apply", "change.json", "--config", "rails.toml", *more)

        assert refused.code == 3
        assert key in refused.err
    assert account.writes == []


def test_the_mode_decides_what_a_call_may_do(desk, account, capsys):
    text = (desk / "job.toml").read_text()
    change_file(capsys)
    (desk / "job.toml").write_text(text.replace('mode = "apply"\n', ""))  # propose

    assert call(capsys, *PLAN, "--out", "again.json").code == 0
    assert call(capsys, "apply", "change.json").code == 0
    assert call(capsys, "apply", "change.json", "--yes").code == 3
    (desk / "job.toml").write_text(text.replace('"apply"', '"observe"'))

    assert call(capsys, *PLAN).code == 0
    refused = call(capsys, *PLAN, "--out", "third.json")
    assert refused.code == 3
    assert "observe" in refused.err
    assert not (desk / "third.json").exists()
    assert account.writes == []


def test_a_group_that_changed_since_is_refused_with_exit_code_1(desk, account, capsys):
    change_file(capsys)
    account.limits["MaxSize"] = 9
    refused = call(capsys, "apply", "change.json", "--yes")

    assert refused.code == 1
    assert "MaxSize 9 (was 10)" in refused.err
    assert account.writes == []


def test_a_group_of_beanstalk_is_told_by_plan_and_refused_by_apply(desk, account, capsys):
    name = "awseb-e-abc-stack-AWSEBAutoScalingGroup-1X"
    account.__init__(GroupResources(group=name, limits=STATES["simple"].limits))
    planned = call(capsys, *PLAN[:-1], name, "--out", "change.json")

    assert planned.code == 0
    assert "export --to beanstalk" in planned.out
    refused = call(capsys, "apply", "change.json", "--yes")
    assert refused.code == 3
    assert "export --to beanstalk" in refused.err


def test_a_cut_off_apply_goes_on_with_the_same_command(desk, account, capsys):
    (desk / "plan.json").write_text(json.dumps(plan_to_json(step())))
    change_file(capsys)
    account.fail_at = 3

    assert call(capsys, "apply", "change.json", "--yes").code == 1
    going_on = call(capsys, "apply", "change.json")
    assert going_on.code == 0
    assert "2 of " in going_on.out
    assert call(capsys, "apply", "change.json", "--yes").code == 0
    assert account.holds(read_change_file(desk / "change.json").after)
    told = json.loads(call(capsys, "ledger", "--output", "json").out)["deployments"]

    assert [row["outcome"] for row in told] == ["done"]


def test_a_broken_ledger_stops_apply_and_undo_before_anything(desk, account, capsys):
    change_file(capsys)
    assert call(capsys, "apply", "change.json", "--yes").code == 0
    n_writes = len(account.writes)
    path = desk / "state" / "ledger.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"by":"', b'"by":"x'))
    for verb in (("apply", "change.json"), ("undo",), ("ledger",)):
        more = () if verb == ("ledger",) else ("--yes",)
        refused = call(capsys, *verb, *more)

        assert refused.code == 2
        assert "The chain is broken" in refused.err
    assert len(account.writes) == n_writes


def test_dry_is_dry(desk, capsys, monkeypatch):
    """R16: 0 refusals of an account that refuses all writes, whatever is deployed."""
    refusals = described = 0
    for state in STATES.values():
        for plan in (simple(50.0, 3), step(), target()):
            there = MemoryTarget(state, refuse=True)
            monkeypatch.setattr(deploy_verbs, "open_target", lambda there=there: there)
            (desk / "plan.json").write_text(json.dumps(plan_to_json(plan)))
            for more in ((), ("--output", "json"), ("--output", "markdown"), ("--with-limits",)):
                call(capsys, *PLAN, *more)
            change_file(capsys)
            call(capsys, "apply", "change.json")
            refusals += there.n_refused
            described += there.n_described
    print(f"{refusals} refusals, {described} looks")

    assert refusals == 0
    assert described >= 6 * 3 * len(STATES)
    assert not (desk / "state").exists()


def test_a_dry_undo_is_dry_also_of_an_apply_that_was_cut_off(desk, account, capsys):
    change_file(capsys)
    account.fail_at = 2
    assert call(capsys, "apply", "change.json", "--yes").code == 1
    account.refuse = True
    entries = (desk / "state" / "ledger.jsonl").read_bytes()
    for verb in (("undo",), ("undo", "--even-if-changed"), ("apply", "change.json"), ("ledger",)):
        assert call(capsys, *verb).code == 0

    assert account.n_refused == 0
    assert entries == (desk / "state" / "ledger.jsonl").read_bytes()


def test_an_undo_can_be_told_to_go_on_where_somebody_changed_the_group(desk, account, capsys):
    change_file(capsys)
    call(capsys, "apply", "change.json", "--yes")
    account.limits["DefaultCooldown"] = 120
    refused = call(capsys, "undo", "--yes")

    assert refused.code == 1
    assert "--even-if-changed" in refused.err
    assert call(capsys, "undo", "--yes", "--even-if-changed").code == 0
    assert account.holds(replace(STATES["simple"], limits={**account.limits}))
    assert account.limits["DefaultCooldown"] == 120


@pytest.mark.parametrize("verb", ["apply", "undo"])
def test_what_is_not_there_is_wrong_input(desk, account, capsys, verb):
    got = call(capsys, verb, "nothing")

    assert got.code == 2
    assert "Traceback" not in got.err


def test_state_of_the_tests_is_what_the_account_holds(account):
    assert account.holds(state_of(simple()))
