"""`lint` by the real door: advice on a plan, and a gate."""

from __future__ import annotations

import json

import pytest

from tests.doors.command import CONF42, CONFIGS, call, changed_config

DEMO = CONFIGS / "demo.toml"


def test_the_talks_policy_flaps_and_the_gate_says_no(capsys):
    got = call(capsys, "lint", "--config", CONF42, "--output", "json")
    answer = json.loads(got.out)
    (advice,) = answer["advice"]

    assert (got.code, answer["schema"]) == (3, "cliffside.lint/1")
    assert (answer["n_warnings"], answer["n_notes"]) == (1, 0)
    assert set(advice) == {"rule", "severity", "where", "sentence", "source"}
    assert (advice["rule"], advice["severity"]) == ("flapping", "warning")
    assert "15 % x 2 / 1 = 30 %" in advice["sentence"]
    assert answer["plan"]["scale_out"]["policy"]["scaling_adjustment"] == 1
    assert answer["description"].startswith("scale out by 1 above 25 %")


def test_a_plan_without_advice_passes(capsys):
    got = call(capsys, "lint", "--config", DEMO)

    assert got.code == 0
    assert got.out.splitlines()[-1] == "0 warnings, 0 notes."


def test_the_table_has_severity_rule_place_and_source(capsys):
    got = call(capsys, "lint", "--config", CONF42)
    line = got.out.splitlines()[1]

    assert got.code == 3
    assert line.startswith("warning flapping  scale_in.alarm.threshold_percent: At 40,000 rpm")
    assert line.endswith("[docs/aws-semantics.md 2.3 and 3.2]")
    assert got.out.splitlines()[-1] == "1 warning, 0 notes."


def test_notes_alone_pass(tmp_path, capsys):
    plan = tmp_path / "plan.json"
    plan.write_text(json.dumps({"target_tracking": {"target_value": 30}}))
    got = call(capsys, "lint", "--config", CONF42, "--plan", plan, "--output", "json")
    answer = json.loads(got.out)

    assert got.code == 0
    assert [advice["rule"] for advice in answer["advice"]] == ["warm-up"]
    assert (answer["n_warnings"], answer["n_notes"]) == (0, 1)


def test_the_jobs_traffic_is_held_against_the_maximum(tmp_path, capsys):
    config = changed_config(tmp_path, ("max_size = 1000", "max_size = 2"))
    got = call(capsys, "lint", "--config", config, "--output", "json")
    (advice,) = [a for a in json.loads(got.out)["advice"] if a["rule"] == "max-size"]

    assert got.code == 3
    assert "The peak of talk is 150,000 rpm" in advice["sentence"]
    assert "3 are needed" in advice["sentence"]


@pytest.mark.parametrize(
    ("text", "word"),
    [("{", "JSON"), ('{"min_size": -1}', "min_size"), (None, "plan.json")],
    ids=str,
)
def test_a_plan_that_cannot_be_read_is_a_sentence(tmp_path, capsys, text, word):
    plan = tmp_path / "plan.json"
    if text is not None:
        plan.write_text(text)
    got = call(capsys, "lint", "--config", CONF42, "--plan", plan)

    assert (got.code, got.out) == (2, "")
    assert word in got.err
    assert "Traceback" not in got.err
