"""The knobs of all families side by side, each with at most a dozen values to press.

Notation: C candidate.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tuner.decision.words import shortest
from tuner.search.result import SearchResult
from tuner.traffic.shapes import frozen

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

MOST_VALUES = 12
"""Values of a knob; more are put into groups of neighbours."""

NONE = "–"
"""Label of the value of a candidate whose family has no such knob."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Knob:
    """One knob over all candidates.

    Parameters
    ----------
    name : str
        Unique among the knobs.
    label : str
        With its unit.
    values : tuple of str
        Labels of its values, rising.
    spans : tuple of pair of float
        Least and largest number of each value; none of kinds, and of a family without the knob.
    value_of : int64 [C]
        Index of each candidate's value.
    """

    name: str
    label: str
    values: tuple[str, ...]
    spans: tuple[tuple[float, float], ...]
    value_of: IntArray

    def place(self, number: float) -> int | None:
        """Find the value that a number belongs to; None: the search had none like it."""
        inside = (v for v, (low, high) in enumerate(self.spans) if low <= number <= high)
        return next(inside, None)


MEANINGS: Mapping[str, tuple[str, str, float]] = {
    "target_percent": ("level", "Target, %", 1.0),
    "scale_out_threshold_percent": ("level", "Scale out above, %", 1.0),
    "scale_out_adjustment": ("added", "Instances added", 1.0),
    "scale_out_steps": ("scale_out_steps", "Steps out", 1.0),
    "scale_out_step_width_percent": ("scale_out_step_width", "Width of a step out, points", 1.0),
    "scale_out_step_growth": ("scale_out_step_growth", "Growth of steps out", 1.0),
    "evaluation_periods": ("window", "Alarm window, min", 1.0),
    "datapoints_to_alarm": ("datapoints_to_alarm", "Datapoints to alarm", 1.0),
    "scale_in_threshold_percent": ("scale_in_threshold", "Scale in below, %", 1.0),
    "scale_in_adjustment": ("taken", "Instances taken", -1.0),
    "scale_in_steps": ("scale_in_steps", "Steps in", 1.0),
    "scale_in_step_width_percent": ("scale_in_step_width", "Width of a step in, points", 1.0),
    "scale_in_step_growth": ("scale_in_step_growth", "Growth of steps in", 1.0),
    "scale_in_evaluation_periods": ("in_window", "Window of scale-in, min", 1.0),
    "cooldown_seconds": ("pause", "Cooldown, min", 1 / 60),
    "instance_warmup_seconds": ("pause", "Warm-up, min", 1 / 60),
    "disable_scale_in": ("disable_scale_in", "Never scales in (1: yes)", 1.0),
    "low_ratio": ("low_ratio", "Low alarm, share of target", 1.0),
    "scale_in_limit": ("scale_in_limit", "Taken at once, at most", 1.0),
    "min_size": ("min_size", "Minimum size", 1.0),
    "schedule": ("schedule", "Schedule", 1.0),
}
"""What a parameter means: its knob, the label, and what a value is multiplied by."""

JOINT_LABELS = {
    ("level", True): "Scale out above (or target), %",
    ("pause", True): "Cooldown or warm-up, min",
}
"""Labels of knobs that mean one thing in one family and another in the next."""


def knobs_of(results: Mapping[str, SearchResult], labels: Sequence[str]) -> tuple[Knob, ...]:
    """Give the knobs that have several values, over all candidates of all families.

    Parameters
    ----------
    results : mapping of str to SearchResult
        By family, in the order of the candidates.
    labels : sequence of str
        The families in words.
    """
    columns = [_meant(result) for result in results.values()]
    sizes = [result.n_candidates for result in results.values()]
    families = np.repeat(np.arange(len(sizes), dtype=np.int64), sizes)
    knobs = []
    if len(results) > 1:
        kinds = tuple(labels)
        kind = Knob(name="kind", label="Kind of policy", values=kinds, spans=(), value_of=families)
        knobs.append(kind)
    names = dict.fromkeys(name for column in columns for name in column)
    ordered = [name for name in dict.fromkeys(m[0] for m in MEANINGS.values()) if name in names]
    for name in ordered:
        parts = [
            column[name][1] if name in column else np.full(size, np.nan)
            for column, size in zip(columns, sizes, strict=True)
        ]
        said = {column[name][0] for column in columns if name in column}
        label = JOINT_LABELS.get((name, len(said) > 1), sorted(said)[0])
        values, spans, value_of = _grouped(np.concatenate(parts))
        if len(values) > 1:
            found = frozen(value_of)
            knobs.append(Knob(name=name, label=label, values=values, spans=spans, value_of=found))
    return tuple(knobs)


def _meant(result: SearchResult) -> dict[str, tuple[str, FloatArray]]:
    """Give the parameters of a family by the knobs that they mean, each with its label."""
    parameters = result.parameters()
    found: dict[str, tuple[str, FloatArray]] = {}
    for name, values in parameters.items():
        if name not in MEANINGS:
            continue
        knob, label, scale = MEANINGS[name]
        column = values.astype(np.float64) * scale
        if name == "evaluation_periods":
            column = column * parameters["period_seconds"] / 60
        if name == "scale_in_evaluation_periods":
            column = column * parameters["scale_in_period_seconds"] / 60
        found.setdefault(knob, (label, column))
    return found


def _grouped(
    column: FloatArray,
) -> tuple[tuple[str, ...], tuple[tuple[float, float], ...], IntArray]:
    """Give labels and spans of a column's values and the index of each; many are put in groups."""
    present = ~np.isnan(column)
    values, inverse = np.unique(column[present], return_inverse=True)
    groups = np.array_split(values, min(len(values), MOST_VALUES))
    places = np.repeat(np.arange(len(groups), dtype=np.int64), [len(group) for group in groups])
    spans = tuple((float(group[0]), float(group[-1])) for group in groups)
    labels = [
        shortest(low) if low == high else f"{shortest(low)}–{shortest(high)}" for low, high in spans
    ]
    value_of = np.full(len(column), len(labels), dtype=np.int64)
    value_of[present] = places[inverse]
    return (*labels, *(() if present.all() else (NONE,))), spans, value_of


def numbers_of(knobs: Mapping[str, float], *, period_minutes: float) -> dict[str, float]:
    """Give the knobs of a plan by what they mean, in the units of `Knob`.

    Parameters
    ----------
    knobs : mapping of str to float
        From `tuner.explore.plan_knobs.plan_knobs`.
    period_minutes : float
        Period of its scale-out alarm.
    """
    found: dict[str, float] = {}
    for name, value in knobs.items():
        knob, _, scale = MEANINGS[name]
        # a plan counts what it takes as a positive number, a candidate as a negative one
        number = value if name == "scale_in_adjustment" else value * scale
        found.setdefault(knob, number * period_minutes if knob == "window" else number)
    return found
