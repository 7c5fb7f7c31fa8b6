"""The record of a CPU line: the fit, its intervals and its tests.

Notation: N window.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tuner.plotting import Plotted

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class FitReport(Plotted):
    """The CPU line of a host and how well it stands.

    Parameters
    ----------
    predictor : str
        What CPU is explained by.
    n_rows : int
        Rows used.
    intercept_percent, slope_percent_per_rpm : float
        The line.
    intercept_interval_percent, slope_interval_percent_per_rpm : tuple of float
        95 % intervals.
    r_squared, rmse_percent, held_out_rmse_percent : float
        Share of the variance explained; root mean square of the residuals in points of CPU, of
        the rows used without outliers, and of rows that were held out of the fit.
    linear : bool
        The line may stand.
    linearity : str
        The verdict in words, with the figures of the tests.
    table : tuple of (rpm, percent) or None
        Takes the place of the line where it is not linear.
    valid_from_rpm, valid_up_to_rpm : float
        Range of load per instance that the fit saw.
    saturation_rpm : float
        Load per instance at 100 % CPU by the line or table; infinity where it never gets there.
    saturation_interval_rpm : tuple of float
        95 % interval of the line's.
    rpm, cpu_percent, residual_percent : float64 [N]
        All rows; a residual is measured minus fitted.
    used : bool [N]
        Which rows were used.
    warnings : tuple of str
        What a reader should know.
    """

    predictor: str
    n_rows: int
    intercept_percent: float
    intercept_interval_percent: tuple[float, float]
    slope_percent_per_rpm: float
    slope_interval_percent_per_rpm: tuple[float, float]
    r_squared: float
    rmse_percent: float
    held_out_rmse_percent: float
    linear: bool
    linearity: str
    table: tuple[tuple[float, float], ...] | None
    valid_from_rpm: float
    valid_up_to_rpm: float
    saturation_rpm: float
    saturation_interval_rpm: tuple[float, float]
    rpm: FloatArray
    cpu_percent: FloatArray
    residual_percent: FloatArray
    used: BoolArray
    warnings: tuple[str, ...]
