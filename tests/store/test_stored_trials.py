"""A search that is cut off and goes on: the same result, and no candidate twice."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest

from tests.search.lattices import CONFIGS
from tests.store.made_up import ORIGIN
from tuner.config import load_job
from tuner.config.job import scenario
from tuner.config.shapes import build_shapes
from tuner.errors import ResultFileError
from tuner.search import search as search_module
from tuner.search.result import SearchResult
from tuner.search.search import search
from tuner.search.settings import SearchSettings
from tuner.search.stored_trials import StoredTrials
from tuner.simulation.run import simulate
from tuner.store.resume import resume_run
from tuner.store.run_writer import RunWriter, new_run

JOB = load_job(CONFIGS / "conf42.toml")
SCENARIO = scenario(JOB, JOB.host)
SHAPES = build_shapes(JOB)
ENGINES = {
    "exact": (SearchSettings(engine="exact", chunk=16), (1, 3, 15)),
    "evolve": (SearchSettings(engine="evolve", trials=200, seed=3), (1,)),
    "nsga2": (SearchSettings(engine="optuna", sampler="nsga2", trials=120, seed=3), (1, 2)),
    "tpe": (SearchSettings(engine="optuna", sampler="tpe", trials=60, seed=3), (1,)),
}
"""Settings, and after how many batches the search is cut off."""

EXACT = ENGINES["exact"][0]


class StopsAfter(StoredTrials):
    """Ends the search at a batch: as Ctrl-C does, or as a kill that loses what was not saved."""

    batches = 0
    kind: type[BaseException] = KeyboardInterrupt

    def save(self, trials):
        super().save(trials)
        self.batches -= 1
        if self.batches == 0:
            raise self.kind


class Killed(BaseException):
    """Nothing catches it, as nothing catches SIGKILL."""


def run_search(settings, run: RunWriter | None, **stops) -> SearchResult:
    kind = StopsAfter if stops else StoredTrials
    store = None if run is None else kind(run, JOB.spaces["simple"], SCENARIO, SHAPES)
    for name, value in stops.items():
        setattr(store, name, value)
    return search(JOB.spaces["simple"], SCENARIO, SHAPES, settings=settings, store=store)


def equal(first: SearchResult, second: SearchResult) -> bool:
    columns, others = first.columns(), second.columns()
    return list(columns) == list(others) and all(
        columns[name].tobytes() == others[name].tobytes() for name in columns
    )


@pytest.fixture
def every_batch(monkeypatch):
    """Save after each batch, not every few seconds."""
    monkeypatch.setattr(search_module, "STORE_SECONDS", -1.0)


@pytest.fixture
def simulated(monkeypatch):
    """Count the candidates that run."""
    counts: list[int] = []

    def counted(policies, *arguments, **more):
        counts.append(len(policies))
        return simulate(policies, *arguments, **more)

    monkeypatch.setattr("tuner.search.evaluate.simulate", counted)
    return counts


@pytest.mark.parametrize("kind", [KeyboardInterrupt, Killed], ids=["Ctrl-C", "kill"])
@pytest.mark.parametrize("engine", ENGINES)
def test_a_search_that_was_cut_off_ends_as_one_that_was_not(
    tmp_path, every_batch, simulated, engine, kind
):
    settings, cuts = ENGINES[engine]
    expected = run_search(settings, None)
    whole = sum(simulated)
    for batches in cuts:
        simulated.clear()
        state = tmp_path / f"state{batches}"
        run = new_run(state, ORIGIN)
        if kind is Killed:
            with pytest.raises(Killed):
                run_search(settings, run, batches=batches, kind=kind)
        else:
            so_far = run_search(settings, run, batches=batches, kind=kind)

            assert not so_far.complete
            assert 0 < so_far.n_candidates < expected.n_candidates
        run.close()
        got = run_search(settings, resume_run(state, ORIGIN))

        assert got.complete
        assert equal(expected, got)
        assert sum(simulated) == whole


def test_each_part_holds_what_earlier_ones_do_not(tmp_path, every_batch):
    run = new_run(tmp_path / "state", ORIGIN)
    result = run_search(EXACT, run)
    sizes = [path.stat().st_size for path in run.parts("search")]
    trials = StoredTrials(run, JOB.spaces["simple"], SCENARIO, SHAPES).load()

    told: list[int] = []
    StoredTrials(run, JOB.spaces["simple"], SCENARIO, SHAPES, progress=told.append).load()

    assert told == [250 * 98]
    assert len(sizes) == -(-250 // 16)
    assert max(sizes) < 2 * min(sizes)
    assert np.array_equal(trials.candidate, result.candidate)
    for field in fields(trials.totals):
        expected = getattr(result.totals, field.name)

        assert getattr(trials.totals, field.name).tobytes() == expected.tobytes()


def test_nothing_new_writes_nothing(tmp_path, every_batch):
    run = new_run(tmp_path / "state", ORIGIN)
    run_search(EXACT, run)
    before = sorted(Path(path).stat().st_mtime_ns for path in run.parts("search"))
    run_search(EXACT, run)

    assert sorted(path.stat().st_mtime_ns for path in run.parts("search")) == before


@pytest.mark.parametrize("what", ["space", "scenario", "shapes"])
def test_trials_of_another_search_are_refused(tmp_path, every_batch, what):
    run = new_run(tmp_path / "state", ORIGIN)
    run_search(EXACT, run)
    others = {
        "space": (replace(JOB.spaces["simple"], cooldown_seconds=(60,)), SCENARIO, SHAPES),
        "scenario": (JOB.spaces["simple"], replace(SCENARIO, margin_percent=1.0), SHAPES),
        "shapes": (JOB.spaces["simple"], SCENARIO, replace(SHAPES, rpm=SHAPES.rpm * 1.01)),
    }

    with pytest.raises(ResultFileError, match=r"cliffside\.part"):
        StoredTrials(run, *others[what]).load()
