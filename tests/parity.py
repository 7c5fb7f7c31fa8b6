"""Running one case of the JSON shape of tests/cases through the product."""

from __future__ import annotations

import numpy as np

from tests.reference.records import ReferenceRun
from tuner.host import HostModel
from tuner.plan_json import plan_from_json
from tuner.policy import ScheduledAction
from tuner.scenario import Group, Metric, Scenario
from tuner.simulation.run import trace
from tuner.simulation.trace import Trace
from tuner.traffic.shapes import Shape, TrafficShapes

LETTERS = np.array(["O", "A", "I"])


def scenario_of(case: dict) -> Scenario:
    given = case["scenario"]
    host = dict(given["host_model"])
    if host.get("table") is not None:
        host["table"] = tuple(tuple(knot) for knot in host["table"])
    group = dict(given["group"])
    if group["monitoring"] == "detailed":
        group["basic_phase_ticks"] = 0
    return Scenario(
        host=HostModel(**host),
        group=Group(**group),
        metric=Metric(**given["metric"]),
        schedule=tuple(ScheduledAction(**action) for action in given["schedule"]),
        tick_seconds=given["tick_seconds"],
    )


def run_case(case: dict) -> Trace:
    scenario = scenario_of(case)
    plan = plan_from_json(case["plan"])
    shape = Shape(name="case", rpm=np.array(case["rpm"], dtype=np.float64))
    shapes = TrafficShapes.of([shape], tick_seconds=scenario.tick_seconds)
    return trace(plan, scenario, shapes, 0)


def expected_of(run: ReferenceRun) -> dict:
    """Give a run of the reference as `differences` takes what is expected."""
    return {
        "in_service": run.in_service,
        "pending": run.pending,
        "draining": run.draining,
        "desired": run.desired,
        "alarm_states": run.alarm_states,
        "totals": run.totals,
    }


def differences(expected: dict, got: Trace, plan: dict) -> list[str]:
    """Names of what differs between an expected run and a trace, with the first tick."""
    found = []
    columns = {
        "in_service": got.in_service,
        "pending": got.pending,
        "draining": got.draining,
        "desired": got.desired_capacity,
    }
    for name, values in columns.items():
        wrong = np.flatnonzero(np.array(expected[name]) != values)
        if wrong.size:
            found.append(f"{name} from tick {wrong[0]}")
    states = {
        "scale_out": got.scale_out_state,
        "scale_in": got.scale_in_state,
        "tracking_high": got.tracking_high_state,
        "tracking_low": got.tracking_low_state,
    }
    for side, codes in states.items():
        if plan["target_tracking" if "tracking" in side else side] is None:
            continue
        letters = "".join(LETTERS[codes])
        if letters != expected["alarm_states"][side]:
            found.append(f"alarm {side}")
    for name, value in expected["totals"].items():
        if not np.isclose(value, got.totals[name], rtol=1e-9, atol=0.0):
            found.append(f"{name}: expected {value}, got {got.totals[name]}")
    return found
