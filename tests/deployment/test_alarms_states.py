"""Alarm states over recordings: the same as the reference's rule and the compiled one."""

from __future__ import annotations

import numpy as np
import pytest

import kernels.alarm as compiled
from kernels.layout import Side
from tests.reference.alarm import is_breaching, judge
from tuner.simulation.alarm_states import ALARM, POOLS, Watch, alarm_states, pooled
from tuner.simulation.arrays import COMPARISON_CODES, MISSING_DATA_CODES

SEED = 20_261_130
WORDS = {"O": 0, "A": 1, "I": 2}
TREATMENTS = ("missing", "ignore", "breaching", "notBreaching")


def by_the_reference(values: list[float | None], threshold: float, watch: Watch) -> list[int]:
    """Judge each datapoint with the reference's rule, slot by slot."""
    n, period = watch.evaluation_periods, watch.period_datapoints
    extra = max(n // 3, 2) if watch.extra_blocks is None else watch.extra_blocks
    state, states = "I", []
    for t in range(len(values)):
        slots = []
        for k in range(n + extra):
            end = t - k * period
            inside = [
                v for v in values[max(end - period + 1, 0) : max(end + 1, 0)] if v is not None
            ]
            mean = sum(inside) / len(inside) if inside else None
            slots.append(
                None if mean is None else is_breaching(mean, watch.comparison_operator, threshold)
            )
        early = t - (n - 1) * period < 0
        state = judge(
            slots,
            evaluation_periods=n,
            datapoints_to_alarm=watch.datapoints_to_alarm,
            treat_missing_data="missing" if early else watch.treat_missing_data,
            previous=state,
        )
        states.append(WORDS[state])
    return states


def by_the_kernel(values: np.ndarray, threshold: float, watch: Watch) -> list[int]:
    """Judge each datapoint with the compiled rule, as a run does."""
    n = watch.evaluation_periods
    extra = max(n // 3, 2) if watch.extra_blocks is None else watch.extra_blocks
    side = Side(
        1,
        threshold,
        COMPARISON_CODES[watch.comparison_operator],
        watch.period_datapoints,
        n,
        watch.datapoints_to_alarm,
        extra,
        MISSING_DATA_CODES[watch.treat_missing_data],
        *(0, 0, 0, 0),
    )
    there = ~np.isnan(values)
    metric = np.array([np.where(there, values, 0.0), there.astype(float)])
    tallies, state, states = np.zeros(len(values), dtype=np.int64), 2, []
    for t in range(len(values)):
        total, count = compiled.pool(t, watch.period_datapoints, metric, 0)
        compiled.observe(tallies, t, compiled.block_code(total, count, side), side)
        state = compiled.next_state(tallies, t, 0, side, state)
        states.append(int(state))
    return states


def drawn(generator: np.random.Generator) -> tuple[np.ndarray, Watch, np.ndarray]:
    """Draw a recording with holes, alarms on it, and thresholds that some values equal."""
    values = generator.integers(0, 12, size=int(generator.integers(1, 90))).astype(float)
    values[generator.random(len(values)) < generator.choice([0.0, 0.1, 0.5, 0.9])] = np.nan
    values[0] = 5.0
    n = int(generator.integers(1, 8))
    watch = Watch(
        comparison_operator=str(generator.choice(list(COMPARISON_CODES))),
        period_datapoints=int(generator.integers(1, 5)),
        evaluation_periods=n,
        datapoints_to_alarm=int(generator.integers(1, n + 1)),
        treat_missing_data=str(generator.choice(TREATMENTS)),
        extra_blocks=None if generator.random() < 0.5 else int(generator.integers(0, 5)),
    )
    return values, watch, np.array([3.0, 6.0, 6.5])


def test_states_are_those_of_the_reference_on_random_recordings():
    print(f"seed {SEED}")
    generator = np.random.default_rng(SEED)
    for _ in range(400):
        values, watch, thresholds = drawn(generator)
        cells = [None if np.isnan(value) else float(value) for value in values]
        blocks = pooled(values, watch.period_datapoints)
        got = alarm_states(blocks, thresholds, watch)
        for threshold, states in zip(thresholds.tolist(), got.tolist(), strict=True):
            assert by_the_reference(cells, threshold, watch) == states, (watch, cells)


def test_states_are_those_of_the_compiled_rule_on_random_recordings():
    print(f"seed {SEED + 1}")
    generator = np.random.default_rng(SEED + 1)
    for _ in range(120):
        values, watch, thresholds = drawn(generator)
        got = alarm_states(pooled(values, watch.period_datapoints), thresholds, watch)
        for threshold, states in zip(thresholds.tolist(), got.tolist(), strict=True):
            assert by_the_kernel(values, threshold, watch) == states, (watch, values)


@pytest.mark.parametrize(
    ("statistic", "expected"),
    [
        ("Average", [2.0, 3.0, 4.0, 8.0]),
        ("Sum", [2.0, 6.0, 4.0, 8.0]),
        ("Maximum", [2.0, 4.0, 4.0, 8.0]),
        ("Minimum", [2.0, 2.0, 4.0, 8.0]),
    ],
)
def test_a_longer_period_pools_the_datapoints_that_there_are(statistic, expected):
    assert statistic in POOLS
    assert expected == pooled(np.array([2.0, 4.0, np.nan, 8.0]), 2, statistic).tolist()


def test_a_hole_as_long_as_a_period_is_a_missing_block():
    expected = [False, False, True, False]
    got = pooled(np.array([2.0, np.nan, np.nan, 8.0]), 2)

    assert expected == np.isnan(got).tolist()


def test_the_worked_figure_of_the_user_guide_alarms_at_the_fifth_period():
    values = np.array([1.0, 2.0, 5.0, 5.0, 5.0, 2.0, 2.0, 2.0, 5.0, 2.0])
    watch = Watch(
        comparison_operator="GreaterThanOrEqualToThreshold",
        evaluation_periods=3,
        datapoints_to_alarm=3,
    )
    expected = [4]
    got = alarm_states(values, np.array([3.0]), watch)[0]

    assert expected == np.flatnonzero(got == ALARM).tolist()
