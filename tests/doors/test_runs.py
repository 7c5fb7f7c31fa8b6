"""Runs by the real door: each tune leaves one, and `runs`, `report` and `study` find it."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import optuna
import pytest

from tests.doors.command import CONF42, CONFIGS, call, changed_config
from tuner.cli.main import run
from tuner.search.study_storage import open_storage
from tuner.store.runs import list_runs, list_started
from tuner.tune import result_files

RESULT_FILES = result_files(["simple"])


@pytest.fixture(scope="module")
def state(tmp_path_factory):
    """Give a state folder with two runs, the newer one of the robust example."""
    folder = tmp_path_factory.mktemp("runs") / "state"
    for name in ("conf42.toml", "conf42-robust.toml"):
        with pytest.MonkeyPatch.context() as patch, pytest.raises(SystemExit) as end:
            words = ["cliffside", "-q", "--state-dir", str(folder)]
            patch.setattr("sys.argv", [*words, "tune", "--config", str(CONFIGS / name)])
            run()
        assert end.value.code == 0
    return folder


def ids(state: Path) -> list[str]:
    return [each.run for each in list_runs(state)]


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_tune_leaves_its_run_and_says_where(tmp_path, capsys):
    state = tmp_path / "state"
    got = call(capsys, "tune", "--config", CONF42, "--state-dir", state, "--output", "json")
    (run,) = ids(state)
    folder = state / "runs" / run

    assert got.code == 0
    assert got.err.endswith(f"Written: {folder}\n")
    assert json.loads((folder / "recommendation.json").read_text()) == json.loads(got.out)
    assert {path.name for path in folder.iterdir()} == {
        *RESULT_FILES,
        "explore.json",
        "study.journal",
        "artifacts",
        "manifest.json",
    }


def test_out_gets_a_copy_of_the_result_files_and_nothing_else(tmp_path, capsys):
    state, out = tmp_path / "state", tmp_path / "out"
    call(capsys, "--state-dir", state, "tune", "--config", CONF42, "--out", out)
    folder = state / "runs" / ids(state)[0]

    assert {path.name for path in out.iterdir()} == set(RESULT_FILES)
    for name in RESULT_FILES:
        assert (out / name).read_bytes() == (folder / name).read_bytes()
        assert not (out / name).samefile(folder / name)


def test_the_folder_of_the_job_gets_a_copy_where_out_is_not_given(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    config = changed_config(tmp_path, more='\n[output]\ndirectory = "from-the-job"\n')
    call(capsys, "--state-dir", "state", "tune", "--config", config)

    assert {path.name for path in Path("from-the-job").iterdir()} == set(RESULT_FILES)
    assert len(ids(Path("state"))) == 1


def test_the_demo_leaves_a_run_too(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("tuner.cli.tune_verbs.shipped_config", lambda _: CONF42)  # a small one
    got = call(capsys, "--state-dir", tmp_path / "state", "demo", "--out", tmp_path / "out")
    (listed,) = list_runs(tmp_path / "state")

    assert got.code == 0
    assert listed.manifest is not None
    assert listed.manifest.origin.config == str(CONF42.resolve())
    assert {path.name for path in (tmp_path / "out").iterdir()} == set(RESULT_FILES)


def test_wrong_input_leaves_no_state(tmp_path, capsys):
    config = changed_config(tmp_path, ("cliff_percent = 50.0", "cliff_percent = 500.0"))
    got = call(capsys, "--state-dir", tmp_path / "state", "tune", "--config", config)

    assert got.code == 2
    assert not (tmp_path / "state").exists()


def test_a_state_folder_that_is_a_link_is_refused_before_the_search(tmp_path, capsys):
    (tmp_path / "real").mkdir(mode=0o700)
    (tmp_path / "link").symlink_to(tmp_path / "real")
    got = call(capsys, "--state-dir", tmp_path / "link", "tune", "--config", CONF42)

    assert (got.code, got.out) == (2, "")
    assert "symbolic link" in got.err
    assert list((tmp_path / "real").iterdir()) == []


def test_runs_are_listed_in_each_form(state, capsys):
    expected = ids(state)
    table = call(capsys, "--state-dir", state, "runs", "list")
    rows = rows_of(call(capsys, "runs", "list", "--state-dir", state, "--output", "csv").out)
    answer = json.loads(call(capsys, "--state-dir", state, "runs", "list", "--output", "json").out)

    assert len(expected) == 2
    assert [line.split()[0] for line in table.out.splitlines()[2:]] == expected
    assert [row["run"] for row in rows] == [row["run"] for row in answer["runs"]] == expected
    assert {row["service"] for row in rows} == {"conf42", "conf42-robust"}
    assert answer["schema"] == "cliffside.runs/1"
    assert {(row["verdict"], row["exit_code"], row["state"]) for row in answer["runs"]} == {
        ("change", 0, "finished")
    }


def test_without_runs_the_list_says_what_to_do(tmp_path, capsys):
    got = call(capsys, "--state-dir", tmp_path / "none", "runs", "list")

    assert got.code == 0
    assert "No finished runs" in got.out
    assert not (tmp_path / "none").exists()


def test_a_run_is_shown_with_its_plan_in_words_its_totals_and_its_files(state, capsys):
    (run,) = [name for name in ids(state) if "robust" not in name]
    table = call(capsys, "--state-dir", state, "runs", "show", run)
    answer = json.loads(
        call(capsys, "--state-dir", state, "runs", "show", run, "--output", "json").out
    )
    files = rows_of(call(capsys, "--state-dir", state, "runs", "show", run, "--output", "csv").out)
    plan = answer["plans"]["recommended"]

    assert table.code == 0
    assert "Recommendation: change" in table.out
    assert plan["plan"].startswith("scale out by 2 above 15 % for 5 minutes")
    assert plan["plan"] in table.out
    assert plan["host_minutes"] == 550.0
    assert {row["state"] for row in files} == {"ok"}
    assert {*RESULT_FILES, "study.journal"} < {row["name"] for row in files}


def test_damage_is_shown_and_ends_with_code_1(tmp_path, capsys):
    state = tmp_path / "state"
    call(capsys, "--state-dir", state, "tune", "--config", CONF42)
    (run,) = ids(state)
    folder = state / "runs" / run
    content = bytearray((folder / "front.parquet").read_bytes())
    content[-20] ^= 1
    (folder / "front.parquet").write_bytes(content)
    (folder / "report.html").unlink()
    got = call(capsys, "--state-dir", state, "runs", "show", run, "--output", "csv")
    states = {row["name"]: row["state"] for row in rows_of(got.out)}

    assert got.code == 1
    assert (states["front.parquet"], states["report.html"]) == ("damaged", "missing")
    assert states["trials.parquet"] == "ok"
    assert call(capsys, "--state-dir", state, "report", run).code == 0

    (folder / "recommendation.json").write_text("{}")
    shown = call(capsys, "--state-dir", state, "runs", "show", run)

    assert shown.code == 1
    assert "scale out by" not in shown.out
    assert call(capsys, "--state-dir", state, "report", run).code == 2

    (folder / "manifest.json").write_text("{}")
    listed = call(capsys, "--state-dir", state, "runs", "list")

    assert (listed.code, listed.out.count("damaged")) == (0, 1)
    assert call(capsys, "--state-dir", state, "runs", "show", run).code == 2


@pytest.mark.parametrize("verb", [["runs", "show"], ["report"], ["study", "open"]], ids=str)
def test_an_id_that_is_not_there_is_answered_with_those_that_are(state, capsys, verb):
    got = call(capsys, "--state-dir", state, *verb, "20200101T000000Z-nothing-00000000")

    assert (got.code, got.out) == (2, "")
    assert ids(state)[0] in got.err


def test_report_takes_an_id_or_a_folder(state, capsys):
    (run,) = [name for name in ids(state) if "robust" not in name]
    by_id = call(capsys, "--state-dir", state, "report", run, "--cliff", 45, "--output", "json")
    by_folder = call(capsys, "report", state / "runs" / run, "--cliff", 45, "--output", "json")

    assert by_id.code == 0
    assert json.loads(by_id.out)["limit_percent"] == 45.0
    assert by_id.out == by_folder.out


def test_the_study_of_a_run_is_listed_opened_and_exported(state, capsys):
    (run,) = [name for name in ids(state) if "robust" not in name]
    listed = json.loads(
        call(capsys, "--state-dir", state, "study", "list", "--output", "json").out
    )["studies"]
    opened = call(capsys, "--state-dir", state, "study", "open", run)
    about = json.loads(
        call(capsys, "--state-dir", state, "study", "open", run, "--output", "json").out
    )
    rows = rows_of(call(capsys, "--state-dir", state, "study", "export", run).out)
    best = json.loads(
        call(capsys, "--state-dir", state, "study", "export", run, "--best", "--output", "json").out
    )["rows"]

    assert [row["run"] for row in listed] == ids(state)
    assert "scale out by 2 above 15 % for 5 minutes" in opened.out
    assert str(state / "runs" / run / "study.journal") in opened.out
    assert about["best"] == best
    assert len(rows) == about["trials"] > len(best) > 0
    assert {row["trial"] for row in rows if row["best"] == "True"} == {
        str(row["trial"]) for row in best
    }


def test_optuna_reads_the_best_trials_of_a_run(state, tmp_path, capsys):
    (run,) = [name for name in ids(state) if "robust" not in name]
    folder = state / "runs" / run
    copy = tmp_path / "study.journal"
    copy.write_bytes((folder / "study.journal").read_bytes())
    study = optuna.load_study(storage=open_storage(copy), study_name="record")
    front = json.loads((folder / "recommendation.json").read_text())["front"]

    assert sorted(trial.user_attrs["candidate"] for trial in study.best_trials) == sorted(
        row["candidate"] for row in front
    )
    got = call(capsys, "--state-dir", state, "runs", "show", run, "--output", "csv")

    assert got.code == 0, "reading a study leaves its run as it was"


def test_a_damaged_study_is_left_out_of_the_list_and_told(tmp_path, capsys):
    state = tmp_path / "state"
    call(capsys, "--state-dir", state, "tune", "--config", CONF42)
    (run,) = ids(state)
    with (state / "runs" / run / "study.journal").open("ab") as journal:
        journal.write(b"{}\n")
    listed = call(capsys, "--state-dir", state, "study", "list", "--output", "csv")
    opened = call(capsys, "--state-dir", state, "study", "open", run)

    assert listed.code == 0
    assert rows_of(listed.out) == []
    assert "Left out: " in listed.err
    assert (opened.code, opened.out) == (2, "")
    assert list_started(state) == []
