"""What a search gives: every candidate as columns, and every front and other cliff from them.

Columns of a large search are mapped from the disk (`tuner.search.trials`), and answers look at them
a range of rows at a time.

Notation
--------
C candidate, S shape, F point of a front. Rows are in the order of the lattice index.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tuner.plan_json import plan_to_json
from tuner.plotting import Plotted, Tabled
from tuner.policy import ScalingPlan
from tuner.scenario import Scenario
from tuner.search.lattice import lattice_of
from tuner.search.limits import Limits
from tuner.search.objectives import WEIGHTED, Scores, Weighted, score
from tuner.search.result_totals import TotalsByName
from tuner.search.space import Space
from tuner.search.streamed import Costs, first_row, merged_front
from tuner.search.trials import row_ranges, weighted_rows
from tuner.simulation.billing import usd_of
from tuner.store.scratch import let_go

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

ALL = slice(None)
"""Every row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchResult(TotalsByName, Plotted, Tabled):
    """Every candidate of a search, with what it yields; nothing needs to run again.

    Parameters
    ----------
    engine : str
        ``exact``: the whole lattice was enumerated; else how candidates were chosen.
    model_version : str
        Version of docs/model.md that was simulated.
    space, scenario, limits : Space, Scenario, Limits
        What was searched, within what, under which optional constraints.
    budget : int
        Points of the lattice that were allowed.
    n_candidates : int
        Candidates that ran, C.
    left_out : dict of str to int
        Points of the lattice that are no candidates, by reason in words.
    shape_names : tuple of str [S]
        Names of the shapes.
    weight : float64 [S]
        Weights of the shapes.
    n_minutes : float
        Minutes of all shapes together.
    seconds, kernel_seconds : float
        Wall time of the search, and of that the calls into the simulator.
    candidate : int64 [C]
        Lattice index of each candidate, rising.
    peak_cpu_percent : float64 [C, S]
        Largest CPU percent of each run.
    totals : Weighted [C]
        Totals weighted over the shapes; each is an attribute of the result as well.
    answers_up_to_percent : float or None
        Largest limit on peak CPU that what is stored answers: that of the search, where it kept
        only candidates under it; None: any.
    complete : bool
        Whether the engine came to its end; False where it was interrupted.
    notes : tuple of str
        What a reader should know of how it was searched, in sentences.
    """

    engine: str
    model_version: str
    space: Space
    scenario: Scenario
    limits: Limits
    budget: int
    n_candidates: int
    left_out: dict[str, int]
    shape_names: tuple[str, ...]
    weight: FloatArray
    n_minutes: float
    seconds: float
    kernel_seconds: float
    candidate: IntArray
    peak_cpu_percent: FloatArray
    totals: Weighted
    answers_up_to_percent: float | None = None
    complete: bool = True
    notes: tuple[str, ...] = ()

    @property
    def usd(self) -> FloatArray | None:
        """What host-minutes cost, USD, float64 [C]; None where the scenario has no price."""
        return usd_of(self.host_minutes, self.scenario)

    def plan(self, c: int) -> ScalingPlan:
        """Give the candidate of row c as a plan in AWS's words."""
        return lattice_of(self.space, self.scenario).plan(int(self.candidate[c]))

    def parameters(self) -> dict[str, NDArray[Any]]:
        """Give every parameter as a column ``[C]``, in people's units, by `Space.parameters`."""
        return lattice_of(self.space, self.scenario).columns(self.candidate)

    def scores(self, limit_percent: float | None = None) -> Scores:
        """Give costs and excesses under a limit on peak CPU, the scenario's unless given.

        Parameters
        ----------
        limit_percent : float or None
            Largest peak CPU allowed, percent: a cliff less its margin.
        """
        limit = self.scenario.limit_percent if limit_percent is None else limit_percent
        return score(self.totals, limit_percent=limit, limits=self.limits)

    def feasible(self, limit_percent: float | None = None) -> BoolArray:
        """Tell which candidates keep to every limit, bool [C]; the parameter is as in `scores`.

        Notes
        -----
        Any limit is answered from what is stored. It is what a search at that cliff would say where
        the start does not depend on the cliff (`initial_capacity` is given) and minutes over the
        cliff are not limited: those stay the minutes over the cliff that the search ran with.
        """
        told = np.zeros(self.n_candidates, dtype=np.bool_)
        for rows in self._feasible_ranges(limit_percent):
            told[rows] = True
        return told

    def best(self, limit_percent: float | None = None) -> int | None:
        """Give the row of the feasible candidate with the highest mean CPU, None where none is.

        Notes
        -----
        Ties go to fewer host-minutes, fewer activities, what the space prefers (the lower
        threshold or target, the smaller increment), and then the order of the lattice.
        """
        return first_row(self._feasible_ranges(limit_percent), self.choice_costs)

    def choice_costs(self, rows: IntArray | slice = ALL) -> Costs:
        """Give what `best` chooses by, the first before the second and so on, for some rows."""
        lattice = lattice_of(self.space, self.scenario)
        preferred = lattice.columns(self.candidate[rows], names=self.space.preferred)
        return (
            -self.mean_cpu_percent[rows],
            self.host_minutes[rows],
            self.activities[rows],
            *preferred.values(),
        )

    def cheapest(self, limit_percent: float | None = None) -> int | None:
        """Give the row of the feasible candidate with the fewest host-minutes, None where none is.

        Ties go to the higher mean CPU, and then as in `best`.
        """

        def costs(rows: IntArray) -> Costs:
            mean, minutes, *ties = self.choice_costs(rows)
            return (minutes, mean, *ties)

        return first_row(self._feasible_ranges(limit_percent), costs)

    def front(self, limit_percent: float | None = None) -> IntArray:
        """Give the front of mean CPU (maximised) against host-minutes (minimised).

        Parameters
        ----------
        limit_percent : float or None
            As in `scores`.

        Returns
        -------
        int64 [F]
            Rows of feasible candidates, the highest mean CPU first; of candidates that are equal
            in both, the one that the rule for ties prefers.
        """
        return merged_front(self._feasible_ranges(limit_percent), self.choice_costs)

    def cost_front(self) -> IntArray:
        """Give the front of host-minutes against worst peak CPU (both minimised).

        Returns
        -------
        int64 [F]
            Rows of candidates, feasible or not, the cheapest first; of candidates that are equal in
            both, that with the higher mean CPU, and then as in `best`.
        """

        def costs(rows: IntArray) -> Costs:
            mean, minutes, *ties = self.choice_costs(rows)
            return (minutes, self.worst_peak_cpu_percent[rows], mean, *ties)

        return merged_front(self._ranges(), costs)

    def front_rows(self, limit_percent: float | None = None) -> list[dict[str, Any]]:
        """Give `front` for JSON: plan, weighted totals and whether it is feasible."""
        return self._rows(self.front(limit_percent), limit_percent)

    def cost_front_rows(self, limit_percent: float | None = None) -> list[dict[str, Any]]:
        """Give `cost_front` for JSON: plan, weighted totals and whether it is feasible."""
        return self._rows(self.cost_front(), limit_percent)

    def columns(self, rows: IntArray | slice = ALL) -> dict[str, NDArray[Any]]:
        """Give parameters, totals, the peak on each shape and feasible as columns, for some rows.

        The names are those of `units`.
        """
        candidate, totals = self.candidate[rows], weighted_rows(self.totals, rows)
        usd = usd_of(totals.host_minutes, self.scenario)
        peaks = {
            f"peak_cpu_percent[{name}]": self.peak_cpu_percent[rows, s]
            for s, name in enumerate(self.shape_names)
        }
        return {
            "candidate": candidate,
            **lattice_of(self.space, self.scenario).columns(candidate),
            **{name: getattr(totals, name) for name in WEIGHTED},
            **({} if usd is None else {"usd": usd}),
            **peaks,
            "feasible": self._feasible(rows),
        }

    def column_parts(self) -> Iterator[dict[str, NDArray[Any]]]:
        """Give `columns`, a range of rows at a time."""
        return (self.columns(rows) for rows in self._ranges())

    def units(self) -> dict[str, str]:
        """Give the unit of every column of `columns`; ``1`` for counts, indices and yes or no."""
        peaks = {f"peak_cpu_percent[{name}]": "%" for name in self.shape_names}
        totals = WEIGHTED if self.usd is None else {**WEIGHTED, "usd": "USD"}
        return {"candidate": "1", **self.space.parameters, **totals, **peaks, "feasible": "1"}

    def _ranges(self) -> Iterator[IntArray]:
        """Give all rows, a range at a time, and let go of what was looked at."""
        for rows in row_ranges(self.n_candidates):
            yield rows
            let_go(self.candidate, self.peak_cpu_percent, *self.totals.columns())

    def _feasible(self, rows: IntArray | slice, limit_percent: float | None = None) -> BoolArray:
        """Tell which of some rows keep to every limit."""
        limit = self.scenario.limit_percent if limit_percent is None else limit_percent
        totals = weighted_rows(self.totals, rows)
        return score(totals, limit_percent=limit, limits=self.limits).feasible

    def _feasible_ranges(self, limit_percent: float | None) -> Iterator[IntArray]:
        """Give the rows of feasible candidates, those of a range at a time."""
        return (rows[self._feasible(rows, limit_percent)] for rows in self._ranges())

    def _rows(self, rows: IntArray, limit_percent: float | None) -> list[dict[str, Any]]:
        """Give candidates for JSON."""
        feasible, usd = self.feasible(limit_percent), self.usd
        lattice = lattice_of(self.space, self.scenario)
        return [
            {
                "candidate": int(self.candidate[c]),
                "plan": plan_to_json(lattice.plan(int(self.candidate[c]))),
                **self.totals.of(c),
                **({} if usd is None else {"usd": usd[c].item()}),
                "feasible": bool(feasible[c]),
            }
            for c in rows.tolist()
        ]
