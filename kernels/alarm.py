"""One alarm at the end of one tick: blocks of datapoints, M out of N, missing data, three states.

A *block* is what CloudWatch calls a datapoint of the alarm's period: the pooled ticks that end at
some tick. Block 0 ends at the newest visible tick, block k ends k periods earlier.
Source: docs/model.md, step 4; docs/aws-semantics.md 2.2 to 2.4 (Amazon CloudWatch user guide,
"Using Amazon CloudWatch alarms", "Configuring how CloudWatch alarms treat missing data").
"""

from __future__ import annotations

from kernels._jit import kernel
from kernels.layout import (
    GREATER,
    GREATER_OR_EQUAL,
    LESS,
    STATE_ALARM,
    STATE_INSUFFICIENT_DATA,
    STATE_OK,
    TREAT_BREACHING,
    TREAT_IGNORE,
    TREAT_MISSING,
    TREAT_NOT_BREACHING,
    Floats,
    Integers,
    Side,
)

FINE = 0
BREACHING = 1
MISSING = 2


@kernel
def pool(end: int, period_ticks: int, metric: Floats, row: int) -> tuple[float, float]:
    """Pool the datapoints of the ``period_ticks`` ticks that end at ``end``, oldest first.

    ``metric [row]`` has the sums and ``metric [row + 1]`` the counts of each tick. A block partly
    before the run pools what there is, and a block of one tick is that tick.
    """
    if period_ticks == 1:
        return float(metric[row, end]), float(metric[row + 1, end])
    return pool_several(end, period_ticks, metric, row)


@kernel
def pool_several(end: int, period_ticks: int, metric: Floats, row: int) -> tuple[float, float]:
    """Pool a block of several ticks: a function of its own, so that `pool` costs no call."""
    total = 0.0
    count = 0.0
    for tick in range(max(end - period_ticks + 1, 0), end + 1):
        total += metric[row, tick]
        count += metric[row + 1, tick]
    return total, count


@kernel
def is_breaching(value: float, threshold: float, comparison: int) -> bool:
    """Compare a block's value with the threshold, by one of AWS's four operators."""
    if comparison == GREATER:
        return value > threshold
    if comparison == GREATER_OR_EQUAL:
        return value >= threshold
    if comparison == LESS:
        return value < threshold
    return value <= threshold


@kernel
def block_code(total: float, count: float, side: Side) -> int:
    """Judge one block: FINE, BREACHING, or MISSING where nothing was published in it."""
    if count == 0.0:
        return MISSING
    if is_breaching(total / count, side.threshold_percent, side.comparison):
        return BREACHING
    return FINE


@kernel
def state_of_full_window(breaching: int, side: Side) -> int:
    """Judge N real blocks: ALARM when at least M of them breach."""
    return STATE_ALARM if breaching >= side.datapoints_to_alarm else STATE_OK


@kernel
def state_of_range(tallies: Integers, end: int, first: int, side: Side, previous: int) -> int:
    """Judge the evaluation range of N + extra blocks where some may be missing.

    Parameters
    ----------
    tallies : int64 [T]
        What the alarm has seen.
    end, first : int
        Newest visible tick, and the tick of the run's first datapoint.
    side : Side
        The alarm.
    previous : int
        State before, kept by ``ignore``.

    Returns
    -------
    int
        STATE_OK, STATE_ALARM or STATE_INSUFFICIENT_DATA.
    """
    n = side.evaluation_periods
    reals = 0
    breaching = 0
    oldest_age = 0
    for k in range(n + side.extra_blocks):
        tick = end - k * side.period_ticks
        if tick < first or reals == n:
            break
        entry = tallies[tick] - tally_before(tallies, tick - side.period_ticks)
        if entry != 0:
            reals += 1
            breaching += entry - REAL_UNIT
            oldest_age = k + 1
    if reals == n:
        return state_of_full_window(breaching, side)
    treatment = side.treat_missing_data
    if end - (n - 1) * side.period_ticks < first:
        treatment = TREAT_MISSING
    return state_of_partial_range(reals, breaching, oldest_age, treatment, side, previous)


@kernel
def state_of_partial_range(
    reals: int, breaching: int, oldest_age: int, treatment: int, side: Side, previous: int
) -> int:
    """Judge fewer real blocks than N, by the treatment of missing data.

    ``missing`` and ``ignore`` go to ALARM early only when every real block breaches and the oldest
    is at least M blocks old: AWS's guard against premature alarms.
    """
    m = side.datapoints_to_alarm
    if treatment == TREAT_BREACHING:
        fill = side.evaluation_periods - reals
        return STATE_ALARM if breaching + fill >= m else STATE_OK
    if treatment == TREAT_NOT_BREACHING:
        return STATE_ALARM if breaching >= m else STATE_OK
    if reals > 0:
        if breaching >= m:
            return STATE_ALARM
        if breaching < reals:
            return STATE_OK
        if oldest_age >= m:
            return STATE_ALARM if treatment == TREAT_MISSING else previous
    return previous if treatment == TREAT_IGNORE else STATE_INSUFFICIENT_DATA


REAL_UNIT = 1 << 32
"""One real block in a tally; a breaching one adds 1 to that.

A *tally* counts all blocks of one phase of the period up to the one that ends at a tick: breaching
ones in the low 32 bits, real ones above. The difference of two tallies counts a window, so that it
is judged in a step however long it is. Counts are integers: adding and subtracting is exact.
"""


@kernel
def tally_before(tallies: Integers, tick: int) -> int:
    """Give the tally at a tick; before the run there is none."""
    return int(tallies[tick]) if tick >= 0 else 0


@kernel
def observe(tallies: Integers, end: int, code: int, side: Side) -> None:
    """Enter the block that ends at ``end`` into an alarm's tallies ``[T]``."""
    entry = 0
    if code != MISSING:
        entry = REAL_UNIT + code
    tallies[end] = tally_before(tallies, end - side.period_ticks) + entry


@kernel
def next_state(tallies: Integers, end: int, first: int, side: Side, previous: int) -> int:
    """Give an alarm's state at the end of a tick whose newest visible tick is ``end``.

    Parameters
    ----------
    tallies : int64 [T]
        What the alarm has seen, up to ``end``.
    end, first : int
        Newest visible tick (negative: none yet), and the tick of the run's first datapoint.
    side : Side
        The alarm.
    previous : int
        State at the end of the tick before.

    Returns
    -------
    int
        STATE_OK, STATE_ALARM or STATE_INSUFFICIENT_DATA.
    """
    if end >= 0:
        window = tallies[end] - tally_before(
            tallies, end - side.evaluation_periods * side.period_ticks
        )
        if window >= side.evaluation_periods * REAL_UNIT:
            return state_of_full_window(window - side.evaluation_periods * REAL_UNIT, side)
    return state_of_range(tallies, end, first, side, previous)
