"""A finished job that can be asked: what is best at any cliff, and about any plan.

Notation: C candidate, L limit, one for each whole percent of the cliff and one for that of the job.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from tuner.decision.card import KINDS
from tuner.decision.standing import Setting, Standing, setting_of, standing_of
from tuner.decision.totals import PlanTotals, totals_of
from tuner.errors import ConfigurationError, Problem
from tuner.explore.knobs import numbers_of
from tuner.explore.plan_knobs import plan_knobs, with_knobs
from tuner.explore.pool import CANDIDATE, Pool, pool_of
from tuner.policy import ScalingPlan
from tuner.search.lattice import Lattice, lattice_of
from tuner.search.result import SearchResult
from tuner.simulation.arrays import pack_plans
from tuner.simulation.run import simulate
from tuner.tune import Tuning

TODAY = "today"
CHANGE = re.compile(r"([a-z_]{3,40})=(-?\d{1,6}(?:\.\d{1,4})?)")
MOST_CHANGES = 12
KEPT_TOTALS = 64

Filters = tuple[tuple[str, tuple[int, ...]], ...]
"""Values of knobs, by index: "or" within a knob, "and" between knobs."""


@dataclass(frozen=True, slots=True)
class Named:
    """A plan that the page names: today's, a candidate, or one of them with knobs changed."""

    name: str
    plan: ScalingPlan
    place: int | None = None


class Remembered:
    """What was found for an explorer once: totals of the last plans, lattices of families."""

    def __init__(self) -> None:
        self.totals: dict[str, PlanTotals] = {}
        self.lattices: dict[str, Lattice] = {}


@dataclass(frozen=True)
class Explorer:
    """A finished job, its candidates side by side.

    Parameters
    ----------
    tuning : Tuning
        The job.
    pool : Pool
        Its candidates.
    remembered : Remembered
        What was found once.
    """

    tuning: Tuning
    pool: Pool
    remembered: Remembered = field(default_factory=Remembered, compare=False, repr=False)

    @classmethod
    def of(cls, tuning: Tuning) -> Explorer:
        """Lay out the candidates of a finished job."""
        return cls(tuning, pool_of(tuning))

    @property
    def margin_percent(self) -> float:
        """Points that the job keeps free below its cliff."""
        return self.tuning.scenario.margin_percent

    @property
    def recommended_place(self) -> int | None:
        """Place of the candidate that the job recommends; None where it recommends none."""
        if self.tuning.recommendation.recommended is None:
            return None
        return self.pool.first[self.tuning.best.family] + self.tuning.recommendation.row

    def setting(self, cliff_percent: float | None, margin_percent: float) -> Setting:
        """Give what plans are measured by at a cliff; None: where none was found."""
        has_check = self.tuning.recommendation.stress is not None
        scenario, shapes = self.tuning.scenario, self.tuning.shapes
        own = setting_of(scenario, shapes, has_stress_check=has_check)
        if cliff_percent is None:
            return own
        limit = max(cliff_percent - margin_percent, 0.0)
        return replace(own, cliff_percent=cliff_percent, limit_percent=limit)

    def named(self, name: str) -> Named:
        """Find the plan of a name.

        Parameters
        ----------
        name : str
            ``today`` or ``FAMILY:INDEX``, and changes of knobs after semicolons.

        Raises
        ------
        ConfigurationError
            For a name of another form, of nothing that is there, or with a change that cannot be.
        """
        base, *changes = name.split(";")
        plan, place = self._base(base)
        if not changes:
            return Named(name, plan, place)
        found = [CHANGE.fullmatch(change) for change in changes]
        if len(changes) > MOST_CHANGES or not all(found):
            raise ConfigurationError(
                Problem("changes of the form knob=number", repr(name)[:100], "plan", "Mend it.")
            )
        wanted = {match[1]: float(match[2]) for match in found if match}
        return Named(name, with_knobs(plan, wanted, self.tuning.scenario))

    def _base(self, base: str) -> tuple[ScalingPlan, int | None]:
        """Find today's policy, or a candidate."""
        today = self.tuning.job.baseline
        if base == TODAY and today is not None:
            return today, None
        found = CANDIDATE.fullmatch(base)
        if found is not None and found[1] in self.pool.results:
            result, index = self.pool.results[found[1]], int(found[2])
            if index < result.space.n_lattice:
                return self._lattice(found[1], result).plan(index), self.pool.place(base)
        raise ConfigurationError(
            Problem("today, or a candidate of this run", repr(base)[:100], "plan", "Choose one.")
        )

    def _lattice(self, family: str, result: SearchResult) -> Lattice:
        """Lay out the lattice of a family once."""
        lattices = self.remembered.lattices
        if family not in lattices:
            lattices[family] = lattice_of(result.space, result.scenario)
        return lattices[family]

    def letters(self, names: Sequence[str]) -> list[str]:
        """Give what plans are called: T today's, R the recommended one, B any other."""
        place = self.recommended_place
        ours = None if place is None else self.pool.name(place)
        return ["T" if name == TODAY else "R" if name == ours else "B" for name in names]

    def totals(self, named: Named) -> PlanTotals:
        """Run a plan on every shape; the last ones are remembered."""
        totals = self.remembered.totals
        known = totals.get(named.name)
        if known is None:
            scenario, shapes = self.tuning.scenario, self.tuning.shapes
            outcomes = simulate(pack_plans([named.plan], scenario), scenario, shapes, threads=1)
            known = totals_of(
                outcomes, shapes, label=named.name, plan=named.plan, scenario=scenario
            )
            while len(totals) >= KEPT_TOTALS:
                totals.pop(next(iter(totals)))
            totals[named.name] = known
        return known

    def standing(self, named: Named, setting: Setting) -> Standing:
        """Give what a plan yields; minutes over the cliff where it is the cliff of the job."""
        totals = self.totals(named)
        found = standing_of(totals)
        if setting.cliff_percent == self.tuning.scenario.host.cliff_percent:
            minutes = found.minutes_over_cliff
        else:
            minutes = None
        over = int((totals.outcomes.peak_cpu_percent[0] > setting.limit_percent).sum())
        return replace(found, minutes_over_cliff=minutes, shapes_over=over)

    def knob_places(self, named: Named) -> list[int | None]:
        """Give the value of every knob that a plan has, by index; None: none that was tried."""
        if named.place is not None:
            return [int(knob.value_of[named.place]) for knob in self.pool.knobs]
        out = named.plan.scale_out
        minutes = 1.0 if out is None else out.alarm.period_seconds / 60
        own = plan_knobs(named.plan, self.tuning.scenario)
        numbers = numbers_of(own, period_minutes=minutes)
        kind = KINDS[named.plan.family]
        places: list[int | None] = []
        for knob in self.pool.knobs:
            if knob.name == "kind":
                places.append(knob.values.index(kind) if kind in knob.values else None)
            else:
                places.append(knob.place(numbers[knob.name]) if knob.name in numbers else None)
        return places

    def kept(self, filters: Filters) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """Tell which candidates have the values of every filter, and keep to the other limits."""
        kept = self.pool.allowed.copy()
        known = {knob.name: knob for knob in self.pool.knobs}
        for name, values in filters:
            kept &= np.isin(known[name].value_of, values)
        return kept

    def checked(self, filters: Mapping[str, Sequence[int]]) -> Filters:
        """Give filters in one order.

        Raises
        ------
        ConfigurationError
            For a knob or a value that is not there.
        """
        known = {knob.name: len(knob.values) for knob in self.pool.knobs}
        for name, values in filters.items():
            if name not in known or not all(0 <= value < known[name] for value in values):
                got = f"{name}:{','.join(map(str, values))}"[:100]
                raise ConfigurationError(
                    Problem("a knob of this run with its values", got, "filter", "Mend it.")
                )
        return tuple(
            (name, tuple(sorted(set(values)))) for name, values in sorted(filters.items()) if values
        )
