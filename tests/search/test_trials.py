"""Trials that are kept on disk are those that would be in memory, whatever order they came in."""

from __future__ import annotations

import errno
import gc
import os
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

from tuner.errors import StoreError
from tuner.search import trials as trials_module
from tuner.search.objectives import WEIGHTED, Weighted
from tuner.search.trials import TrialLog, Trials, join_trials, row_ranges, trial_bytes
from tuner.store import scratch
from tuner.store.scratch import ScratchColumn, let_go, scratch_folder

N_SHAPES = 3


@pytest.fixture
def on_disk(monkeypatch):
    """Keep the first trial on disk already, and look at seven rows at a time."""
    monkeypatch.setattr(trials_module, "IN_MEMORY_BYTES", 0)
    monkeypatch.setattr(trials_module, "ROWS_AT_A_TIME", 7)


def made_up(candidates) -> Trials:
    candidate = np.array(candidates, dtype=np.int64)
    totals = {name: candidate * 1.5 + k for k, name in enumerate(WEIGHTED)}
    peaks = candidate[:, None] * 2.25 + np.arange(N_SHAPES)
    return Trials(candidate, peaks, Weighted(**totals))


def assert_same(expected: Trials, got: Trials) -> None:
    np.testing.assert_array_equal(expected.candidate, got.candidate)
    np.testing.assert_array_equal(expected.peak_cpu_percent, got.peak_cpu_percent)
    for field in fields(Weighted):
        np.testing.assert_array_equal(
            getattr(expected.totals, field.name), getattr(got.totals, field.name)
        )


def logged(*parts) -> Trials:
    log = TrialLog(N_SHAPES)
    for part in parts:
        log.add(made_up(part))
    return log.trials()


@pytest.mark.parametrize(
    "parts",
    [
        [range(20)],
        [range(5), [], range(5, 6), range(6, 40)],
        [range(20, 40), range(20)],
        [[3, 1, 2], [9, 0, 8], [5]],
        [range(30), range(10, 50)],
    ],
    ids=["one", "rising", "turned round", "mixed", "twice"],
)
def test_what_is_on_disk_is_what_would_be_in_memory(on_disk, parts):
    expected = join_trials([made_up(part) for part in parts], n_shapes=N_SHAPES)
    got = logged(*parts)

    assert_same(expected, got)
    assert len(got) == len(np.unique(np.concatenate([list(part) for part in parts])))
    assert not got.candidate.flags.writeable
    assert not got.totals.host_minutes.flags.writeable
    assert got.totals.host_minutes.flags.c_contiguous


def test_a_log_without_trials_gives_none(on_disk):
    log = TrialLog(N_SHAPES)

    assert len(log) == len(log.trials()) == 0
    assert log.trials().peak_cpu_percent.shape == (0, N_SHAPES)


def test_few_trials_stay_in_memory_and_many_do_not(monkeypatch):
    monkeypatch.setattr(trials_module, "IN_MEMORY_BYTES", 10 * trial_bytes(N_SHAPES))
    opened: list[int] = []
    column = ScratchColumn

    def counted(*arguments):
        opened.append(1)
        return column(*arguments)

    monkeypatch.setattr(trials_module, "ScratchColumn", counted)
    assert_same(made_up(range(10)), logged(range(10)))
    assert not opened
    assert_same(made_up(range(11)), logged(range(10), [10]))

    assert len(opened) == 2 + len(WEIGHTED)


def test_a_log_goes_on_after_it_was_read(on_disk):
    log = TrialLog(N_SHAPES)
    log.add(made_up(range(10)))
    first = log.trials()
    log.add(made_up(range(10, 25)))

    assert_same(made_up(range(25)), log.trials())
    assert_same(made_up(range(10)), first)


def test_what_was_half_written_is_not_counted_and_overwritten(on_disk, monkeypatch):
    log = TrialLog(N_SHAPES)
    log.add(made_up(range(10)))
    put, calls = ScratchColumn.put, []

    def interrupted(self, n_before, rows):
        put(self, n_before, rows)
        calls.append(rows)
        if len(calls) == 4:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(ScratchColumn, "put", interrupted)
        with pytest.raises(KeyboardInterrupt):
            log.add(made_up(range(10, 16)))

    assert len(log) == 10
    assert_same(made_up(range(10)), log.trials())
    log.add(made_up(range(20, 24)))
    assert_same(made_up([*range(10), *range(20, 24)]), log.trials())


def test_rows_are_found_and_taken_from_what_is_mapped(on_disk):
    kept = logged(range(0, 40, 2))

    assert kept.rows(np.array([0, 3, 38, 99])).tolist() == [0, -1, 19, -1]
    assert_same(made_up([4, 0]), kept.take(np.array([2, 0])))


def test_letting_go_changes_no_value_of_anything(on_disk):
    kept, column = logged(range(30)), np.arange(3.0)
    before = kept.candidate.copy()
    kept.let_go()
    let_go(column, column[1:], np.empty(0))

    np.testing.assert_array_equal(kept.candidate, before)
    assert column.tolist() == [0.0, 1.0, 2.0]


def test_a_full_disk_is_an_error_that_names_the_folder_and_what_to_do(on_disk, monkeypatch):
    class Full:
        def __init__(self, file):
            self._file = file

        def __getattr__(self, name):
            return getattr(self._file, name)

        def write(self, content):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    log = TrialLog(N_SHAPES)
    log.add(made_up(range(10)))
    open_one = scratch.tempfile.TemporaryFile
    monkeypatch.setattr(scratch.tempfile, "TemporaryFile", lambda **more: Full(open_one(**more)))
    with pytest.raises(StoreError, match="No space left") as raised:
        TrialLog(N_SHAPES).add(made_up(range(3)))

    assert raised.value.problems[0].where == scratch_folder()
    assert "TMPDIR" in raised.value.problems[0].next_step
    assert_same(made_up(range(10)), log.trials())


def test_scratch_files_have_no_name_and_close_when_nobody_reads_them(
    on_disk, tmp_path, monkeypatch
):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(scratch.tempfile, "tempdir", None)

    open_files = Path("/proc/self/fd")

    def n_open():
        gc.collect()
        return len(list(open_files.iterdir()))

    if not open_files.is_dir():
        pytest.skip("no list of open files")
    before = n_open()
    kept = logged(range(30))

    assert scratch_folder() == str(tmp_path)
    assert n_open() == before + 2 + len(WEIGHTED)
    assert list(tmp_path.iterdir()) == []
    del kept
    assert n_open() == before


def test_row_ranges_hold_every_row_once(on_disk):
    ranges = list(row_ranges(20))

    assert [len(rows) for rows in ranges] == [7, 7, 6]
    assert np.concatenate(ranges).tolist() == list(range(20))
    assert list(row_ranges(0)) == []
