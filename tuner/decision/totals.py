"""What one plan yields on every shape, side by side with others.

Notation: S shape.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tuner.plan_json import plan_to_json
from tuner.policy import ScalingPlan
from tuner.scenario import Scenario
from tuner.search.objectives import over_shapes, weigh
from tuner.simulation.arrays import pack_plans
from tuner.simulation.billing import plan_usd
from tuner.simulation.outcomes import Outcomes
from tuner.traffic.shapes import TrafficShapes

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanTotals:
    """A plan, or what stands in for one, with its totals.

    Parameters
    ----------
    label : str
        What it is, in words.
    plan : ScalingPlan or None
        None for what is no plan: a fixed group, the clairvoyant bound.
    outcomes : Outcomes [1, S]
        Totals of each shape.
    weighted : dict of str to float
        Totals weighted over the shapes, by `tuner.search.objectives.WEIGHTED`.
    shape_names : tuple of str [S]
        Names of the shapes.
    shapes_over_limit : tuple of str
        Shapes on which peak CPU passes the limit.
    shape_usd : float64 [S] or None
        What it costs on each shape, USD; None where there is no price.
    usd : float or None
        The same weighted over the shapes.
    """

    label: str
    plan: ScalingPlan | None
    outcomes: Outcomes
    weighted: dict[str, float]
    shape_names: tuple[str, ...]
    shapes_over_limit: tuple[str, ...]
    shape_usd: FloatArray | None = None
    usd: float | None = None

    @property
    def shapes_over_cliff(self) -> tuple[str, ...]:
        """Shapes on which CPU passes the cliff in some minute."""
        over = self.outcomes.minutes_over_cliff[0] > 0.0
        return tuple(name for name, is_over in zip(self.shape_names, over, strict=True) if is_over)

    @property
    def all_minutes_over_cliff(self) -> float:
        """Minutes above the cliff on all shapes together, not weighted."""
        return float(self.outcomes.minutes_over_cliff[0].sum())

    def per_shape(self) -> list[dict[str, Any]]:
        """Give the totals of each shape by name, and what it costs where there is a price."""
        usd = self.shape_usd
        return [
            {
                "shape": name,
                **self.outcomes.of(0, s),
                **({} if usd is None else {"usd": usd[s].item()}),
            }
            for s, name in enumerate(self.shape_names)
        ]

    def to_json(self) -> dict[str, Any]:
        """Give label, plan, weighted totals and those of each shape, for JSON."""
        return {
            "label": self.label,
            "plan": None if self.plan is None else plan_to_json(self.plan),
            **self.weighted,
            **({} if self.usd is None else {"usd": self.usd}),
            "shapes_over_limit": list(self.shapes_over_limit),
            "per_shape": self.per_shape(),
        }


def totals_of(
    outcomes: Outcomes,
    shapes: TrafficShapes,
    *,
    label: str,
    plan: ScalingPlan | None,
    scenario: Scenario,
) -> PlanTotals:
    """Put the totals of one plan together.

    Parameters
    ----------
    outcomes : Outcomes [1, S]
        Totals of each shape.
    shapes : TrafficShapes [S]
        Gives names, weights and lengths.
    label : str
        What the plan is, in words.
    plan : ScalingPlan or None
        The plan, where it is one.
    scenario : Scenario
        Gives the largest peak CPU allowed, and the price of an instance.
    """
    over = outcomes.peak_cpu_percent[0] > scenario.limit_percent
    usd = plan_usd(plan, scenario, shapes, outcomes)
    return PlanTotals(
        label=label,
        plan=plan,
        outcomes=outcomes,
        weighted=weigh(outcomes, shapes).of(0),
        shape_names=shapes.names,
        shapes_over_limit=tuple(
            name for name, is_over in zip(shapes.names, over, strict=True) if is_over
        ),
        shape_usd=usd,
        usd=None
        if usd is None
        else over_shapes(usd.reshape(1, -1), shapes.weight.tolist())[0].item(),
    )


def same_plans(first: ScalingPlan | None, second: ScalingPlan | None, scenario: Scenario) -> bool:
    """Tell whether two plans are the same within a scenario, defaults filled in.

    Parameters
    ----------
    first, second : ScalingPlan or None
        Plans.
    scenario : Scenario
        Gives the defaults.

    Returns
    -------
    bool
        Whether they would run alike.
    """
    if first is None or second is None:
        return first is second
    rows = [pack_plans([plan], scenario) for plan in (first, second)]
    columns = [(*row.policies, row.actions) for row in rows]
    return all(np.array_equal(a, b) for a, b in zip(*columns, strict=True))
