"""Fit from production: a host and a group's times out of weeks of history, without a load test.

What a history cannot tell is said, and which short load test would settle it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from tuner.activities import Activity, AlarmChange
from tuner.errors import FitError
from tuner.measure.history import MINUTE_SECONDS, History
from tuner.measure.history_activities import Decision, decisions_of, read_activities
from tuner.measure.host_fit import HostFit, measure_host
from tuner.measure.production_delay import MetricDelay, metric_delay
from tuner.measure.production_rows import production_load_test
from tuner.measure.production_times import ENOUGH_LAUNCHES, GroupTimes, group_times
from tuner.policy.alarm import Alarm

FEWEST_MINUTES = 30
WIDE_SHARE = 0.1
BOOT_MINUTES = 10
BOOT_ERRORS = 3.0
LEAST_BOOT_PERCENT = 5.0
TEST_PERCENTS = (20, 40, 60, 80, 95)


@dataclass(frozen=True, slots=True, kw_only=True)
class Boot:
    """What new instances did to the group's CPU.

    Parameters
    ----------
    launches : int
        Launches that were looked at.
    ready_seconds : int or None
        Minutes from InService with CPU beyond the line, as seconds; None with too few launches.
    boot_cpu_percent : float or None
        CPU of an instance in these minutes.
    """

    launches: int
    ready_seconds: int | None
    boot_cpu_percent: float | None


@dataclass(frozen=True, slots=True)
class Unknown:
    """Something that the history cannot tell.

    Parameters
    ----------
    what, why, settle : str
        What it is, why it is unknown, and what would settle it; sentences.
    """

    what: str
    why: str
    settle: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductionFit:
    """All that a history says about a host and its group.

    Parameters
    ----------
    host_fit : HostFit
        The CPU line and the cliff, as a load test's.
    times : GroupTimes
        Launches, terminations, tries that failed.
    delay : MetricDelay
        How late alarms see CPU.
    boot : Boot
        What new instances do to the group's CPU.
    unknown : tuple of Unknown
        What could not be told.
    minutes : int
        Minutes of the history.
    """

    host_fit: HostFit
    times: GroupTimes
    delay: MetricDelay
    boot: Boot
    unknown: tuple[Unknown, ...]
    minutes: int


def fit_production(
    history: History,
    activities: Sequence[Activity] = (),
    *,
    changes: Sequence[AlarmChange] = (),
    alarms: Mapping[str, Alarm] | None = None,
    seed: int = 0,
) -> ProductionFit:
    """Fit a host and its group's times from what was recorded in production.

    Parameters
    ----------
    history : History
        Minutes of the service.
    activities : sequence of Activity
        Of its group over the same range.
    changes : sequence of AlarmChange
        Of its alarms over the same range.
    alarms : mapping of str to Alarm or None
        Today's alarms by ``scale_out`` and ``scale_in``, for the delay of the metric.
    seed : int
        Of the fit's random draws.

    Raises
    ------
    LoadTestError
        Where the number of instances is unknown.
    FitError
        Where CPU does not follow the traffic, or too few minutes are left.
    """
    read = read_activities(activities)
    decisions = decisions_of(read)
    rows = production_load_test(history, read)
    if len(rows) < FEWEST_MINUTES:
        left = ", ".join(f"{drop.count:,} {drop.reason}" for drop in rows.dropped) or "none"
        raise FitError.of(
            expected=f"at least {FEWEST_MINUTES} minutes with load, CPU and instances",
            got=f"{len(rows)} of {len(history):,} (left out: {left})",
            where=history.source,
            next_step="Take a longer range; a day is good, two weeks are better.",
        )
    host_fit = measure_host(rows, seed=seed)
    times = group_times(read, decisions)
    delay = metric_delay(history, decisions, alarms=alarms or {}, changes=changes)
    boot = _boot(history, host_fit, decisions)
    unknown = (*_host_unknown(host_fit), *_group_unknown(times, delay, boot))
    return ProductionFit(
        host_fit=host_fit,
        times=times,
        delay=delay,
        boot=boot,
        unknown=unknown,
        minutes=len(history),
    )


def _boot(history: History, fit: HostFit, decisions: Sequence[Decision]) -> Boot:
    """Measure CPU beyond the line in the minutes after single instances came into service."""
    host = fit.host
    ended = [each.ended for each in decisions if each.direction == "scale_out" and each.ended]
    others = sorted(each.begin for each in decisions)
    if host is None or fit.line is None:
        return Boot(launches=0, ready_seconds=None, boot_cpu_percent=None)
    count = history.cpu_samples
    with np.errstate(invalid="ignore", divide="ignore"):
        beyond = (history.cpu_percent - host.cpu_percent(history.requests, instances=count)) * count
    rows = []
    for moment in ended:
        first = int((moment - history.begin) // MINUTE_SECONDS)
        disturbed = any(moment < other < moment + BOOT_MINUTES * MINUTE_SECONDS for other in others)
        if first >= 0 and first + BOOT_MINUTES <= len(history) and not disturbed:
            rows.append(beyond[first : first + BOOT_MINUTES])
    if len(rows) < ENOUGH_LAUNCHES:
        return Boot(launches=len(rows), ready_seconds=None, boot_cpu_percent=None)
    noise = 1.4826 * float(np.nanmedian(np.abs(beyond)))
    mean = np.nanmean(np.array(rows), axis=0)
    least = max(BOOT_ERRORS * noise / np.sqrt(len(rows)), LEAST_BOOT_PERCENT)
    busy = int(np.argmin(np.append(mean > least, False)))
    idle = host.cpu_percent(0.0)
    percent = float(np.clip(mean[:busy].mean() + idle, 0.0, 100.0)) if busy else 0.0
    return Boot(
        launches=len(rows),
        ready_seconds=busy * MINUTE_SECONDS,
        boot_cpu_percent=round(percent, 1),
    )


def _host_unknown(fit: HostFit) -> Iterator[Unknown]:
    """Say what the history does not tell of the host."""
    line, host, cliff = fit.line, fit.host, fit.cliff
    if line is None or host is None:
        yield Unknown(
            "the CPU line",
            "CPU was not recorded.",
            "Fetch CPUUtilization of the group, Average and SampleCount.",
        )
        return
    low, high = line.slope_interval_percent_per_rpm
    if high - low > 2 * WIDE_SHARE * line.slope_percent_per_rpm:
        yield Unknown(
            "the slope of the CPU line",
            f"its 95 % interval is {1000 * low:.3g} to {1000 * high:.3g} % per 1,000 rpm: the group"
            f" kept its hosts at {line.valid_from_rpm:,.0f} to {line.valid_up_to_rpm:,.0f} rpm.",
            _test_of(fit, "minutes at each"),
        )
    if cliff.cliff_percent is None:
        top = cliff.measured_up_to_percent
        reach = "" if top is None else f" up to {top:.0f} % CPU"
        yield Unknown(
            "the cliff",
            f"no break of latency was found{reach}; whatever lies above was never seen.",
            _test_of(fit, "until p95 leaves its base"),
        )


def _test_of(fit: HostFit, words: str) -> str:
    """Say which load test of one host settles it, in its rpm."""
    host = fit.host
    top = fit.cliff.measured_up_to_percent or 0.0
    loads = [
        host.rpm_at(float(percent))
        for percent in TEST_PERCENTS
        if host is not None and percent > 0.7 * top
    ]
    steps = ", ".join(f"{round(rpm, -2):,.0f}" for rpm in loads if np.isfinite(rpm))
    return f"A load test of one host, five minutes each at {steps or 'rising'} rpm, {words}."


def _group_unknown(times: GroupTimes, delay: MetricDelay, boot: Boot) -> Iterator[Unknown]:
    """Say what the history does not tell of the group."""
    count = 0 if times.launch is None else times.launch.count
    if count < ENOUGH_LAUNCHES:
        yield Unknown(
            "launch_seconds",
            f"only {count} launches succeeded within the history.",
            "Raise the desired capacity by one five times, ten minutes apart; the activities tell.",
        )
    if delay.metric_delay_seconds is None:
        yield Unknown(
            "metric_delay_seconds",
            delay.words,
            "Fetch the history of the alarms, or one load test that crosses a threshold a few"
            " times; 60 s is usual for CPU.",
        )
    if boot.ready_seconds is None:
        yield Unknown(
            "ready_seconds and boot_cpu_percent",
            f"only {boot.launches} launches were followed by ten quiet minutes.",
            "Launch an instance under steady load and watch when it answers its health check.",
        )
    elif boot.ready_seconds == 0:
        yield Unknown(
            "ready_seconds",
            f"new instances showed no CPU beyond the line after {boot.launches} launches; the"
            " group's average does not tell one that serves at once from one that idles first.",
            "Launch an instance under steady load and watch the requests of its target.",
        )
