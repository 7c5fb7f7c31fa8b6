"""The replay of both shipped files of cases, its exit codes, and that it sees a changed case."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from tests.conformance import left_out
from tests.conformance.__main__ import AREAS, judge_file, main
from tests.conformance.tally import counts

CASES = Path(__file__).parent / "cases"
AWS = CASES / "aws-cases.json"
RUNS = CASES / "simulated-runs.json.gz"

SUPPORTED = {
    "asg.adjustment": (4, 0, 0),
    "asg.clamp": (4, 0, 0),
    "asg.metric-aggregation": (1, 0, 0),
    "asg.multi-policy": (2, 0, 1),
    "asg.rounding": (4, 0, 0),
    "asg.simple-cooldown": (6, 0, 2),
    "asg.step-selection": (18, 0, 0),
    "asg.step-sequence": (5, 0, 0),
    "asg.step-validity": (6, 0, 0),
    "asg.step-warmup": (5, 0, 0),
    "asg.target-tracking": (5, 0, 3),
    "asg.target-tracking-alarms": (6, 0, 0),
    "asg.warmup-fallback": (4, 0, 0),
    "cloudwatch.alarm-actions": (2, 0, 2),
    "cloudwatch.alarm-config-validity": (12, 0, 0),
    "cloudwatch.alarm-evaluation": (5, 0, 1),
    "cloudwatch.alarm-missing-data": (27, 0, 0),
    "cloudwatch.alarm-missing-data-history": (16, 0, 0),
    "cloudwatch.alarm-premature": (4, 0, 0),
    "cloudwatch.metric-shape": (2, 0, 1),
    "eb.defaults": (10, 0, 0),
    "eb.trigger": (3, 0, 0),
    "ec2.billing": (7, 0, 0),
    "simulated-runs.mixed": (21, 0, 0),
    "simulated-runs.schedule_only": (1, 0, 0),
    "simulated-runs.simple": (62, 0, 0),
    "simulated-runs.step": (40, 0, 0),
    "simulated-runs.target_tracking": (26, 0, 0),
}
NOT_SUPPORTED = 224
FAMILIES = ("simple", "step", "target_tracking", "mixed")
CHANGES = {
    "alarm-md-2of3-r1-breaching": {"state": "OK"},
    "alarm-md-2of3-r5-ignore": {"filled": 1},
    "alarm-h2019b-3of3-4-ignore": {"state": "RETAIN"},
    "alarm-premature-3of3-1": {"goes_to_alarm": True},
    "alarm-next-eval-breaching": {"state": "OK"},
    "alarm-eval-frequency-300": {"evaluated_every_s": 300},
    "alarm-figure-3of3": {"state_after_period": {"5": "OK"}},
    "alarm-interval-2x5": {"seconds_to_alarm": 300},
    "alarm-interval-3of3": {"evaluation_interval_s": 600},
    "alarm-period-90": {"valid": True},
    "cooldown-blocks-simple": {"blocked": False},
    "cooldown-blocks-scheduled": {"blocked": True},
    "cooldown-default": {"cooldown_s": 360},
    "cooldown-start-last-launch": {"cooldown_ends_at_s": 400},
    "adj-min-magnitude": {"change": 1},
    "adj-round-3": {"change": 0},
    "adj-clamp-max": {"capacity": 5},
    "update-max-lowers": {"desired": 8},
    "eb-default-equation": {"consistent": False},
    "eb-trigger-Period": {"default": 1},
    "eb-trigger-MeasureName": {"default": "CPUUtilization"},
    "eb-asg-MaxSize": {"default": 1000},
    "eb-trigger-BreachDuration": {"default": 10},
    "cooldown-blocks-step": {"blocked": True},
    "cooldown-blocks-target-tracking": {"blocked": True},
    "multi-out": {"change": 1},
    "multi-in": {"change": -3, "capacity": 5},
    "warmup-fallback-4": {"effective_warmup_s": 360},
    "step-bound-out-60": {"matches": True},
    "step-cli-74.9": {"adjustment_percent": 20},
    "step-cli-in": {"adjustment": -1},
    "step-execute-59": {"step": [10, None]},
    "step-execute-none": {"error": False},
    "step-seq-2": {"desired": 15, "change": 4},
    "step-seq-hold": {"desired": 11, "change": 1},
    "step-valid-1": {"valid": False},
    "step-warm-3": {"desired": 14, "launch": 3},
    "step-warm-in-blocked": {"action": "taken"},
    "step-warm-in-terminating": {"desired": 8, "terminate": 1},
    "tt-round-in": {"change": -2},
    "tt-sqs": {"desired": 14},
    "asg-metric-average": {"value": 60},
    "alarm-action-as-repeat": {"invocation_interval_s": 300},
    "alarm-initial-state": {"state": "OK"},
    "cw-basic-on-60s-alarm": {"max_periods_without_data": 0},
    "bill-20s": {"billed_s": 20},
    "bill-state-stopping": {"billed": True},
    "bill-hibernate-stopping": {"billed": False},
}
"""An untrue expectation for a case of each kind of check."""


def aws_case(name: str) -> dict[str, Any]:
    return next(case for case in json.loads(AWS.read_text()) if case["id"] == name)


def write(folder: Path, document: object) -> str:
    path = folder / "cases.json"
    path.write_text(json.dumps(document))
    return str(path)


def test_both_shipped_files_agree_area_by_area(capsys):
    assert main([str(AWS), str(RUNS)]) == 0

    printed = capsys.readouterr().out.splitlines()
    for area, (agree, differ, unsupported) in SUPPORTED.items():
        assert f"{area}: {agree} agree, {differ} differ, {unsupported} not supported" in printed
    agree = sum(row[0] for row in SUPPORTED.values())
    assert printed[-1] == f"all areas: {agree} agree, 0 differ, {NOT_SUPPORTED} not supported"


def test_the_other_areas_are_not_supported_and_every_one_says_why():
    verdicts = judge_file(AWS) + judge_file(RUNS)

    for area, (agree, differ, _) in counts(verdicts).items():
        assert area in SUPPORTED or (agree, differ) == (0, 0)
    assert all(v.reason for v in verdicts if v.outcome == "not supported")


@pytest.mark.parametrize("name", CHANGES)
def test_a_changed_aws_case_differs(name, tmp_path, capsys):
    case = aws_case(name)
    case["expect"] |= CHANGES[name]

    assert main([write(tmp_path, [case])]) == 1
    assert f"differs: {name}: " in capsys.readouterr().out


def test_a_changed_case_of_soft_basis_is_told_and_does_not_fail(tmp_path, capsys):
    case = aws_case("adj-change") | {"basis": "observed", "expect": {"capacity": 9}}

    assert main([write(tmp_path, [case])]) == 0
    assert "differs (soft, does not fail): adj-change: " in capsys.readouterr().out


@pytest.mark.parametrize(
    "name", ["tt-warm-2", "tt-alarm-high", "cw-basic-samplecount", "eb-default-high"]
)
def test_an_observed_case_that_differs_is_told_and_does_not_fail(name, tmp_path, capsys):
    case = aws_case(name)
    key = next(iter(case["expect"]))
    case["expect"][key] = "something else"

    assert main([write(tmp_path, [case])]) == 0
    assert f"differs (soft, does not fail): {name}: " in capsys.readouterr().out


@pytest.mark.parametrize("name", ["alarm-md-2of3-r1-breaching", "step-seq-1", "step-valid-2"])
def test_a_superseded_case_that_is_satisfied_fails(name, tmp_path, capsys):
    case = aws_case(name) | {"basis": "doc-superseded"}

    assert main([write(tmp_path, [case])]) == 1
    assert f"differs: {name}: superseded, yet the product gives" in capsys.readouterr().out


def test_every_area_is_modelled_or_left_out_for_a_reason_and_none_is_both():
    areas = {case["area"] for case in json.loads(AWS.read_text())}

    assert areas == AREAS.keys() | left_out.REASONS.keys()
    assert not AREAS.keys() & left_out.REASONS.keys()


def test_an_area_that_nobody_knows_is_not_supported(tmp_path, capsys):
    case = aws_case("step-seq-1") | {"area": "asg.made-up"}

    assert main([write(tmp_path, [case])]) == 0
    assert "not supported: an unknown area: step-seq-1" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("change", "family"),
    [
        *((change, family) for change in ("desired", "refused") for family in FAMILIES),
        ("not refused", "simple"),
        ("not refused", "target_tracking"),
    ],
)
def test_a_changed_run_differs(change, family, tmp_path):
    document = json.loads(gzip.decompress(RUNS.read_bytes()))
    runs = [case for case in document["cases"] if case["family"] == family]
    case = next(c for c in runs if c["expect"]["refused"] == (change == "not refused"))
    if change == "desired":
        case["expect"]["desired"][-1] += 1
    else:
        case["expect"]["refused"] = change == "refused"
        case["expect"]["sentence"] = "a sentence"

    assert main([write(tmp_path, document | {"cases": [case]})]) == 1


@pytest.mark.parametrize(
    "content",
    [
        "no JSON",
        "{}",
        "[]",
        "[1]",
        '[{"id": "x"}]',
        '{"format": "simulated-runs", "version": 1, "cases": []}',
        '[{"id": "x", "area": "asg.rounding", "basis": "doc", "given": {}, "expect": {}}]',
    ],
)
def test_a_file_of_another_format_is_told_in_a_sentence(content, tmp_path, capsys):
    path = tmp_path / "cases.json"
    path.write_text(content)

    assert main([str(path)]) == 2
    assert capsys.readouterr().err.startswith(f"{path}: ")


def test_no_file_and_an_unknown_one_are_told(tmp_path, capsys):
    assert main([]) == 2
    assert main([str(tmp_path / "none.json")]) == 2
    assert "cannot be read" in capsys.readouterr().err
