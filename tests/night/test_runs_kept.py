"""Two runs compared, and old runs removed: only what may go, and only when asked."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.deployment.acting import CHANGES
from tests.deployment.acting import run as apply
from tests.deployment.memory_target import MemoryTarget
from tests.doors.command import call
from tests.night.folders import config_of
from tests.store.made_up import ORIGIN
from tuner.config.load import load_job
from tuner.deployment.change import Evidence
from tuner.deployment.ledger import Ledger
from tuner.errors import ConfigurationError
from tuner.kept_run import keep_run, origin
from tuner.store.files import write_text
from tuner.store.manifest import MANIFEST
from tuner.store.prune import prunable_runs, remove_run
from tuner.store.run_writer import RunWriter, new_run
from tuner.store.runs import list_runs
from tuner.tune import tune

NOW = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)


def begun_at(state: Path, *, days_ago: float, service: str = "shop") -> RunWriter:
    """Begin a run that many days ago."""
    then = NOW - timedelta(days=days_ago)
    run = new_run(state, replace(ORIGIN, service=service), clock=lambda: then)
    run.folder()
    return run


def kept_at(state: Path, *, days_ago: float, service: str = "shop") -> str:
    """Keep a run that began that many days ago, and give its id."""
    run = begun_at(state, days_ago=days_ago, service=service)
    write_text(run.folder() / "answer.json", "{}\n")
    run.finish(verdict="change", exit_code=0)
    return run.run


def names(state: Path, **given) -> list[str]:
    return [each.run for each in prunable_runs(state, now=NOW, **given)]


def test_of_each_service_the_newest_stay(tmp_path):
    shop = [kept_at(tmp_path / "s", days_ago=d) for d in (1, 2, 3)]
    web = [kept_at(tmp_path / "s", days_ago=d, service="web") for d in (4, 5)]

    assert names(tmp_path / "s", keep=2) == [shop[2]]
    assert names(tmp_path / "s", keep=1) == [shop[1], shop[2], web[1]]
    assert names(tmp_path / "s", keep=3) == []


def test_by_age_the_newest_of_each_service_stays_however_old(tmp_path):
    shop = [kept_at(tmp_path / "s", days_ago=d) for d in (1, 40, 50)]
    kept_at(tmp_path / "s", days_ago=400, service="web")

    assert names(tmp_path / "s", before=NOW - timedelta(days=30)) == [shop[1], shop[2]]
    assert names(tmp_path / "s", before=NOW - timedelta(days=30), keep=2) == [shop[2]]
    assert names(tmp_path / "s", before=NOW, keep=1, held={shop[2]}) == [shop[1]]


def test_interrupted_runs_go_by_age_and_only_where_nobody_writes_them(tmp_path):
    state = tmp_path / "s"
    left, held = begun_at(state, days_ago=40), begun_at(state, days_ago=41)
    left.close()

    assert names(state, keep=1) == []
    assert names(state, before=NOW) == [left.run]
    (prunable,) = prunable_runs(state, now=NOW, before=NOW)
    again = RunWriter(state, left.started, folder=state / "runs" / left.run)
    with pytest.raises(ConfigurationError, match="still goes on"):
        remove_run(state, prunable)
    again.close()
    remove_run(state, prunable)

    assert [path.name for path in (state / "runs").iterdir()] == [held.run]
    held.close()


def test_what_a_killed_removal_left_goes_but_not_a_run_that_begins(tmp_path):
    state = tmp_path / "s"
    old, new = kept_at(state, days_ago=2), kept_at(state, days_ago=0)
    for run in (old, new):
        (state / "runs" / run / MANIFEST).unlink()

    assert [(each.run, each.kind) for each in prunable_runs(state, now=NOW, keep=1)] == [
        (old, "remnant")
    ]


def test_damaged_runs_go_by_age_alone_and_foreign_folders_never(tmp_path):
    state = tmp_path / "s"
    run = kept_at(state, days_ago=40)
    (state / "runs" / run / MANIFEST).write_text("{}")
    (state / "runs" / "notes").mkdir()
    (state / "runs" / "20250101T000000Z-x-00000000").symlink_to(tmp_path)

    assert names(state, keep=1) == []
    assert [(each.run, each.kind) for each in prunable_runs(state, now=NOW, before=NOW)] == [
        (run, "damaged")
    ]


def test_the_verb_only_shows_without_yes_and_removes_with_it(tmp_path, capsys):
    state = tmp_path / "s"
    runs = [kept_at(state, days_ago=d) for d in (1, 2, 3)]
    shown = call(capsys, "runs", "prune", "--keep", 1, "--state-dir", state)

    assert shown.code == 0
    assert "2 would go" in shown.out
    assert "--yes removes them" in shown.err
    assert len(list_runs(state)) == 3

    got = call(
        capsys, "runs", "prune", "--keep", 1, "--state-dir", state, "--yes", "--output", "json"
    )
    answer = json.loads(got.out)

    assert (answer["schema"], answer["removed"]) == ("cliffside.runs.prune/1", True)
    assert [row["run"] for row in answer["runs"]] == runs[1:]
    assert [each.run for each in list_runs(state)] == runs[:1]


def test_by_age_on_the_command_line(tmp_path, capsys):
    state = tmp_path / "s"
    kept_at(state, days_ago=1)
    old = kept_at(state, days_ago=200)
    got = call(
        capsys,
        *("runs", "prune", "--older-than", "2026-08-01T00:00:00Z"),
        *("--state-dir", state, "--output", "csv"),
    )

    (row,) = got.out.splitlines()[1:]

    assert row.startswith(f"{old},shop,finished,")
    assert row.endswith(",False")
    assert call(capsys, "runs", "prune", "--state-dir", state).code == 2
    assert call(capsys, "runs", "prune", "--keep", 0, "--state-dir", state).code == 2


def test_a_run_that_an_apply_refers_to_stays(tmp_path, capsys):
    state = tmp_path / "s"
    runs = [kept_at(state, days_ago=d) for d in (1, 2, 3)]
    change = replace(CHANGES["simple to target"], evidence=Evidence(run=runs[1]))
    apply(change, MemoryTarget(change.before), Ledger(state))
    call(capsys, "-q", "runs", "prune", "--keep", 1, "--state-dir", state, "--yes")

    assert [each.run for each in list_runs(state)] == runs[:2]


@pytest.fixture(scope="module")
def two(tmp_path_factory):
    """Give a state folder with two runs of one service, of another cliff and seed."""
    place = tmp_path_factory.mktemp("two")
    state, ids = place / "state", []
    for i, text in enumerate((config_of(), config_of(cliff=36.0, seed=2))):
        path = place / "job.toml"
        path.write_text(text)
        job = load_job(path)
        tuning = tune(job, threads=1)
        run = new_run(state, origin(job), clock=lambda i=i: NOW + timedelta(hours=i))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("tuner.report.html.render_report", lambda *_: "<title>x</title>")
            keep_run(tuning, run, exit_code=0)
        ids.append(run.run)
    return state, ids


def test_what_changed_between_two_runs_is_told(two, capsys):
    state, (first, second) = two
    got = call(capsys, "runs", "compare", first, second, "--state-dir", state, "--output", "json")
    answer = json.loads(got.out)
    inputs = {row["name"]: (row["from"], row["to"]) for row in answer["inputs"]}
    figures = {row["name"]: row for row in answer["figures"]}
    kept = [
        json.loads((state / "runs" / run / "recommendation.json").read_text())["recommended"]
        for run in (first, second)
    ]

    assert (answer["schema"], answer["runs"]) == ("cliffside.runs.compare/1", [first, second])
    assert inputs["seed"] == (1, 2)
    assert inputs["limit_percent"] == (60.0, 36.0)
    assert answer["versions"] == []
    assert answer["same_result"] is False
    assert figures["host_minutes"]["from"] == kept[0]["host_minutes"]
    assert figures["host_minutes"]["to"] == kept[1]["host_minutes"]
    assert figures["host_minutes"]["difference"] == pytest.approx(
        kept[1]["host_minutes"] - kept[0]["host_minutes"]
    )
    for row in answer["plan"]:
        assert row["from"] != row["to"]
    assert answer["notes"] == [
        "Config or inputs differ: figures are of other traffic, limits or hosts."
    ]


def test_compared_in_words(two, capsys):
    state, (first, second) = two
    got = call(capsys, "runs", "compare", first, second, "--state-dir", state)

    assert got.code == 0
    assert "The result is another one." in got.out
    assert "limit_percent" in got.out
    assert "host minutes, min" in got.out


def test_a_damaged_run_is_not_compared(two, capsys):
    state, (first, second) = two
    path = state / "runs" / second / "recommendation.json"
    content = path.read_bytes()
    path.write_bytes(content.replace(b"host", b"hots", 1))
    got = call(capsys, "runs", "compare", first, second, "--state-dir", state)
    path.write_bytes(content)

    assert (got.code, got.out) == (2, "")
    assert "another size or SHA-256" in got.err
