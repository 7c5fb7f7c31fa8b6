"""`tune --families` by the real door: several families on the same traffic, in one answer."""

from __future__ import annotations

import json
import re
import shutil

import pytest

from tests.doors.command import CONF42, call, changed_config
from tests.doors.test_report_verb import same
from tuner.decision.families import FamilyAnswer, best_family
from tuner.plan_json import plan_from_json
from tuner.search.search import search
from tuner.store.files import read_parquet

ALL = "simple,step,target,mixed"


def answer(capsys, *arguments):
    got = call(capsys, *arguments, "--output", "json")
    return got.code, json.loads(got.out)


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """Give the folder of a finished job of all families, without its state."""
    folder = tmp_path_factory.mktemp("families")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        capsys = _Nothing()
        call(capsys, "tune", "--config", CONF42, "--families", ALL, "--out", folder / "run")
    return folder / "run"


class _Nothing:
    """Stands in for captured streams where nobody reads them."""

    def readouterr(self):
        return "", ""


def test_every_family_is_searched_and_the_best_of_all_is_recommended(finished):
    told = json.loads((finished / "recommendation.json").read_text())
    families = {family["family"]: family for family in told["families"]}
    best = max(told["families"], key=lambda family: family["plan"]["mean_cpu_percent"])

    assert list(families) == ALL.split(",")
    assert told["family"] == best["family"] == "step"
    assert told["recommended"]["plan"] == best["plan"]["plan"]
    assert families["simple"]["plan"]["host_minutes"] == 550.0
    for name, kind in (("target", "target_tracking"), ("mixed", "mixed"), ("step", "step")):
        assert plan_from_json(families[name]["plan"]["plan"]).family == kind


def test_each_family_has_files_of_its_own(finished):
    names = {path.name for path in finished.iterdir()}

    assert names == {
        "report.html",
        "recommendation.json",
        *(f"{kind}-{name}.parquet" for kind in ("trials", "front") for name in ALL.split(",")),
    }
    target = read_parquet(
        finished / "trials-target.parquet", schema="cliffside.trials", model_version="1"
    )
    assert len(target["target_percent"]) == 25
    assert "scale_out_threshold_percent" not in target


def test_the_report_shows_all_fronts_and_the_table(finished):
    page = (finished / "report.html").read_text()

    assert "<h2>Families</h2>" in page
    assert page.count("target tracking with a safety net") > 2


def test_the_answer_in_words_has_one_table_of_families(tmp_path, capsys):
    got = call(capsys, "tune", "--config", CONF42, "--families", "target,simple", "--out", tmp_path)
    block = got.out.split("\nFamilies: target tracking\n")[1].split("\nRecommendation")[0]

    assert got.code == 0
    assert re.search(r"target tracking +18\.0 +436 +47\.8 +4\.0 +not tested +25\n", block)
    assert re.search(r"simple scaling +16\.5 +550 +39\.4 +15\.0 +not tested +250\n", block)


def test_a_run_of_several_families_is_read_back_whole(finished, capsys):
    stored = json.loads((finished / "recommendation.json").read_text())
    code, got = answer(capsys, "report", finished)

    assert code == 0
    assert {**got, "schema": stored["schema"]} == stored


def test_another_cliff_may_choose_another_family(finished, tmp_path, capsys):
    config = changed_config(tmp_path, ("cliff_percent = 50.0", "cliff_percent = 38.0"))
    _, expected = answer(
        capsys, "tune", "--config", config, "--families", ALL, "--out", tmp_path / "there"
    )
    code, got = answer(capsys, "report", finished, "--cliff", "38")

    assert code == 0
    assert got["family"] == expected["family"]
    assert [f["plan"]["plan"] for f in got["families"]] == [
        f["plan"]["plan"] for f in expected["families"]
    ]
    assert same(
        {k: v for k, v in got.items() if k == "recommended"},
        {k: v for k, v in expected.items() if k == "recommended"},
    )


def test_a_family_whose_trials_are_damaged_is_named(finished, tmp_path, capsys):
    copy = tmp_path / "run"
    shutil.copytree(finished, copy)
    (copy / "trials-step.parquet").write_bytes(b"PAR1")
    got = call(capsys, "report", copy)

    assert got.code == 2
    assert "trials-step.parquet" in got.err


@pytest.mark.parametrize("given", ["", "simple,", "simple,simple", "steps", "simple;step"])
def test_names_that_are_no_families_are_refused(capsys, given):
    got = call(capsys, "tune", "--config", CONF42, "--families", given)

    assert got.code == 2
    assert "simple, step, target, mixed" in got.err


def test_families_of_the_config_are_searched_without_the_option(tmp_path, capsys):
    config = changed_config(
        tmp_path, ("service = ", 'search.families = ["target", "simple"]\nservice = ')
    )
    _, got = answer(capsys, "tune", "--config", config, "--out", tmp_path / "out")

    assert [family["family"] for family in got["families"]] == ["target", "simple"]


def test_ctrl_c_in_the_second_family_gives_the_first_and_the_run_goes_on(
    tmp_path, capsys, monkeypatch
):
    calls = []

    def interrupted(space, *arguments, **options):
        calls.append(space.family)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return search(space, *arguments, **options)

    job = ["tune", "--config", CONF42, "--families", "simple,target"]
    state = ["--state-dir", tmp_path / "state"]
    with monkeypatch.context() as patch:
        patch.setattr("tuner.tune.search", interrupted)
        code, so_far = answer(capsys, *state, *job)
    assert code == 130
    assert so_far["complete"] is False
    assert [family["family"] for family in so_far["families"]] == ["simple"]

    code, got = answer(capsys, *state, *job, "--resume")
    assert code == 0
    assert got["complete"] is True
    assert got["family"] == "target"


def test_where_no_family_is_feasible_the_lowest_peak_is_shown(tmp_path, capsys):
    config = changed_config(tmp_path, ("cliff_percent = 50.0", "cliff_percent = 12.0"))
    code, got = answer(
        capsys, "tune", "--config", config, "--families", "simple,target", "--out", tmp_path / "out"
    )
    peaks = {f["family"]: f["plan"]["worst_peak_cpu_percent"] for f in got["families"]}

    assert code == 3
    assert got["recommended"] is None
    assert got["family"] == min(peaks, key=peaks.get)


def test_a_plan_to_recommend_comes_before_every_plan_that_is_none():
    class Totals:
        def __init__(self, mean):
            self.weighted = {
                "mean_cpu_percent": mean,
                "host_minutes": 1.0,
                "activities": 0.0,
                "worst_peak_cpu_percent": 10.0,
            }

    class Advice:
        stress = None

        def __init__(self, recommended, least_bad):
            self.recommended, self.least_bad = recommended, least_bad

    none = FamilyAnswer(family="simple", result=None, recommendation=Advice(None, Totals(90.0)))
    poor = FamilyAnswer(family="step", result=None, recommendation=Advice(Totals(10.0), None))
    good = FamilyAnswer(family="target", result=None, recommendation=Advice(Totals(20.0), None))

    assert best_family([none, poor, good]) is good
    assert best_family([none, poor]) is poor
