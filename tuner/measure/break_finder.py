"""From points to an answer: fit, interval, and the reasons for which a break is not reported.

Notation: N point, K drawn point, B bootstrap set. x is in percent, 0 to 100.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tuner.measure.blocks import draw_signs, number_blocks
from tuner.measure.break_test import (
    chance_without_break,
    curvature,
    gain_over_line,
    inflation,
    last_return,
)
from tuner.measure.curve import smooth_curve
from tuner.measure.two_segments import (
    Segments,
    Working,
    best_breaks,
    block_sums,
    break_gains,
    candidate_breaks,
    fit_two_segments,
    huber_loss,
)

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

BOOTSTRAP_SETS = 400
WIDENING = 1.08
LARGEST_CHANCE = 0.01
LEAST_GAIN_OVER_LINE = 9.0
LEAST_RISE = 1.25
LEAST_BEND, LEAST_BEND_PER_ROOT_LOG = 3.5, 1.6
CLEAR_TILT_GAIN = 12.0
BEND_LEVELS = ((1.42, 1.9), (1.55, 2.0), (1.7, 2.3))
RISING_CORRELATION = 0.9
RISING_WORDS = (
    "The load only rose during the test, so a service that slowed down with time would look the "
    "same; a test that also comes down again would tell them apart."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What was found along x.

    Parameters
    ----------
    estimate : float or None
        The break in units of x; None where none is reported.
    interval : tuple of float or None
        95 % interval.
    reason : str
        Why there is none, or what kind of break it is, without a full stop.
    base_latency_ms : float
        Fitted latency at the break, or the median.
    fitted_x, fitted_latency_ms : float64 [K]
        The fitted curve.
    warnings : tuple of str
        What a reader should know.
    """

    estimate: float | None
    interval: tuple[float, float] | None
    reason: str
    base_latency_ms: float
    fitted_x: FloatArray
    fitted_latency_ms: FloatArray
    warnings: tuple[str, ...] = ()


def find_break(
    x: FloatArray,
    *,
    latency: FloatArray,
    step: IntArray,
    usable: NDArray[np.bool_],
    generator: np.random.Generator,
) -> Finding:
    """Find where latency leaves its base for good along x.

    Parameters
    ----------
    x, latency : float64 [N]
        In time order; x in percent, latency in milliseconds above 0.
    step : int64 [N]
        Load step of each point.
    usable : bool [N]
        Points to fit, at least 8; the others (saturated, failing) only bear witness to a rise.
    generator : numpy.random.Generator
        Seeded by the caller.

    Returns
    -------
    Finding
        A break, or the reason why there is none.

    Notes
    -----
    Assumption: a break is reported when chance would make one as clear in less than 1 % of
    placebos, when two segments fit better than a straight line by 9 units of variance, when latency
    rises by at least a quarter of its base within what was measured, and when it does not return.
    """
    everywhere, every_latency, every_step = x, latency, step
    x, latency, step = x[usable], latency[usable], step[usable]
    n = len(x)
    fewest = int(np.clip(n // 50, 3, 8))
    usual = float(np.median(latency))
    none = Finding(
        estimate=None,
        interval=None,
        reason="",
        base_latency_ms=usual,
        fitted_x=np.array([x.min(), x.max()]),
        fitted_latency_ms=np.array([usual, usual]),
    )
    if n < 2 * fewest + 2 or np.unique(x).size < 2 * fewest:
        return replace(none, reason="too few different loads were measured")
    chance = chance_without_break(
        everywhere, every_latency, step=every_step, fewest=fewest, generator=generator
    )
    if chance > LARGEST_CHANCE:
        return replace(
            none, reason=f"latency does not rise with it more than by chance (p {chance:.2f})"
        )
    candidates = candidate_breaks(x, fewest=fewest)
    segments, working = _choose_model(x, latency, candidates)
    back = last_return(x, latency, segments)
    while back is not None:
        candidates = candidates[candidates >= back]
        if len(candidates) < 5:
            return replace(none, reason="latency rises in between but returns to its base")
        candidates = np.linspace(candidates[0], candidates[-1], len(candidates))
        segments, working = _choose_model(x, latency, candidates)
        again = last_return(x, latency, segments)
        back = again if again is None or again > back else float(candidates[-1])
    return _judge(x, latency, segments, working, candidates, step=step, generator=generator)


def _only_rising(x: FloatArray) -> bool:
    """Say whether the load only rose with time, so that time and load cannot be told apart."""
    rank = np.argsort(np.argsort(x, kind="stable"), kind="stable")
    return float(np.corrcoef(rank, np.arange(len(x)))[0, 1]) > RISING_CORRELATION


def _judge(
    x: FloatArray,
    latency: FloatArray,
    segments: Segments,
    working: Working,
    candidates: FloatArray,
    *,
    step: IntArray,
    generator: np.random.Generator,
) -> Finding:
    """Report a fitted break, or say what speaks against it."""
    drawn = np.unique(np.concatenate([[x.min(), segments.break_x, x.max()]]))
    at_break = float(segments.latency(np.array([segments.break_x]))[0])
    finding = Finding(
        estimate=None,
        interval=None,
        reason="",
        base_latency_ms=at_break,
        fitted_x=drawn,
        fitted_latency_ms=segments.latency(drawn),
    )
    if _only_rising(x):
        finding = replace(finding, warnings=(RISING_WORDS,))
    top = float(np.mean(np.sort(x)[-max(3, len(x) // 100) :]))
    rise = float(segments.latency(np.array([top]))[0]) / at_break
    if rise < LEAST_RISE:
        return replace(finding, reason=f"the rise is only {100 * (rise - 1):.0f} % of the base")
    gain = gain_over_line(x, latency, segments)
    if gain < LEAST_GAIN_OVER_LINE:
        return replace(
            finding, reason="latency rises evenly from the lowest load on, without a base"
        )
    interval = _interval(x, segments, working, candidates, step=step, generator=generator)
    bend = curvature(x, latency, segments=segments, working=working)
    straight = bend < max(LEAST_BEND, LEAST_BEND_PER_ROOT_LOG * np.sqrt(np.log(len(x))))
    if straight and segments.tilt_gain < CLEAR_TILT_GAIN:
        words = f"Before it latency stays near its base, above it {rise:.1f}-fold at most"
        return replace(finding, estimate=segments.break_x, interval=interval, reason=words)
    curve = smooth_curve(x, latency)
    base = float(np.median(latency[np.argsort(x, kind="stable")[: max(3, len(x) // 10)]]))
    low, middle, high = (
        float(np.clip(value, curve.crossing(least * base), curve.crossing(most * base)))
        for value, (least, most) in zip((interval[0], segments.break_x, interval[1]), BEND_LEVELS)
    )
    words = "Latency bends gradually, so the break lies where it is 1.3 to 3 times its base"
    return replace(finding, estimate=middle, interval=(low, high), reason=words)


def _choose_model(
    x: FloatArray, latency: FloatArray, candidates: FloatArray
) -> tuple[Segments, Working]:
    """Fit with a level base, and with a tilted one where Schwarz's criterion prefers it."""
    level, level_working = fit_two_segments(x, latency, candidates=candidates, tilted=False)
    tilted, tilted_working = fit_two_segments(x, latency, candidates=candidates, tilted=True)
    if tilted.tilt <= 0:
        return level, level_working
    floor = 0.2 * float(latency.min())
    residuals = [np.log(latency / np.maximum(fit.latency(x), floor)) for fit in (level, tilted)]
    losses = [huber_loss(residual, scale=tilted.scale) for residual in residuals]
    gain = 2.0 * (losses[0] - losses[1]) / inflation(x, residuals[1])
    if gain < np.log(len(x)):
        return level, level_working
    rival_x = level.break_x if gain < CLEAR_TILT_GAIN else None
    return replace(tilted, tilt_gain=gain, rival_x=rival_x), tilted_working


def _interval(
    x: FloatArray,
    segments: Segments,
    working: Working,
    candidates: FloatArray,
    *,
    step: IntArray,
    generator: np.random.Generator,
) -> tuple[float, float]:
    """Bootstrap the residuals by blocks, their signs drawn for a whole block at a time.

    The CPU of the points stays as measured, so no set lacks the few points above the break; the
    weights stay as fitted. Where a level and a tilted base fit about alike, the interval holds the
    break of either. Assumption: 8 % are added to either side, measured to cover 95 %.
    Sources: Wu (1986), "Jackknife, bootstrap and other resampling methods in regression analysis";
    Shao (2010), "The dependent wild bootstrap"; Huber (1981), 7.6, for the correction of the scale.
    """
    fitted = np.maximum(segments.latency(x), 1e-9)
    slot = np.searchsorted(candidates, x, side="left")
    n_candidates, block = len(candidates), number_blocks(step)
    level = Working(working.weight, fitted, working.scale)
    total = block_sums(x, level, slot=slot, block=None, n_candidates=n_candidates)[0]
    wobble = Working(working.weight, working.response - fitted, working.scale)
    wobbles = block_sums(x, wobble, slot=slot, block=block, n_candidates=n_candidates)[..., 3:5]
    n_blocks = len(wobbles)
    sign = draw_signs(n_blocks, sets=BOOTSTRAP_SETS, generator=generator)
    sign *= _huber_correction(working, fitted) * np.sqrt(n_blocks / max(n_blocks - 4.0, 1.0))
    sums = np.repeat(total[None], BOOTSTRAP_SETS, axis=0)
    moved = sign @ wobbles.reshape(n_blocks, -1)
    sums[..., 3:5] += moved.reshape(BOOTSTRAP_SETS, n_candidates + 1, 2)
    gain, _ = break_gains(sums, candidates, tilted=segments.tilt > 0)
    low, high = np.quantile(best_breaks(gain, candidates), [0.025, 0.975])
    if high >= candidates[-1]:
        high = x.max()
    middle = segments.break_x
    low = middle - WIDENING * max(middle - low, 0.0)
    high = middle + WIDENING * max(high - middle, 0.0)
    if segments.rival_x is not None:
        low, high = min(low, segments.rival_x), max(high, segments.rival_x)
    return float(max(low, x.min())), float(min(high, x.max()))


def _huber_correction(working: Working, fitted: FloatArray) -> float:
    """Give by how much fixed weights understate the spread of a fit that sets its own."""
    weight = working.weight * fitted**2
    inside = float(np.mean(weight > 1.0 - 1e-9))
    return float(np.mean(weight)) / max(inside, 0.5)
