"""The golden results agree with the code, under the version that they carry."""

from __future__ import annotations

import json

import pytest

from tests.golden.runs import INPUTS, RESULTS, as_text, result_of, results, stored
from tests.reference.simulate import simulate
from tuner.simulation.outcomes import MODEL_VERSION

RUNS = stored(INPUTS)
RELATIVE = 1e-9
"""The law's own tolerance of totals; capacity is compared exactly."""


def test_the_results_are_of_these_runs_and_of_this_version_of_the_model():
    golden = stored(RESULTS)

    assert golden["model_version"] == MODEL_VERSION
    assert list(golden["runs"]) == list(RUNS)


@pytest.mark.parametrize("name", RUNS)
def test_a_golden_run_gives_its_stored_numbers(name):
    expected = stored(RESULTS)["runs"][name]
    got = result_of(RUNS[name])

    assert expected["desired_capacity"] == got["desired_capacity"]
    assert expected["totals"] == pytest.approx(got["totals"], rel=RELATIVE, abs=0.0)


@pytest.mark.parametrize("name", RUNS)
def test_the_reference_gives_the_golden_numbers_too(name):
    run = RUNS[name]
    reference = simulate(run["scenario"], run["plan"], run["rpm"])
    expected = stored(RESULTS)["runs"][name]

    assert expected["totals"] == pytest.approx(reference.totals, rel=RELATIVE, abs=0.0)
    assert [reference.desired[t] for t, _ in expected["desired_capacity"]] == [
        desired for _, desired in expected["desired_capacity"]
    ]


def test_the_runs_act_and_differ():
    totals = [tuple(run["totals"].values()) for run in stored(RESULTS)["runs"].values()]
    acting = [run for run in stored(RESULTS)["runs"].values() if len(run["desired_capacity"]) > 3]

    assert len(set(totals)) == len(totals)
    assert len(acting) == len(totals)


def test_what_is_regenerated_reads_back_as_it_was():
    found = results()

    assert json.loads(as_text(found)) == found
