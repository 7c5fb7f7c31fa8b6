"""Figures and comparisons in words, as an engineer would say them."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from tuner.policy import ScalingPlan, SimpleScaling
from tuner.scenario import Scenario
from tuner.search.limits import Limits
from tuner.units import format_duration

if TYPE_CHECKING:
    from tuner.decision.totals import PlanTotals

WHOLE_FROM = 2.0**53
"""Numbers from here on have no fraction to round."""


def number(value: float, *, digits: int = 1) -> str:
    """Write a number with thousands commas and a true minus sign.

    Examples
    --------
    >>> number(-1234.56), number(1234.0, digits=0)
    ('−1,234.6', '1,234')
    """
    return f"{halves_up(value, digits=digits):,.{digits}f}".replace("-", "−")


def halves_up(value: float, *, digits: int = 0) -> float:
    """Round a number as it is read, halves away from zero; the only place where figures are.

    Parameters
    ----------
    value : float
        Its shortest decimal form is rounded, not what its bits stand for: 2.675 is halfway.
    digits : int
        Decimals to keep.

    Examples
    --------
    >>> halves_up(0.25, digits=1), halves_up(2.675, digits=2), halves_up(-0.5), halves_up(-0.4)
    (0.3, 2.68, -1.0, 0.0)
    """
    if not abs(value) < WHOLE_FROM:
        return float(value)
    step = Decimal(1).scaleb(-digits)
    return float(Decimal(repr(float(value))).quantize(step, ROUND_HALF_UP)) + 0.0


def signed(value: float, *, digits: int = 0) -> str:
    """Write a difference with its sign, plus or a true minus; none where it rounds to nothing.

    Examples
    --------
    >>> signed(788.4), signed(-3.25, digits=1), signed(0.2)
    ('+788', '−3.3', '±0')
    """
    rounded = halves_up(value, digits=digits)
    sign = "+" if rounded > 0.0 else "" if rounded < 0.0 else "±"
    return f"{sign}{number(value, digits=digits)}"


def shortest(value: float, *, most: int = 2) -> str:
    """Write a number with few decimals, without trailing zeros.

    Parameters
    ----------
    value : float
        Any number.
    most : int
        Decimals at most.

    Examples
    --------
    >>> shortest(54.0), shortest(1204.5), shortest(0.05), shortest(0.096, most=4)
    ('54', '1,204.5', '0.05', '0.096')
    """
    text = number(value, digits=most)
    return text.rstrip("0").rstrip(".")


def at_most_percent(value: float) -> str:
    """Write a percentage rounded up to a tenth, so that "at or below" stays true.

    Examples
    --------
    >>> at_most_percent(39.375), at_most_percent(39.44), at_most_percent(39.4)
    ('39.4 %', '39.5 %', '39.4 %')
    """
    return f"{number(math.ceil(round(value * 10, 9)) / 10)} %"


def money(usd: float) -> str:
    """Write an amount of USD: to the cent, and to three figures where it is under a dollar.

    Examples
    --------
    >>> money(1234.5), money(0.0953333), money(0.0)
    ('1,234.50', '0.0953', '0.00')
    """
    digits = 2 - math.floor(math.log10(usd)) if 0.0 < usd < 1.0 else 2
    return number(usd, digits=digits)


def counted(count: float, noun: str, *, plural: str | None = None) -> str:
    """Write a count with its noun, in the singular for 1.

    Parameters
    ----------
    count : float
        How many.
    noun : str
        In the singular.
    plural : str or None
        None: the noun with an s.

    Returns
    -------
    str
        Such as ``1,204 minutes``.

    Examples
    --------
    >>> counted(1, "shape"), counted(1204.0, "minute")
    ('1 shape', '1,204 minutes')
    """
    return f"{shortest(count)} {noun if count == 1 else plural or noun + 's'}"


def on_shapes(count: int, *, of: int) -> str:
    """Say on how many shapes.

    Examples
    --------
    >>> on_shapes(8, of=8), on_shapes(3, of=8), on_shapes(1, of=1)
    ('on all 8 shapes', 'on 3 of 8 shapes', 'on 1 shape')
    """
    if of == 1:
        return "on 1 shape"
    return f"on all {of:,} shapes" if count == of else f"on {count:,} of {of:,} shapes"


def limit_in_words(scenario: Scenario) -> str:
    """Say what the limit on peak CPU follows from, in brackets.

    Examples
    --------
    >>> from tuner.host import HostModel
    >>> limit_in_words(Scenario(host=HostModel(cliff_percent=50.0), margin_percent=2.0))
    '(cliff 50.0 % less 2.0 points of margin)'
    >>> limit_in_words(Scenario(host=HostModel()))
    '(no cliff was found; the limit is 100.0 %)'
    """
    cliff = scenario.host.cliff_percent
    if cliff is None:
        return f"(no cliff was found; the limit is {number(scenario.limit_percent)} %)"
    if scenario.margin_percent == 0.0:
        return f"(cliff {number(cliff)} %)"
    return f"(cliff {number(cliff)} % less {number(scenario.margin_percent)} points of margin)"


def scale_out_in_words(plan: ScalingPlan) -> str:
    """Say the scale-out half of a plan, without its cooldown."""
    side = plan.scale_out
    if side is None or not isinstance(side.policy, SimpleScaling):
        return plan.describe()
    cooldown = format_duration(side.policy.cooldown_seconds)
    return ScalingPlan(scale_out=side).describe().removesuffix(f" (cooldown {cooldown})")


def keeps_in_words(totals: PlanTotals, scenario: Scenario) -> str:
    """Say that a plan keeps to the limit, and how close it comes."""
    peak = at_most_percent(totals.weighted["worst_peak_cpu_percent"])
    n_shapes = len(totals.shape_names)
    return (
        f"keeps CPU at or below {peak} {on_shapes(n_shapes, of=n_shapes)}"
        f" {limit_in_words(scenario)}"
    )


def violations(totals: PlanTotals, scenario: Scenario, limits: Limits) -> str:
    """Say which limits a plan does not keep to, empty where it keeps to all.

    Parameters
    ----------
    totals : PlanTotals
        What it yields.
    scenario : Scenario
        Gives cliff and limit.
    limits : Limits
        Optional constraints.
    """
    weighted, n_shapes = totals.weighted, len(totals.shape_names)
    parts = []
    if totals.shapes_over_limit and totals.shapes_over_cliff:
        where = on_shapes(len(totals.shapes_over_cliff), of=n_shapes)
        minutes = counted(totals.all_minutes_over_cliff, "minute")
        parts.append(f"goes over the cliff {where} for {minutes} in all")
    elif totals.shapes_over_limit:
        peak = shortest(weighted["worst_peak_cpu_percent"])
        where = on_shapes(len(totals.shapes_over_limit), of=n_shapes)
        limit = shortest(scenario.limit_percent)
        parts.append(f"reaches {peak} %, over the limit of {limit} %, {where}")
    allowed = limits.max_activities_per_day
    if allowed is not None and weighted["activities_per_day"] > allowed:
        made = counted(weighted["activities_per_day"], "activity", plural="activities")
        parts.append(f"makes {made} a day, where {shortest(allowed)} are allowed")
    allowed = limits.max_minutes_over_cliff
    if allowed is not None and weighted["minutes_over_cliff"] > allowed:
        spent = counted(weighted["minutes_over_cliff"], "minute")
        parts.append(f"spends {spent} over the cliff, where {shortest(allowed)} are allowed")
    return " and ".join(parts)


def cost_in_words(host_minutes: float, *, against: float) -> str:
    """Compare host-minutes with those of another plan.

    Examples
    --------
    >>> cost_in_words(880.0, against=1000.0), cost_in_words(1004.0, against=1000.0)
    ('12 % fewer host-minutes', '0.4 % more host-minutes')
    >>> cost_in_words(5.0, against=5.0), cost_in_words(1200.0, against=0.0)
    ('the same host-minutes', '1,200 host-minutes more')
    """
    difference = host_minutes - against
    if difference == 0.0:
        return "the same host-minutes"
    word = "more" if difference > 0 else "fewer"
    if against == 0.0:
        return f"{shortest(abs(difference))} host-minutes {word}"
    share = 100.0 * abs(difference) / against
    if share < 0.05:
        return f"less than 0.1 % {word} host-minutes"
    return f"{number(share, digits=0 if share >= 0.95 else 1)} % {word} host-minutes"
