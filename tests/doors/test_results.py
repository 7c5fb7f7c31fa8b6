"""A job's files: all four are written, and can be read."""

from __future__ import annotations

import json
from html import unescape
from pathlib import Path

import pytest

from tuner.config import load_job
from tuner.errors import StoreError
from tuner.store.files import read_parquet, write_text
from tuner.tune import tune, write_results

CONFIGS = Path(__file__).parents[2] / "configs"


def test_a_job_writes_its_four_files(tmp_path):
    tuning = tune(load_job(CONFIGS / "conf42.toml"))
    write_results(tuning, tmp_path)
    names = {"report.html", "front.parquet", "trials.parquet", "recommendation.json"}
    answer = json.loads((tmp_path / "recommendation.json").read_text())
    trials = read_parquet(tmp_path / "trials.parquet")

    assert {path.name for path in tmp_path.iterdir()} == names
    assert answer["recommended"]["host_minutes"] == 550.0
    assert len(trials["host_minutes"]) == 250
    assert tuning.recommendation.reason in unescape((tmp_path / "report.html").read_text())


def test_a_folder_that_cannot_be_written_is_a_sentence_and_leaves_nothing(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("in the way")

    with pytest.raises(StoreError, match="Choose another folder"):
        write_text(blocked / "report.html", "text")
    assert [blocked] == list(tmp_path.iterdir())
