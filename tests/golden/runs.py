"""The stored runs through the product, and the numbers that are kept of each."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from tests.parity import run_case
from tuner.simulation.outcomes import MODEL_VERSION

FOLDER = Path(__file__).parent
INPUTS, RESULTS = FOLDER / "inputs.json", FOLDER / "results.json"


def stored(path: Path) -> dict[str, Any]:
    """Read one of the two stored files."""
    return json.loads(path.read_text(encoding="utf-8"))


def result_of(run: dict[str, Any]) -> dict[str, Any]:
    """Give all totals of a run, and each tick at which its desired capacity became another."""
    got = run_case(run)
    desired = got.desired_capacity
    changed = np.flatnonzero(np.diff(desired, prepend=desired[0] - 1))
    return {
        "totals": dict(got.totals),
        "desired_capacity": [[int(t), int(desired[t])] for t in changed],
    }


def results() -> dict[str, Any]:
    """Give what the stored inputs yield now, with the version of the model."""
    runs = {name: result_of(run) for name, run in stored(INPUTS).items()}
    return {"model_version": MODEL_VERSION, "runs": runs}


def as_text(found: dict[str, Any]) -> str:
    """Write results as JSON, one line for the totals of a run and one for its capacity."""
    runs = [
        f"    {json.dumps(name)}: {{\n"
        f'      "totals": {json.dumps(run["totals"])},\n'
        f'      "desired_capacity": {json.dumps(run["desired_capacity"])}\n'
        "    }"
        for name, run in found["runs"].items()
    ]
    version = json.dumps(found["model_version"])
    return f'{{\n  "model_version": {version},\n  "runs": {{\n' + ",\n".join(runs) + "\n  }\n}\n"
