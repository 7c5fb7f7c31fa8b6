"""Storages of studies: a journal that a power cut tore, a lock left behind, writes in one piece."""

from __future__ import annotations

import threading

import optuna
import pytest
from optuna.trial import TrialState, create_trial

from tuner.errors import ResultFileError, StoreError
from tuner.search import study_storage
from tuner.search.optuna_engine import quiet_optuna
from tuner.search.study_storage import in_one_piece, mend_journal, open_storage

UNIT = optuna.distributions.FloatDistribution(0, 1)


def trial(value: float, state: TrialState = TrialState.COMPLETE):
    """Make a trial of one parameter."""
    values = {"value": value} if state == TrialState.COMPLETE else {}
    return create_trial(state=state, params={"x": value}, distributions={"x": UNIT}, **values)


def made(path, n: int = 3) -> optuna.Study:
    """Make a study of n trials in a journal."""
    study = optuna.create_study(storage=open_storage(path), study_name="s")
    study.add_trials([trial(k / 10) for k in range(n)])
    return study


@pytest.mark.parametrize("torn", [b'{"op_code": 4, "worker', b"{", b"\x00\x00\x00", b'{"a": 1}'])
def test_a_torn_last_line_is_cut_and_the_study_goes_on(tmp_path, torn):
    path = tmp_path / "study.journal"
    made(path)
    whole = path.read_bytes()
    path.write_bytes(whole + torn)

    study = optuna.load_study(storage=open_storage(path), study_name="s")
    study.add_trial(trial(0.9))

    assert path.read_bytes().startswith(whole)
    again = optuna.load_study(storage=open_storage(path), study_name="s")
    assert [each.value for each in again.trials] == [0.0, 0.1, 0.2, 0.9]


@pytest.mark.parametrize("cut", [1, 2, 17, 40])
def test_a_journal_cut_anywhere_in_its_last_line_loses_that_trial_only(tmp_path, cut):
    path = tmp_path / "study.journal"
    made(path)
    path.write_bytes(path.read_bytes()[:-cut])

    study = optuna.load_study(storage=open_storage(path), study_name="s")

    assert [each.value for each in study.trials] == [0.0, 0.1]


def test_a_write_that_was_glued_to_a_torn_line_is_cut_with_it(tmp_path):
    path = tmp_path / "study.journal"
    made(path)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:-1]) + b'{"op_code": 4, "wor' + lines[-1])

    assert mend_journal(path) == len(lines[-1]) + 19
    assert len(optuna.load_study(storage=open_storage(path), study_name="s").trials) == 2


def test_a_whole_journal_is_left_as_it_is(tmp_path):
    path = tmp_path / "study.journal"
    made(path)
    whole = path.read_bytes()

    assert mend_journal(path) == 0
    assert path.read_bytes() == whole


def test_an_empty_journal_and_one_with_a_torn_first_line_are_new(tmp_path):
    for content in (b"", b'{"op_co'):
        path = tmp_path / "study.journal"
        path.write_bytes(content)

        assert optuna.get_all_study_names(open_storage(path)) == []


def test_a_journal_that_is_damaged_in_the_middle_is_refused_with_the_line(tmp_path):
    path = tmp_path / "study.journal"
    made(path)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([lines[0], b'{"op_code": 4, "wo\n', *lines[2:]]))

    with pytest.raises(ResultFileError, match="got line 2: "):
        open_storage(path)


def test_a_file_that_is_no_journal_is_refused(tmp_path):
    path = tmp_path / "study.journal"
    path.write_text('{"hello": 1}\n{"hello": 2}\n')

    with pytest.raises(ResultFileError, match="expected a journal of Optuna studies"):
        open_storage(path)


def test_a_place_that_cannot_be_opened_is_refused(tmp_path):
    (tmp_path / "file").write_text("")

    with pytest.raises(StoreError, match="expected a journal file that can be written"):
        open_storage(tmp_path / "file" / "study.journal")
    with pytest.raises(StoreError, match="expected the address of a database"):
        open_storage("nosuch://nowhere/secret")


def test_a_lock_that_a_killed_process_left_holds_nobody_for_long(tmp_path, monkeypatch):
    path = tmp_path / "study.journal"
    made(path)
    monkeypatch.setattr(study_storage, "LOCK_SECONDS", 3)
    (tmp_path / "study.journal.lock").symlink_to(path)

    with quiet_optuna():
        study = optuna.load_study(storage=open_storage(path), study_name="s")

    assert len(study.trials) == 3
    assert not (tmp_path / "study.journal.lock").is_symlink()


def test_writes_in_one_piece_are_one_append_and_read_like_others(tmp_path, monkeypatch):
    path = tmp_path / "study.journal"
    study = made(path, n=1)
    storage = study._storage
    appended = []
    append = optuna.storages.journal.JournalFileBackend.append_logs
    monkeypatch.setattr(
        optuna.storages.journal.JournalFileBackend,
        "append_logs",
        lambda self, logs: appended.append(len(logs)) or append(self, logs),
    )

    with in_one_piece(storage):
        study.add_trials([trial(0.4), trial(0.5)])
        ids = [storage.create_new_trial(study._study_id, trial(0.6, TrialState.RUNNING))]
        storage.set_trial_state_values(ids[0], TrialState.COMPLETE, [0.7])
        inside = [each.value for each in study.trials]

    assert appended == [4]
    assert inside == [0.0, 0.4, 0.5, 0.7]
    again = optuna.load_study(storage=open_storage(path), study_name="s")
    assert [each.value for each in again.trials] == inside
    study.add_trial(trial(0.8))
    assert [each.number for each in again.trials] == [0, 1, 2, 3, 4]


def test_threads_of_one_storage_and_of_two_write_in_pieces_without_a_loss(tmp_path):
    path = tmp_path / "study.journal"
    made(path, n=0)
    shared = open_storage(path)

    def write(storage, first: int) -> None:
        study = optuna.load_study(storage=storage, study_name="s")
        for piece in range(10):
            with in_one_piece(storage):
                study.add_trials([trial((first + 10 * piece + k) / 1_000) for k in range(10)])
            study.add_trial(trial(0.999))

    storages = [shared, shared, open_storage(path)]
    threads = [
        threading.Thread(target=write, args=(storage, 100 * n))
        for n, storage in enumerate(storages)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)

    trials = optuna.load_study(storage=open_storage(path), study_name="s").trials
    assert [each.number for each in trials] == list(range(330))
    got = sorted(each.value for each in trials if each.value != 0.999)
    assert got == [k / 1_000 for k in range(300)]


def test_memory_and_an_open_storage_are_taken_as_they_are():
    storage = open_storage(None)

    assert open_storage(storage) is storage
    with in_one_piece(storage):
        optuna.create_study(storage=storage, study_name="s")
    assert optuna.get_all_study_names(storage) == ["s"]
