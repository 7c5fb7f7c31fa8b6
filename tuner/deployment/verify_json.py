"""A verification as the JSON that `verify --output json` prints and the fidelity ledger keeps."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from tuner.deployment.verify_record import Verification
from tuner.plan_json import plan_to_json
from tuner.scenario import Scenario

SCHEMA = "cliffside.verification/1"


def verification_json(verification: Verification) -> dict[str, Any]:
    """Give a verification without its minutes, with stable keys; null where there is nothing.

    Parameters
    ----------
    verification : Verification
        What is written.
    """
    history, errors = verification.history, verification.errors
    answers = verification.answers
    return {
        "schema": SCHEMA,
        "service": verification.service,
        "source": history.source,
        "begin": stamp(history.begin),
        "end": stamp(history.end),
        "minutes": len(history),
        "compared_minutes": int(verification.compared.sum()),
        "plan": plan_to_json(verification.plan),
        "description": verification.plan.describe(),
        "model": model_of(verification.scenario),
        "verdict": verification.verdict,
        "reasons": list(verification.reasons),
        "errors": {
            **asdict(errors),
            "host_minutes_percent": errors.host_minutes_percent,
            "peak_percent": errors.peak_percent,
        },
        "answers": {**asdict(answers), "latency_over_base": answers.latency_over_base},
        "changes": [asdict(change) for change in verification.changes],
        "tolerance": asdict(verification.settings),
        "notes": list(history.notes),
    }


def model_of(scenario: Scenario) -> dict[str, Any]:
    """Give the numbers of a scenario that a calibration may move, and the host's line."""
    return {
        "launch_seconds": scenario.group.launch_seconds,
        "ready_seconds": scenario.group.ready_seconds,
        "drain_seconds": scenario.group.drain_seconds,
        "metric_delay_seconds": scenario.metric.metric_delay_seconds,
        "intercept_percent": scenario.host.intercept_percent,
        "slope_percent_per_1000_rpm": 1000.0 * scenario.host.slope_percent_per_rpm,
        "cliff_percent": scenario.host.cliff_percent,
    }


def stamp(seconds: int) -> str:
    """Write a moment as text.

    Examples
    --------
    >>> stamp(0)
    '1970-01-01T00:00:00Z'
    """
    return datetime.fromtimestamp(seconds, tz=UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
