"""Presets: values that stand wherever a key is left out, from docs/model.md."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

PresetName = Literal["textbook", "conf42", "elastic-beanstalk"]

PRESETS: dict[str, dict[str, dict[str, Any]]] = {
    "textbook": {
        "group": {"monitoring": "detailed"},
        "metric": {"metric_delay_seconds": 0},
    },
    "conf42": {
        "host": {
            "intercept_percent": 0.0,
            "slope_percent_per_1000_rpm": 0.75,
            "cliff_percent": 50.0,
        },
        "group": {
            "min_size": 1,
            "max_size": 1000,
            "initial_capacity": 1,
            "launch_seconds": 180,
            "ready_seconds": 0,
            "monitoring": "detailed",
        },
        "metric": {"metric_delay_seconds": 0},
        "space": {
            "period_seconds": 60,
            "evaluation_periods": 5,
            "cooldown_seconds": 180,
            "scale_in_threshold_percent": {"capped": 15},
            "scale_in_adjustment": -1,
        },
    },
    "elastic-beanstalk": {
        "group": {
            "launch_seconds": 60,
            "ready_seconds": 150,
            "boot_cpu_percent": 90.0,
            "monitoring": "basic",
        },
        "space": {"period_seconds": 300, "evaluation_periods": 1, "cooldown_seconds": 360},
    },
}
"""Values of each preset, by table and key; a key in the file wins. Source: docs/model.md."""


def with_preset(data: Mapping[str, Any]) -> dict[str, Any]:
    """Give a file's values with those of its preset where it leaves them out.

    Parameters
    ----------
    data : mapping
        What the TOML reader gave; nothing about it has been checked.

    Returns
    -------
    dict
        A copy. A load test keeps its own line: a preset's host is left out beside it.
    """
    merged = dict(data)
    name = data.get("preset")
    for table, values in PRESETS.get(name, {}).items() if isinstance(name, str) else ():
        if table == "host" and "load_test" in data:
            continue
        given = data.get(table, {})
        if isinstance(given, Mapping):
            merged[table] = {**values, **given}
    return merged
