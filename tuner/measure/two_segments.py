"""A base and a rise: continuous two-segment fits of latency on CPU, every break tried at once.

Model: latency = base + tilt · x + rise · max(x − c, 0), with rise > 0 and tilt ≥ 0 (0 unless the
data ask for it). Noise of latency is multiplicative, so residuals are logarithms, weighed by
Huber; each round solves weighted least squares around the last fit (Gauss-Newton on the logarithm).

Notation: N point, K candidate break, G block of points that belong together in time.
Sums over the points after each candidate break give every candidate's normal equations at once;
sums kept by block turn a bootstrap set into one matrix product.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

HUBER = 1.345
ROUNDS = 12
CANDIDATES = 150
SMALLEST_SCALE = 0.004
_W, _WX, _WXX, _WZ, _WXZ, _WZZ = range(6)


@dataclass(frozen=True, slots=True)
class Segments:
    """A two-segment fit.

    Parameters
    ----------
    break_x : float
        Where the second segment begins, in units of x.
    base, tilt, rise : float
        Milliseconds at x = 0, per unit before the break, and additional per unit after it.
    scale : float
        Robust standard deviation of the logarithm of latency around the fit.
    tilt_gain : float
        How much better the tilted base fits than a level one, in units of a variance.
    rival_x : float or None
        Break of the other model, where the choice between the two was not clear.
    """

    break_x: float
    base: float
    tilt: float
    rise: float
    scale: float
    tilt_gain: float = 0.0
    rival_x: float | None = None

    def latency(self, x: FloatArray) -> FloatArray:
        """Give the fitted latency in milliseconds at x, same shape."""
        return np.asarray(self.base + self.tilt * x + self.rise * np.maximum(x - self.break_x, 0.0))


@dataclass(frozen=True, slots=True)
class Working:
    """One round's weighted least-squares problem.

    Parameters
    ----------
    weight, response : float64 [N]
        Weight and working response of each point.
    scale : float
        Robust scale of the residuals.
    """

    weight: FloatArray
    response: FloatArray
    scale: float


def candidate_breaks(x: FloatArray, *, fewest: int) -> FloatArray:
    """Give the candidate breaks, float64 [K], with at least `fewest` points on either side."""
    ordered = np.sort(x)
    return np.linspace(ordered[fewest - 1], ordered[len(x) - fewest], CANDIDATES)


def fit_two_segments(
    x: FloatArray, latency: FloatArray, *, candidates: FloatArray, tilted: bool
) -> tuple[Segments, Working]:
    """Fit a base and a rise robustly, the break free among the candidates.

    Parameters
    ----------
    x : float64 [N]
        CPU percent or load, any order.
    latency : float64 [N]
        Milliseconds, above 0.
    candidates : float64 [K]
        Breaks to try, rising and evenly spaced.
    tilted : bool
        Let the base rise too.

    Returns
    -------
    Segments, Working
        The fit, and the last round's weights for the bootstrap.

    Notes
    -----
    Source: Huber (1981), "Robust Statistics", 7.8 (iterated weights); Muggeo (2003), "Estimating
    regression models with unknown break-points", for the continuous model. The search over all
    candidates takes the place of Muggeo's linearisation, which needs a start near the break.
    """
    fitted = _running_median(x, latency)
    slot = np.searchsorted(candidates, x, side="left")
    best = Segments(float(candidates[0]), float(np.median(latency)), 0.0, 0.0, 1.0)
    working = working_problem(latency, fitted)
    for _ in range(ROUNDS):
        sums = block_sums(x, working, slot=slot, block=None, n_candidates=len(candidates))
        c, base, tilt, rise = _solve(sums, candidates, tilted=tilted)
        segments = Segments(c, base, tilt, rise, working.scale)
        fitted = np.maximum(segments.latency(x), 0.2 * float(latency.min()))
        working = working_problem(latency, fitted)
        done = abs(c - best.break_x) < 1e-4 * float(candidates[-1] - candidates[0])
        best = replace(segments, scale=working.scale)
        if done:
            break
    return best, working


def working_problem(latency: FloatArray, fitted: FloatArray) -> Working:
    """Linearise the logarithm of latency around a fit, with Huber's weights.

    Parameters
    ----------
    latency, fitted : float64 [N]
        Milliseconds, above 0.

    Returns
    -------
    Working
        ``log(y) − log(f)`` is about ``(z − f) / f`` with z = f · (1 + log(y / f)).
    """
    residual = np.log(latency / fitted)
    scale = max(1.4826 * float(np.median(np.abs(residual))), SMALLEST_SCALE)
    far = np.maximum(np.abs(residual) / (HUBER * scale), 1.0)
    return Working(1.0 / (far * fitted**2), fitted * (1.0 + residual), scale)


def huber_loss(residual: FloatArray, *, scale: float) -> float:
    """Add up Huber's loss of residuals in units of a scale."""
    t = np.abs(residual) / scale
    return float(np.sum(np.where(t <= HUBER, 0.5 * t**2, HUBER * (t - 0.5 * HUBER))))


def block_sums(
    x: FloatArray,
    working: Working,
    *,
    slot: IntArray,
    block: IntArray | None,
    n_candidates: int,
) -> FloatArray:
    """Sum weights and products over the points of each block that lie after each candidate.

    Parameters
    ----------
    x : float64 [N]
        As fitted.
    working : Working
        Weights and responses.
    slot : int64 [N]
        Number of candidates below each point.
    block : int64 [N] or None
        Block of each point, 0 to G − 1; None puts all in one.
    n_candidates : int
        K.

    Returns
    -------
    float64 [G, K + 1, 6]
        Suffix sums of w, wx, wx², wz, wxz, wz²; entry 0 holds all points, entry k + 1 those after
        candidate k.
    """
    w, z = working.weight, working.response
    wx, wz = w * x, w * z
    columns = (w, wx, wx * x, wz, wz * x, wz * z)
    n_blocks = 1 if block is None else int(block.max()) + 1
    cell = slot if block is None else block * (n_candidates + 1) + slot
    size = n_blocks * (n_candidates + 1)
    stacked = np.stack([np.bincount(cell, weights=c, minlength=size) for c in columns], axis=-1)
    cells = stacked.reshape(n_blocks, n_candidates + 1, 6)
    return np.asarray(np.cumsum(cells[:, ::-1], axis=1)[:, ::-1])


def break_gains(
    sums: FloatArray, candidates: FloatArray, *, tilted: bool
) -> tuple[FloatArray, FloatArray]:
    """Give how much each candidate break lowers the weighted sum of squares, and its rise.

    Parameters
    ----------
    sums : float64 [..., K + 1, 6]
        From `block_sums`, or weighted sums of its blocks.
    candidates : float64 [K]
        Breaks.
    tilted : bool
        Whether the base may rise.

    Returns
    -------
    gain, rise : float64 [..., K]
        Gains are 0 where the rise would be negative.
    """
    total, after = sums[..., :1, :], sums[..., 1:, :]
    hw = after[..., _WX] - candidates * after[..., _W]
    hx = after[..., _WXX] - candidates * after[..., _WX]
    hh = hx - candidates * hw
    hz = after[..., _WXZ] - candidates * after[..., _WZ]
    w, mean_x, mean_z = _means(total)
    hh = hh - hw * hw / w
    hz = hz - hw * mean_z
    if tilted:
        spread = np.maximum(total[..., _WXX] - w * mean_x**2, 1e-300)
        across = hx - hw * mean_x
        slope = (total[..., _WXZ] - w * mean_x * mean_z) / spread
        hh = hh - across * across / spread
        hz = hz - across * slope
    usable = hh > 1e-9 * np.max(np.abs(hh), axis=-1, keepdims=True)
    rise = np.where(usable, hz / np.where(usable, hh, 1.0), 0.0)
    return np.where(rise > 0, rise * hz, 0.0), np.maximum(rise, 0.0)


def best_breaks(gain: FloatArray, candidates: FloatArray) -> FloatArray:
    """Give the break of the largest gain, between candidates by a parabola.

    Parameters
    ----------
    gain : float64 [..., K]
        From `break_gains`.
    candidates : float64 [K]
        Evenly spaced.

    Returns
    -------
    float64 [...]
        Breaks in units of x.
    """
    k = np.argmax(gain, axis=-1)
    inner = np.clip(k, 1, gain.shape[-1] - 2)
    left, middle, right = (
        np.take_along_axis(gain, (inner + side)[..., None], axis=-1)[..., 0] for side in (-1, 0, 1)
    )
    bend = left - 2 * middle + right
    shift = np.where(bend < 0, 0.5 * (left - right) / np.where(bend < 0, bend, 1.0), 0.0)
    spacing = candidates[1] - candidates[0]
    between = candidates[inner] + np.clip(shift, -1.0, 1.0) * spacing
    return np.asarray(np.where(k == inner, between, candidates[k]))


def _solve(
    sums: FloatArray, candidates: FloatArray, *, tilted: bool
) -> tuple[float, float, float, float]:
    """Give break, base, tilt and rise of the best candidate."""
    gain, _ = break_gains(sums, candidates, tilted=tilted)
    c = float(best_breaks(gain[0], candidates))
    total, after = sums[0, 0], sums[0, int(np.argmin(np.abs(candidates - c))) + 1]
    hw = after[_WX] - c * after[_W]
    hx = after[_WXX] - c * after[_WX]
    hh = hx - c * hw
    hz = after[_WXZ] - c * after[_WZ]
    gram = np.array([[total[_W], total[_WX], hw], [total[_WX], total[_WXX], hx], [hw, hx, hh]])
    right = np.array([total[_WZ], total[_WXZ], hz])
    pick = [0, 1, 2] if tilted else [0, 2]
    found = np.zeros(3)
    found[pick] = np.linalg.lstsq(gram[np.ix_(pick, pick)], right[pick], rcond=None)[0]
    if found[1] < 0:
        return _solve(sums, candidates, tilted=False)
    if not np.isfinite(found).all():
        return c, float(total[_WZ] / total[_W]), 0.0, 0.0
    return c, float(found[0]), float(found[1]), float(max(found[2], 0.0))


def _means(total: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Give total weight and the weighted means of x and response."""
    w = np.maximum(total[..., _W], 1e-300)
    return w, total[..., _WX] / w, total[..., _WZ] / w


def _running_median(x: FloatArray, latency: FloatArray) -> FloatArray:
    """Give a robust first fit: the median of the neighbours in order of x."""
    order = np.argsort(x, kind="stable")
    half = max(2, len(x) // 40)
    padded = np.pad(latency[order], half, mode="edge")
    if 2 * half + 1 > 61:
        stride = np.linspace(0, 2 * half, 61).astype(np.int64)
    else:
        stride = np.arange(2 * half + 1)
    windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * half + 1)[:, stride]
    fitted = np.empty_like(latency)
    fitted[order] = np.median(windows, axis=1)
    return fitted
