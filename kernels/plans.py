"""One candidate of a batch, as scalars."""

from __future__ import annotations

from kernels._jit import driver, kernel
from kernels.layout import (
    SCALE_IN,
    SCALE_OUT,
    Plan,
    Policies,
    Side,
    WarmingPlan,
    WarmingPolicies,
)


@kernel
def side_of(policies: Policies, c: int, p: int) -> Side:
    """Read one policy of candidate c as scalars."""
    return Side(
        policies.present[c, p],
        policies.threshold_percent[c, p],
        policies.comparison[c, p],
        policies.period_ticks[c, p],
        policies.evaluation_periods[c, p],
        policies.datapoints_to_alarm[c, p],
        policies.extra_blocks[c, p],
        policies.treat_missing_data[c, p],
        policies.adjustment_type[c, p],
        policies.scaling_adjustment[c, p],
        policies.min_adjustment_magnitude[c, p],
        policies.cooldown_ticks[c, p],
    )


@kernel
def plan_of(policies: Policies, c: int) -> Plan:
    """Read candidate c as scalars."""
    return Plan(
        side_of(policies, c, SCALE_OUT),
        side_of(policies, c, SCALE_IN),
        policies.min_size[c],
        policies.schedule_begin[c],
        policies.schedule_end[c],
    )


@driver
def warming_plan_of(
    columns: WarmingPolicies | None, c: int, minute_ticks: int
) -> WarmingPlan | None:
    """Read the step and target tracking policies of candidate c; None where nobody has any."""
    if columns is None:
        return None
    return WarmingPlan(
        columns.is_step[c],
        columns.warmup_ticks[c],
        columns.n_steps[c],
        columns.step_lower[c],
        columns.step_upper[c],
        columns.step_adjustment[c],
        columns.has_tracking[c],
        columns.target_value[c],
        columns.disable_scale_in[c],
        columns.tracking_warmup_ticks[c],
        columns.low_ratio[c],
        columns.scale_in_limit[c],
        minute_ticks,
    )
