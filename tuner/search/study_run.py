"""A search that keeps every trial in a stored study: it resumes after a kill, and shares the work.

The engine runs as ever; this wraps it. What the study holds is handed to the simulator first, in
one batch (a trial takes a hundred times as long to store as to simulate, and a study does not hold
the peak on each shape), and checked against what was stored. The engine then runs from its start:
as it is a pure function of the seed and its answers, it asks what it asked before, and is answered
without a new trial. So the result is that of an uninterrupted run, whichever engine it is.

Alone, a generation is stored when it has run, in one piece. Of several workers on one study, each
claims its points first, as running trials: of two that claim the same point, the one with the
lower trial number keeps it, and the other's trial fails.

Notation
--------
B candidate of a generation, D active dimension of the lattice. Positions are int64 ``[B, D]``.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from optuna.trial import FrozenTrial, TrialState, create_trial

from tuner.errors import ConfigurationError, Problem
from tuner.search.engine import Engine
from tuner.search.evaluate import Evaluator
from tuner.search.lattice import Lattice
from tuner.search.objectives import Scores
from tuner.search.optuna_engine import scaled_excesses, values_of
from tuner.search.optuna_space import coding_of
from tuner.search.settings import StudyPlace
from tuner.search.study import (
    CANDIDATE,
    OLD_CONSTRAINTS,
    WORKER,
    About,
    about_of,
    finished_trials,
    open_study,
    shapes_fingerprint,
)
from tuner.search.study_storage import in_one_piece, open_storage
from tuner.simulation.outcomes import MODEL_VERSION

IntArray = NDArray[np.int64]

PIECE = 1_000
"""Trials that are written to a journal in one piece: 0.1 s, well within the grace of its lock."""

HOLDS = (TrialState.COMPLETE, TrialState.RUNNING)
"""States of a trial that keeps its point from being tried again."""


def keep_search(
    engine: Engine, evaluator: Evaluator, *, place: StudyPlace, name: str, seed: int
) -> Engine:
    """Keep a search in a study that says what its evaluator simulates.

    Parameters
    ----------
    engine, place
        As in `keep_in_study`.
    evaluator : Evaluator
        Gives lattice, shapes and limits.
    name : str
        Of the engine.
    seed : int
        That all workers share.
    """
    about = about_of(
        evaluator.lattice.space,
        evaluator.scenario,
        shapes=shapes_fingerprint(evaluator.shapes),
        limits=evaluator.limits,
        engine=name,
        seed=seed,
        model_version=MODEL_VERSION,
    )
    return keep_in_study(engine, evaluator.lattice, place=place, about=about)


def keep_in_study(engine: Engine, lattice: Lattice, *, place: StudyPlace, about: About) -> Engine:
    """Run an engine and keep every trial in a study.

    Parameters
    ----------
    engine : Engine
        Any engine, at its start; of several workers each with a seed of its own.
    lattice : Lattice
        What it searches.
    place : StudyPlace
        Where the study is.
    about : About
        What the trials run with.

    Yields
    ------
    int64 [B, D]
        First what the study holds, then what the engine asks for and the study did not hold when
        it was asked; last, what other workers have found meanwhile.

    Raises
    ------
    ConfigurationError
        When the study was made for something else, or holds values that do not come out again.
    StoreError
        When the storage cannot be opened.
    """
    kept = _KeptTrials(lattice, place, about)
    yield from _replay(kept)
    try:
        asked = next(engine)
        while True:
            index = lattice.index(asked)
            fresh = kept.unanswered(index)
            if len(fresh):
                mine = kept.claim(index[fresh])
                kept.answer(index[fresh], (yield asked[fresh]))
                kept.store(index[fresh], mine)
            asked = engine.send(kept.scores(index))
    except StopIteration:
        yield from _replay(kept)
    finally:
        engine.close()


def _replay(kept: _KeptTrials) -> Engine:
    """Ask for what the study holds and is not answered yet, and compare."""
    stored = kept.held_elsewhere()
    index = np.array(sorted(stored), dtype=np.int64)
    if len(index):
        scores = yield kept.lattice.positions(index)
        kept.answer(index, scores)
        kept.compare(index, scores, stored)


class _KeptTrials:
    """The answers of a search, and the study that keeps them.

    Parameters
    ----------
    lattice, place, about
        As in `keep_in_study`.
    """

    def __init__(self, lattice: Lattice, place: StudyPlace, about: About) -> None:
        self.lattice = lattice
        self._worker, self._name = place.worker, place.name
        self._storage = open_storage(place.storage)
        self._study = open_study(self._storage, place.name, about)
        self._id = self._storage.get_study_id_from_name(place.name)
        self._coding = coding_of(lattice)
        self._row: dict[int, int] = {}
        self._scores: Scores | None = None
        self._holder: dict[int, int] = {}
        self._n_seen = 0
        self._give_up()

    def unanswered(self, index: IntArray) -> IntArray:
        """Find the rows of ``[B]`` that have no answer yet, each point once."""
        first = np.sort(np.unique(index, return_index=True)[1])
        new = [k for k in first.tolist() if int(index[k]) not in self._row]
        return np.array(new, dtype=np.int64)

    def answer(self, index: IntArray, scores: Scores) -> None:
        """Take in the scores of points ``[B]``."""
        known = self._scores
        begin = 0 if known is None else len(known.objectives)
        self._row |= {point: begin + k for k, point in enumerate(index.tolist())}
        self._scores = scores if known is None else _joined(known, scores)

    def scores(self, index: IntArray) -> Scores:
        """Give the scores of points that were answered, ``[B]``."""
        assert self._scores is not None, "only answered points are asked for"
        rows = np.array([self._row[point] for point in index.tolist()], dtype=np.int64)
        known = self._scores
        return replace(
            known, objectives=known.objectives[rows], constraints=known.constraints[rows]
        )

    def claim(self, index: IntArray) -> dict[int, int]:
        """Claim points ``[B]``: the ids of the running trials of those that are ours, by point.

        Alone there is nothing to claim. A point that another worker holds is not among them: it is
        simulated here too, as that is quicker than to wait, but it is no second trial.
        """
        if self._worker is None:
            return {}
        self._see()
        wanted = [k for k in range(len(index)) if int(index[k]) not in self._holder]
        params = self._coding.params(self.lattice.positions(index[wanted]))
        distributions = self._coding.distributions
        ids: dict[int, int] = {}
        with in_one_piece(self._storage):
            for k, values in zip(wanted, params, strict=True):
                trial = create_trial(
                    state=TrialState.RUNNING,
                    params=values,
                    distributions=distributions,
                    user_attrs={CANDIDATE: int(index[k]), WORKER: self._worker},
                )
                ids[int(index[k])] = self._storage.create_new_trial(self._id, trial)
        numbers = {point: self._storage.get_trial_number_from_id(id_) for point, id_ in ids.items()}
        self._see()
        lost = [point for point, number in numbers.items() if self._holder[point] != number]
        for point in lost:
            self._storage.set_trial_state_values(ids.pop(point), TrialState.FAIL)
        return ids

    def store(self, index: IntArray, mine: dict[int, int]) -> None:
        """Store what points ``[B]`` have scored."""
        for begin in range(0, len(index), PIECE):
            piece = index[begin : begin + PIECE]
            with in_one_piece(self._storage):
                if self._worker is None:
                    self._add(piece)
                else:
                    self._finish(piece, mine)

    def _add(self, index: IntArray) -> None:
        """Add finished trials of points ``[B]``; the study would check each a second time."""
        untagged: list[dict[str, Any]] = [{}] * len(index)
        scores = self.scores(index)
        for trial in finished_trials(
            self._coding, self.lattice, scores, index, attributes=untagged
        ):
            self._storage.create_new_trial(self._id, trial)

    def _finish(self, index: IntArray, mine: dict[int, int]) -> None:
        """Finish the running trials of points ``[B]`` that are ours."""
        scores = self.scores(index)
        rows = zip(index.tolist(), values_of(scores), scaled_excesses(scores), strict=True)
        for point, values, excesses in rows:
            if point in mine:
                self._storage.set_trial_system_attr(mine[point], OLD_CONSTRAINTS, excesses)
                self._storage.set_trial_state_values(mine[point], TrialState.COMPLETE, values)

    def held_elsewhere(self) -> dict[int, FrozenTrial]:
        """Find the finished trials whose points are not answered yet, by point."""
        return {
            point: trial
            for trial in self._study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))
            if (point := trial.user_attrs[CANDIDATE]) not in self._row
        }

    def compare(self, index: IntArray, scores: Scores, stored: dict[int, FrozenTrial]) -> None:
        """Refuse a study whose values do not come out again."""
        rows = zip(index.tolist(), values_of(scores), strict=True)
        differ = [(point, now) for point, now in rows if stored[point].values != now]
        if differ:
            point, now = differ[0]
            raise ConfigurationError(
                Problem(
                    f"the stored values to come out again: {stored[point].values}",
                    f"{now} for candidate {point}, {len(differ):,} in all",
                    f"study {self._name!r}",
                    "It was made by another simulator: start a new study.",
                )
            )

    def _see(self) -> None:
        """Look at the trials that are new, and note the first that holds each point."""
        trials = self._study.get_trials(deepcopy=False)
        for trial in trials[self._n_seen :]:
            if trial.state in HOLDS:
                self._holder.setdefault(trial.user_attrs[CANDIDATE], trial.number)
        self._n_seen = len(trials)

    def _give_up(self) -> None:
        """Fail the trials that this worker, or anyone before a search alone, left running."""
        running = self._study.get_trials(deepcopy=False, states=(TrialState.RUNNING,))
        for trial in running:
            if self._worker in (None, trial.user_attrs.get(WORKER)):
                id_ = self._storage.get_trial_id_from_study_id_trial_number(self._id, trial.number)
                self._storage.set_trial_state_values(id_, TrialState.FAIL)


def _joined(known: Scores, new: Scores) -> Scores:
    """Put the scores of more points behind those known."""
    return replace(
        known,
        objectives=np.concatenate([known.objectives, new.objectives]),
        constraints=np.concatenate([known.constraints, new.constraints]),
    )
