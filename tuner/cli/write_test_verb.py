"""The verb that writes a Locust test of one shape, with what a plan is expected to do on it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tuner.cli.emit import emit_json
from tuner.cli.jobs import read_job, tell_of_compilation
from tuner.cli.options import (
    config_option,
    file_option,
    number_option,
    output_option,
    plan_option,
    run_settings,
    settings,
    state_settings,
)
from tuner.cli.tune_verbs import folder_of

if TYPE_CHECKING:
    from tuner.cli.show import Block
    from tuner.config.job import Job
    from tuner.deployment.locust_test import LocustTest
    from tuner.policy import ScalingPlan

EXPECTED_ENDING = ".expected.csv"


@click.command("write-test")
@config_option
@click.option("--shape", help="Name of the shape; else the first.")
@plan_option
@click.option("--run", help="Id or folder of a finished run: its recommended plan.")
@click.option("--host", help="Address that Locust asks unless it is told another.")
@click.option("--path", "paths", multiple=True, help="A path to ask for; may be given again.")
@number_option("--wait", help="Mean wait of a user, seconds; else by rule.")
@number_option("--response", help="Usual response time, ms; else the load test's.")
@number_option("--p95-limit", help="p95 that stops the test, ms; else 3 times the load test's.")
@number_option("--error-limit", help="Failed requests that stop the test, percent; default 1.")
@number_option("--time-scale", default=1.0, help="How many times as fast as the shape; default 1.")
@file_option("--out", required=True, help="The Locust file, .py; what is expected goes beside it.")
@output_option("json")
@state_settings
@run_settings
def write_test(
    *,
    config: Path,
    shape: str | None,
    plan: Path | None,
    run: str | None,
    out: Path,
    output: str,
    **load: Any,
) -> int:
    """Write a Locust test of one shape, and beside it what a plan is expected to do on it."""
    if plan is not None and run is not None:
        raise click.UsageError("Give --plan or --run: each says which plan it is.")
    if out.suffix.lower() != ".py":
        raise click.BadParameter(
            f"expected a file that ends in .py, got {str(out)!r}.", param_hint="'--out'"
        )
    from tuner.config.host import measure
    from tuner.config.job import scenario
    from tuner.config.shapes import build_shapes
    from tuner.deployment.locust_test import limits_of, locust_test
    from tuner.deployment.locust_test_file import expected_table, locust_file
    from tuner.simulation.run import trace
    from tuner.store.csv_files import write_csv
    from tuner.store.files import write_text

    job = read_job(config)
    chosen = _plan(job, plan if run is None else folder_of(run) / "recommendation.json")
    fit, fitted = measure(job)
    shapes = build_shapes(job)
    limits = limits_of(
        None if fit is None else fit.cliff.base_latency_ms,
        response_ms=load["response"],
        most_p95_ms=load["p95_limit"],
        most_error_percent=load["error_limit"],
    )
    tell_of_compilation("trace_run")
    story = trace(
        chosen, scenario(job, fitted), shapes, 0 if shape is None else shapes.index(shape)
    )
    test = locust_test(
        story,
        limits,
        service=job.service,
        plan=chosen.describe(),
        host=load["host"],
        paths=load["paths"] or ("/",),
        mean_wait_seconds=load["wait"],
        time_scale=load["time_scale"],
    )
    beside = out.with_suffix(EXPECTED_ENDING)
    write_csv(beside, expected_table(test))
    write_text(out, locust_file(test))
    facts = _facts(test)
    if output == "json":
        files = {"locust_file": str(out), "expected": str(beside)}
        emit_json({"schema": "cliffside.write-test/1", **facts, "files": files})
    else:
        from tuner.cli.show import show

        show(_words(test, facts))
        settings().say(f"Written: {out} and {beside}")
    return 0


def _plan(job: Job, path: Path | None) -> ScalingPlan:
    """Give the plan of a file, else the job's baseline."""
    from tuner.plan_json import plan_warnings, read_plan_file

    if path is None:
        if job.baseline is None:
            raise click.UsageError("The job has no [baseline]: give --plan or --run.")
        return job.baseline
    plan = read_plan_file(path)
    for warning in plan_warnings(plan):
        settings().say(f"Note: {warning}")
    return plan


def _facts(test: LocustTest) -> dict[str, Any]:
    """Give the figures of a test that a person checks first."""
    run, limits = test.trace, test.limits
    return {
        "shape": test.shape,
        "plan": test.plan,
        "minutes": len(run.rpm) * test.stage_seconds / 60,
        "peak_rpm": float(run.rpm.max()),
        "peak_users": int(test.users.max()),
        "user_rpm": test.user_rpm,
        "mean_wait_seconds": test.mean_wait_seconds,
        "response_seconds": limits.response_seconds,
        "largest_difference_rpm": float(abs(test.made_rpm - run.rpm).max()),
        "most_p95_ms": limits.most_p95_ms,
        "most_error_fraction": limits.most_error_fraction,
        "peak_instances": int(run.totals["peak_instances"]),
        "peak_cpu_percent": run.totals["peak_cpu_percent"],
    }


def _words(test: LocustTest, facts: dict[str, Any]) -> Iterator[Block]:
    """Say what was written in sentences."""
    from tuner.cli.show import Facts

    limits = test.limits
    wait, response = test.mean_wait_seconds, limits.response_seconds
    latency = f"; p95 has {limits.limit_source}"
    if limits.most_p95_ms is not None:
        latency = f" or p95 above {limits.most_p95_ms:g} ms, {limits.limit_source}"
    instances = facts["peak_instances"]
    yield f"{test.plan}, on {test.shape}"
    yield Facts(
        (
            (
                "load",
                f"{facts['minutes']:.4g} minutes, up to {facts['peak_rpm']:,.0f} rpm by "
                f"{facts['peak_users']:,} users",
            ),
            (
                "a user",
                f"makes 60 / ({wait:g} + {response:g}) = {test.user_rpm:,.4g} rpm; whole users are "
                f"at most {facts['largest_difference_rpm']:,.3g} rpm off",
            ),
            (
                "expected",
                f"up to {instances} instance{'' if instances == 1 else 's'} and "
                f"{facts['peak_cpu_percent']:.1f} % CPU",
            ),
            (
                "stops",
                "after two windows with more than "
                f"{limits.most_error_fraction * 100:g} % of requests failed{latency}",
            ),
        )
    )
