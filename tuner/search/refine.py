"""The neighbourhood of the front at full resolution: a finer lattice that holds the coarse one.

Notation
--------
C candidate, D dimension of the lattice.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tuner.search.archive import Exploration
from tuner.search.climb import climb
from tuner.search.engine import Engine
from tuner.search.evaluate import Evaluator
from tuner.search.lattice import Lattice
from tuner.search.space import Space
from tuner.search.trials import Trials
from tuner.search.values import LowerThreshold

IntArray = NDArray[np.int64]

RESOLUTION = {
    "scale_out_threshold_percent": 1,
    "scale_out_adjustment": 1,
    "evaluation_periods": 1,
    "datapoints_to_alarm": 1,
    "cooldown_seconds": 60,
    "scale_in_adjustment": 1,
    "scale_in_evaluation_periods": 1,
    "scale_in_datapoints_to_alarm": 1,
    "scale_out_steps": 1,
    "scale_out_step_width_percent": 1,
    "scale_out_step_growth": 1,
    "scale_in_steps": 1,
    "scale_in_step_width_percent": 1,
    "scale_in_step_growth": 1,
    "instance_warmup_seconds": 60,
    "target_percent": 1,
    "scale_in_limit": 1,
    "min_size": 1,
}
"""Steps of a knob at full resolution, in its unit. Assumption: nobody sets a finer value by hand.

Periods are not refined: CloudWatch has few, and they change what a datapoint is.
"""


def fine_space(space: Space) -> Space:
    """Give the space at full resolution between the ends of every knob that has several values.

    Parameters
    ----------
    space : Space
        The knobs as given.

    Returns
    -------
    Space
        Every value of the coarse space, and whole steps of `RESOLUTION` between the least and the
        largest. A knob of one value stays fixed. Scale-in thresholds that are plain percentages
        are refined like the scale-out ones; shares and caps stay.

    Examples
    --------
    >>> from tuner.search.pair_space import PairSpace
    >>> space = PairSpace(scale_out_threshold_percent=(20.0, 23.0), scale_out_adjustment=(2,),
    ...                   scale_in_threshold=(LowerThreshold.given(10),))
    >>> fine_space(space).values("scale_out_threshold_percent")
    (20.0, 21.0, 22.0, 23.0)
    """
    changed: dict[str, Any] = {}
    for name in space.dimensions:
        values = space.values(name)
        if values is None or len(values) < 2:
            continue
        if name in RESOLUTION:
            changed[name] = _filled(values, RESOLUTION[name])
        elif name == "scale_in_threshold" and all(rule.kind == "given" for rule in values):
            filled = _filled([rule.value for rule in values], 1)
            changed[name] = tuple(LowerThreshold.given(value) for value in filled)
    return space.with_values(changed)


def _filled(values: Any, step: int) -> tuple[Any, ...]:
    """Add whole steps between the least and the largest value."""
    least, largest = min(values), max(values)
    kind = type(least)
    steps = (kind(least + k * step) for k in range(int((largest - least) // step) + 1))
    return tuple(sorted({*values, *steps}))


def carried_over(trials: Trials, *, coarse: Lattice, fine: Lattice) -> Trials:
    """Name the trials of one lattice as points of another that holds all its values.

    Parameters
    ----------
    trials : Trials [C]
        Candidates of the coarse lattice.
    coarse, fine : Lattice
        The lattices.

    Returns
    -------
    Trials [C]
        In the order of the fine lattice.
    """
    positions = coarse.positions(trials.candidate)
    moved = np.zeros((len(trials), len(fine.active)), dtype=np.int64)
    for d in coarse.active:
        name = coarse.space.dimensions[d]
        place = {value: k for k, value in enumerate(fine.space.values(name) or ())}
        values = coarse.space.values(name) or ()
        column = np.array([place[value] for value in values], dtype=np.int64)
        moved[:, fine.active.index(d)] = column[positions[:, coarse.active.index(d)]]
    candidate = fine.index(moved)
    order = np.argsort(candidate)
    return Trials(candidate, trials.peak_cpu_percent, trials.totals).take(order)


def refine(evaluator: Evaluator, known: Trials, *, trials: int) -> Engine:
    """Climb from the front of what is known on the evaluator's lattice.

    Parameters
    ----------
    evaluator : Evaluator
        Of the fine lattice.
    known : Trials [C]
        What the coarse search found, as points of the fine lattice.
    trials : int
        Candidates to try at most, beside those known.

    Yields
    ------
    int64 [B, D]
        Neighbours of the front.
    """
    lattice = evaluator.lattice
    explored = Exploration(lattice, trials=len(known) + trials)
    positions = lattice.positions(known.candidate)
    explored.memory.add(positions)
    explored.archive.add(positions, evaluator.scores(known.totals))
    yield from climb(explored)
