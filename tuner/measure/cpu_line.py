"""The CPU line: CPU percent of one instance on requests per minute per instance, and its honesty.

Notation: N window, B bootstrap set.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tuner.errors import FitError
from tuner.host import HostModel
from tuner.measure.blocks import draw_signs, number_blocks
from tuner.measure.cliff import FAILING_FRACTION, SATURATED_PERCENT
from tuner.measure.fit_report import FitReport
from tuner.measure.linearity import huber_fit, judge_linearity, monotone_table
from tuner.measure.loadtest import LoadTest

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

PREDICTOR = "requests per minute per instance"
BOOTSTRAP_SETS = 1000
FEWEST_ROWS = 4
ENOUGH_ROWS = 8
FOLDS = 5
OUTLIER_SCALES = 6.0
LEAST_R_SQUARED = 0.5
GOOD_R_SQUARED = 0.8
LARGEST_RMSE_PERCENT = 5.0


def fit_cpu_line(
    load_test: LoadTest, *, below_percent: float | None = None, seed: int = 0
) -> FitReport:
    """Fit CPU percent on requests per minute per instance, robustly.

    Parameters
    ----------
    load_test : LoadTest
        Windows in time order.
    below_percent : float or None
        The cliff: only loads at which the line is below it are used. None: below saturation.
    seed : int
        Of the bootstrap.

    Returns
    -------
    FitReport
        Line, intervals, tests; with a table where the line does not stand.

    Raises
    ------
    FitError
        With too few rows, one load only, or CPU that does not follow the traffic, with the figures.

    Notes
    -----
    Rows with more than 1 % of failures or at 98 % CPU or more are left out. The cut at the cliff
    is made in load, not in CPU: cutting the response bends a line. Intervals come from residuals
    whose signs are drawn block by block (Wu, 1986).
    Assumption: CPU does not follow the traffic when the slope's interval reaches 0, R² is below
    0.5, or R² is below 0.8 and the residuals are above 5 points.
    """
    rpm, cpu = load_test.rpm_per_instance, load_test.cpu_percent
    used = np.isfinite(cpu) & np.isfinite(rpm) & (load_test.error_fraction <= FAILING_FRACTION)
    used &= np.nan_to_num(cpu, nan=100.0) < SATURATED_PERCENT
    _refuse_too_little(load_test, used)
    warnings: list[str] = []
    if below_percent is not None:
        used = _below(load_test, used, below_percent, warnings)
    x, y, block = rpm[used], cpu[used], number_blocks(load_test.step[used])
    generator = np.random.default_rng(seed)
    line, weight = huber_fit(np.column_stack([np.ones(len(x)), x]), y)
    intercept, slope = float(line[0]), float(line[1])
    lines = _bootstrap(x, y, line=line, weight=weight, block=block, generator=generator)
    r_squared, rmse, n_outliers = _goodness(y, intercept + slope * x)
    slope_interval = _interval(lines[:, 1])
    _refuse_unrelated(load_test, x, slope_interval, slope=slope, r_squared=r_squared, rmse=rmse)
    verdict = judge_linearity(x, cpu_percent=y, block=block, generator=generator)
    table = None if verdict.linear else monotone_table(x, y)
    fitted = _model(intercept, slope, table).unclipped_percent(rpm)
    if table is not None:
        r_squared, rmse, n_outliers = _goodness(y, fitted[used])
    if n_outliers:
        warnings.append(
            f"{n_outliers} of {len(x)} rows lie far off the fit; they count little in it, and not "
            "in R² and RMSE."
        )
    if r_squared < GOOD_R_SQUARED:
        warnings.append(f"CPU follows the traffic only loosely (R² {r_squared:.2f}).")
    if len(x) < ENOUGH_ROWS:
        warnings.append(f"The fit stands on {len(x)} rows only.")
    return FitReport(
        predictor=PREDICTOR,
        n_rows=len(x),
        intercept_percent=intercept,
        intercept_interval_percent=_interval(lines[:, 0]),
        slope_percent_per_rpm=slope,
        slope_interval_percent_per_rpm=slope_interval,
        r_squared=r_squared,
        rmse_percent=rmse,
        held_out_rmse_percent=_held_out(x, y, block=block, linear=verdict.linear),
        linear=verdict.linear,
        linearity=verdict.words,
        table=table,
        valid_from_rpm=float(x.min()),
        valid_up_to_rpm=float(x.max()),
        saturation_rpm=_model(intercept, slope, table).rpm_at(100.0),
        saturation_interval_rpm=_interval((100.0 - lines[:, 0]) / np.maximum(lines[:, 1], 1e-12)),
        rpm=rpm,
        cpu_percent=cpu,
        residual_percent=cpu - fitted,
        used=used,
        warnings=tuple(warnings),
    )


def _below(
    load_test: LoadTest, used: BoolArray, below_percent: float, warnings: list[str]
) -> BoolArray:
    """Keep the rows whose load puts a first line below the cliff, where enough remain."""
    rpm = load_test.rpm_per_instance
    design = np.column_stack([np.ones(int(used.sum())), rpm[used]])
    first, _ = huber_fit(design, load_test.cpu_percent[used])
    below = used & (first[0] + first[1] * np.nan_to_num(rpm, nan=np.inf) <= below_percent)
    if np.count_nonzero(below) >= ENOUGH_ROWS and np.unique(rpm[below]).size >= FEWEST_ROWS:
        return np.asarray(below)
    warnings.append(
        f"Only {int(below.sum())} rows lie below {below_percent:.0f} % CPU: all rows below "
        "saturation were used."
    )
    return used


def _bootstrap(
    x: FloatArray,
    y: FloatArray,
    *,
    line: FloatArray,
    weight: FloatArray,
    block: IntArray,
    generator: np.random.Generator,
) -> FloatArray:
    """Give intercept and slope of each bootstrap set, float64 [B, 2]."""
    unit = max(float(np.max(np.abs(x))), 1e-12)
    design = np.column_stack([np.ones(len(x)), x / unit])
    gram = (design * weight[:, None]).T @ design
    score = design * (weight * (y - line[0] - line[1] * x))[:, None]
    blocks = np.zeros((int(block.max()) + 1, 2))
    np.add.at(blocks, block, score)
    sign = draw_signs(len(blocks), sets=BOOTSTRAP_SETS, generator=generator)
    sign *= np.sqrt(len(blocks) / max(len(blocks) - 2.0, 1.0))
    sign *= float(np.mean(weight)) / max(float(np.mean(weight >= 1.0)), 0.5)
    moved = np.linalg.lstsq(gram, (sign @ blocks).T, rcond=None)[0].T
    return np.asarray(line + moved / np.array([1.0, unit]))


def _goodness(y: FloatArray, fitted: FloatArray) -> tuple[float, float, int]:
    """Give R² and RMSE without outliers (at most a tenth of the rows), and their number."""
    residual = y - fitted
    scale = 1.4826 * float(np.median(np.abs(residual)))
    far = np.abs(residual) > max(OUTLIER_SCALES * scale, 1e-6)
    if np.count_nonzero(far) > 0.1 * len(y):
        far[:] = False
    inside = residual[~far]
    spread = float(np.sum((y[~far] - y[~far].mean()) ** 2))
    rmse = float(np.sqrt(np.mean(inside**2)))
    r_squared = 1.0 - float(inside @ inside) / spread if spread > 0 else 0.0
    return r_squared, rmse, int(np.count_nonzero(far))


def _held_out(x: FloatArray, y: FloatArray, *, block: IntArray, linear: bool) -> float:
    """Give the RMSE of rows held out of the fit, by blocks in five folds; Huber-limited."""
    fold = block % min(FOLDS, int(block.max()) + 1)
    residual = np.full(len(x), np.nan)
    for number in range(int(fold.max()) + 1):
        out = fold == number
        if np.unique(x[~out]).size < 3:
            continue
        line, _ = huber_fit(np.column_stack([np.ones(int((~out).sum())), x[~out]]), y[~out])
        table = None if linear else monotone_table(x[~out], y[~out])
        model = _model(float(line[0]), max(float(line[1]), 0.0), table)
        residual[out] = y[out] - model.unclipped_percent(x[out])
    known = residual[np.isfinite(residual)]
    return _goodness(known, np.zeros(len(known)))[1] if known.size else float("nan")


def _model(
    intercept: float, slope: float, table: tuple[tuple[float, float], ...] | None
) -> HostModel:
    """Give line or table as a host model."""
    return HostModel(
        intercept_percent=intercept, slope_percent_per_rpm=max(slope, 0.0), table=table
    )


def _interval(values: FloatArray) -> tuple[float, float]:
    """Give the 95 % interval of bootstrap values."""
    low, high = np.quantile(values, [0.025, 0.975])
    return float(low), float(high)


def _refuse_too_little(load_test: LoadTest, used: BoolArray) -> None:
    """Refuse too few rows, or one load only."""
    count = int(np.count_nonzero(used))
    loads = np.unique(load_test.rpm_per_instance[used]).size
    if count >= FEWEST_ROWS and loads >= 3:
        return
    known = int(np.count_nonzero(np.isfinite(load_test.cpu_percent)))
    raise FitError.of(
        expected=f"at least {FEWEST_ROWS} windows below saturation, at 3 or more different loads",
        got=f"{count} windows at {loads} loads (of {len(load_test)} windows, {known} with CPU)",
        where=load_test.source,
        next_step="Measure ten or more loads between idle and saturation.",
    )


def _refuse_unrelated(
    load_test: LoadTest,
    x: FloatArray,
    slope_interval: tuple[float, float],
    *,
    slope: float,
    r_squared: float,
    rmse: float,
) -> None:
    """Refuse CPU that does not follow the traffic."""
    loose = r_squared < GOOD_R_SQUARED and rmse > LARGEST_RMSE_PERCENT
    if slope_interval[0] > 0 and r_squared >= LEAST_R_SQUARED and not loose:
        return
    low, high = (1000 * end for end in slope_interval)
    raise FitError.of(
        expected="CPU that follows the traffic of its instance",
        got=(
            f"R² {r_squared:.2f}, residuals of {rmse:.1f} points, slope {1000 * slope:.2f} % per "
            f"1,000 rpm (95 % interval {low:.2f} to {high:.2f}) over {len(x)} windows from "
            f"{x.min():,.0f} to {x.max():,.0f} rpm"
        ),
        where=load_test.source,
        next_step=(
            "Give the CPU of the service's own process or of a host with nothing else on it, and "
            "check that CPU and load are of the same time."
        ),
    )
