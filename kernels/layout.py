"""The named tuples that cross the border, with their dtypes.

Notation
--------
C candidate, S traffic shape, T tick, P policy within a plan (0 scale-out, 1 scale-in),
A scheduled action, K step adjustment, or knot of a host table. Always in this order;
C-contiguous; float64 for measures, int64 for counts and ticks, int8 for codes. Kernels know ticks
only.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Codes = NDArray[np.int8]
Words = NDArray[np.uint64]

SCALE_OUT = 0
SCALE_IN = 1
N_POLICIES = 2
N_ALARMS = 4
"""The pair's alarms, and the two hidden ones of target tracking."""

GREATER = 0
GREATER_OR_EQUAL = 1
LESS = 2
LESS_OR_EQUAL = 3

TREAT_MISSING = 0
TREAT_IGNORE = 1
TREAT_BREACHING = 2
TREAT_NOT_BREACHING = 3

CHANGE_IN_CAPACITY = 0
EXACT_CAPACITY = 1
PERCENT_CHANGE_IN_CAPACITY = 2

STATE_OK = 0
STATE_ALARM = 1
STATE_INSUFFICIENT_DATA = 2


class Policies(NamedTuple):
    """Candidates as columns: alarms and policies ``[C, P]``, the rest ``[C]``."""

    present: Codes
    threshold_percent: Floats
    comparison: Codes
    period_ticks: Integers
    evaluation_periods: Integers
    datapoints_to_alarm: Integers
    extra_blocks: Integers
    treat_missing_data: Codes
    adjustment_type: Codes
    scaling_adjustment: Integers
    min_adjustment_magnitude: Integers
    cooldown_ticks: Integers
    min_size: Integers
    schedule_begin: Integers
    schedule_end: Integers


class Side(NamedTuple):
    """One alarm and its policy, as scalars."""

    present: int
    threshold_percent: float
    comparison: int
    period_ticks: int
    evaluation_periods: int
    datapoints_to_alarm: int
    extra_blocks: int
    treat_missing_data: int
    adjustment_type: int
    scaling_adjustment: int
    min_adjustment_magnitude: int
    cooldown_ticks: int


class Plan(NamedTuple):
    """One candidate, as scalars: both sides, its minimum and its rows of the schedule."""

    out: Side
    inward: Side
    min_size: int
    schedule_begin: int
    schedule_end: int


class WarmingPolicies(NamedTuple):
    """Step and target tracking policies of candidates: those whose launches warm up.

    ``[C, P]`` and ``[C, P, K]`` (K step adjustment) for the pair's step policies, ``[C]`` for
    target tracking. A side that is no step policy has 0 steps; open bounds are infinite; a
    ``low_ratio`` of 0 stands for the rule, a ``scale_in_limit`` of 0 for none.
    """

    is_step: Codes
    warmup_ticks: Integers
    n_steps: Integers
    step_lower: Floats
    step_upper: Floats
    step_adjustment: Integers
    has_tracking: Codes
    target_value: Floats
    disable_scale_in: Codes
    tracking_warmup_ticks: Integers
    low_ratio: Floats
    scale_in_limit: Integers


class WarmingPlan(NamedTuple):
    """One candidate's step and target tracking policies; the pair's steps as arrays ``[P, K]``."""

    is_step: Codes
    warmup_ticks: Integers
    n_steps: Integers
    step_lower: Floats
    step_upper: Floats
    step_adjustment: Integers
    has_tracking: int
    target_value: float
    disable_scale_in: int
    tracking_warmup_ticks: int
    low_ratio: float
    scale_in_limit: int
    minute_ticks: int


ACTION_TICK = 0
ACTION_MIN_SIZE = 1
ACTION_MAX_SIZE = 2
ACTION_DESIRED = 3
NOT_GIVEN = -1
"""Columns of the scheduled actions, int64 ``[A, 4]``; sizes are at least 0, so -1 is free."""


class Setting(NamedTuple):
    """The scenario in ticks, scalars only: arrays inside a record cost reference counts."""

    tick_minutes: float
    intercept_percent: float
    slope_percent_per_rpm: float
    saturation_rpm: float
    cliff_percent: float
    max_size: int
    launch_ticks: int
    ready_ticks: int
    boot_cpu_percent: float
    drain_ticks: int
    basic_ticks: int
    basic_phase_ticks: int
    delay_ticks: int
    warming_in_metric: int
    minute_ticks: int


class Load(NamedTuple):
    """What runs read as arrays.

    ``rpm`` of all shapes, flat, with ``offsets [S + 1]`` and ``initial_capacity [S]``;
    ``launch_ticks`` of a launch that is decided in each tick, flat like ``rpm``, or empty where
    all take the setting's; the host's table ``knots [K, 2]``, empty for a line; scheduled
    ``actions [A, 4]``, sorted by tick within each candidate's rows.
    """

    rpm: Floats
    launch_ticks: Integers
    offsets: Integers
    initial_capacity: Integers
    knots: Floats
    actions: Integers


class Tables(NamedTuple):
    """What one run reads as arrays, beside its shape: the host's knots, and all actions."""

    knots: Floats
    actions: Integers


class ShapeLoad(NamedTuple):
    """One shape: its load ``[T]``, and its launch times ``[T]`` or ``[0]``."""

    rpm: Floats
    launch_ticks: Integers


class Totals(NamedTuple):
    """What runs yield, every array ``[C, S]``; the meanings stand in docs/model.md."""

    peak_cpu_percent: Floats
    mean_cpu_percent: Floats
    mean_cpu_per_host_percent: Floats
    host_minutes: Floats
    minutes_over_cliff: Floats
    overload_requests: Floats
    scale_outs: Integers
    scale_ins: Integers
    peak_instances: Integers
    status: Integers


class Record(NamedTuple):
    """The trace of one run, every array ``[T]``; empty arrays where none is wanted."""

    cpu_percent: Floats
    in_service: Integers
    serving: Integers
    pending: Integers
    draining: Integers
    scheduled_change: Integers
    min_size: Integers
    max_size: Integers
    desired: Integers
    out_state: Codes
    in_state: Codes
    out_answer: Codes
    in_answer: Codes
    out_wish: Integers
    in_wish: Integers
    actor: Codes
    cooldown_end: Integers
    warming: Integers
    high_state: Codes
    low_state: Codes
    tracking_answer: Codes
    tracking_wish: Integers
