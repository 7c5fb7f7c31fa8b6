"""The state folder: private, its own, and nothing in it is taken for what it is not."""

from __future__ import annotations

import random
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.store.made_up import ORIGIN, begun, finished
from tuner.errors import ConfigurationError, MissingFileError, ResultFileError, StoreError
from tuner.store.manifest import MANIFEST
from tuner.store.resume import resume_run
from tuner.store.run_writer import new_run
from tuner.store.runs import find_run, is_run_id, list_runs, list_started, new_run_id

NOW = datetime(2026, 11, 24, 14, 5, 6, tzinfo=UTC)
SEED = 20261124


def hostile_texts(count: int) -> list[str]:
    """Give texts that would leave a folder if they became part of a path."""
    draw = random.Random(SEED)
    pieces = ["..", "/", "\\", "\0", "%2e%2e", "~", "C:", "a", "Ü", "\n", " ", "-", "é" * 300, "."]
    return ["".join(draw.choices(pieces, k=draw.randint(0, 9))) for _ in range(count)]


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_nothing_is_made_before_something_is_written(tmp_path):
    state = tmp_path / "state"
    run = new_run(state, ORIGIN)

    assert not state.exists()
    assert not run.has_begun
    assert run.parts("search") == []


def test_the_state_folder_is_for_its_owner_only(tmp_path):
    state = tmp_path / "deep" / "state"
    folder = finished(state)

    assert [mode_of(place) for place in (state, state / "runs", folder)] == [0o700] * 3


def test_an_empty_folder_becomes_private_and_a_shared_one_is_refused(tmp_path):
    state = tmp_path / "state"
    state.mkdir(mode=0o755)
    finished(state)

    assert mode_of(state) == 0o700
    state.chmod(0o750)
    with pytest.raises(ConfigurationError, match="chmod 700"):
        new_run(state, ORIGIN)


def test_a_symbolic_link_is_refused_wherever_it_stands(tmp_path):
    finished(tmp_path / "real")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    (tmp_path / "half").mkdir(mode=0o700)
    (tmp_path / "half" / "runs").symlink_to(tmp_path / "real" / "runs")
    for state in (tmp_path / "link", tmp_path / "half"):
        with pytest.raises(ConfigurationError, match="symbolic link"):
            new_run(state, ORIGIN)
        with pytest.raises(ConfigurationError, match="symbolic link"):
            list_runs(state)
    (run,) = list_runs(tmp_path / "real")
    (tmp_path / "half" / "runs").unlink()
    (tmp_path / "half" / "runs").mkdir()
    (tmp_path / "half" / "runs" / run.run).symlink_to(tmp_path / "real" / "runs" / run.run)

    assert list_runs(tmp_path / "half") == []
    with pytest.raises(MissingFileError, match="There are none"):
        find_run(tmp_path / "half", run.run)


def test_a_folder_that_cannot_be_written_is_a_sentence(tmp_path):
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(StoreError, match="file is no folder"):
        new_run(tmp_path / "file" / "state", ORIGIN)


def test_no_text_of_a_client_becomes_part_of_a_path(tmp_path):
    state = tmp_path / "state"
    finished(state)
    for text in hostile_texts(500):
        name = new_run_id(text, NOW)

        assert is_run_id(name), (SEED, text)
        assert (state / "runs" / name).resolve().parent == (state / "runs").resolve()
        with pytest.raises(MissingFileError):
            find_run(state, text)
        with pytest.raises(ConfigurationError):
            resume_run(state, ORIGIN, run=text)


def test_an_id_says_when_and_what_and_no_two_are_equal():
    names = {new_run_id("Check out (EU)", NOW) for _ in range(100)}

    assert len(names) == 100
    assert {name[:-8] for name in names} == {"20261124T140506Z-check-out-eu-"}


def test_runs_are_listed_the_newest_first_and_only_with_a_manifest(tmp_path):
    state = tmp_path / "state"
    first, second = finished(state, service="b"), finished(state, service="a")
    going_on = begun(state)
    (state / "runs" / "notes").mkdir()
    listed = [each.run for each in list_runs(state)]

    assert sorted(listed) == sorted([first.name, second.name])
    assert listed == sorted(listed, reverse=True)
    assert [each.run for each in list_started(state)] == [going_on.run]
    assert find_run(state, first.name) == first
    with pytest.raises(MissingFileError, match=r"The newest: "):
        find_run(state, going_on.run)


def test_a_damaged_manifest_is_listed_without_a_word_of_what_it_said(tmp_path):
    state = tmp_path / "state"
    folder = finished(state)
    text = (folder / MANIFEST).read_text()
    (folder / MANIFEST).write_text(text.replace('"seed": 7', '"seed": 8'))
    (listed,) = list_runs(state)

    assert (listed.run, listed.manifest) == (folder.name, None)


def test_a_finished_run_holds_no_part_of_its_search(tmp_path):
    run = begun(tmp_path / "state")
    folder = run.folder()
    leftover = folder / ".trials.parquet.abc"
    leftover.write_text("half a file of a killed writer")
    (folder / "artifacts").mkdir()
    run.clear()

    assert sorted(path.name.split("-")[0] for path in folder.iterdir()) == ["part", "started.json"]
    run.finish(verdict="keep", exit_code=0)

    assert [path.name for path in folder.iterdir()] == [MANIFEST]


def test_a_run_goes_on_where_it_was_left(tmp_path):
    state = tmp_path / "state"
    run = begun(state)
    run.close()
    again = resume_run(state, ORIGIN)

    assert (again.run, again.started) == (run.run, run.started)
    assert [path.read_bytes() for path in again.parts("search")] == [b"a part"]
    again.finish(verdict="change", exit_code=0)
    assert [each.run for each in list_runs(state)] == [run.run]


def test_the_newest_run_of_this_origin_goes_on_and_no_other(tmp_path):
    state = tmp_path / "state"
    old = begun(state)
    old.close()
    begun(state, seed=8).close()

    assert resume_run(state, ORIGIN).run == old.run


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"inputs_sha256": "cd" * 32}, "another content of config or inputs"),
        ({"seed": 8}, "seed 8"),
        ({"model_version": "0"}, "model version 0"),
        ({"search": {"engine": "exact", "trials": 20_000}}, "engine exact"),
    ],
    ids=str,
)
@pytest.mark.parametrize("named", [False, True])
def test_a_run_of_something_else_does_not_go_on(tmp_path, changes, words, named):
    state = tmp_path / "state"
    other = begun(state, **changes)
    other.close()

    with pytest.raises(ConfigurationError, match=words):
        resume_run(state, ORIGIN, run=other.run if named else None)


def test_what_is_finished_or_goes_on_or_never_was_cannot_be_resumed(tmp_path):
    state = tmp_path / "state"
    with pytest.raises(ConfigurationError, match="none in"):
        resume_run(state, ORIGIN)
    ended = finished(state)
    with pytest.raises(ConfigurationError, match=ended.name):
        resume_run(state, ORIGIN, run=ended.name)
    going_on = begun(state)
    for run in (None, going_on.run):
        with pytest.raises(ConfigurationError, match="still goes on"):
            resume_run(state, ORIGIN, run=run)


def test_a_damaged_part_is_refused(tmp_path):
    run = begun(tmp_path / "state")
    (part,) = run.parts("search")
    part.write_bytes(b"b part")

    with pytest.raises(ResultFileError, match="SHA-256"):
        run.parts("search")
