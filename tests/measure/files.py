"""Small valid input files, written for tests."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

HEADER = "Timestamp,User Count,Type,Name,50%,95%,Total Request Count,Total Failure Count"
START = 1_795_494_222
LOADTESTS = Path(__file__).parents[2] / "configs" / "data" / "loadtests"


def measured(case: str, kind: str) -> Path:
    """Give one file of a real load test."""
    return LOADTESTS / case / f"{case}_{kind}.csv"


def history_rows(*, users: list[int], seconds: int = 10, rate: float = 2.0) -> list[str]:
    """Write Aggregated rows of steps of constant users: `rate` requests a user and second."""
    rows = [f"{START},0,,Aggregated,N/A,N/A,0,0"]
    total, second = 0.0, START
    for count in users:
        for _ in range(seconds):
            second += 1
            total += count * rate
            rows.append(f"{second},{count},,Aggregated,10,{20 + count // 10},{total:.0f},0")
    return rows


def write_history(path: Path, rows: list[str]) -> Path:
    """Write a Locust history."""
    path.write_text("\n".join([HEADER, *rows]) + "\n")
    return path


def write_cpu(
    path: Path, *, users: list[int], seconds: int = 10, shift: float = 0.0, seed: int = 0
) -> Path:
    """Write CPU each second at 0.5 % a user, its stamps `shift` seconds late."""
    generator = np.random.default_rng(seed)
    lines = ["epoch_s,cpu_percent"]
    for i, count in enumerate(np.repeat(users, seconds)):
        percent = min(2 + 0.5 * count, 99.0) + generator.normal(0, 0.3)
        lines.append(f"{START + 1.5 + i + shift:.1f},{max(percent, 0):.2f}")
    path.write_text("\n".join(lines) + "\n")
    return path


def table_text(n: int = 30) -> str:
    """Give a plain table of a host with a knee at 60 %."""
    rows = ["rpm,cpu_percent,latency_p95_ms,in_service"]
    for i in range(n):
        percent = 5 + 85 * i / (n - 1)
        latency = 40 + 4 * max(percent - 60, 0)
        rows.append(f"{2 * percent * 1000:.0f},{percent:.2f},{latency:.1f},2")
    return "\n".join(rows) + "\n"


def cloudwatch_text(n: int = 30) -> str:
    """Give a GetMetricData answer of CPU and requests, newest first."""
    stamps = [f"2026-11-17T10:{minute:02d}:00+00:00" for minute in reversed(range(n))]
    values = [5.0 + minute for minute in reversed(range(n))]
    metrics = [
        {"Id": "cpu", "Label": "web CPUUtilization Average", "Values": values},
        {"Id": "requests", "Label": "RequestCount", "Values": [1000 * v for v in values]},
    ]
    for metric in metrics:
        metric.update({"Timestamps": stamps, "StatusCode": "Complete"})
    return json.dumps({"MetricDataResults": metrics})


CONSOLE_TEXT = """Full label,"i-0abc CPUUtilization"
Label,"CPUUtilization"
Statistic,Average
Period,60
2026/11/17 10:00:00,5.0
2026/11/17 10:01:00,7.5
2026/11/17 10:02:00,10.0
"""
