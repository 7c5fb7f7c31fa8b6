"""Parquet write and read of a night's trials."""

from __future__ import annotations

import numpy as np
import pytest

from tuner.store.files import read_parquet, write_parquet

ROWS = [24_000, pytest.param(1_000_000, marks=pytest.mark.nightly)]
N_MEASURES, N_COUNTS = 20, 12


def trials(rows: int) -> dict[str, np.ndarray]:
    """Give columns like those of trials.parquet: totals with many digits, knobs with few."""
    draws = np.random.default_rng(20_261_124)
    return {
        "candidate": np.arange(rows),
        **{f"total_{k}": draws.uniform(0, 100, rows) for k in range(N_MEASURES)},
        **{f"knob_{k}": draws.integers(1, 20, rows) for k in range(N_COUNTS)},
        "feasible": draws.random(rows) < 0.3,
    }


def write(path, columns):
    write_parquet(path, columns, units={}, schema="cliffside.trials", model_version="1")


def assert_same(expected, got):
    assert list(expected) == list(got)
    for name, column in expected.items():
        np.testing.assert_array_equal(column, got[name], err_msg=name)


@pytest.mark.parametrize("rows", ROWS)
def test_writing_trials(benchmark, tmp_path, rows):
    columns, path = trials(rows), tmp_path / "trials.parquet"
    write(path, trials(10))

    benchmark.pedantic(write, args=(path, columns), rounds=5)

    benchmark.extra_info["rows"] = rows
    benchmark.extra_info["bytes"] = path.stat().st_size
    assert_same(columns, read_parquet(path))


@pytest.mark.parametrize("rows", ROWS)
def test_reading_trials(benchmark, tmp_path, rows):
    columns, path = trials(rows), tmp_path / "trials.parquet"
    write(path, columns)
    read_parquet(path)

    got = benchmark.pedantic(read_parquet, args=(path,), rounds=5)

    benchmark.extra_info["rows"] = rows
    benchmark.extra_info["bytes"] = path.stat().st_size
    assert_same(columns, got)
