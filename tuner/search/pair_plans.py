"""How a candidate of a pair becomes a plan in AWS's words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from tuner.policy import Alarm, AlarmedPolicy, SimpleScaling, StepScaling
from tuner.search.step_knobs import step_adjustments

if TYPE_CHECKING:
    from tuner.search.pair_space import PairSpace

_WINDOW = ("period_seconds", "evaluation_periods", "datapoints_to_alarm")
SCALE_OUT, SCALE_IN = "scale_out_", "scale_in_"


def pair_sides(
    space: PairSpace, value: Mapping[str, Any], *, warmup_seconds: int | None
) -> tuple[AlarmedPolicy, AlarmedPolicy | None]:
    """Give both sides of one candidate in AWS's words.

    Parameters
    ----------
    space : PairSpace
        The knobs.
    value : mapping of str to number
        The candidate's parameters.
    warmup_seconds : int or None
        Warm-up of its step policies; None: the group's default.
    """
    scale_out, *rest = [_side(space, side, value, warmup_seconds) for side in sides_of(space)]
    return scale_out, rest[0] if rest else None


def sides_of(space: PairSpace) -> tuple[str, ...]:
    """Give the sides that a pair has."""
    return (SCALE_OUT, SCALE_IN) if space.scales_in else (SCALE_OUT,)


def window_names(side: str) -> tuple[str, ...]:
    """Name the parameters of a side's breach window: period, N and M."""
    return tuple(name if side == SCALE_OUT else side + name for name in _WINDOW)


def _side(
    space: PairSpace, side: str, value: Mapping[str, Any], warmup_seconds: int | None
) -> AlarmedPolicy:
    """Give one side of one candidate."""
    period, periods, datapoints = window_names(side)
    policy: SimpleScaling | StepScaling
    if getattr(space, f"{side}steps") is None:
        policy = SimpleScaling(
            scaling_adjustment=value[f"{side}adjustment"],
            adjustment_type=space.adjustment_type,
            cooldown_seconds=value["cooldown_seconds"],
        )
    else:
        policy = StepScaling(
            step_adjustments=step_adjustments(
                first=value[f"{side}adjustment"],
                steps=value[f"{side}steps"],
                width_percent=value[f"{side}step_width_percent"],
                growth=value[f"{side}step_growth"],
                inward=side == SCALE_IN,
            ),
            adjustment_type=space.adjustment_type,
            instance_warmup_seconds=warmup_seconds,
        )
    return AlarmedPolicy(
        Alarm(
            threshold_percent=value[f"{side}threshold_percent"],
            comparison_operator=operator_of(space, side),
            period_seconds=value[period],
            evaluation_periods=value[periods],
            datapoints_to_alarm=value[datapoints],
            treat_missing_data=space.treat_missing_data,
        ),
        policy,
    )


def operator_of(space: PairSpace, side: str) -> Any:
    """Give the comparison operator of a side's alarm."""
    if side == SCALE_OUT:
        return space.scale_out_comparison_operator
    return space.scale_in_comparison_operator
