"""`report` by the real door: a finished job answered again, from what it stored."""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest

from tests.doors.command import CONF42, CONFIGS, call, changed_config
from tuner.store.files import read_parquet, write_parquet

UNITS: dict[str, str] = {}


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """Give the folder of a finished job whose start follows from the cliff."""
    from tuner.config import load_job
    from tuner.tune import tune, write_results

    folder = tmp_path_factory.mktemp("finished")
    config = changed_config(folder, ("initial_capacity = 1\n", ""))
    write_results(tune(load_job(config)), folder / "run")
    return folder


@pytest.fixture
def copied(finished, tmp_path):
    """Give a copy of that folder, to spoil."""
    shutil.copytree(finished, tmp_path / "copy")
    return tmp_path / "copy"


def answer(capsys, *arguments):
    got = call(capsys, *arguments, "--output", "json")
    return got.code, json.loads(got.out)


def same(first: dict, second: dict) -> bool:
    ignored = {"schema", "seconds", "kernel_seconds", "job", "families"}
    families = zip(first.get("families", []), second.get("families", []), strict=True)
    return {k: v for k, v in first.items() if k not in ignored} == {
        k: v for k, v in second.items() if k not in ignored
    } and all(same(one, other) for one, other in families)


def test_without_a_question_the_answer_is_the_stored_one(finished, capsys):
    stored = json.loads((finished / "run" / "recommendation.json").read_text())
    code, got = answer(capsys, "report", finished / "run")

    assert code == 0
    assert got["schema"] == "cliffside.report/1"
    assert {**got, "schema": stored["schema"]} == stored


@pytest.mark.parametrize(("cliff", "margin"), [(45.0, 0.0), (60.0, 2.0), (99.0, 0.0), (30.0, 0.0)])
def test_another_cliff_gives_what_a_search_at_it_gives(tmp_path, capsys, cliff, margin):
    answers = {}
    for name, changes in (
        ("there", [("cliff_percent = 50.0", f"cliff_percent = {cliff}")]),
        ("here", []),
    ):
        folder = tmp_path / name
        folder.mkdir()
        if name == "there":
            changes.append(("margin_percent = 0.0", f"margin_percent = {margin}"))
        config = changed_config(folder, *changes)
        call(capsys, "tune", "--config", config, "--out", folder / "run")
        answers[name] = json.loads((folder / "run" / "recommendation.json").read_text())
    question = ["--cliff", cliff, "--margin", margin]
    code, got = answer(capsys, "report", tmp_path / "here" / "run", *question)

    assert same(answers["there"], got)
    assert not same(answers["here"], got)
    assert code == (3 if got["verdict"] == "nothing feasible" else 0)


def test_runs_start_as_in_the_search_whatever_the_cliff(finished, capsys):
    stored = json.loads((finished / "run" / "recommendation.json").read_text())
    table = call(capsys, "report", finished / "run", "--cliff", 20).out
    _, got = answer(capsys, "report", finished / "run", "--cliff", 20)

    assert "runs start with the fewest hosts under 50 %" in table
    assert got["baseline"]["host_minutes"] == stored["baseline"]["host_minutes"]
    assert got["baseline"]["minutes_over_cliff"] > stored["baseline"]["minutes_over_cliff"]
    assert got["limit_percent"] == 20.0


def test_the_report_is_written_again(finished, tmp_path, capsys):
    page = tmp_path / "again.html"
    got = call(capsys, "report", finished / "run", "--cliff", 45, "--out", page)

    assert got.code == 0
    assert "limit 45.0 %" in page.read_text()
    assert (finished / "run" / "report.html").read_text() != page.read_text()


def test_the_folder_and_its_config_may_move(copied, finished, tmp_path, capsys):
    away = tmp_path / "away"
    (copied / "run").rename(away)
    got = call(capsys, "report", away, "--config", copied / "job.toml")

    assert got.code == 0


def test_a_seed_of_the_call_is_remembered(tmp_path, capsys):
    call(capsys, "--seed", 7, "tune", "--config", CONF42, "--out", tmp_path)
    stored = json.loads((tmp_path / "recommendation.json").read_text())
    got = call(capsys, "report", tmp_path, "--output", "csv")

    assert stored["job"]["seed"] == 7
    assert got.code == 0
    assert got.out.startswith("candidate,scale_out_threshold_percent,")


def spoil_model_version(run):
    path = run / "recommendation.json"
    path.write_text(path.read_text().replace('"model_version": "', '"model_version": "0.'))


def spoil_trials_version(run):
    rewrite(run, model_version="0")


def spoil_the_best_candidate(run):
    trials = read_parquet(run / "trials.parquet")
    rewrite(run, mean_cpu_percent=trials["mean_cpu_percent"] + 1e-9)


def spoil_a_parameter(run):
    trials = read_parquet(run / "trials.parquet")
    rewrite(run, cooldown_seconds=trials["cooldown_seconds"] * 2)


def spoil_a_number(run):
    trials = read_parquet(run / "trials.parquet")
    host_minutes = trials["host_minutes"].copy()
    host_minutes[3] = np.nan
    rewrite(run, host_minutes=host_minutes)


def spoil_an_index(run):
    trials = read_parquet(run / "trials.parquet")
    rewrite(run, candidate=trials["candidate"] + 10_000)


def spoil_the_schema(run):
    shutil.copy(run / "front.parquet", run / "trials.parquet")


def spoil_the_config(run):
    config = run.parent / "job.toml"
    config.write_text(config.read_text().replace("cliff_percent = 50.0", "cliff_percent = 51.0"))


def spoil_with_noise(run):
    (run / "recommendation.json").write_bytes(bytes(range(256)))


def spoil_with_a_list(run):
    (run / "recommendation.json").write_text("[1, 2]")


def spoil_with_another_object(run):
    (run / "recommendation.json").write_text('{"recommended": null}')


def lose_the_trials(run):
    (run / "trials.parquet").unlink()


def rewrite(run, *, model_version="1", **columns):
    trials = {**read_parquet(run / "trials.parquet"), **columns}
    write_parquet(
        run / "trials.parquet",
        trials,
        units=UNITS,
        schema="cliffside.trials",
        model_version=model_version,
    )


@pytest.mark.parametrize(
    ("spoil", "word"),
    [
        (spoil_model_version, "model_version"),
        (spoil_trials_version, "model_version"),
        (spoil_the_best_candidate, "mean_cpu_percent"),
        (spoil_a_parameter, "cooldown_seconds"),
        (spoil_a_number, "host_minutes"),
        (spoil_an_index, "lattice of 250 points"),
        (spoil_the_schema, "cliffside.trials"),
        (spoil_the_config, "contents have changed"),
        (spoil_with_noise, "JSON object"),
        (spoil_with_a_list, "JSON object"),
        (spoil_with_another_object, "schema"),
        (lose_the_trials, "trials.parquet"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_a_folder_that_is_not_what_it_says_is_refused(copied, capsys, spoil, word):
    run = copied / "run"
    facts = json.loads((run / "recommendation.json").read_text())
    facts["job"]["config"] = str(copied / "job.toml")
    (run / "recommendation.json").write_text(json.dumps(facts))
    assert call(capsys, "report", run).code == 0
    spoil(run)
    got = call(capsys, "report", run, "--out", copied / "new.html")

    assert (got.code, got.out) == (2, "")
    assert word in got.err
    assert "Traceback" not in got.err
    assert not (copied / "new.html").exists()


def test_a_flipped_bit_is_refused_or_changes_nothing(copied, capsys):
    run = copied / "run"
    facts = json.loads((run / "recommendation.json").read_text())
    facts["job"]["config"] = str(copied / "job.toml")
    (run / "recommendation.json").write_text(json.dumps(facts))
    _, expected = answer(capsys, "report", run, "--cliff", 45)
    content = (run / "trials.parquet").read_bytes()
    refused = 0
    for place in range(0, len(content), len(content) // 80):
        flipped = bytearray(content)
        flipped[place] ^= 1 << place % 8
        (run / "trials.parquet").write_bytes(flipped)
        got = call(capsys, "report", run, "--cliff", 45, "--output", "json")
        refused += got.code == 2

        assert "Traceback" not in got.err
        assert got.code == 2 or json.loads(got.out) == expected, place
    assert refused > 40


def test_a_cliff_that_cannot_be_is_refused(finished, capsys):
    for question in (
        ["--cliff", 150],
        ["--cliff", 0],
        ["--margin", 60],
        ["--cliff", "nan"],
        ["--margin", "nan"],
    ):
        got = call(capsys, "report", finished / "run", *question)

        assert (got.code, got.out) == (2, ""), question


def test_limited_minutes_over_the_cliff_need_a_search(tmp_path, capsys):
    limit = "\n[limits]\nmax_minutes_over_cliff = 5.0\n"
    config = changed_config(tmp_path, more=limit)
    call(capsys, "tune", "--config", config, "--out", tmp_path / "run")
    got = call(capsys, "report", tmp_path / "run", "--cliff", 45)

    assert (got.code, got.out) == (2, "")
    assert "max_minutes_over_cliff" in got.err
    assert call(capsys, "report", tmp_path / "run", "--margin", 1).code == 0


def test_the_shipped_examples_can_be_asked(tmp_path, capsys):
    call(capsys, "tune", "--config", CONFIGS / "conf42-robust.toml", "--out", tmp_path)
    code, got = answer(capsys, "report", tmp_path, "--cliff", 40)

    assert code == 0
    assert got["recommended"]["worst_peak_cpu_percent"] <= 40.0


COARSE = (
    "scale_out_threshold_percent = {from = 11, to = 35}",
    "scale_out_threshold_percent = [11, 19, 35]",
)


def test_a_refined_run_and_a_sampled_one_are_read_back_whole(tmp_path, capsys):
    for name, changes in (
        ("refined", [("service = ", "search.refine = true\nservice = "), COARSE]),
        ("sampled", [("service = ", 'search.engine = "evolve"\nsearch.trials = 60\nservice = ')]),
    ):
        folder = tmp_path / name
        folder.mkdir()
        config = changed_config(folder, *changes)
        call(capsys, "tune", "--config", config, "--out", folder / "run")
        stored = json.loads((folder / "run" / "recommendation.json").read_text())
        code, got = answer(capsys, "report", folder / "run")

        assert code == 0
        assert {**got, "schema": stored["schema"]} == stored
        assert stored["families"][0]["refined"] == (name == "refined")
        assert bool(stored["search_notes"]) == (name == "sampled")


@pytest.mark.parametrize("key", ["complete", "refined", "search_notes"])
def test_a_result_without_a_fact_of_its_search_is_refused_in_words(copied, capsys, key):
    path = copied / "run" / "recommendation.json"
    facts = json.loads(path.read_text())
    del facts["families"][0][key]
    path.write_text(json.dumps(facts))
    got = call(capsys, "report", copied / "run")

    assert got.code == 2
    assert f"key {key}" in got.err
    assert "Traceback" not in got.err
