"""After a load test or a day in production: how right the prediction was.

The plan is simulated again on the traffic that was observed, so that what differs is the model and
not the traffic. Notation: T minute.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tuner.activities import Activity
from tuner.deployment.observed import observed_changes, observed_instances
from tuner.deployment.verify_judge import lacking_words, outside_words
from tuner.deployment.verify_match import MatchedChange, match_changes, predicted_changes
from tuner.deployment.verify_predict import Prediction, predict
from tuner.deployment.verify_record import (
    Answers,
    BoolArray,
    Errors,
    FloatArray,
    Verdict,
    Verification,
)
from tuner.deployment.verify_settings import VerifySettings
from tuner.measure.history import History
from tuner.policy import ScalingPlan
from tuner.scenario import Scenario


def verify(
    history: History,
    plan: ScalingPlan,
    scenario: Scenario,
    *,
    activities: Sequence[Activity] = (),
    settings: VerifySettings | None = None,
    service: str = "service",
    base_latency_ms: float | None = None,
) -> Verification:
    """Simulate a plan on observed traffic and compare it with what was observed.

    Parameters
    ----------
    history : History
        What was observed.
    plan : ScalingPlan
        What was deployed in that time.
    scenario : Scenario
        Host, group and metric that the prediction is made with.
    activities : sequence of Activity
        Of the group; without them its count of instances tells when it changed.
    settings : VerifySettings or None
        The band; None: the defaults.
    service : str
        Whose traffic it was.
    base_latency_ms : float or None
        The load test's latency before its break.

    Raises
    ------
    LoadTestError
        Where requests or the count of instances are missing throughout.
    SimulationError
        When the plan cannot run.
    """
    band = settings or VerifySettings()
    prediction = predict(history, plan, scenario)
    observed = observed_changes(history, activities)
    changes = match_changes(
        observed,
        predicted_changes(prediction.trace, launch_seconds=scenario.group.launch_seconds),
        within_minutes=band.match_within_minutes,
    )
    instances = observed_instances(history, observed)
    compared = np.isfinite(history.requests) & np.isfinite(instances)
    compared &= np.isfinite(history.cpu_percent) & np.isfinite(prediction.group_cpu_percent)
    errors = _errors(history, prediction, changes, instances=instances, compared=compared)
    answers = _answers(history, base_latency_ms)
    lacking = tuple(lacking_words(history, compared, changes, scenario, band, errors))
    reasons = lacking or tuple(outside_words(errors, answers, band))
    verdict: Verdict = "not enough data" if lacking else ("outside" if reasons else "within")
    return Verification(
        service=service,
        history=history,
        plan=plan,
        scenario=scenario,
        settings=band,
        prediction=prediction,
        instances=instances,
        compared=compared,
        errors=errors,
        answers=answers,
        changes=changes,
        verdict=verdict,
        reasons=reasons,
    )


def _errors(
    history: History,
    prediction: Prediction,
    changes: Sequence[MatchedChange],
    *,
    instances: FloatArray,
    compared: BoolArray,
) -> Errors:
    """Measure how far a prediction was off."""
    seen, said = instances[compared], prediction.in_service[compared]
    cpu, cpu_said = history.cpu_percent[compared], prediction.group_cpu_percent[compared]
    counts = {
        (side, direction): sum(
            each.direction == direction and getattr(each, f"{side}_minute") is not None
            for each in changes
        )
        for side in ("observed", "predicted")
        for direction in ("scale_out", "scale_in")
    }
    total = sum(counts.values())
    matched = 2 * sum(each.is_matched for each in changes)
    lags = [off for each in changes if each.is_matched and (off := each.off_minutes) is not None]
    return Errors(
        host_minutes_observed=float(seen.sum()),
        host_minutes_predicted=float(said.sum()),
        instances_mean_error=float(np.abs(said - seen).mean()) if seen.size else 0.0,
        cpu_mean_error_percent=float(np.abs(cpu_said - cpu).mean()) if cpu.size else 0.0,
        peak_observed_percent=float(cpu.max(initial=0.0)),
        peak_predicted_percent=float(cpu_said.max(initial=0.0)),
        scale_outs_observed=counts["observed", "scale_out"],
        scale_outs_predicted=counts["predicted", "scale_out"],
        scale_ins_observed=counts["observed", "scale_in"],
        scale_ins_predicted=counts["predicted", "scale_in"],
        matched_percent=100.0 * matched / total if total else 100.0,
        lag_minutes=float(np.mean(lags)) if lags else None,
    )


def _answers(history: History, base_latency_ms: float | None) -> Answers:
    """Say how the service answered."""
    latency = history.latency_p95_ms[np.isfinite(history.latency_p95_ms)]
    counted = np.isfinite(history.errors) & np.isfinite(history.requests)
    requests = float(history.requests[counted].sum())
    failed = float(history.errors[counted].sum())
    return Answers(
        latency_p95_ms=float(np.median(latency)) if latency.size else None,
        highest_p95_ms=float(np.quantile(latency, 0.95)) if latency.size else None,
        base_latency_ms=base_latency_ms,
        error_percent=100.0 * min(failed / requests, 1.0) if requests else None,
    )
