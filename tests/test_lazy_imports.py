"""Nothing heavy is imported before it is needed, in a fresh process of each command."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

import tuner

ROOT = Path(__file__).parents[1]
CONFIGS = ROOT / "configs"
LOAD_TEST = CONFIGS / "data" / "loadtests" / "cpu"
HEAVY = {
    "boto3",
    "dask",
    "fastapi",
    "jinja2",
    "numba",
    "numpy",
    "optuna",
    "pandas",
    "plotly",
    "pyarrow",
    "pydantic",
    "rich",
}
"""Distributions that cost a tenth of a second or more to import, and NumPy."""

ENTER = "from tuner.cli.main import run\nfor call in {calls!r}:\n"
ENTER += "    sys.argv = ['cliffside', *call]\n    try: run()\n    except SystemExit: pass\n"
VERBS = ["demo", "fit", "capacity", "shapes", "simulate", "explain", "tune", "report"]
VERBS += ["why", "walk-forward", "lint", "runs", "study", "schema", "doctor"]
VERBS += ["fetch", "show", "iam"]
VERBS += ["write-test", "alarms"]
VERBS += ["verify", "calibrate"]
VERBS += ["export"]
VERBS += ["serve"]
VERBS += ["plan", "apply", "undo", "ledger"]
VERBS += ["night", "gate"]
FIT = [
    "fit",
    "--locust",
    str(LOAD_TEST / "cpu_locust_stats_history.csv"),
    "--cpu",
    str(LOAD_TEST / "cpu_server_cpu_1s.csv"),
    "--cpu-column",
    "server_cpu_pct",
]
ON_DEMO = ["--config", str(CONFIGS / "demo.toml")]
ON_CONF42 = ["--config", str(CONFIGS / "conf42.toml")]

CASES = {
    "the package": ("import tuner; dir(tuner)", set()),
    "help of every verb": (
        ENTER.format(calls=[["--help"], *([v, "--help"] for v in VERBS)]),
        set(),
    ),
    "a mistyped verb": (ENTER.format(calls=[["simulat"], ["--version"]]), set()),
    "loading a job": (
        f"from tuner import load_job; load_job({str(CONFIGS / 'demo.toml')!r})",
        {"numpy", "pydantic"},
    ),
    "schema": (ENTER.format(calls=[["schema"]]), {"numpy", "pydantic"}),
    "shapes": (ENTER.format(calls=[["shapes", *ON_DEMO]]), {"numpy", "pydantic"}),
    "lint": (ENTER.format(calls=[["lint", *ON_DEMO]]), {"numpy", "pydantic"}),
    "fit": (
        ENTER.format(calls=[FIT, [*FIT, "--output", "json"]]),
        {"numpy", "pydantic"},
    ),
    "fetch of nothing": (ENTER.format(calls=[["fetch"]]), {"numpy"}),
    "runs": (
        ENTER.format(calls=[["runs", "list"], ["runs", "list", "--output", "json"]]),
        {"numpy"},
    ),
    "simulate": (ENTER.format(calls=[["simulate", *ON_DEMO]]), {"numpy", "pydantic", "numba"}),
    "explain": (ENTER.format(calls=[["explain", *ON_CONF42]]), {"numpy", "pydantic", "numba"}),
    "reading a load test": (
        "from tuner import measure_host, read_locust, read_table",
        {"numpy"},
    ),
}


@pytest.mark.parametrize(("code", "allowed"), CASES.values(), ids=list(CASES))
def test_nothing_is_imported_before_it_is_needed(code, allowed):
    tell = "\nimport json\nprint(json.dumps(sorted({m.split('.')[0] for m in sys.modules})))"
    got = subprocess.run(
        [sys.executable, "-c", f"import sys\n{code}{tell}"],
        check=True,
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    loaded = set(json.loads(got.stdout.splitlines()[-1]))

    assert "Traceback" not in got.stderr
    assert "tuner" in loaded
    assert loaded & HEAVY <= allowed


def test_every_public_name_is_there_and_is_listed():
    assert len(tuner.__all__) == len(set(tuner.__all__)) < 20
    assert set(tuner.__all__) <= set(dir(tuner))
    for name in tuner.__all__:
        assert getattr(tuner, name) is not None
        assert getattr(tuner, name).__doc__


def test_a_name_that_is_not_there_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'tune_jobs'"):
        tuner.tune_jobs  # noqa: B018
