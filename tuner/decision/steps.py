"""One step of each knob away from a candidate: on the lattice, or by a unit where it is fixed."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from tuner.decision.words import shortest
from tuner.errors import ConfigurationError
from tuner.policy import ScalingPlan
from tuner.scenario import Scenario
from tuner.search.candidates import find_candidates
from tuner.search.lattice import lattice_of
from tuner.search.result import SearchResult
from tuner.search.space import Space
from tuner.search.values import LowerThreshold

Direction = Literal["down", "up"]

UNIT_STEPS = {
    "scale_out_threshold_percent": 1.0,
    "scale_out_adjustment": 1,
    "period_seconds": 60,
    "evaluation_periods": 1,
    "datapoints_to_alarm": 1,
    "cooldown_seconds": 60,
    "scale_in_threshold": 1.0,
    "scale_in_adjustment": 1,
    "scale_in_period_seconds": 60,
    "scale_in_evaluation_periods": 1,
    "scale_in_datapoints_to_alarm": 1,
    "scale_out_steps": 1,
    "scale_out_step_width_percent": 1.0,
    "scale_out_step_growth": 1,
    "scale_in_steps": 1,
    "scale_in_step_width_percent": 1.0,
    "scale_in_step_growth": 1,
    "instance_warmup_seconds": 60,
    "target_percent": 1.0,
    "scale_in_limit": 1,
    "min_size": 1,
}
"""Step of a knob that the search held fixed, in its unit; a knob that is not here has none."""

UNORDERED = ("schedule",)
"""Knobs whose values have no order: there is no step from one to the next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One parameter a step away from a plan, all others as they are.

    Parameters
    ----------
    parameter : str
        A knob of the space.
    direction : str
        ``down`` or ``up``; of a decrement, ``up`` takes more away.
    before, after : str
        Its value in the plan and after the step, in words.
    on_lattice : bool
        Whether the step is one of the search's values; else it is a unit step of a fixed knob.
    plan : ScalingPlan
        The plan after the step.
    """

    parameter: str
    direction: Direction
    before: str
    after: str
    on_lattice: bool
    plan: ScalingPlan


def moves_of(result: SearchResult, row: int) -> tuple[Move, ...]:
    """Give every step away from a candidate that is a candidate, too.

    Parameters
    ----------
    result : SearchResult
        A search.
    row : int
        Row of the candidate.
    """
    scenario, point = result.scenario, point_space(result, row)
    upper = _upper_percent(point)
    moves = []
    for name, direction, value, on_lattice in _steps(result.space, point, scenario):
        plan = _plan_of(point, name, value, scenario)
        if plan is not None:
            moves.append(
                Move(
                    parameter=name,
                    direction=direction,
                    before=in_words(name, _value_of(point, name, scenario), upper),
                    after=in_words(name, value, upper),
                    on_lattice=on_lattice,
                    plan=plan,
                )
            )
    return tuple(moves)


def point_space(result: SearchResult, row: int) -> Space:
    """Give the space of one candidate alone: every knob at its value.

    Parameters
    ----------
    result : SearchResult
        A search.
    row : int
        Row of the candidate.
    """
    space = result.space
    lattice = lattice_of(space, result.scenario)
    position = dict(
        zip(lattice.active, lattice.positions(result.candidate[row : row + 1])[0], strict=True)
    )
    chosen: dict[str, Any] = {
        name: (values[int(position.get(d, 0))],)
        for d, name in enumerate(space.dimensions)
        if (values := space.values(name)) is not None
    }
    return space.with_values(chosen)


def _upper_percent(point: Space) -> float:
    """Give the scale-out threshold of one candidate, NaN where it has none."""
    has_one = "scale_out_threshold_percent" in point.dimensions
    values = point.values("scale_out_threshold_percent") if has_one else None
    return float(values[0]) if values else math.nan


def _steps(
    space: Space, point: Space, scenario: Scenario
) -> Iterator[tuple[str, Direction, Any, bool]]:
    """Give every step of every knob: name, direction, value, and whether it is on the lattice."""
    upper = _upper_percent(point)
    for name in space.dimensions:
        now = _value_of(point, name, scenario)
        if now is None or name in UNORDERED:
            continue
        values = space.values(name) or ()
        if len(set(values)) > 1:
            sizes = {value: _size(value, upper) for value in values}
            below = [value for value in values if sizes[value] < sizes[now]]
            above = [value for value in values if sizes[value] > sizes[now]]
            if below:
                yield name, "down", max(below, key=sizes.__getitem__), True
            if above:
                yield name, "up", min(above, key=sizes.__getitem__), True
        elif name in UNIT_STEPS:
            yield name, "down", _moved(name, now, -UNIT_STEPS[name], point), False
            yield name, "up", _moved(name, now, UNIT_STEPS[name], point), False


def _value_of(point: Space, name: str, scenario: Scenario) -> Any:
    """Give the value of a knob of one candidate, None where it follows another knob."""
    values = point.values(name)
    if values is not None:
        return values[0]
    if name == "min_size":
        return scenario.group.min_size
    if name == "instance_warmup_seconds":
        return scenario.group.warmup_seconds(None)
    if name == "datapoints_to_alarm":
        return (point.values("evaluation_periods") or (None,))[0]
    return None


def _size(value: Any, upper_percent: float) -> float:
    """Give what values of a knob are ordered by."""
    if isinstance(value, LowerThreshold):
        return value.below(upper_percent)
    return float(abs(value))


def _moved(name: str, now: Any, step: float, point: Space) -> Any:
    """Move a value by a step; a decrement grows away from 0."""
    if isinstance(now, LowerThreshold):
        return LowerThreshold.given(now.below(_upper_percent(point)) + step)
    if name == "scale_in_adjustment" and now < 0:
        return now - step
    return now + step


def _plan_of(point: Space, name: str, value: Any, scenario: Scenario) -> ScalingPlan | None:
    """Give the candidate with one value changed, None where that is no candidate."""
    if isinstance(value, LowerThreshold) and value.kind == "given" and value.value < 0.0:
        return None
    try:
        lattice = lattice_of(point.with_values({name: (value,)}), scenario)
        find_candidates(lattice)
        return lattice.plan(0)
    except ConfigurationError:
        return None


def in_words(name: str, value: Any, upper_percent: float) -> str:
    """Write the value of a knob as a person does.

    Parameters
    ----------
    name : str
        The knob.
    value : number or LowerThreshold
        Its value.
    upper_percent : float
        The scale-out threshold, from which the scale-in one may follow; NaN where there is none.

    Examples
    --------
    >>> in_words("cooldown_seconds", 180, 21.0)
    '180 s'
    >>> in_words("scale_in_threshold", LowerThreshold.share(1, over=3), 21.0)
    '7 %'
    """
    if isinstance(value, LowerThreshold):
        return f"{shortest(value.below(upper_percent))} %"
    if isinstance(value, bool):
        return "yes" if value else "no"
    unit = " %" if name.endswith("_percent") else " s" if name.endswith("_seconds") else ""
    return f"{shortest(value)}{unit}"
