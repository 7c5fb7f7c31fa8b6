"""docs/conf42.ipynb: it runs, its text says what it gives, and its file holds nothing else."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
PATH = ROOT / "docs" / "conf42.ipynb"
NOTEBOOK = json.loads(PATH.read_text(encoding="utf-8"))
CELLS = NOTEBOOK["cells"]
PROSE = " ".join(
    " ".join("".join(cell["source"]).split()) for cell in CELLS if cell["cell_type"] == "markdown"
)
QUIET = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
QUIET |= {"language_info": {"name": "python"}}
SECONDS_FOR_ALL = 60
FOLDERS = ("IPYTHONDIR", "JUPYTER_RUNTIME_DIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR")
PLAIN = {
    "PLOTLY_RENDERER": "plotly_mimetype",  # a figure as data, without plotly's script
    "PYTHONWARNINGS": "ignore:IProgress not found",  # of a bar that needs ipywidgets
}
TELL = """
import json

import numpy as np

columns, best = large.result.parameters(), large.result.best()
(theirs,) = np.flatnonzero(
    (columns["scale_out_threshold_percent"] == 15.0)
    & (columns["scale_out_adjustment"] == 2)
    & (columns["scale_in_threshold_percent"] == 15.0)
)
small_best, stress = small.result.best(), tuning.recommendation.stress
print(json.dumps({
    "cliff": fit.cliff.cliff_percent,
    "run": dict(run.totals),
    "over": [len(over), len(totals)],
    "holds": [len(shapes), len(many)],
    "small": [small.result.n_candidates, small.result.plan(small_best) == winner],
    "small_mean": float(small.result.mean_cpu_percent[small_best]),
    "large": [large.result.n_candidates, len(large.result.shape_names)],
    "large_plan": [float(columns[name][best]) for name in (
        "scale_out_threshold_percent", "scale_out_adjustment", "scale_in_threshold_percent")],
    "large_totals": [float(large.result.mean_cpu_percent[best]),
                     float(large.result.worst_peak_cpu_percent[best])],
    "saved": 1.0 - float(large.result.host_minutes[best] / large.result.host_minutes[theirs]),
    "plan": plan.describe(),
    "stress": [stress.chosen.violations, stress.runs],
    "remarks": list(tuning.recommendation.remarks),
    "kernel": __import__("sys").executable,
}))
"""


def executed(folder: Path) -> list[dict[str, Any]]:
    """Run the notebook under the interpreter of this test, with a last cell that tells figures."""
    tell = {"cell_type": "code", "id": "tell", "source": TELL.strip()}
    tell |= {"metadata": {}, "outputs": [], "execution_count": None}
    given, result = folder / "given.ipynb", folder / "result.ipynb"
    given.write_text(json.dumps(NOTEBOOK | {"cells": [*CELLS, tell]}), encoding="utf-8")
    own = {name: str(folder / name.lower()) for name in FOLDERS}
    ended = subprocess.run(
        [sys.executable, "-m", "tests.run_notebook", given, result, PATH.parent],
        env={**os.environ, **own, **PLAIN},
        check=False,
        cwd=ROOT,
        timeout=SECONDS_FOR_ALL,
        capture_output=True,
        text=True,
    )
    assert ended.returncode == 0, ended.stderr
    cells: list[dict[str, Any]] = json.loads(result.read_text(encoding="utf-8"))["cells"]
    return cells


@pytest.mark.slow
def test_the_notebook_runs_and_its_text_says_what_it_gives(tmp_path):
    *cells, last = executed(tmp_path)
    got = json.loads("".join(last["outputs"][0]["text"]))

    assert got["kernel"] == sys.executable
    assert "here 45.8 %" in PROSE
    assert f"{got['cliff']:.1f}" == "45.8"
    assert got["run"]["mean_cpu_percent"] == pytest.approx(16.536, abs=5e-4)
    assert got["run"]["peak_cpu_percent"] == 39.375
    assert got["run"]["host_minutes"] == 550.0
    assert "A mean of 16.536 % CPU, a peak of 39.375 %" in PROSE
    assert "550 host-minutes" in PROSE
    assert got["holds"] == [1, 41]
    assert got["over"] == [28, 41]
    assert "On the 41 holds the same policy passes the cliff on 28." in PROSE
    assert got["small"] == [250, True]
    assert got["small_mean"] == got["run"]["mean_cpu_percent"]
    assert got["large"] == [1640, 41]
    assert got["large_plan"] == [21.0, 3.0, 7.0]
    assert got["large_totals"] == [pytest.approx(16.954, abs=5e-4), 39.375]
    assert round(100 * got["saved"]) == 12
    assert "Scaling out by 3 above 21 % and in below 7 % keeps CPU at or below 39.4 %" in PROSE
    assert "a mean of 16.954 % and 12 % fewer host-minutes" in PROSE
    assert got["plan"].startswith("scale out by 3 above 20 % for 5 minutes")
    assert "Scale out by 3 above 20 %, in by 1 below 6 %." in PROSE
    assert got["stress"] == [0, 400]
    assert any("on 11 of 400 unseen shapes" in words for words in got["remarks"])
    assert any("costs 0.5 % more host-minutes" in words for words in got["remarks"])
    _check_outputs({cell["id"]: cell.get("outputs", []) for cell in cells})


def _check_outputs(outputs: dict[str, list[Any]]) -> None:
    """Hold what the cells show to what a reader of the text expects."""
    shown = {
        name: each[-1]["data"] for name, each in outputs.items() if each and "data" in each[-1]
    }
    texts = {
        name: "".join(data.get("text/html") or data["text/plain"])
        for name, data in shown.items()
        if "text/html" in data or "text/plain" in data
    }
    plots = {name for name, data in shown.items() if "application/vnd.plotly.v1+json" in data}

    assert not [out for each in outputs.values() for out in each if out.get("name") == "stderr"]
    assert plots == {"fit-plot", "cliff-plot", "traffic", "run-plot", "front-plot", "advice-plot"}
    for name in ("fit", "cliff", "holds", "winner", "run", "search", "robust", "stress"):
        assert '<div class="cliffside">' in texts[name], name
        assert "<script" not in texts[name], name
    assert "28 of 41 shapes" in texts["many"]
    assert "<table" in texts["run-table"]
    assert "AWSTemplateFormatVersion" in "".join("".join(each["text"]) for each in outputs["plan"])


def test_the_file_has_no_outputs_no_counts_and_no_metadata_that_change():
    assert NOTEBOOK["metadata"] == QUIET
    assert (NOTEBOOK["nbformat"], NOTEBOOK["nbformat_minor"]) == (4, 5)
    for cell in CELLS:
        assert cell["metadata"] == {}, cell["id"]
        assert cell.get("outputs", []) == [], cell["id"]
        assert cell.get("execution_count") is None, cell["id"]
        assert re.fullmatch(r"[a-z][a-z-]*", cell["id"])


def test_the_file_is_written_one_way_so_that_a_diff_shows_what_changed():
    expected = json.dumps(NOTEBOOK, indent=1, sort_keys=True, ensure_ascii=False) + "\n"

    assert expected == PATH.read_text(encoding="utf-8")
    assert len({cell["id"] for cell in CELLS}) == len(CELLS)
    assert all(line.endswith("\n") for cell in CELLS for line in cell["source"][:-1])


def test_every_link_of_the_notebook_resolves():
    for target in re.findall(r"\]\(([^)\s]+)\)", PROSE):
        assert (PATH.parent / target).exists(), target


def test_each_step_of_the_page_takes_ten_lines_or_fewer():
    page = (ROOT / "docs" / "notebook.md").read_text(encoding="utf-8")
    steps = re.findall(r"^```python\n(.*?)^```$", page, re.S | re.M)

    assert len(steps) >= 9
    for step in steps:
        assert len([line for line in step.splitlines() if line.strip()]) <= 10, step
