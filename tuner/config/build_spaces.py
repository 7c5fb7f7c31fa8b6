"""From the tables of the space to the spaces of the families that a job searches."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from tuner.config.schedule_table import ScheduleTable
from tuner.config.space_tables import SpaceTable
from tuner.config.tables import JobTable
from tuner.config_problems import Location, Names, Problems
from tuner.plan_json import check_action_sizes
from tuner.policy import ScheduledAction
from tuner.search.mixed_space import MixedSpace
from tuner.search.pair_space import PairSpace
from tuner.search.settings import FamilyName
from tuner.search.space import Schedule, Space
from tuner.search.step_knobs import StepKnobs
from tuner.search.tracking_space import TrackingSpace
from tuner.units import seconds_to_ticks

_OF_FAMILIES = ("step", "target", "mixed", "schedules")
"""Fields of `[space]` that are no knobs of a simple pair."""

_NAMES: Names = {"scale_in_threshold": ("scale_in_threshold_percent",)}
"""Where a field of a space stands in its table."""


def build_spaces(table: JobTable, problems: Problems) -> dict[FamilyName, Space]:
    """Make the space of every family that is searched, and of those that have a table.

    Parameters
    ----------
    table : JobTable
        The whole file with its preset.
    problems : Problems
        Takes every problem; a problem of `[space]` itself is noted once.

    Returns
    -------
    dict of str to Space
        Those that were made, in the order in which they are searched.
    """
    pair = problems.build(("space",), lambda: PairSpace(**_simple(table, problems)), names=_NAMES)
    if pair is None:
        return {}
    makers: dict[FamilyName, Callable[[], Space]] = {
        "simple": lambda: pair,
        "step": lambda: _step(table.space, pair),
        "target": lambda: _target(table.space, pair),
        "mixed": lambda: _mixed(table.space, pair),
    }
    given = [name for name in makers if name in table.space.model_fields_set]
    spaces: dict[FamilyName, Space] = {}
    for name in dict.fromkeys((*table.search.families, *given)):
        place: Location = ("space",) if name == "simple" else ("space", name)
        space = problems.build(place, makers[name], names=_NAMES)
        if space is not None:
            spaces[name] = space
    return spaces


def build_actions(
    actions: Sequence[ScheduleTable], problems: Problems, place: Location, *, tick_seconds: int
) -> Schedule:
    """Make scheduled actions, in ticks and in order of time.

    Parameters
    ----------
    actions : sequence of ScheduleTable
        As written.
    problems : Problems
        Takes every problem.
    place : tuple
        Where they stand.
    tick_seconds : int
        Length of a tick.
    """
    made = []
    for i, action in enumerate(actions):
        check_action_sizes(action.min_size, action.max_size, problems, (*place, i))
        tick = seconds_to_ticks(action.at, tick_seconds=max(tick_seconds, 1))
        made.append(ScheduledAction(tick=tick, **action.model_dump(exclude={"at"})))
    return tuple(sorted(made, key=lambda action: action.tick))


def _simple(table: JobTable, problems: Problems) -> dict[str, Any]:
    """Give the fields of the pair that `[space]` describes."""
    space = table.space
    values = {
        name: getattr(space, name) for name in type(space).model_fields if name not in _OF_FAMILIES
    }
    values["scale_in_threshold"] = values.pop("scale_in_threshold_percent")
    schedules = tuple(
        build_actions(
            schedule.actions,
            problems,
            ("space", "schedules", i, "actions"),
            tick_seconds=table.tick_seconds,
        )
        for i, schedule in enumerate(space.schedules)
    )
    return {**values, "schedules": schedules or None}


def _step(table: SpaceTable, pair: PairSpace) -> PairSpace:
    """Give the space of step scaling: the simple one with steps."""
    step = table.step

    def steps(side: str) -> StepKnobs:
        return StepKnobs(
            steps=getattr(step, f"{side}_steps"),
            width_percent=getattr(step, f"{side}_step_width_percent"),
            growth=getattr(step, f"{side}_step_growth"),
        )

    own = _given(
        scale_out_threshold_percent=step.scale_out_threshold_percent,
        scale_out_adjustment=step.scale_out_adjustment,
        evaluation_periods=step.evaluation_periods,
        scale_in_threshold=step.scale_in_threshold_percent,
        scale_in_adjustment=step.scale_in_adjustment,
    )
    return replace(
        pair,
        **own,
        scale_out_steps=steps("scale_out"),
        scale_in_steps=steps("scale_in"),
        instance_warmup_seconds=step.instance_warmup_seconds,
    )


def _target(table: SpaceTable, pair: PairSpace) -> TrackingSpace:
    """Give the space of target tracking."""
    target = table.target
    return TrackingSpace(
        target_percent=target.target_percent or pair.scale_out_threshold_percent,
        disable_scale_in=target.disable_scale_in,
        instance_warmup_seconds=target.instance_warmup_seconds,
        low_ratio=target.low_ratio,
        scale_in_limit=target.scale_in_limit,
        min_size=pair.min_size,
        schedules=pair.schedules,
    )


def _mixed(table: SpaceTable, pair: PairSpace) -> MixedSpace:
    """Give the space of target tracking with a safety net."""
    mixed = table.mixed
    net = pair if mixed.net == "simple" else _step(table, pair)
    own = _given(
        scale_out_threshold_percent=mixed.scale_out_threshold_percent,
        scale_out_adjustment=mixed.scale_out_adjustment,
    )
    if not mixed.scales_in:
        own["scale_in_threshold"] = None
    followed = _given(
        target_percent=mixed.target_percent,
        instance_warmup_seconds=mixed.instance_warmup_seconds,
    )
    return MixedSpace(
        tracking=_target(table, pair).with_values(followed),
        pair=replace(net, **own, min_size=None, schedules=None, instance_warmup_seconds=None),
    )


def _given(**values: tuple[Any, ...] | None) -> dict[str, Any]:
    """Keep the values that were given."""
    return {name: value for name, value in values.items() if value is not None}
