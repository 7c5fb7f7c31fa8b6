"""What stands behind a change, from the answer of a finished run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tuner.deployment.change import Evidence
from tuner.policy import ScalingPlan


def evidence_of(answer: Mapping[str, Any], plan: ScalingPlan, *, run: str, config: str) -> Evidence:
    """Give the evidence for the plan that a run recommends.

    Parameters
    ----------
    answer : mapping
        The run's recommendation.json, which holds a recommended plan.
    plan : ScalingPlan
        That plan.
    run, config : str
        Id of the run, and the job's file as it was named.
    """
    shown = answer["recommended"]
    limit, peak = answer.get("limit_percent"), shown.get("worst_peak_cpu_percent")
    stress = answer.get("stress") or {}
    tested = bool(stress.get("runs"))
    margins = {
        "limit_percent": limit,
        "worst_peak_cpu_percent": peak,
        "headroom_points": None if None in (limit, peak) else limit - peak,
        "unseen_shapes_over": stress.get("violations") if tested else None,
        "unseen_shapes": stress.get("runs") if tested else None,
    }
    return Evidence(
        config=config,
        run=run,
        plan=plan.describe(),
        reason=answer.get("reason"),
        front_position=_position(answer, shown),
        margins=margins,
    )


def _position(answer: Mapping[str, Any], shown: Mapping[str, Any]) -> str | None:
    """Say where a plan stands on the front of peak against host-minutes."""
    front = sorted(answer.get("cost_front") or (), key=lambda row: float(row["host_minutes"]))
    for number, row in enumerate(front, start=1):
        if row.get("plan") == shown.get("plan"):
            return f"{number} of {len(front)}, from the fewest host-minutes to the lowest peak"
    return "not on the front of host-minutes and peak: it has a higher mean CPU" if front else None
