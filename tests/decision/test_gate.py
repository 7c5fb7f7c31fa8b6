"""The gate: every limit, where it comes from, and the report that a pull request gets."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from tests.doors.command import CONFIGS, call
from tuner.config.host import measure
from tuner.config.job import scenario
from tuner.config.load import load_job
from tuner.config.shapes import build_shapes
from tuner.config.unseen_shapes import unseen_shapes
from tuner.decision.gate import gate
from tuner.decision.gate_limits import GateLimits
from tuner.errors import ConfigurationError
from tuner.report.gate import gate_markdown
from tuner.search.limits import Limits
from tuner.simulation.run import simulate_plans

CHECKOUT = CONFIGS / "services" / "checkout.toml"
CATALOGUE = CONFIGS / "services" / "catalogue.toml"


@pytest.fixture(scope="module")
def parts():
    """Give the job, what its plan runs in, its shapes and its unseen ones."""
    job = load_job(CHECKOUT)
    shapes = build_shapes(job)
    return job, scenario(job, measure(job)[1]), shapes, unseen_shapes(job, shapes)[0]


def judged(parts, limits=None, *, searched=None, with_unseen=True, plan=None, today=None):
    job, shared, shapes, unseen = parts
    return gate(
        job.baseline if plan is None else plan,
        limits=limits or GateLimits(),
        searched=searched or Limits(),
        scenario=shared,
        shapes=shapes,
        stress=job.stress,
        unseen=unseen if with_unseen else None,
        today=today,
    )


def by_name(report):
    return {check.name: check for check in report.checks}


def test_figures_are_those_of_the_simulation(parts):
    job, shared, shapes, unseen = parts
    outcomes = simulate_plans([job.baseline], shared, shapes)
    peaks = simulate_plans([job.baseline], shared, unseen).peak_cpu_percent[0]
    report = judged(parts, GateLimits(most_unseen_shapes_over=0))
    checks = by_name(report)

    assert checks["most_peak_percent"].got == outcomes.peak_cpu_percent.max()
    assert checks["most_unseen_shapes_over"].got == (peaks > 50.0).sum()
    assert checks["most_peak_percent"].where == shapes.names[outcomes.peak_cpu_percent.argmax()]


def test_without_a_table_the_limits_are_those_of_cliff_margin_and_stress(parts):
    checks = by_name(judged(parts))

    assert {name: check.limit for name, check in checks.items()} == {
        "most_peak_percent": 48.0,
        "stress.allowed_percent": 1.0,
    }
    assert not any(check.passed for check in checks.values())


def test_limits_of_the_search_stand_where_the_gate_has_none(parts):
    searched = Limits(max_activities_per_day=30.0, max_minutes_over_cliff=0.0)
    own = GateLimits(most_activities_per_day=100.0)
    checks = by_name(judged(parts, own, searched=searched))

    assert checks["most_activities_per_day"].limit == 100.0
    assert checks["most_minutes_over_cliff"].limit == 0.0


@pytest.mark.parametrize(
    ("name", "figure"),
    [
        ("most_peak_percent", "worst_peak_cpu_percent"),
        ("most_minutes_over_cliff", "minutes_over_cliff"),
        ("most_activities_per_day", "activities_per_day"),
        ("most_host_minutes", "host_minutes"),
        ("least_mean_cpu_percent", "mean_cpu_percent"),
    ],
)
def test_a_limit_is_kept_up_to_the_figure_itself_and_no_further(parts, name, figure):
    got = judged(parts, with_unseen=False).totals.weighted[figure]
    strict = 1e-9 if name.startswith("least") else -1e-9
    at = by_name(judged(parts, GateLimits(**{name: got}), with_unseen=False))[name]
    past = by_name(judged(parts, GateLimits(**{name: got + strict}), with_unseen=False))[name]

    assert at.passed
    assert not past.passed


def test_host_minutes_are_held_against_those_of_today(parts):
    job = parts[0]
    dearer = replace(job.baseline, min_size=6)
    limits = GateLimits(most_extra_host_minutes_percent=10.0)
    report = judged(parts, limits, plan=dearer, today=job.baseline, with_unseen=False)
    check = by_name(report)["most_extra_host_minutes_percent"]
    minutes = [totals.weighted["host_minutes"] for totals in (report.totals, report.today)]

    assert check.got == pytest.approx(100.0 * (minutes[0] / minutes[1] - 1.0))
    assert check.got > 10.0
    assert not check.passed


def test_money_without_a_price_and_unseen_shapes_without_any_are_refused(parts):
    job, shared, shapes, unseen = parts
    free = replace(shared, group=replace(shared.group, host_usd_per_hour=None))
    with pytest.raises(ConfigurationError, match="host_usd_per_hour in"):
        judged((job, free, shapes, unseen), GateLimits(most_usd=1.0))
    with pytest.raises(ConfigurationError, match="most_unseen_shapes_over"):
        judged(parts, GateLimits(most_unseen_shapes_over=0), with_unseen=False)

    assert by_name(judged(parts, GateLimits(most_usd=100.0)))["most_usd"].passed


@pytest.mark.parametrize("value", [-1.0, float("nan"), float("inf")])
def test_a_limit_that_cannot_be_is_refused(value):
    with pytest.raises(ConfigurationError, match="most_host_minutes"):
        GateLimits(most_host_minutes=value)


def test_a_limit_that_cannot_be_is_told_with_its_line(tmp_path, capsys):
    path = tmp_path / "job.toml"
    path.write_text(CHECKOUT.read_text().replace("1_500.0", "-1.0"))
    got = call(capsys, "gate", "--config", path)
    line = 1 + path.read_text().splitlines().index("most_host_minutes = -1.0")

    assert got.code == 2
    assert f"line {line}, key gate.most_host_minutes" in got.err


def test_the_report_for_a_pull_request_names_what_is_broken_and_no_name_is_markup(parts):
    text = gate_markdown(judged(parts), service="a|b@all")
    lines = text.splitlines()

    assert lines[0] == "### ❌ Scaling policy of a\\|b\\@all"
    assert lines[2].startswith("Not passed: 0 of 2 limits are kept; broken: worst peak CPU")
    assert "| worst peak CPU | ≤ 48 % | **56.25 %** | 117 % |" in text


@pytest.mark.parametrize(("config", "expected"), [(CHECKOUT, 3), (CATALOGUE, 0)], ids=["no", "yes"])
def test_the_verb_ends_with_code_3_where_a_limit_is_broken(config, expected, capsys):
    got = call(capsys, "gate", "--config", config, "--output", "json")
    answer = json.loads(got.out)

    assert (got.code, answer["schema"]) == (expected, "cliffside.gate/1")
    assert answer["passed"] == (expected == 0)
    assert answer["score"]["checks"] == len(answer["checks"]) == 3


def test_a_plan_from_a_file_is_judged_instead_of_the_baseline(tmp_path, capsys):
    shown = json.loads(call(capsys, "gate", "--config", CATALOGUE, "--output", "json").out)
    plan = tmp_path / "plan.json"
    plan.write_text(json.dumps({**shown["plan"], "min_size": 30}))
    config = tmp_path / "job.toml"
    config.write_text(CATALOGUE.read_text() + "most_extra_host_minutes_percent = 10.0\n")
    table = call(capsys, "gate", "--config", config, "--plan", plan)
    alone = call(capsys, "gate", "--config", config)

    assert table.code == 3
    assert "broken: host-minutes, host-minutes beyond today's policy" in table.out
    assert alone.code == 0
    assert "most_extra_host_minutes_percent is not judged" in alone.err


def test_a_job_without_a_baseline_needs_a_plan(tmp_path, capsys):
    text = CHECKOUT.read_text()
    begin, end = text.index("[baseline"), text.index("[space]")
    config = tmp_path / "job.toml"
    config.write_text(text[:begin] + text[end:])
    got = call(capsys, "gate", "--config", config)

    assert (got.code, got.out) == (2, "")
    assert "give --plan" in got.err
