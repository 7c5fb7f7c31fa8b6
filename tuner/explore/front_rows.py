"""The cost front as the table of the page.

Notation: F point of a front.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tuner.decision.standing import Setting, share_in_words, share_percent, standing_of
from tuner.decision.words import number
from tuner.explore.answers import Answers
from tuner.explore.explorer import Explorer
from tuner.explore.plan_knobs import in_short
from tuner.explore.pool import FAMILY_LABELS

MOST_TABLE_ROWS = 60


def front_rows(explorer: Explorer, found: Answers, setting: Setting) -> dict[str, Any]:
    """Give the cost front as a table, the cheapest first.

    Parameters
    ----------
    explorer : Explorer
        The job.
    found : Answers
        Its answers.
    setting : Setting
        What plans are measured by.
    """
    pool, tuning = explorer.pool, explorer.tuning
    front = found.front
    if len(front) > MOST_TABLE_ROWS:
        kept = np.linspace(0, len(front) - 1, MOST_TABLE_ROWS).round().astype(np.int64)
        front = front[kept]
    place = explorer.recommended_place
    if place is not None and place not in front:
        front = np.append(front, place)
        front = front[np.argsort(pool.host_minutes[front], kind="stable")]
    baseline = tuning.recommendation.baseline
    today = None if baseline is None else standing_of(baseline)
    most = float(pool.host_minutes[front].max(initial=1.0))
    heads = [
        ("policy", "Policy", False),
        ("kind", "Kind", False),
        ("host_minutes", f"Host-minutes {setting.per}".rstrip(), True),
        ("against", "Against today", True),
        ("peak", "Worst peak CPU", True),
        ("mean", "Mean CPU", True),
        ("activities", "Actions a day", True),
        ("shape", "Worst shape", False),
    ]
    rows = []
    for c in front.tolist():
        name = pool.name(c)
        yields = pool.standing(c, limit_percent=setting.limit_percent)
        share = None
        if today is not None and today.minutes:
            share = share_percent(yields.minutes - today.minutes, today.minutes)
        worst = tuning.shapes.names[int(pool.peaks(c).argmax())]
        rows.append(
            {
                "id": name,
                "cells": [
                    in_short(explorer.named(name).plan, setting),
                    FAMILY_LABELS[pool.family(c)],
                    number(yields.minutes, digits=0),
                    "–" if share is None else share_in_words(share, sign=True),
                    f"{number(yields.peak_percent)} %",
                    f"{number(yields.mean_cpu_percent)} %",
                    number(yields.activities_per_day),
                    worst,
                ],
                "sort": [
                    None,
                    None,
                    yields.host_minutes,
                    share,
                    yields.worst_peak_cpu_percent,
                    yields.mean_cpu_percent,
                    yields.activities_per_day,
                    None,
                ],
                "bars": [
                    None,
                    None,
                    round(yields.host_minutes / most, 3),
                    None,
                    round(yields.worst_peak_cpu_percent / 100.0, 3),
                    None,
                    None,
                    None,
                ],
                "peak_tenths": round(10 * yields.peak_percent),
            }
        )
    return {
        "columns": [{"name": n, "label": label, "numeric": num} for n, label, num in heads],
        "rows": rows,
    }
