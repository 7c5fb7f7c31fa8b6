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
    before the run pools what there is.
    """
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
def state_of_range(codes: Integers, end: int, first: int, side: Side, previous: int) -> int:
    """Judge the evaluation range of N + extra blocks where some may be missing.

    Parameters
    ----------
    codes : int64 [T]
        Code of the block that ends at each tick.
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
        if codes[tick] != MISSING:
            reals += 1
            breaching += codes[tick]
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


CODE = 0
WINDOW_BREACHING = 1
WINDOW_REAL = 2
N_HISTORY_ROWS = 3
"""Rows of an alarm's history, int64 ``[P, 3, T]``, by the tick at which a block ends.

The last two count over the N blocks that end there, so that a full window is judged in a step
however long it is. Counts are integers: adding and subtracting is exact.
"""


@kernel
def observe(history: Integers, p: int, end: int, code: int, side: Side) -> None:
    """Enter the block that ends at ``end`` into the history of alarm p."""
    breaching = 1 if code == BREACHING else 0
    real = 0 if code == MISSING else 1
    newer = end - side.period_ticks
    if newer >= 0:
        breaching += history[p, WINDOW_BREACHING, newer]
        real += history[p, WINDOW_REAL, newer]
    oldest = end - side.evaluation_periods * side.period_ticks
    if oldest >= 0:
        breaching -= 1 if history[p, CODE, oldest] == BREACHING else 0
        real -= 0 if history[p, CODE, oldest] == MISSING else 1
    history[p, CODE, end] = code
    history[p, WINDOW_BREACHING, end] = breaching
    history[p, WINDOW_REAL, end] = real


@kernel
def next_state(history: Integers, p: int, end: int, first: int, side: Side, previous: int) -> int:
    """Give the state of alarm p at the end of a tick whose newest visible tick is ``end``.

    Parameters
    ----------
    history : int64 [P, 3, T]
        What the alarms have seen, up to ``end``.
    p : int
        Which alarm.
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
    if end >= 0 and history[p, WINDOW_REAL, end] == side.evaluation_periods:
        return state_of_full_window(history[p, WINDOW_BREACHING, end], side)
    return state_of_range(history[p, CODE], end, first, side, previous)
