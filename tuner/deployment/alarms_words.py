"""A backtest of alarms in sentences: which alarm to take for what, and what never fired."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from tuner.deployment.alarms import Backtest
from tuner.deployment.alarms_lattice import AlarmLattice, TriedAlarm
from tuner.units import format_duration

SIGNS: Mapping[str, str] = {
    "GreaterThanThreshold": ">",
    "GreaterThanOrEqualToThreshold": "≥",
    "LessThanThreshold": "<",
    "LessThanOrEqualToThreshold": "≤",
}


def alarm_words(alarm: TriedAlarm, lattice: AlarmLattice) -> str:
    """Say an alarm in a few words, such as ``> 92.5 in 2 of 3 periods of 5m``.

    Parameters
    ----------
    alarm : TriedAlarm
        One alarm of the lattice.
    lattice : AlarmLattice
        Whose period it has.
    """
    n = alarm.evaluation_periods
    period = format_duration(lattice.period_seconds)
    window = f"{alarm.datapoints_to_alarm} of {n} periods" if n > 1 else "1 period"
    return f"{SIGNS[alarm.comparison_operator]} {alarm.threshold:g} in {window} of {period}"


def delay_words(seconds: float) -> str:
    """Say a delay from a mark in words.

    Examples
    --------
    >>> delay_words(720.0), delay_words(-1200.0), delay_words(40.0)
    ('12m after', '20m before', '40s after')
    """
    whole = round(abs(seconds))
    if whole >= 120:
        whole = round(whole / 60) * 60
    return f"{format_duration(whole)} {'before' if seconds < 0 else 'after'}"


def answers(tried: Backtest) -> tuple[tuple[str, str], ...]:
    """Give what a person wants to know of a backtest, each a label and a sentence.

    Parameters
    ----------
    tried : Backtest
        From `tuner.deployment.alarms.backtest`.
    """
    if not tried.incidents:
        return tuple(_quiet(tried))
    return (
        ("no false alarm", _without_false_alarm(tried)),
        ("every incident", _fewest_false_alarms(tried)),
        ("the earliest", _earliest(tried)),
    )


def _without_false_alarm(tried: Backtest) -> str:
    """Name the earliest of the alarms that catch the most incidents without a false alarm."""
    caught, delay = tried.caught, tried.mean_delay_seconds
    clean = tried.false_alarms == 0
    useful = np.flatnonzero(clean & (caught > 0))
    if not useful.size:
        fewest = tried.false_alarms[caught > 0]
        if not fewest.size:
            return "No alarm of the lattice catches an incident."
        return (
            "None: every alarm that catches an incident raises false alarms, at least "
            f"{int(fewest.min()):,}."
        )
    best = useful[np.lexsort((delay[useful], -caught[useful]))[0]]
    return (
        f"{int(useful.size):,} of {len(tried):,} alarms catch an incident and raise no false alarm."
        f" The earliest that catches the most: {_alarm(tried, int(best))}."
    )


def _fewest_false_alarms(tried: Backtest) -> str:
    """Name the alarm that catches every incident with the fewest false alarms."""
    all_caught = np.flatnonzero(tried.caught == len(tried.incidents))
    if not all_caught.size:
        return (
            f"No alarm of the lattice catches all {len(tried.incidents)}: the most is "
            f"{int(tried.caught.max())}."
        )
    delay = tried.mean_delay_seconds[all_caught]
    best = all_caught[np.lexsort((delay, tried.false_alarms[all_caught]))[0]]
    return f"With the fewest false alarms: {_alarm(tried, int(best))}."


def _earliest(tried: Backtest) -> str:
    """Name the alarm with the least delay, whatever its false alarms."""
    best = np.lexsort((tried.false_alarms, tried.mean_delay_seconds))[0]
    return f"{_alarm(tried, int(best))}."


def _alarm(tried: Backtest, a: int) -> str:
    """Say an alarm, what it catches, how late, and its false alarms."""
    caught, every = int(tried.caught[a]), len(tried.incidents)
    delays = tried.delay_seconds[a]
    told = delays[~np.isnan(delays)]
    when = f", on average {delay_words(float(told.mean()))} the mark" if caught else ""
    false = int(tried.false_alarms[a])
    alarm = alarm_words(tried.lattice.alarms()[a], tried.lattice)
    return (
        f"{alarm} catches {caught} of {every}{when}, with {false:,} false alarm"
        f"{'' if false == 1 else 's'}"
    )


def _quiet(tried: Backtest) -> Iterator[tuple[str, str]]:
    """Without incidents: say for each direction the tightest alarms that never fired."""
    alarms = tried.lattice.alarms()
    yield "no incident", "None was marked, so that nothing is said of delays: give --incident."
    for operator in tried.lattice.thresholds:
        is_above = operator.startswith("Greater")
        tightest: dict[tuple[int, int], float] = {}
        for a, alarm in enumerate(alarms):
            if alarm.comparison_operator != operator or tried.firings[a]:
                continue
            window = (alarm.datapoints_to_alarm, alarm.evaluation_periods)
            kept = tightest.get(window, alarm.threshold)
            pick = min if is_above else max
            tightest[window] = pick(kept, alarm.threshold)
        sign = SIGNS[operator]
        said = [f"{sign} {value:g} in {m} of {n}" for (m, n), value in tightest.items() if m == n]
        yield (
            f"never {'above' if is_above else 'below'}",
            f"The tightest that never fired: {'; '.join(said)}."
            if said
            else "Every alarm of the lattice with M = N fired.",
        )
