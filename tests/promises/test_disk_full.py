"""R7: a full disk is an error, not damage.

Without a small file system at hand, the size that a file may have is limited: writing stops in the
middle of a file, as on a full disk.
"""

from __future__ import annotations

import resource
from contextlib import contextmanager

import pytest

from tests.doors.command import CONF42, call
from tuner.cli.main import run
from tuner.store.manifest import OK, file_state, read_manifest
from tuner.store.runs import RUNS, list_runs, list_started
from tuner.tune import result_files

SIZES = [0, 1, 500, 5_000, 12_000, 40_000, 100_000, 200_000, 1_000_000, 2_000_000]
NIGHT = [int(1.25**k) for k in range(1, 65)]
"""Bytes; the smallest file of a run has 700, the largest 2 million or more."""


@contextmanager
def files_up_to(size: int):
    """Limit the size of what is written to one file, within the block."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.fixture(scope="module")
def before(tmp_path_factory):
    """Give a folder with the state and the results of a job that found room."""
    folder = tmp_path_factory.mktemp("full")
    words = ["cliffside", "-q", "--state-dir", str(folder / "state")]
    with pytest.MonkeyPatch.context() as patch, pytest.raises(SystemExit) as end:
        patch.setattr(
            "sys.argv", [*words, "tune", "--config", str(CONF42), "--out", str(folder / "out")]
        )
        run()
    assert end.value.code == 0
    return folder


@pytest.mark.parametrize(
    "size", [*SIZES, *(pytest.param(size, marks=pytest.mark.nightly) for size in NIGHT)]
)
def test_a_full_disk_is_a_sentence_and_no_run_and_what_was_there_is_whole(before, capsys, size):
    state, out = before / "state", before / "out"
    listed = list_runs(state)
    kept = {path: path.read_bytes() for path in out.iterdir()}
    with files_up_to(size):
        got = call(capsys, "--state-dir", state, "tune", "--config", CONF42, "--out", out)
    (whole,) = listed
    folder = state / RUNS / whole.run
    manifest = read_manifest(folder)

    assert (got.code, got.out) == (1, "")
    assert "File too large" in got.err
    assert "Traceback" not in got.err
    assert list_runs(state) == listed
    assert {file_state(folder, *item) for item in manifest.files.items()} == {OK}
    assert len(kept) == len(result_files(["simple"]))
    assert {path: path.read_bytes() for path in out.iterdir()} == kept


def test_a_run_that_found_no_room_goes_on_when_there_is_some(tmp_path, capsys):
    state = tmp_path / "state"
    with files_up_to(100_000):
        failed = call(capsys, "--state-dir", state, "tune", "--config", CONF42)
    (started,) = list_started(state)
    again = call(capsys, "--state-dir", state, "tune", "--config", CONF42, "--resume", started.run)

    assert failed.code == 1
    assert f"--resume {started.run}" in failed.err
    assert again.code == 0
    assert [each.run for each in list_runs(state)] == [started.run]
