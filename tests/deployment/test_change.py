"""A change: which fields differ, what goes, what a person must know, and its file."""

from __future__ import annotations

import json
import random
from dataclasses import replace

import pytest

from tests.deployment.random_states import random_plan, random_state
from tests.deployment.states import (
    GROUP,
    LIMITS,
    PLANS,
    STATES,
    changes,
    foreign,
    simple,
    state_of,
    step,
)
from tuner.deployment.change import ChangeSet, Evidence, Row, propose, rows_of
from tuner.deployment.change_evidence import evidence_of
from tuner.deployment.change_json import (
    change_from_json,
    change_to_json,
    read_change_file,
)
from tuner.deployment.change_state import fingerprint, steady
from tuner.deployment.change_words import cells, evidence_facts, markdown
from tuner.errors import CliffsideError, ConfigurationError, MissingFileError
from tuner.plan_json import plan_to_json
from tuner.resources.records import ActionResource, GroupResources, PolicyResource

SEED = 20261130
CHANGES = changes()


def test_the_rows_are_the_fields_that_differ_and_no_others():
    rows = rows_of(state_of(simple(40.0, 2)), state_of(simple(50.0, 2), MinSize=3))
    expected = [
        ("group web", "MinSize", 2, 3),
        ("alarm web-cliffside-scale-in", "Threshold", 40.0 / 3, 50.0 / 3),
        ("alarm web-cliffside-scale-out", "Threshold", 40, 50),
    ]

    assert expected == [(row.resource, row.field, row.before, row.after) for row in rows]


@pytest.mark.parametrize("name", STATES)
def test_a_state_does_not_differ_from_itself_as_aws_gives_it_back(name):
    state = STATES[name]
    described = replace(
        state,
        limits={**state.limits, "DesiredCapacity": 7},
        policies=tuple(
            replace(each, arn="arn:aws:x", fields=dict(reversed(each.fields.items())))
            for each in reversed(state.policies)
        ),
    )

    assert rows_of(state, described) == ()
    assert fingerprint(state) == fingerprint(described)


def test_what_comes_or_goes_has_a_row_for_its_name():
    policy = PolicyResource(name="empty", fields={})
    state = GroupResources(group=GROUP, policies=(policy,))
    bare = GroupResources(group=GROUP)

    assert rows_of(bare, state) == (
        Row(kind="policy", name="empty", field="PolicyName", before=None, after="empty"),
    )
    assert rows_of(state, bare)[0].after is None


def test_the_next_time_of_a_recurring_action_is_no_difference():
    fields = {"Recurrence": "0 7 * * *", "MinSize": 4}
    one, other = (
        GroupResources(
            group=GROUP, actions=(ActionResource(name="a", fields={**fields, "StartTime": time}),)
        )
        for time in ("2026-12-01T07:00:00Z", "2026-12-02T07:00:00Z")
    )
    once = replace(
        one, actions=(ActionResource(name="a", fields={"StartTime": "2026-12-01T07:00:00Z"}),)
    )

    assert rows_of(one, other) == ()
    assert rows_of(one, once)


@pytest.mark.parametrize("moved", ["limits", "policies", "alarms", "actions"])
def test_the_fingerprint_moves_with_every_part_of_the_state(moved):
    state = foreign()
    parts = {
        "limits": {**LIMITS, "MaxSize": 11},
        "policies": state.policies[1:],
        "alarms": state.alarms[1:],
        "actions": state.actions[1:],
    }

    assert fingerprint(state) != fingerprint(replace(state, **{moved: parts[moved]}))


def test_what_an_earlier_change_put_there_goes_and_what_is_of_others_stays():
    ours = state_of(PLANS["mixed"])
    deployed = replace(
        ours,
        policies=(*ours.policies, *foreign().policies),
        alarms=(*ours.alarms, *foreign().alarms),
        actions=(*ours.actions, *foreign().actions),
    )
    change = propose(deployed, state_of(simple()))
    names = [each.name for each in change.after.policies]

    assert names == ["add two", "take one", "web-cliffside-scale-in", "web-cliffside-scale-out"]
    assert [each.name for each in change.after.actions] == ["evening", "morning"]
    assert len([w for w in change.warnings if "--replace" in w]) == 4


def test_what_is_of_others_goes_only_by_name_and_its_alarms_with_it():
    change = propose(foreign(), state_of(simple()), replace=["add two", "morning"])

    assert "add two" not in {each.name for each in change.after.policies}
    assert "cpu high" not in {each.name for each in change.after.alarms}
    assert "cpu low" in {each.name for each in change.after.alarms}
    assert any("cpu high also tells others" in warning for warning in change.warnings)
    gone = {row.resource for row in change.rows if row.after is None and row.field.endswith("Name")}
    assert gone == {"policy add two", "alarm cpu high", "action morning"}


def test_a_name_to_replace_that_is_not_there_is_refused_with_those_that_are():
    with pytest.raises(ConfigurationError, match=r"'add too many'.*There are: add two"):
        propose(foreign(), state_of(simple()), replace=["add too many"])


def test_a_group_of_another_owner_and_a_lost_scale_out_are_told():
    name = "awseb-e-abc-stack-AWSEBAutoScalingGroup-1X"
    managed = propose(GroupResources(group=name), GroupResources(group=name))
    lost = propose(STATES["simple"], GroupResources(group=GROUP))

    assert "export --to beanstalk" in managed.warnings[0]
    assert "without a policy that scales out" in lost.warnings[-1]


def test_limits_that_a_plan_does_not_name_stay_and_the_desired_capacity_is_never_set():
    proposed = GroupResources(group=GROUP, limits={"MinSize": 4, "DesiredCapacity": 9})
    change = propose(foreign(), proposed)

    assert change.after.limits == {"DefaultCooldown": 300, "MaxSize": 10, "MinSize": 4}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_is_read_back_as_it_was_written(name):
    change = CHANGES[name]
    again = change_from_json(json.loads(json.dumps(change_to_json(change))))

    assert change == again
    assert change.rows == again.rows
    assert change.fingerprint == again.fingerprint


def test_random_changes_are_read_back_as_they_were_written():
    draw = random.Random(SEED)
    for number in range(200):
        before = random_state(draw)
        change = ChangeSet(
            before=steady(before), after=steady(state_of(random_plan(draw), MaxSize=60))
        )

        assert change == change_from_json(json.loads(json.dumps(change_to_json(change)))), number


def spoiled(value, path, new):
    copy = json.loads(json.dumps(value))
    here = copy
    for part in path[:-1]:
        here = here[part]
    here[path[-1]] = new
    return copy


@pytest.mark.parametrize(
    ("path", "new"),
    [
        (("schema",), "cliffside.change/2"),
        (("group",), "shop"),
        (("fingerprint",), "0" * 64),
        (("rows", 0, "to"), 99),
        (("proposed", "limits", "MaxSize"), 500),
        (("proposed", "policies", 0, "fields", "ScalingAdjustment"), -9),
        (("proposed", "group"), "shop"),
        (("deployed", "alarms"), {}),
        (("deployed", "alarms"), []),
        (("evidence",), {}),
        (("evidence", "run"), "another"),
        (("warnings",), [1]),
        (("sha256",), ""),
    ],
    ids=lambda each: ".".join(map(str, each)) if isinstance(each, tuple) else "",
)
def test_a_file_that_was_edited_is_refused(path, new):
    value = spoiled(change_to_json(CHANGES["by hand to step"]), path, new)
    with pytest.raises(ConfigurationError, match="Run plan again"):
        change_from_json(value)


@pytest.mark.parametrize("text", ["", "[]", "{", "null", '{"schema": NaN}', "[" * 100_000])
def test_what_is_no_change_is_refused_with_its_place(tmp_path, text):
    path = tmp_path / "change.json"
    path.write_text(text)
    with pytest.raises(ConfigurationError, match=r"change\.json"):
        read_change_file(path)


def test_random_bytes_and_cut_files_are_refused(tmp_path):
    draw = random.Random(SEED)
    path = tmp_path / "change.json"
    whole = json.dumps(change_to_json(CHANGES["by hand to step"])).encode()
    for _ in range(300):
        content = bytearray(whole[: draw.randrange(len(whole) - 1)])
        for _ in range(draw.randrange(4)):
            content[draw.randrange(len(content) or 1) :][:1] = b"]"
        path.write_bytes(bytes(content) if draw.random() < 0.8 else draw.randbytes(200))
        with pytest.raises(CliffsideError):
            read_change_file(path)


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(MissingFileError, match="plan with --out"):
        read_change_file(tmp_path / "nothing.json")


def test_no_account_number_is_shown_and_the_file_keeps_it():
    change = CHANGES["by hand, replaced by simple"]

    assert "123456789012" in json.dumps(change_to_json(change))
    assert "123456789012" not in markdown(change)
    assert not any("123456789012" in text for row in cells(change) for text in row)


def test_the_markdown_has_a_row_for_each_field_and_lets_no_name_out_of_its_cell():
    name = "x | y `z` <b>\n| a | b |"
    policy = PolicyResource(name=name, fields={"PolicyType": "SimpleScaling"})
    change = ChangeSet(
        before=GroupResources(group=GROUP, policies=(policy,)),
        after=GroupResources(group=GROUP),
        evidence=Evidence(plan="*bold* <script> [link](x)"),
    )
    lines = markdown(change).splitlines()
    table = [line for line in lines if line.startswith("| ``")]

    assert len(change.rows) == len(table) == 2
    assert all(line.count("|") - line.count("\\|") == 5 for line in table)
    assert any(r"\*bold\* \<script\> \[link\](x)" in line for line in lines)


def test_the_evidence_says_run_place_on_the_front_and_margins():
    plans = [plan_to_json(each) for each in (simple(), step(), simple(20.0))]
    costs = (300.0, 200.0, 400.0)
    answer = {
        "limit_percent": 50.0,
        "reason": "Because.",
        "recommended": {"plan": plans[0], "worst_peak_cpu_percent": 39.375},
        "cost_front": [
            {"plan": plan, "host_minutes": cost} for plan, cost in zip(plans, costs, strict=True)
        ],
        "stress": {"runs": 400, "violations": 2},
    }
    evidence = evidence_of(answer, simple(), run="r1", config="job.toml")
    facts = dict(evidence_facts(evidence))

    assert facts["Run"] == "r1"
    assert facts["On the front"].startswith("2 of 3")
    assert facts["Margins"] == (
        "worst peak 39.4 % CPU, limit 50 %, 10.6 points between them,"
        " 2 of 400 unseen shapes over the limit"
    )
