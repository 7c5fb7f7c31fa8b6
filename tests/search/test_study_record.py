"""The study of record: what Optuna and its dashboard read of a result, and the importances."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import optuna
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from optuna.artifacts import FileSystemArtifactStore, download_artifact, get_all_artifact_meta

from tests.search.engine_checks import case
from tests.search.made_up import line_space, made_up_result
from tests.search.talk import SCENARIO
from tuner.errors import ConfigurationError, MissingFileError
from tuner.search.limits import Limits
from tuner.search.objectives import WEIGHTED
from tuner.search.study_read import list_studies, study_rows
from tuner.search.study_record import LARGEST_RECORD, record_study, rows_of_record
from tuner.search.study_storage import open_storage


def best_of(study: optuna.Study) -> set[int]:
    """Give the candidates of a study's best trials."""
    return {trial.user_attrs["candidate"] for trial in study.best_trials}


@pytest.mark.parametrize("name", ["talk", "robust"])
def test_the_best_trials_are_the_front_read_back_from_a_journal(tmp_path, name):
    known = case(name)
    journal = tmp_path / "study.journal"
    record_study(known.truth, journal, seed=1, shapes=known.shapes)

    study = optuna.load_study(storage=open_storage(journal), study_name="record")

    assert best_of(study) == set(known.truth.candidate[known.truth.front()].tolist())
    assert len(study.best_trials) == len(known.truth.front())
    assert study.metric_names == ["mean_cpu_percent", "host_minutes"]
    assert [direction.name for direction in study.directions] == ["MAXIMIZE", "MINIMIZE"]


@settings(deadline=None, max_examples=40)
@given(
    rows=st.lists(st.tuples(*3 * [st.integers(0, 4)]), min_size=1, max_size=12),
    seed=st.integers(0, 5),
)
def test_the_best_trials_are_the_front_of_any_result(rows, seed):
    mean, host_minutes, peak = np.array(rows).T
    result = made_up_result(mean=mean, host_minutes=host_minutes, peaks=48.0 + peak[:, None])

    study = record_study(result, None, seed=seed)

    assert best_of(study) == set(result.candidate[result.front()].tolist())
    assert len(study.best_trials) == len(result.front())


def test_a_trial_says_its_plan_its_totals_and_its_constraints_as_the_dashboard_reads_them():
    known = case("robust")
    truth = known.truth
    study = record_study(truth, None, seed=1)

    trial = study.best_trials[0]

    (c,) = np.flatnonzero(truth.candidate == trial.user_attrs["candidate"])
    assert trial.values == [truth.mean_cpu_percent[c], truth.host_minutes[c]]
    excess = (truth.worst_peak_cpu_percent[c] - SCENARIO.limit_percent) / 100.0
    assert trial.system_attrs["constraints"] == [excess]
    assert trial.constraints == {"0": excess}
    assert trial.user_attrs["plan"] == truth.plan(c).describe()
    assert trial.user_attrs["feasible"] is True
    assert {key: trial.user_attrs[key] for key in WEIGHTED} == truth.totals.of(c)
    assert all(trial.user_attrs["on_front"] for trial in study.best_trials)
    json.dumps([each.user_attrs for each in study.trials], allow_nan=False)


def test_the_record_holds_both_fronts_and_elites_and_a_sample_within_its_size():
    rng = np.random.default_rng(8)
    mean, host_minutes, peaks = rng.normal((30, 900, 50), (5, 90, 9), size=(6_000, 3)).T
    space = line_space(np.arange(1.0, 601.0), adjustments=range(1, 11))
    truth = made_up_result(mean=mean, host_minutes=host_minutes, peaks=peaks[:, None], space=space)

    rows = rows_of_record(truth, seed=4)

    assert len(rows) == LARGEST_RECORD
    assert (np.diff(rows) > 0).all()
    assert set(truth.front().tolist()) <= set(rows.tolist())
    assert set(truth.cost_front().tolist()) <= set(rows.tolist())
    feasible = truth.feasible()
    assert 0 < feasible[rows].sum() < len(rows)
    assert rows.tolist() == rows_of_record(truth, seed=4).tolist()
    assert rows.tolist() != rows_of_record(truth, seed=5).tolist()


def test_a_small_result_is_on_record_but_for_what_equals_the_front():
    result = made_up_result(
        mean=[30, 30, 20, 25], host_minutes=[9, 9, 9, 12], activities=[2, 1, 0, 0]
    )

    assert result.front().tolist() == [1]
    assert rows_of_record(result, seed=0).tolist() == [1, 2, 3]


def test_nothing_feasible_is_recorded_without_a_best_trial():
    result = made_up_result(mean=[30, 20], host_minutes=[9, 8], peaks=[[90.0], [80.0]])

    study = record_study(result, None, seed=0)

    assert study.best_trials == []
    assert len(study.trials) == 2
    assert study.user_attrs["record"]["n_feasible"] == 0


def test_the_study_says_what_it_is_a_record_of():
    known = case("talk")
    study = record_study(known.truth, None, seed=7, shapes=known.shapes)
    again = record_study(
        replace(known.truth, limits=Limits(max_activities_per_day=9)), None, seed=7
    )

    about, record = study.user_attrs["cliffside"], study.user_attrs["record"]
    assert (about["engine"], about["seed"], about["model_version"]) == ("exact", 7, "1")
    assert record["n_candidates"] == 250
    assert record["constraints"] == ["peak_cpu_percent"]
    assert record["n_front"] == len(known.truth.front())
    assert again.user_attrs["cliffside"]["limits"] != about["limits"]
    assert again.user_attrs["cliffside"]["space"] == about["space"]
    assert again.user_attrs["record"]["constraints"] == ["peak_cpu_percent", "activities_per_day"]


def test_the_parquet_of_everything_is_attached_and_comes_back_byte_by_byte(tmp_path):
    parquet = tmp_path / "trials.parquet"
    parquet.write_bytes(b"PAR1 and more PAR1")

    study = record_study(case("talk").truth, tmp_path / "study.journal", seed=1, parquet=parquet)

    (meta,) = get_all_artifact_meta(study)
    store = FileSystemArtifactStore(str(tmp_path / "artifacts"))
    download_artifact(
        artifact_store=store, artifact_id=meta.artifact_id, file_path=str(tmp_path / "back")
    )
    assert meta.filename == "trials.parquet"
    assert (tmp_path / "back").read_bytes() == parquet.read_bytes()


def test_a_record_replaces_an_earlier_record_and_nothing_else(tmp_path):
    journal = tmp_path / "study.journal"
    truth = case("talk").truth
    record_study(truth, journal, seed=1)
    record_study(truth, journal, seed=2)
    optuna.create_study(storage=open_storage(journal), study_name="mine")

    (about, _) = sorted(list_studies(journal), key=lambda row: row["study"], reverse=True)
    assert (about["study"], about["seed"], about["trials"]) == ("record", 2, 249)
    with pytest.raises(ConfigurationError, match="study 'mine': expected a new study, or"):
        record_study(truth, journal, seed=1, name="mine")


def test_studies_are_listed_and_exported_as_flat_rows(tmp_path):
    journal = tmp_path / "study.journal"
    known = case("robust")
    record_study(known.truth, journal, seed=1)

    (listed,) = list_studies(journal)
    rows = study_rows(journal, "record")
    best = study_rows(journal, "record", best=True)

    assert listed == {
        "study": "record",
        "trials": len(rows),
        "directions": ["maximize", "minimize"],
        "engine": "exact",
        "seed": 1,
        "model_version": "1",
    }
    front = known.truth.candidate[known.truth.front()]
    assert [row["candidate"] for row in best] == sorted(front.tolist())
    assert [row for row in rows if row["best"]] == best
    assert {row["feasible"] for row in rows} == {True, False}
    assert len({tuple(row) for row in rows}) == 1
    assert (
        best[0]["scale_out_adjustment"]
        == known.truth.parameters()["scale_out_adjustment"][
            known.truth.candidate == best[0]["candidate"]
        ]
    )
    json.dumps(rows, allow_nan=False)


def test_a_study_that_is_not_there_is_refused_with_those_that_are(tmp_path):
    record_study(case("talk").truth, tmp_path / "study.journal", seed=1)

    with pytest.raises(ConfigurationError, match="study: expected one of 'record', got 'another'"):
        study_rows(tmp_path / "study.journal", "another")


def test_a_file_that_is_not_there_is_not_made(tmp_path):
    journal = tmp_path / "study.journal"

    for place in (journal, str(journal), f"sqlite:///{journal}"):
        with pytest.raises(MissingFileError, match=r"study\.journal: expected a journal"):
            list_studies(place)

    assert not journal.exists()
