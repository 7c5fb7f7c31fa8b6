"""State folders with days of a group and its load balancer, and jobs that read them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np

from tuner.aws.wanted import Wanted, names_of
from tuner.metrics import FetchedSeries, MetricName
from tuner.store.archive import Archive

GROUP = "web"
BALANCER = "app/web/50dc6c495c0c9188"
LAST = date(2026, 11, 30)
SLOPE_PERCENT_PER_RPM = 0.00075
INSTANCES = 4

CONFIG = """\
service = "shop"
[aws]
group = "web"
load_balancer = "app/web/50dc6c495c0c9188"
[host]
cliff_percent = 60.0
{host}
[group]
max_size = 20
initial_capacity = 4
launch_seconds = "2m"
[[traffic.archive]]
state = "state"
{traffic}
[space]
scale_out_threshold_percent = [20, 30]
scale_out_adjustment = [1, 2]
scale_in_threshold_percent = "1/2"
scale_in_adjustment = -1
[stress]
runs = 0
{more}
"""
HOST = "slope_percent_per_1000_rpm = 0.75"


def config_of(*, traffic: str = "", host: str = HOST, more: str = "") -> str:
    """Give the text of a job whose traffic is in the archive."""
    return CONFIG.format(traffic=traffic, host=host, more=more)


def requests() -> MetricName:
    """Give the metric of the load balancer's requests."""
    wanted = Wanted(load_balancers=(BALANCER,))
    return next(name for name in names_of(wanted, period_seconds=60) if "Request" in name.metric)


def write_days(state: Path, days: int, *, last: date = LAST, skip: tuple[date, ...] = ()) -> None:
    """Keep days of requests, and of the CPU of four instances that they make.

    Parameters
    ----------
    state : Path
        The state folder.
    days : int
        Up to and with the last.
    last : date
        The newest.
    skip : tuple of date
        Days that are not kept.
    """
    archive = Archive(state)
    cpu = [
        name
        for name in names_of(Wanted(groups=(GROUP,)), period_seconds=60)
        if name.metric == "CPUUtilization" and name.statistic != "Maximum"
    ]
    for day in (last - timedelta(days=i) for i in range(days)):
        if day in skip:
            continue
        first = int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())
        begins = first + 60 * np.arange(1440)
        rpm = 60_000.0 + 1_000.0 * day.weekday() - 40_000.0 * np.cos(np.arange(1440) * np.pi / 720)
        rows = {requests(): rpm.round()}
        for name in cpu:
            percent = SLOPE_PERCENT_PER_RPM * rpm.round() / INSTANCES
            is_mean = name.statistic == "Average"
            rows[name] = percent if is_mean else np.full(1440, float(INSTANCES))
        for name, values in rows.items():
            archive.write_day(FetchedSeries(name=name, begins=begins, values=values), day)


def write_job(folder: Path, text: str) -> Path:
    """Write a job's file."""
    path = folder / "shop.toml"
    path.write_text(text, encoding="utf-8")
    return path
