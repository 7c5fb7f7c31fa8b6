"""What AWS says about the seconds that it bills, asked of the product."""

from __future__ import annotations

from tests.conformance.tally import Case
from tuner.simulation.billing import billed_seconds, is_billed


def billing(given: Case, expect: Case) -> Case:
    if "running_s" in given:
        return {"billed_s": billed_seconds(given["running_s"])}
    return {"billed": is_billed(given["state"], hibernating=given.get("hibernating", False))}
