"""Is there a break at all, does it last, and is it a knee or a smooth bend.

Notation: N point, K candidate break, P placebo.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from tuner.measure.blocks import number_blocks
from tuner.measure.two_segments import HUBER, Segments, Working, huber_loss, working_problem

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

PLACEBOS = 299
TEST_CANDIDATES = 30
HOPELESS_CHANCE = 0.1
FEW_POINTS = 40
RETURN_FRACTION = 0.3
RETURN_ERRORS = 5.0


def chance_without_break(
    x: FloatArray,
    latency: FloatArray,
    *,
    step: IntArray,
    fewest: int,
    generator: np.random.Generator,
) -> float:
    """Give the chance that latency which knows nothing of x would seem to break as clearly.

    Parameters
    ----------
    x, latency : float64 [N]
        In time order; latency in milliseconds.
    step : int64 [N]
        Load step of each point.
    fewest : int
        Least number of points on either side of a break.
    generator : numpy.random.Generator
        Seeded by the caller.

    Returns
    -------
    float
        A p-value, at least 1 / 300.

    Notes
    -----
    Latency is turned into Huber scores of its logarithm, so outliers count little. Two kinds of
    placebo, the less favourable counts: blocks of latency in another order, and (from 40 points)
    latency shifted in time with the end going round to the beginning. Both keep correlation; the
    second keeps drift too, and only breaks the meeting with x.
    Source: Politis and Romano (1992), "A circular block-resampling procedure for stationary data".
    """
    log_latency = np.log(latency)
    centred = log_latency - np.median(log_latency)
    scale = max(1.4826 * float(np.median(np.abs(centred))), 1e-6)
    score = np.clip(centred / scale, -HUBER, HUBER)
    score -= score.mean()
    hinges = _hinges(x, fewest=fewest)
    seen = float(np.max(score @ hinges))
    chance = 0.0
    for order in _placebos(step, generator=generator):
        placebo = np.max(score[order] @ hinges, axis=1)
        chance = max(chance, (1.0 + np.count_nonzero(placebo >= seen)) / (1.0 + PLACEBOS))
        if chance > HOPELESS_CHANCE:
            break
    return chance


def inflation(x: FloatArray, residual: FloatArray) -> float:
    """Give by how much correlation of neighbours along x inflates sums of squares, at least 1.

    Parameters
    ----------
    x : float64 [N]
        Points.
    residual : float64 [N]
        Logarithm of latency over its fit.

    Returns
    -------
    float
        (1 + r) / (1 − r) for the correlation r of neighbours in order of x; 1 below 40 points.

    Notes
    -----
    Where the load only rises, neighbours in time are neighbours along x, and correlated noise looks
    like a bend. Source: Bartlett (1946), the effective number of observations.
    """
    if len(x) < FEW_POINTS:
        return 1.0
    ordered = residual[np.argsort(x, kind="stable")]
    spread = max(1.4826 * float(np.median(np.abs(ordered))), 1e-9)
    score = np.clip(ordered / spread, -2.0, 2.0)
    score -= score.mean()
    r = float(score[1:] @ score[:-1]) / max(float(score @ score), 1e-9)
    r = min(max(r - 1.0 / np.sqrt(len(x)), 0.0), 0.9)
    return float((1.0 + r) / (1.0 - r))


def gain_over_line(x: FloatArray, latency: FloatArray, segments: Segments) -> float:
    """Give how much better two segments fit than one straight line, in units of a variance.

    Parameters
    ----------
    x, latency : float64 [N]
        Points.
    segments : Segments
        The fit with a break.

    Returns
    -------
    float
        Twice the difference of the Huber losses, after correlation; about chi-squared where the
        line is true.
    """
    residual = np.log(latency / np.maximum(segments.latency(x), 1e-9))
    scale = max(segments.scale, 1e-6) * np.sqrt(inflation(x, residual))
    fitted = np.full(len(x), float(np.median(latency)))
    design = np.column_stack([np.ones(len(x)), x])
    for _ in range(10):
        working = working_problem(latency, fitted)
        root = np.sqrt(working.weight)
        beta = np.linalg.lstsq(design * root[:, None], working.response * root, rcond=None)[0]
        fitted = np.maximum(design @ beta, 0.2 * float(latency.min()))
    line = huber_loss(np.log(latency / fitted), scale=scale)
    return 2.0 * (line - huber_loss(residual, scale=scale))


def curvature(x: FloatArray, latency: FloatArray, *, segments: Segments, working: Working) -> float:
    """Give the t-value of latency bending further upward after the break.

    Parameters
    ----------
    x, latency : float64 [N]
        Points.
    segments : Segments
        The fit.
    working : Working
        Its weights.

    Returns
    -------
    float
        About standard normal where latency is straight after the break; large on queueing curves.

    Notes
    -----
    Tested as an added term max(x − c, 0)², after taking out base, rise, tilt and the uncertainty of
    the break itself (a step at the break). Source: Davies (1987), for tests beside a free break.
    """
    hinge = np.maximum(x - segments.break_x, 0.0)
    columns = [np.ones(len(x)), hinge, (x > segments.break_x).astype(np.float64)]
    if segments.tilt > 0:
        columns.append(x)
    root = np.sqrt(working.weight)
    design = np.column_stack(columns) * root[:, None]
    square = hinge**2 * root
    residual = (working.response - segments.latency(x)) * root
    basis = np.linalg.lstsq(design, np.column_stack([square, residual]), rcond=None)[0]
    square = square - design @ basis[:, 0]
    residual = residual - design @ basis[:, 1]
    spread = float(square @ square)
    if spread <= 0.0:
        return 0.0
    log_residual = np.log(latency / np.maximum(segments.latency(x), 1e-9))
    scale = max(segments.scale, 1e-6) * np.sqrt(inflation(x, log_residual))
    if len(x) < FEW_POINTS:
        # A median of few, rounded residuals can be next to nothing.
        scale = max(scale, np.sqrt(float(residual @ residual) / max(len(x) - 5, 1)))
    return float(square @ residual) / float(np.sqrt(spread) * scale)


def last_return(x: FloatArray, latency: FloatArray, segments: Segments) -> float | None:
    """Give the largest x above the break at which latency is back at its base, or None.

    Parameters
    ----------
    x, latency : float64 [N]
        Points.
    segments : Segments
        The fit.

    Returns
    -------
    float or None
        None where latency leaves its base for good at the break.

    Notes
    -----
    Assumption: latency is back where the median of at least 3 neighbours (an eighth of the points
    above the break) is under the base plus 30 % of the rise fitted there, and five of its standard
    errors under the fit, and that rise is at least a quarter of the base: noise neither makes
    nor unmakes a break.
    """
    above = np.flatnonzero(x > segments.break_x)
    order = above[np.argsort(x[above], kind="stable")]
    if len(order) < 6:
        return None
    bins = np.array_split(order, min(8, len(order) // 3))
    for rows in reversed(bins):
        centre = x[rows].mean(keepdims=True)
        base = segments.base + segments.tilt * float(centre[0])
        fitted = float(segments.latency(centre)[0])
        if fitted < 1.25 * base:
            continue
        error = 1.2533 * segments.scale / np.sqrt(len(rows))
        limit = base + RETURN_FRACTION * (fitted - base)
        if float(np.median(latency[rows])) < min(limit, fitted * (1.0 - RETURN_ERRORS * error)):
            return float(x[rows].max())
    return None


def _placebos(step: IntArray, *, generator: np.random.Generator) -> Iterator[IntArray]:
    """Give orders of the points, [P, N]: blocks shuffled, then shifts in time."""
    n = len(step)
    block = number_blocks(step)
    keys = generator.random((PLACEBOS, int(block.max()) + 1))
    yield np.argsort(keys[:, block], axis=1, kind="stable")
    if n >= FEW_POINTS:
        shift = generator.integers(n // 20 + 1, n - n // 20, size=PLACEBOS)
        yield (np.arange(n) + shift[:, None]) % n


def _hinges(x: FloatArray, *, fewest: int) -> FloatArray:
    """Give centred hinges of unit length at candidates between the outermost points, [N, K]."""
    ordered = np.sort(x)
    knots = np.linspace(ordered[fewest - 1], ordered[len(x) - fewest], TEST_CANDIDATES)
    hinges = np.maximum(x[:, None] - knots, 0.0)
    hinges -= hinges.mean(axis=0)
    length = np.linalg.norm(hinges, axis=0)
    return np.asarray(hinges[:, length > 0] / length[length > 0])
