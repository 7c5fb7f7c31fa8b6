"""What AWS says about step scaling, asked of the product: steps, sequences, warm-up, validity."""

from __future__ import annotations

from kernels import layout
from kernels.call import NO_STEP, REFUSED_WARMING, WISHES
from tests.conformance.product import alarmed, call_pair, group_of, run, steps_of
from tests.conformance.tally import Case
from tuner.errors import ConfigurationError
from tuner.policy import AlarmedPolicy, ScalingPlan, StepScaling

GREATER, LESS = "GreaterThanOrEqualToThreshold", "LessThanOrEqualToThreshold"
ROWS = "steps_lower_upper_adjustment"
MANY = 1_000_000
Rows = list[list[float | None]]


def _with_open_ends(rows: Rows) -> Rows:
    """Add the open steps without which AWS would refuse the case's: they are not the case's."""
    lowers, uppers = [row[0] for row in rows], [row[1] for row in rows]
    added: Rows = []
    if None not in lowers and min(lowers) < 0:
        added.append([None, min(lowers), 0])
    if None not in uppers and max(uppers) > 0:
        added.append([max(uppers), None, 0])
    return rows + added


def selection(given: Case, expect: Case) -> Case:
    """Let each step ask for its own number as exact capacity, so that the wish names the step."""
    rows: Rows = given[ROWS]
    is_below = given.get("direction") == "below"
    numbered = [[low, high, k] for k, (low, high, _) in enumerate(_with_open_ends(rows))]
    policy = StepScaling(adjustment_type="ExactCapacity", step_adjustments=steps_of(numbered))
    side = alarmed(policy, threshold=given["threshold"], operator=LESS if is_below else GREATER)
    plan = ScalingPlan(scale_in=side) if is_below else ScalingPlan(scale_out=side)
    call = call_pair(
        plan,
        layout.SCALE_IN if is_below else layout.SCALE_OUT,
        metric_percent=given["metric"],
        group=group_of(in_service=0, desired=MANY if is_below else 0),
    )
    if call.answer == NO_STEP or call.wish >= len(rows):
        return {"matches": False, "error": True, "step": None} | dict.fromkeys(_AMOUNTS)
    lower, upper, amount = rows[call.wish]
    return {"matches": True, "error": False, "step": [lower, upper]} | dict.fromkeys(
        _AMOUNTS, amount
    )


_AMOUNTS = ("adjustment", "adjustment_percent")


def _percent_side(rows: Rows, threshold: float, operator: str) -> AlarmedPolicy:
    policy = StepScaling(adjustment_type="PercentChangeInCapacity", step_adjustments=steps_of(rows))
    return alarmed(policy, threshold=threshold, operator=operator)


def sequence(given: Case, expect: Case) -> Case:
    """Run both policies for a tick, on the load that gives the metric on the current instances."""
    plan = ScalingPlan(
        scale_out=_percent_side(given["out_steps_percent"], given["threshold"], GREATER),
        scale_in=_percent_side(given["in_steps_percent"], given["threshold"], LESS),
    )
    current = given["current"]
    got = run(plan, [given["metric"] * current], initial=current)
    if got.cpu_percent[0] != given["metric"]:
        raise AssertionError(f"the load gives {got.cpu_percent[0]} % CPU")
    desired = int(got.desired_capacity[0])
    return {"desired": desired, "change": desired - given["desired"]}


def warm_up(given: Case, expect: Case) -> Case:
    if "scale_in_requested" in given:
        return {"action": _scale_in_beside_warming(given)}
    if "terminating" in given:
        return _scale_in_beside_terminating(given)
    plan = ScalingPlan(
        scale_out=_percent_side(given["out_steps_percent"], given["threshold"], GREATER)
    )
    warming, desired = given["warming"], given["desired"]
    group = group_of(
        in_service=given["current_not_warming"] + warming, warming=warming, desired=desired
    )
    call = call_pair(plan, layout.SCALE_OUT, metric_percent=given["metric"], group=group)
    return {"desired": call.wish, "launch": call.wish - desired}


def _take(amount: int) -> ScalingPlan:
    policy = StepScaling(step_adjustments=steps_of([[None, 0, amount]]))
    return ScalingPlan(scale_in=alarmed(policy, operator=LESS))


def _scale_in_beside_warming(given: Case) -> str:
    """Call the policy with the warming instances, and again when none warms any longer."""
    plan, warming = _take(-given["scale_in_requested"]), given["warming"]
    answers = [
        call_pair(
            plan,
            layout.SCALE_IN,
            metric_percent=10.0,
            group=group_of(
                in_service=given["current_not_warming"] + warming,
                warming=count,
                desired=given["desired"],
            ),
        ).answer
        for count in (warming, 0)
    ]
    refused = answers == [REFUSED_WARMING, WISHES]
    return "blocked until warm-up ends" if refused else f"answers {answers}"


def _scale_in_beside_terminating(given: Case) -> Case:
    terminating, desired = given["terminating"], given["desired"]
    group = group_of(
        in_service=given["current_including_terminating"] - terminating,
        draining=terminating,
        desired=desired,
    )
    plan = _take(given["adjustment"])
    wish = call_pair(plan, layout.SCALE_IN, metric_percent=10.0, group=group).wish
    return {"desired": wish, "terminate": desired - wish}


def validity(given: Case, expect: Case) -> Case:
    try:
        StepScaling(step_adjustments=steps_of(given[ROWS]))
    except ConfigurationError:
        return {"valid": False}
    return {"valid": True}
