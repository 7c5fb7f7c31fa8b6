"""The record of a verification: predicted and observed side by side, with a verdict.

Notation: T minute.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from tuner.deployment.verify_match import MatchedChange
from tuner.deployment.verify_predict import Prediction
from tuner.deployment.verify_settings import VerifySettings
from tuner.measure.history import History
from tuner.plotting import Plotted
from tuner.policy import ScalingPlan
from tuner.scenario import Scenario

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

Verdict = Literal["within", "outside", "not enough data"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Errors:
    """How far a prediction was off.

    Parameters
    ----------
    host_minutes_observed, host_minutes_predicted : float
        Minutes in service of all instances, over the minutes that are compared.
    instances_mean_error : float
        Mean absolute error of the instances in service.
    cpu_mean_error_percent : float
        Mean absolute error of the group's CPU, points.
    peak_observed_percent, peak_predicted_percent : float
        Largest CPU of the group, mean of a minute.
    scale_outs_observed, scale_outs_predicted, scale_ins_observed, scale_ins_predicted : int
        Activities.
    matched_percent : float
        Share of the observed and predicted activities that match each other; 100 where neither
        has one.
    lag_minutes : float or None
        Mean absolute lag of those that match, the larger of decision and completion.
    """

    host_minutes_observed: float
    host_minutes_predicted: float
    instances_mean_error: float
    cpu_mean_error_percent: float
    peak_observed_percent: float
    peak_predicted_percent: float
    scale_outs_observed: int
    scale_outs_predicted: int
    scale_ins_observed: int
    scale_ins_predicted: int
    matched_percent: float
    lag_minutes: float | None

    @property
    def host_minutes_percent(self) -> float:
        """Error of the host-minutes, percent of those observed; positive: predicted too many."""
        if not self.host_minutes_observed:
            return 0.0
        return 100.0 * (self.host_minutes_predicted / self.host_minutes_observed - 1.0)

    @property
    def peak_percent(self) -> float:
        """Error of the peak CPU, points; positive: predicted too high."""
        return self.peak_predicted_percent - self.peak_observed_percent


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """How the service answered.

    Parameters
    ----------
    latency_p95_ms, highest_p95_ms : float or None
        Median over the minutes of their p95, and the p95 that 95 of 100 minutes kept to.
    base_latency_ms : float or None
        The load test's latency before its break.
    error_percent : float or None
        Share of all requests that failed.
    """

    latency_p95_ms: float | None
    highest_p95_ms: float | None
    base_latency_ms: float | None
    error_percent: float | None

    @property
    def latency_over_base(self) -> float | None:
        """Median of p95 over the load test's base."""
        if self.latency_p95_ms is None or not self.base_latency_ms:
            return None
        return self.latency_p95_ms / self.base_latency_ms


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Verification(Plotted):
    """Predicted and observed side by side, with a verdict.

    Parameters
    ----------
    service : str
        Whose traffic it was.
    history : History
        What was observed.
    plan : ScalingPlan
        What was deployed.
    scenario : Scenario
        What was simulated with.
    settings : VerifySettings
        The band.
    prediction : Prediction
        The run on observed traffic.
    instances : float64 [T]
        Instances in service as observed, NaN where unknown.
    compared : bool [T]
        Minutes in which both sides are known.
    errors : Errors
        How far the prediction was off.
    answers : Answers
        How the service answered.
    changes : tuple of MatchedChange
        Activities of both sides, matched.
    verdict : str
        ``within``, ``outside`` or ``not enough data``.
    reasons : tuple of str
        Why not ``within``, in sentences.
    """

    service: str
    history: History
    plan: ScalingPlan
    scenario: Scenario
    settings: VerifySettings
    prediction: Prediction
    instances: FloatArray
    compared: BoolArray
    errors: Errors
    answers: Answers
    changes: tuple[MatchedChange, ...]
    verdict: Verdict
    reasons: tuple[str, ...]
