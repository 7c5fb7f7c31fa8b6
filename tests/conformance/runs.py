"""Whole runs of the JSON shape of simulated-runs.json.gz."""

from __future__ import annotations

from tests.conformance.tally import Case, Verdict
from tests.parity import differences, run_case
from tuner.errors import CliffsideError

FORMAT = "simulated-runs"
VERSION = 2


def judge(case: Case) -> Verdict:
    area, name = f"{FORMAT}.{case['family']}", case["id"]
    expected = case["expect"]
    try:
        got = run_case(case)
    except CliffsideError as error:
        if expected["refused"]:
            return Verdict(area, name, "agrees")
        return Verdict(area, name, "differs", f"refused: {error}")
    if expected["refused"]:
        return Verdict(area, name, "differs", f"not refused, though {expected['sentence']}")
    found = differences(expected, got, case["plan"])
    return Verdict(area, name, "differs" if found else "agrees", "; ".join(found))
