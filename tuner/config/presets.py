"""Presets: values that stand wherever a key is left out, from docs/model.md."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from tuner.plan_json import plan_to_json
from tuner.policy.beanstalk import Beanstalk, try_beanstalk

PresetName = Literal["textbook", "conf42", "elastic-beanstalk"]

_BEANSTALK = Beanstalk()

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
            **_BEANSTALK.group,
        },
        "space": {**_BEANSTALK.window},
    },
}
"""Values of each preset, by table and key; a key in the file wins. Source: docs/model.md; what
Elastic Beanstalk sets by default is in `tuner.policy.beanstalk_options`."""


def with_preset(data: Mapping[str, Any]) -> dict[str, Any]:
    """Give a file's values with those of its preset where it leaves them out.

    Parameters
    ----------
    data : mapping
        What the TOML reader gave; nothing about it has been checked.

    Returns
    -------
    dict
        A copy. A load test keeps its own line: a preset's host is left out beside it. Option
        settings of Elastic Beanstalk bring its preset, their own values and their plan.
    """
    merged = dict(data)
    name = data.get("preset", "elastic-beanstalk" if "beanstalk" in data else None)
    preset = PRESETS.get(name, {}) if isinstance(name, str) else {}
    for table, values in {**preset, **_of_options(data, preset)}.items():
        if table == "host" and "load_test" in data:
            continue
        given = data.get(table, {})
        if table == "baseline":
            merged.setdefault(table, values)
        elif isinstance(given, Mapping):
            merged[table] = {**values, **given}
    return merged


def _of_options(
    data: Mapping[str, Any], preset: Mapping[str, Mapping[str, Any]]
) -> dict[str, dict[str, Any]]:
    """Give what a file's option settings say, over its preset; nothing where they are not sound."""
    if "beanstalk" not in data:
        return {}
    options, problems = try_beanstalk(data["beanstalk"])
    if problems:
        return {}
    return {
        "group": {**preset.get("group", {}), **options.group},
        "space": {**preset.get("space", {}), **options.window},
        "baseline": plan_to_json(options.plan()),
    }
