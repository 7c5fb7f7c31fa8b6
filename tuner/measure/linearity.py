"""Is CPU a straight line in the load; and the monotone table that takes its place where it is not.

Notation: N measurement, B bootstrap set, J way of bending.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tuner.measure.blocks import draw_signs
from tuner.measure.curve import pool_adjacent

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

HUBER = 1.345
SETS = 999
LARGEST_CHANCE = 0.01
LEAST_DEPARTURE_PERCENT = 2.0
MOST_KNOTS = 8


@dataclass(frozen=True, slots=True)
class Linearity:
    """Verdict on a straight line.

    Parameters
    ----------
    linear : bool
        The line may stand.
    words : str
        The verdict with its figures, as a sentence.
    """

    linear: bool
    words: str


def huber_fit(design: FloatArray, response: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Fit by Huber's weights.

    Parameters
    ----------
    design : float64 [N, P]
        Columns.
    response : float64 [N]
        CPU percent.

    Returns
    -------
    coefficients : float64 [P]
        Of the last round.
    weight : float64 [N]
        Weights of the last round, 0 to 1.

    Notes
    -----
    Source: Huber (1981), "Robust Statistics", 7.8.
    """
    weight: FloatArray = np.ones(len(response))
    coefficients: FloatArray = np.zeros(design.shape[1])
    for _ in range(30):
        root = np.sqrt(weight)
        solved = np.linalg.lstsq(design * root[:, None], response * root, rcond=None)
        found: FloatArray = np.asarray(solved[0], dtype=np.float64)
        residual = response - design @ found
        scale = max(1.4826 * float(np.median(np.abs(residual))), 1e-6)
        weight = 1.0 / np.maximum(np.abs(residual) / (HUBER * scale), 1.0)
        if np.allclose(found, coefficients, rtol=1e-9, atol=1e-12):
            break
        coefficients = found
    return found, weight


def judge_linearity(
    rpm: FloatArray,
    *,
    cpu_percent: FloatArray,
    block: IntArray,
    generator: np.random.Generator,
) -> Linearity:
    """Test the hypothesis that CPU is a straight line in the load.

    Parameters
    ----------
    rpm, cpu_percent : float64 [N]
        Load of one instance and its CPU.
    block : int64 [N]
        Blocks that belong together in time.
    generator : numpy.random.Generator
        Seeded by the caller.

    Returns
    -------
    Linearity
        Not linear only where chance would bend a line as much in less than 1 % of cases and the
        bend is at least 2 points of CPU.

    Notes
    -----
    Bends tried: a square, and a kink at each quartile of the load. The chance comes from residuals
    whose signs are drawn block by block. Source: Wu (1986), "Jackknife, bootstrap and other
    resampling methods in regression analysis".
    Assumption: a bend under 2 points of CPU is not worth a table, however sure it is.
    """
    x = rpm / max(float(rpm.max()), 1e-12)
    line = np.column_stack([np.ones(len(x)), x])
    coefficients, weight = huber_fit(line, cpu_percent)
    root = np.sqrt(weight)
    residual = (cpu_percent - line @ coefficients) * root
    kinks = np.quantile(x, [0.25, 0.5, 0.75])
    bends = np.column_stack([x**2, *(np.maximum(x - kink, 0.0) for kink in kinks)])
    weighted_line = line * root[:, None]
    bends = bends - line @ np.linalg.lstsq(weighted_line, bends * root[:, None], rcond=None)[0]
    length = np.linalg.norm(bends * root[:, None], axis=0)
    bends = bends[:, length > 1e-9] / length[length > 1e-9]
    if not bends.shape[1]:
        return Linearity(True, "Linear as far as so few different loads can tell.")
    weighted = bends * root[:, None]
    amount = weighted.T @ residual
    departure = float(np.max(np.abs(bends) * np.abs(amount)))
    scores = np.zeros((int(block.max()) + 1, bends.shape[1]))
    np.add.at(scores, block, weighted * residual[:, None])
    sign = draw_signs(len(scores), sets=SETS, generator=generator)
    drawn = np.max(np.abs(sign @ scores), axis=1)
    chance = (1.0 + np.count_nonzero(drawn >= np.max(np.abs(amount)))) / (SETS + 1.0)
    figures = f"p {chance:.3f}, departs by at most {departure:.1f} points of CPU"
    if chance > LARGEST_CHANCE:
        return Linearity(True, f"Linear: no bend beyond chance ({figures}).")
    if departure < LEAST_DEPARTURE_PERCENT:
        return Linearity(True, f"Linear for all purposes: it bends, but little ({figures}).")
    return Linearity(
        False, f"Not linear ({figures}): a rising table of straight pieces takes its place."
    )


def monotone_table(rpm: FloatArray, cpu_percent: FloatArray) -> tuple[tuple[float, float], ...]:
    """Fit a continuous table of straight pieces that never falls.

    Parameters
    ----------
    rpm, cpu_percent : float64 [N]
        Load of one instance and its CPU.

    Returns
    -------
    tuple of (rpm, percent)
        3 to 8 knots in rising rpm, at quantiles of the load.
    """
    count = int(np.clip(len(rpm) // 5, 3, MOST_KNOTS))
    knots = np.unique(np.quantile(rpm, np.linspace(0.0, 1.0, count)))
    design = np.column_stack([np.interp(rpm, knots, row) for row in np.eye(len(knots))])
    level, weight = huber_fit(design, cpu_percent)
    level = pool_adjacent(level, weight=np.maximum(design.T @ weight, 1e-9))
    return tuple((float(x), float(y)) for x, y in zip(knots, np.maximum(level, 0.0)))
