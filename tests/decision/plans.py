"""Plans and shapes of the talk, for the tests of decision."""

from __future__ import annotations

from dataclasses import replace

from tests.search.talk import CONF42, SCENARIO, holds
from tuner.policy import ScalingPlan
from tuner.search.pair_space import PairSpace
from tuner.search.search import search_exact
from tuner.search.values import LowerThreshold

MANY = holds(*range(5, 46))
ONE = holds(20)


def single(threshold: float, increment: int, *, lower: float = 15.0, **knobs) -> PairSpace:
    """Give a space of one candidate."""
    return replace(
        CONF42,
        scale_out_threshold_percent=(threshold,),
        scale_out_adjustment=(increment,),
        scale_in_threshold=(LowerThreshold.given(lower),),
        **knobs,
    )


def plan_of(threshold: float, increment: int, *, lower: float = 15.0, **knobs) -> ScalingPlan:
    """Give a plan of the talk's kind."""
    return search_exact(single(threshold, increment, lower=lower, **knobs), SCENARIO, ONE).plan(0)
