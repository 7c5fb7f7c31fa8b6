"""The words that page, report and night share: what a plan yields, and why not another one.

Every difference is taken between rounded figures, so that what a reader subtracts comes out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from tuner.decision.totals import PlanTotals
from tuner.decision.words import counted, halves_up, number, on_shapes, shortest, signed
from tuner.scenario import Scenario
from tuner.traffic.shapes import TrafficShapes
from tuner.units import MINUTES_PER_DAY

Kind = Literal["over", "dearer", "take", "taste", "cheaper", "same"]

CHEAP_PERCENT = 2.0
"""A safer plan that costs less than this share more is worth taking."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What one plan yields, as far as words need it.

    Parameters
    ----------
    host_minutes, mean_cpu_percent, activities_per_day : float
        Weighted over the shapes.
    worst_peak_cpu_percent : float
        The highest peak on any shape, percent.
    minutes_over_cliff : float or None
        On all shapes together; None where not known.
    shapes_over : int or None
        Shapes on which CPU passes the limit; None where not known.
    usd : float or None
        What the host-minutes cost, USD; None where there is no price.
    """

    host_minutes: float
    worst_peak_cpu_percent: float
    mean_cpu_percent: float
    activities_per_day: float
    minutes_over_cliff: float | None
    shapes_over: int | None
    usd: float | None = None

    @property
    def peak_percent(self) -> float:
        """The worst peak as it is shown, in tenths of a percent."""
        return halves_up(self.worst_peak_cpu_percent, digits=1)

    @property
    def minutes(self) -> float:
        """Host-minutes as they are shown, whole."""
        return halves_up(self.host_minutes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What all plans are measured by.

    Parameters
    ----------
    cliff_percent : float or None
        CPU at which latency breaks; None where none was found.
    limit_percent : float
        Largest peak CPU allowed: the cliff less the margin.
    n_shapes : int
        How many shapes.
    per : str
        ``a day`` where every shape is a whole day, else empty: then host-minutes are the mean over
        the shapes as they are.
    usd_per_hour : float or None
        Price of an instance.
    has_stress_check : bool
        Whether a plan had to hold on unseen shapes as well to be recommended.
    """

    cliff_percent: float | None
    limit_percent: float
    n_shapes: int
    per: str
    usd_per_hour: float | None = None
    has_stress_check: bool = False

    @property
    def host_minutes(self) -> str:
        """The unit of cost in words."""
        return f"host-minutes {self.per}".rstrip()

    @property
    def bound(self) -> str:
        """What must not be passed, in words."""
        if self.cliff_percent == self.limit_percent:
            return "the cliff"
        return f"the limit of {shortest(self.limit_percent)} %"

    def is_over(self, standing: Standing) -> bool:
        """Tell whether a plan passes the limit."""
        return standing.worst_peak_cpu_percent > self.limit_percent


@dataclass(frozen=True, slots=True)
class Reason:
    """Why not another plan.

    Parameters
    ----------
    kind : str
        ``over`` the limit; ``dearer`` and no safer; ``take`` it: safer for little; a matter of
        ``taste``: safer and dearer; ``cheaper`` and under the limit; the ``same``.
    words : str
        One sentence, with figures.
    """

    kind: Kind
    words: str


def standing_of(totals: PlanTotals) -> Standing:
    """Give what a plan yields."""
    weighted = totals.weighted
    return Standing(
        host_minutes=weighted["host_minutes"],
        worst_peak_cpu_percent=weighted["worst_peak_cpu_percent"],
        mean_cpu_percent=weighted["mean_cpu_percent"],
        activities_per_day=weighted["activities_per_day"],
        minutes_over_cliff=totals.all_minutes_over_cliff,
        shapes_over=len(totals.shapes_over_limit),
        usd=totals.usd,
    )


def setting_of(
    scenario: Scenario, shapes: TrafficShapes, *, has_stress_check: bool = False
) -> Setting:
    """Give what all plans of a job are measured by.

    Parameters
    ----------
    scenario : Scenario
        Gives cliff, limit and price.
    shapes : TrafficShapes
        Gives their number, and whether each is a whole day.
    has_stress_check : bool
        As in `Setting`.
    """
    minutes = shapes.n_ticks * shapes.tick_seconds / 60
    return Setting(
        cliff_percent=scenario.host.cliff_percent,
        limit_percent=scenario.limit_percent,
        n_shapes=len(shapes),
        per="a day" if bool(np.all(minutes == MINUTES_PER_DAY)) else "",
        usd_per_hour=scenario.group.host_usd_per_hour,
        has_stress_check=has_stress_check,
    )


def why_not(
    recommended: Standing, other: Standing, setting: Setting, *, letter: str = "B"
) -> Reason:
    """Say in one sentence why another plan is not the recommended one.

    Parameters
    ----------
    recommended, other : Standing
        The two plans.
    setting : Setting
        What both are measured by.
    letter : str
        What the other is called.
    """
    dearer = other.minutes - recommended.minutes
    safer = round(recommended.peak_percent - other.peak_percent, 1)
    if setting.is_over(other):
        return _over(other, setting, dearer=dearer, letter=letter)
    if dearer == 0.0 and safer == 0.0:
        return Reason("same", f"{letter} costs what R costs, and peaks no lower.")
    if dearer < 0.0:
        return _cheaper(recommended, other, setting, letter=letter)
    cost = _dearer_words(dearer, recommended, setting)
    if safer <= 0.0:
        peak = "is no safer" if safer == 0.0 else f"peaks {number(-safer)} points higher"
        if dearer == 0.0:
            return Reason("dearer", f"Not {letter}: it costs as much as R and {peak}.")
        beaten = " R beats it twice." if safer < 0.0 else ""
        return Reason("dearer", f"Not {letter}: {cost}, and it {peak}.{beaten}")
    gain = f"{cost} and {number(safer)} points safer"
    if share_percent(dearer, recommended.minutes) < CHEAP_PERCENT:
        kind: Kind = "take"
        advice = "take it, unless its kind is not allowed here"
    else:
        kind, advice = "taste", "a matter of taste, not of the limit"
    return Reason(kind, f"{letter} is {gain}: {advice}.")


def _over(other: Standing, setting: Setting, *, dearer: float, letter: str) -> Reason:
    """Say that a plan passes the limit, where and for how long."""
    peak = number(other.worst_peak_cpu_percent)
    if halves_up(setting.limit_percent, digits=1) == other.peak_percent:
        peak = shortest(other.worst_peak_cpu_percent)
    where, passed = "", f"over {setting.bound}"
    if other.shapes_over is not None:
        where = f" {on_shapes(other.shapes_over, of=setting.n_shapes)}"
    if other.minutes_over_cliff:
        minutes = counted(halves_up(other.minutes_over_cliff, digits=2), "minute")
        at_cliff = "" if passed == "over the cliff" else " over the cliff"
        where += f", {minutes}{at_cliff} in all"
    cost, joint = "as dear as R", "but"
    if dearer:
        word = "dearer" if dearer > 0.0 else "cheaper"
        cost = f"{number(abs(dearer), digits=0)} {setting.host_minutes} {word}"
        joint = "and" if dearer > 0.0 else "but"
    return Reason("over", f"Not {letter}: {cost}, {joint} it reaches {peak} %: {passed}{where}.")


def _cheaper(recommended: Standing, other: Standing, setting: Setting, *, letter: str) -> Reason:
    """Say why a plan that is cheaper and under the limit is not the recommended one."""
    saved = number(recommended.minutes - other.minutes, digits=0)
    head = f"{letter} is {saved} {setting.host_minutes} cheaper and under {setting.bound}"
    means = [halves_up(each.mean_cpu_percent, digits=1) for each in (other, recommended)]
    if means[0] < means[1]:
        lower, higher = (number(mean) for mean in means)
        words = f"{head}, but uses its instances less: mean CPU {lower} %, R's {higher} %."
    elif setting.has_stress_check:
        words = f"{head}: it failed the stress check, or the search had not tried it."
    else:
        words = f"{head}: the search had not tried it. Search around it."
    return Reason("cheaper", words)


def room_in_words(standing: Standing, setting: Setting) -> str:
    """Say how far a plan stays from the limit, or passes it."""
    room = round(halves_up(setting.limit_percent, digits=1) - standing.peak_percent, 1)
    word = "over" if setting.is_over(standing) else "under"
    return f"{number(abs(room))} points {word} {setting.bound}"


def difference_in_words(before: Standing, after: Standing, setting: Setting) -> str:
    """Say by how many host-minutes two plans differ, with the share of the first.

    Parameters
    ----------
    before, after : Standing
        The two plans.
    setting : Setting
        What both are measured by.
    """
    difference = after.minutes - before.minutes
    if not before.minutes:
        return f"{signed(difference)} {setting.host_minutes} (from none)"
    share = 100.0 * difference / before.minutes
    return f"{signed(difference)} {setting.host_minutes} ({share_in_words(share, sign=True)})"


def share_percent(part: float, whole: float) -> float:
    """Give a part as a percentage of a whole; of nothing it is infinite."""
    return 100.0 * part / whole if whole else float("inf")


def share_in_words(percent: float, *, sign: bool = False) -> str:
    """Write a share, with one decimal under 10 %.

    Examples
    --------
    >>> share_in_words(24.4), share_in_words(0.37), share_in_words(-9.99, sign=True)
    ('24 %', '0.4 %', '−10 %')
    """
    digits = 0 if abs(halves_up(percent, digits=1)) >= 10.0 else 1
    return f"{signed(percent, digits=digits) if sign else number(percent, digits=digits)} %"


def _dearer_words(dearer: float, recommended: Standing, setting: Setting) -> str:
    """Say by how much a plan is dearer than the recommended one."""
    if dearer == 0.0:
        return "as dear as R"
    share = share_in_words(share_percent(dearer, recommended.minutes))
    return f"{number(dearer, digits=0)} {setting.host_minutes} ({share}) dearer"
