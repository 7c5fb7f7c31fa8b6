"""What the page shows at once, without a simulator: the cloud, the table, answers at every cliff.

Notation: C candidate.
"""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tuner.decision.standing import Standing, standing_of
from tuner.decision.words import halves_up, number, shortest
from tuner.deployment.fidelity import LedgerEntry
from tuner.explore.answer_words import answers_json
from tuner.explore.answers import Answers, find_answers
from tuner.explore.explorer import TODAY, Explorer, Named
from tuner.explore.front_rows import front_rows
from tuner.explore.minutes import worst_shape_of_today
from tuner.explore.plan_knobs import PLAN_KNOBS, in_short, plan_knobs
from tuner.explore.pool import FAMILY_LABELS, Pool
from tuner.explore.reach import NOBODY
from tuner.report.verification_tables import fidelity_table
from tuner.simulation.outcomes import MODEL_VERSION
from tuner.tune import Tuning

SCHEMA = "cliffside.explore/1"
MOST_POINTS = 10_000
MARKERS = {"simple": "circle", "step": "square", "target": "triangle", "mixed": "diamond"}

IntArray = NDArray[np.int64]


def page_data(tuning: Tuning, fidelity: Sequence[LedgerEntry] = ()) -> dict[str, Any]:
    """Give everything that the page shows of a finished job before anything is asked.

    Parameters
    ----------
    tuning : Tuning
        A finished job.
    fidelity : sequence of LedgerEntry
        Past verifications of its service, in order of time.

    Returns
    -------
    dict
        For JSON, of schema ``cliffside.explore/1``; figures are rounded here and nowhere else.
    """
    explorer = Explorer.of(tuning)
    pool, scenario = explorer.pool, tuning.scenario
    found = find_answers(explorer, margin_percent=scenario.margin_percent)
    setting = found.settings[-1]
    shown = points_to_show(explorer, found)
    advice, shapes = tuning.recommendation, tuning.shapes
    today = None
    if advice.baseline is not None and advice.baseline.plan is not None:
        words = in_short(advice.baseline.plan, setting)
        places = explorer.knob_places(Named(TODAY, advice.baseline.plan))
        today = {**_point(standing_of(advice.baseline)), "words": words, "knobs": places}
    first = None if explorer.recommended_place is None else pool.name(explorer.recommended_place)
    unit = f"Host-minutes {setting.per}".rstrip()
    return {
        "schema": SCHEMA,
        "service": tuning.job.service,
        "seed": tuning.job.seed,
        "model_version": MODEL_VERSION,
        "facts": f"{len(pool):,} candidates × {len(shapes):,} shapes · seed {tuning.job.seed}",
        "cliff": _cliff(tuning),
        "axes": {
            "host_minutes": f"{unit} (← cheaper)",
            "peak": "Worst peak CPU, % (↓ safer)",
            "mean": "Mean CPU, % (better used →)",
        },
        "families": [
            {"name": family, "label": FAMILY_LABELS[family], "marker": MARKERS[family]}
            for family in pool.results
        ],
        "points": _points(explorer, shown),
        "knobs": [
            {"name": knob.name, "label": knob.label, "values": list(knob.values)}
            for knob in pool.knobs
        ],
        "n_candidates": len(pool),
        "n_shown": len(shown),
        "shown_words": _shown_words(len(shown), len(pool)),
        "saturated_words": _saturated_words(pool),
        "today": today,
        "recommended": None
        if explorer.recommended_place is None
        else _point(pool.standing(explorer.recommended_place, limit_percent=setting.limit_percent)),
        "shapes": [
            {"name": name, "words": f"{shortest(int(n) * shapes.tick_seconds / 60)} minutes"}
            for name, n in zip(shapes.names, shapes.n_ticks, strict=True)
        ],
        "first_shape": worst_shape_of_today(explorer, first),
        "table": front_rows(explorer, found, setting),
        "what_if": [
            {
                "name": knob.name,
                "label": knob.label,
                "min": knob.least,
                "max": knob.most,
                "step": knob.step,
            }
            for knob in PLAN_KNOBS
        ],
        "what_if_today": None
        if tuning.job.baseline is None
        else plan_knobs(tuning.job.baseline, scenario),
        "has_fit": _has_fit(tuning),
        "fidelity": _fidelity(fidelity),
        "answers": answers_json(explorer),
    }


def page_text(tuning: Tuning, fidelity: Sequence[LedgerEntry] = ()) -> str:
    """Give `page_data` as JSON without blanks: it has many numbers."""
    return json.dumps(page_data(tuning, fidelity), allow_nan=False, separators=(",", ":")) + "\n"


def _saturated_words(pool: Pool) -> str:
    """Say what a peak of 100 % hides, where there is one."""
    if not (pool.worst_peak_cpu_percent >= 100.0).any():
        return ""
    return "A peak of 100.0 % does not say how far over it load is: requests are refused there."


def _fidelity(entries: Sequence[LedgerEntry]) -> list[dict[str, str]]:
    """Say how good past predictions of the service were, the newest first."""
    if not entries:
        return []
    table = fidelity_table(entries)
    names = [column.name for column in table.head[1:]]
    return [
        {
            "when": row[0],
            "words": ", ".join(f"{n}: {c}" for n, c in zip(names, row[1:], strict=True)),
        }
        for row in table.rows
    ]


def _has_fit(tuning: Tuning) -> list[str]:
    """Name the figures of what was measured that there are."""
    fit = tuning.host_fit
    if fit is None:
        return []
    known = bool(np.isfinite(fit.cliff.cpu_percent).any())
    return [*(() if fit.line is None else ("fit",)), *(("cliff",) if known else ())]


def _cliff(tuning: Tuning) -> dict[str, Any]:
    """Give the cliff with its interval, and what is kept free below it."""
    scenario, fit = tuning.scenario, tuning.host_fit
    cliff = scenario.host.cliff_percent
    source = "Given" if fit is None else "Measured"
    interval = None
    if fit is not None and fit.cliff.interval_percent is not None:
        low, high = fit.cliff.interval_percent
        interval = [halves_up(low, digits=1), halves_up(high, digits=1)]
    return {
        "measured": None if cliff is None else halves_up(cliff, digits=1),
        "interval": interval,
        "margin": scenario.margin_percent,
        "limit": halves_up(scenario.limit_percent, digits=1),
        "words": {
            "measured": ""
            if cliff is None
            else f"{source}: {shortest(halves_up(cliff, digits=1))}",
            "interval": ""
            if interval is None
            else f"95 % interval {number(interval[0])} to {number(interval[1])} %",
            "tested_up_to": ""
            if cliff is not None
            else f"No cliff was found; the limit is {number(scenario.limit_percent)} %",
        },
    }


def points_to_show(explorer: Explorer, found: Answers) -> IntArray:
    """Choose the candidates that are drawn: all, or those that any answer names and a sample.

    Parameters
    ----------
    explorer : Explorer
        The job.
    found : Answers
        Its answers.

    Returns
    -------
    int64 [at most `MOST_POINTS`]
        Places, rising.
    """
    pool = explorer.pool
    everything: IntArray = np.arange(len(pool), dtype=np.int64)
    if len(pool) <= MOST_POINTS:
        return everything
    named = {*found.front.tolist(), *found.best.tolist(), *found.cheapest.tolist()} - {NOBODY}
    place = explorer.recommended_place
    kept = sorted(named | ({place} if place is not None else set()))[:MOST_POINTS]
    sample = random.Random(explorer.tuning.job.seed).sample(range(len(pool)), MOST_POINTS)
    rest = [c for c in sample if c not in named][: MOST_POINTS - len(kept)]
    return np.array(sorted({*kept, *rest}), dtype=np.int64)


def _points(explorer: Explorer, shown: IntArray) -> dict[str, Any]:
    """Give the points of the cloud as columns of whole numbers."""
    pool = explorer.pool
    families = list(pool.results)
    starts = np.array([*pool.first.values()], dtype=np.int64)
    family = np.searchsorted(starts, shown, side="right") - 1

    def tenths(column: NDArray[np.float64]) -> list[int]:
        return [round(10 * halves_up(value, digits=1)) for value in column[shown].tolist()]

    return {
        "id": [
            f"{families[f]}:{int(pool.results[families[f]].candidate[c - starts[f]])}"
            for f, c in zip(family.tolist(), shown.tolist(), strict=True)
        ],
        "family": family.tolist(),
        "host_minutes": [int(halves_up(value)) for value in pool.host_minutes[shown].tolist()],
        "peak_tenths": tenths(pool.worst_peak_cpu_percent),
        "mean_tenths": tenths(pool.mean_cpu_percent),
        "knobs": [knob.value_of[shown].tolist() for knob in pool.knobs],
    }


def _point(standing: Standing) -> dict[str, int]:
    """Give one point of the cloud."""
    return {
        "host_minutes": int(standing.minutes),
        "peak_tenths": round(10 * standing.peak_percent),
        "mean_tenths": round(10 * halves_up(standing.mean_cpu_percent, digits=1)),
    }


def _shown_words(n_shown: int, n: int) -> str:
    """Say how many candidates are drawn."""
    if n_shown == n:
        return f"All {n:,} candidates are drawn."
    return f"{n_shown:,} of {n:,} candidates are drawn: all that an answer names, and a sample."
