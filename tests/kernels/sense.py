"""What makes sense of any run, said again in plain Python from the law: limits and conservation."""

from __future__ import annotations

import math

import numpy as np

from tests.parity import run_case, scenario_of
from tuner.scenario import Scenario
from tuner.simulation.trace import Trace

RELATIVE = 1e-9
TINY = 1e-300
"""Below it numbers have no full precision, so that a relative tolerance means nothing."""


def limits_by_tick(case: dict, n_ticks: int) -> tuple[np.ndarray, np.ndarray]:
    """Give the minimum and the maximum that hold in every tick, from the plan and the schedule."""
    plan, scenario = case["plan"], case["scenario"]
    group = scenario["group"]
    smallest = group["min_size"] if plan["min_size"] is None else plan["min_size"]
    least, most = np.full(n_ticks, smallest), np.full(n_ticks, group["max_size"])
    schedule = scenario["schedule"] if plan["schedule"] is None else plan["schedule"]
    for action in sorted(schedule, key=lambda action: action["tick"]):
        for limit, name in ((least, "min_size"), (most, "max_size")):
            if action[name] is not None:
                limit[action["tick"] :] = action[name]
    return least, most


def carried_requests(run: Trace, scenario: Scenario) -> float:
    """Give the requests that the serving instances carry at 100 % at most."""
    capacity = np.full(len(run.rpm), scenario.host.capacity_rpm)
    bound = np.zeros(len(run.rpm))
    np.multiply(run.serving, capacity, out=bound, where=run.serving > 0)
    return math.fsum(np.minimum(run.rpm, bound)) * run.tick_seconds / 60


def outside_limits(case: dict, run: Trace) -> list[str]:
    """Say where desired capacity leaves its limits, or a count of instances is below 0."""
    least, most = limits_by_tick(case, len(run.rpm))
    wrong = {
        "desired below min": run.desired_capacity < least,
        "desired above max": run.desired_capacity > most,
        "serving above InService": run.serving > run.in_service,
        "serving below 0": run.serving < 0,
        "pending below 0": run.pending < 0,
        "draining below 0": run.draining < 0,
    }
    return [
        f"{name} in tick {np.flatnonzero(ticks)[0]}" for name, ticks in wrong.items() if any(ticks)
    ]


def not_conserved(case: dict, run: Trace) -> list[str]:
    """Say where offered requests are not carried ones and overload, to rounding."""
    scenario = scenario_of(case)
    offered = math.fsum(run.rpm) * run.tick_seconds / 60
    carried, overload = carried_requests(run, scenario), run.totals["overload_requests"]
    if math.isclose(offered, carried + overload, rel_tol=RELATIVE, abs_tol=TINY):
        return []
    return [f"offered {offered}, carried {carried}, overload {overload}"]


def not_finite(run: Trace) -> list[str]:
    """Say which totals or ticks are no numbers, or leave the bounds of percent and minutes."""
    totals, minutes = run.totals, len(run.rpm) * run.tick_seconds / 60
    found = [name for name, value in totals.items() if not math.isfinite(value) or value < 0]
    has_cpu = (run.serving > 0) | (run.rpm > 0)
    if not ((run.cpu_percent >= 0) & (run.cpu_percent <= 100))[has_cpu].all():
        found.append("a tick's CPU")
    peak = totals["peak_cpu_percent"]
    means = ("mean_cpu_percent", "mean_cpu_per_host_percent")
    found += [f"{name} above the peak" for name in means if totals[name] > peak * (1 + RELATIVE)]
    if peak > 100 or totals["minutes_over_cliff"] > minutes:
        found.append("more than all")
    return found


def miscounted(run: Trace) -> list[str]:
    """Say which totals of instances differ from what the ticks add up to."""
    members = run.pending + run.in_service + run.draining
    billed = int(members.sum()) * (run.tick_seconds / 60)
    expected = {"host_minutes": billed, "peak_instances": int(run.in_service.max())}
    return [name for name, value in expected.items() if run.totals[name] != value]


def nonsense(case: dict) -> list[str]:
    """Run a case and say everything that makes no sense."""
    run = run_case(case)
    return outside_limits(case, run) + not_conserved(case, run) + not_finite(run) + miscounted(run)
