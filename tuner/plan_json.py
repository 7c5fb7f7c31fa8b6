"""A plan as one JSON object, the same in ``recommended.plan``, ``--plan`` and ``[baseline]``.

Names are AWS's in snake_case, units are in the names; a field that is null or absent takes its
default. The schema is the `plan` object of tests/cases/README.md.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from tuner.config_plan import OF_SIMPLE, OF_STEP, PlanModel, PolicyTable, SideTable
from tuner.config_problems import Location, Problems
from tuner.config_words import dotted, quoted
from tuner.errors import ConfigurationError, MissingFileError, Problem
from tuner.policy import (
    Alarm,
    AlarmedPolicy,
    ScalingPlan,
    ScheduledAction,
    SimpleScaling,
    StepAdjustment,
    StepScaling,
    TargetTracking,
)
from tuner.policy.step import MOST_STEPS

LARGEST_PLAN_FILE_BYTES = 16_777_216
_STEP_PLACES: dict[str, Location] = {
    dotted(place): place
    for k in range(MOST_STEPS)
    for place in (("step_adjustments", k), ("step_adjustments", k, "scaling_adjustment"))
}


def plan_to_json(plan: ScalingPlan) -> dict[str, Any]:
    """Give a plan as its JSON object, every field written.

    Parameters
    ----------
    plan : ScalingPlan
        Any plan.

    Returns
    -------
    dict
        What `plan_from_json` turns back into an equal plan.
    """
    schedule = None if plan.schedule is None else [_plain(action) for action in plan.schedule]
    return {
        "min_size": None if plan.min_size is None else int(plan.min_size),
        "schedule": schedule,
        "scale_out": _side_to_json(plan.scale_out),
        "scale_in": _side_to_json(plan.scale_in),
        "target_tracking": _tracking_to_json(plan.target_tracking),
    }


def plan_from_json(value: object, *, where: str = "plan") -> ScalingPlan:
    """Read a plan from its JSON object.

    Parameters
    ----------
    value : object
        What a JSON or TOML reader gave.
    where : str
        Name of the object in messages, before the dotted path.

    Returns
    -------
    ScalingPlan
        The plan; what is null or absent has its default.

    Raises
    ------
    ConfigurationError
        Naming every field that is unknown, of a wrong type, or that AWS would refuse.
    """
    problems = Problems(lambda location: ".".join(filter(None, (where, dotted(location)))))
    table = problems.check(value, PlanModel)
    plan = None if table is None else build_plan(table, problems)
    problems.raise_any()
    if plan is None:
        raise AssertionError("a plan without a problem is there")
    return plan


def build_plan(
    table: PlanModel, problems: Problems, *, location: Location = ()
) -> ScalingPlan | None:
    """Make the plan of a checked table, or note its problems under a location and give None.

    Parameters
    ----------
    table : PlanModel
        The checked object.
    problems : Problems
        Takes what is wrong.
    location : tuple of str or int
        Path of the plan.

    Returns
    -------
    ScalingPlan or None
        The plan; None where something is wrong.
    """
    sides = {
        name: _build_side(side, problems, (*location, name))
        for name, side in (("scale_out", table.scale_out), ("scale_in", table.scale_in))
    }
    actions = None if table.schedule is None else _build_actions(table, problems, location)
    tracking = None
    if table.target_tracking is not None:
        fields = table.target_tracking.model_dump(exclude={"policy_type"})
        tracking = problems.build((*location, "target_tracking"), lambda: TargetTracking(**fields))
    made = {**sides, "target_tracking": tracking}
    if any(getattr(table, name) is not None and part is None for name, part in made.items()):
        return None
    return problems.build(
        location,
        lambda: ScalingPlan(
            **sides, target_tracking=tracking, min_size=table.min_size, schedule=actions
        ),
    )


def read_plan_file(path: Path) -> ScalingPlan:
    """Read a plan from a JSON file: the plan itself, or a recommendation.json that holds one.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    ScalingPlan
        The plan, or that at ``recommended.plan``.

    Raises
    ------
    MissingFileError
        When the file cannot be opened.
    ConfigurationError
        When it is not JSON, or not a plan.
    """
    value = _read_json(path)
    where = str(path)
    if isinstance(value, Mapping) and "recommended" in value:
        recommended = value["recommended"]
        plan = recommended.get("plan") if isinstance(recommended, Mapping) else None
        if plan is None:
            raise ConfigurationError(
                Problem(
                    "a recommendation that holds a plan",
                    "one without: nothing was feasible",
                    f"{where}, key recommended.plan",
                    "Give another file, or a plan object.",
                )
            )
        return plan_from_json(plan, where=f"{where}, key recommended.plan")
    return plan_from_json(value, where=f"{where}, key plan")


def plan_warnings(plan: ScalingPlan) -> tuple[str, ...]:
    """Say in sentences what looks like a slip in a plan, such as a fraction for a percentage."""
    return tuple(
        fraction_warning(f"{name}.alarm.threshold_percent", side.alarm.threshold_percent)
        for name, side in (("scale_out", plan.scale_out), ("scale_in", plan.scale_in))
        if side is not None and 0 < side.alarm.threshold_percent < 1
    )


def fraction_warning(where: str, value: float) -> str:
    """Say that a percentage looks like a fraction."""
    meant = f"{value * 100:g}"
    return f"{where} is {value:g} percent: thresholds are percent, 0 to 100. Was {meant} meant?"


def _side_to_json(side: AlarmedPolicy | None) -> dict[str, Any] | None:
    """Give one side of a plan as its JSON object."""
    if side is None:
        return None
    kind = "SimpleScaling" if isinstance(side.policy, SimpleScaling) else "StepScaling"
    policy = {"policy_type": kind, **_plain(side.policy)}
    return {"alarm": _plain(side.alarm), "policy": policy}


def _tracking_to_json(policy: TargetTracking | None) -> dict[str, Any] | None:
    """Give a target tracking policy as its JSON object."""
    if policy is None:
        return None
    return {"policy_type": "TargetTrackingScaling", **_plain(policy)}


def _plain(record: Alarm | SimpleScaling | StepScaling | TargetTracking | ScheduledAction) -> Any:
    """Give a record's fields as Python's own numbers, texts and lists, which JSON knows."""

    def known(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: known(entry) for name, entry in value.items()}
        if isinstance(value, tuple | list):
            return [known(entry) for entry in value]
        return value.item() if isinstance(value, np.generic) else value

    return known(asdict(record))


def _build_side(
    table: SideTable | None, problems: Problems, location: Location
) -> AlarmedPolicy | None:
    """Make one side, or note its problems and give None."""
    if table is None:
        return None
    given = table.alarm.model_dump()
    if given["datapoints_to_alarm"] is None:
        given["datapoints_to_alarm"] = given["evaluation_periods"]
    alarm = problems.build((*location, "alarm"), lambda: Alarm(**given))
    policy = problems.build(
        (*location, "policy"), lambda: _policy(table.policy), names=_STEP_PLACES
    )
    return None if alarm is None or policy is None else AlarmedPolicy(alarm, policy)


def _policy(table: PolicyTable) -> SimpleScaling | StepScaling:
    """Make a policy of its table."""
    other = OF_SIMPLE if table.policy_type == "StepScaling" else OF_STEP
    fields = table.model_dump(exclude={"policy_type", "step_adjustments", *other})
    if table.policy_type == "SimpleScaling":
        return SimpleScaling(**fields)
    steps = (StepAdjustment(**step.model_dump()) for step in table.step_adjustments or ())
    return StepScaling(step_adjustments=tuple(steps), **fields)


def _build_actions(
    table: PlanModel, problems: Problems, location: Location
) -> tuple[ScheduledAction, ...]:
    """Make the scheduled actions, noting a minimum above its maximum."""
    actions = []
    for i, action in enumerate(table.schedule or ()):
        check_action_sizes(action.min_size, action.max_size, problems, (*location, "schedule", i))
        actions.append(ScheduledAction(**action.model_dump()))
    return tuple(actions)


def check_action_sizes(
    min_size: int | None, max_size: int | None, problems: Problems, location: Location
) -> None:
    """Note a scheduled action whose minimum is above its maximum.

    Parameters
    ----------
    min_size, max_size : int or None
        Sizes of the action; None where it leaves them.
    problems : Problems
        Takes the note.
    location : tuple of str or int
        Path of the action.
    """
    if min_size is not None and max_size is not None and min_size > max_size:
        problems.add(
            (*location, "min_size"),
            expected=f"a minimum of at most max_size ({max_size})",
            got=str(min_size),
            next_step="Lower the minimum or raise the maximum.",
        )


def _read_json(path: Path) -> object:
    """Read a JSON file, refusing NaN and equal keys."""
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_PLAN_FILE_BYTES + 1)
    except (OSError, ValueError) as error:
        raise MissingFileError(
            Problem(
                "a file that can be read",
                getattr(error, "strerror", None) or str(error),
                str(path),
                "Check the path.",
            )
        ) from error
    if len(content) > LARGEST_PLAN_FILE_BYTES:
        raise ConfigurationError(
            Problem("a file of at most 16 MiB", "more", str(path), "Give the plan alone.")
        )
    try:
        value: object = json.loads(
            content.decode("utf-8-sig"), object_pairs_hook=_unique, parse_constant=_refuse_constant
        )
    except (ValueError, RecursionError) as error:
        reason = str(error) if isinstance(error, ValueError) else "lists too deep"
        line = f", line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        raise ConfigurationError(
            Problem("JSON", reason, f"{path}{line}", "Mend the file.")
        ) from error
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make an object of its pairs, refusing equal keys."""
    table: dict[str, Any] = {}
    for key, value in pairs:
        if key in table:
            raise ValueError(f"the key {quoted(key)} twice in one object")
        table[key] = value
    return table


def _refuse_constant(name: str) -> float:
    """Refuse NaN and the infinities, which are not JSON."""
    raise ValueError(f"{name}, which is not JSON")
