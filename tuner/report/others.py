"""The plans that a reader asks about beside the recommended one, each with why it is not taken.

Notation: C candidate.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tuner.decision.change_words import one_more_point
from tuner.decision.families import FamilyAnswer
from tuner.decision.recommend import Recommendation
from tuner.decision.standing import (
    Setting,
    Standing,
    setting_of,
    standing_of,
    why_not,
)
from tuner.decision.stress_record import StressedPlan
from tuner.decision.totals import PlanTotals, same_plans, totals_of
from tuner.decision.words import counted, halves_up, number, on_shapes, shortest, violations
from tuner.report.plan_tables import beside_in_words
from tuner.report.tables import Bad, Column, Table
from tuner.scenario import Scenario
from tuner.search.result import SearchResult
from tuner.simulation.arrays import pack_plans
from tuner.simulation.run import simulate
from tuner.traffic.shapes import TrafficShapes


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What was decided, among what, and measured by what.

    Parameters
    ----------
    advice : Recommendation
        What to do.
    results : tuple of SearchResult
        Every candidate, one result for each family.
    answers : tuple of FamilyAnswer
        What each family gave, where there are several.
    scenario : Scenario
        What all candidates shared.
    shapes : TrafficShapes
        The load.
    """

    advice: Recommendation
    results: tuple[SearchResult, ...]
    answers: tuple[FamilyAnswer, ...]
    scenario: Scenario
    shapes: TrafficShapes

    @property
    def setting(self) -> Setting:
        """What all plans are measured by."""
        return setting_of(
            self.scenario, self.shapes, has_stress_check=self.advice.stress is not None
        )

    @property
    def shown(self) -> PlanTotals:
        """The recommended plan, else the least bad."""
        shown = self.advice.recommended or self.advice.least_bad
        if shown is None:
            raise AssertionError("a search has a best or a least bad candidate")
        return shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Other:
    """One of the plans that matter.

    Parameters
    ----------
    name : str
        What it is.
    totals : PlanTotals
        The plan, and what it yields.
    words : str
        Why it is taken or not.
    """

    name: str
    totals: PlanTotals
    words: str


def why_not_table(decision: Decision) -> Table:
    """List the plans that matter with their price, their peak and why they are not taken."""
    setting = decision.setting
    letter = "R" if decision.advice.recommended is not None else "L"
    told = list(_others(decision))
    rows = []
    for other in told:
        standing = standing_of(other.totals)
        peak, over = number(standing.peak_percent), _over_in_words(standing)
        is_over = setting.is_over(standing)
        rows.append(
            (
                other.name,
                number(standing.minutes, digits=0),
                ""
                if other.totals is decision.shown
                else beside_in_words(other.totals, decision.shown),
                Bad(peak) if is_over else peak,
                Bad(over) if is_over else over,
                other.words,
            )
        )
    return Table(
        caption="Host-minutes weighted over the shapes, the worst peak of any",
        head=(
            Column("Policy", is_number=False),
            Column(f"Host-min {setting.per}".rstrip()),
            Column(f"vs {letter}"),
            Column("Worst peak, %"),
            Column("Over: shapes / min"),
            Column("Why" if letter == "L" else "Why not", is_number=False),
        ),
        rows=tuple(rows),
        details=tuple(
            "" if each.totals.plan is None else each.totals.plan.describe() for each in told
        ),
        marked=0,
    )


def next_safer(decision: Decision) -> PlanTotals | None:
    """Give the cheapest plan of the cost front with a lower worst peak than the one to take."""
    peak = standing_of(decision.shown).peak_percent
    rows = [
        (result.host_minutes[c], result.worst_peak_cpu_percent[c], k, c)
        for k, result in enumerate(decision.results)
        for c in result.cost_front().tolist()
        if halves_up(result.worst_peak_cpu_percent[c], digits=1) < peak
    ]
    return None if not rows else _ran(decision, *min(rows)[2:], label="next safer")


def next_cheaper(decision: Decision) -> PlanTotals | None:
    """Give the dearest plan of the cost front that is cheaper than all that keep to the limit."""
    thrifty = decision.advice.cheapest or decision.shown
    minutes = thrifty.weighted["host_minutes"]
    limit = decision.setting.limit_percent
    rows = [
        (-result.host_minutes[c], result.worst_peak_cpu_percent[c], k, c)
        for k, result in enumerate(decision.results)
        for c in result.cost_front().tolist()
        if result.host_minutes[c] < minutes and result.worst_peak_cpu_percent[c] > limit
    ]
    return None if not rows else _ran(decision, *min(rows)[2:], label="next cheaper")


def point_in_words(decision: Decision) -> str:
    """Say what the next safer plan of the cost front costs for each point of CPU."""
    safer = next_safer(decision)
    return one_more_point(
        standing_of(decision.shown), None if safer is None else standing_of(safer), decision.setting
    )


def _ran(decision: Decision, k: int, c: int, *, label: str) -> PlanTotals:
    """Run one candidate on every shape."""
    plan, scenario, shapes = decision.results[k].plan(c), decision.scenario, decision.shapes
    outcomes = simulate(pack_plans([plan], scenario), scenario, shapes, threads=1)
    return totals_of(outcomes, shapes, label=label, plan=plan, scenario=scenario)


def _others(decision: Decision) -> Iterator[Other]:
    """Give the plan to take, and then the others, each plan once."""
    seen: list[PlanTotals] = []
    for name, totals in _named(decision):
        if totals is None or totals.plan is None:
            continue
        if any(same_plans(totals.plan, each.plan, decision.scenario) for each in seen):
            continue
        seen.append(totals)
        yield Other(name=name, totals=totals, words=_reason(decision, totals))


def _named(decision: Decision) -> Iterator[tuple[str, PlanTotals | None]]:
    """Give what there is to compare, the plan to take first."""
    advice = decision.advice
    if advice.verdict == "keep":
        yield "T today, stays", advice.baseline
        yield "R best candidate", advice.recommended
    else:
        yield ("L least bad" if advice.recommended is None else "R recommended"), decision.shown
        yield "T today", advice.baseline
    yield "C cheapest", advice.cheapest
    yield "Next safer", next_safer(decision)
    yield "Next cheaper", next_cheaper(decision)
    for answer in decision.answers:
        yield f"Best of {answer.name}", answer.shown


def _reason(decision: Decision, totals: PlanTotals) -> str:
    """Say why a plan is taken or not."""
    advice, setting = decision.advice, decision.setting
    if advice.recommended is None:
        return _fault(totals, decision)
    if totals is advice.baseline and advice.verdict == "keep":
        return "Keeps to the limit, and no candidate that does uses its instances better."
    if totals is advice.recommended:
        if advice.verdict == "keep":
            return "The best that was tried, and no better than today’s policy."
        where = on_shapes(setting.n_shapes, of=setting.n_shapes)
        passes = " and passes the stress check" if setting.has_stress_check else ""
        return f"Highest mean CPU of all that keep to the limit {where}{passes}."
    standing, best = standing_of(totals), standing_of(advice.recommended)
    if broken := _broken(totals, decision):
        return broken
    found = _stressed(totals, decision)
    if found is not None and not found.passes and not setting.is_over(standing):
        return _failed(standing, best, found, decision)
    letter = "T" if totals is advice.baseline else "this"
    words = why_not(best, standing, setting, letter=letter).words
    is_known = advice.stress is None or setting.is_over(standing) or found is not None
    if not is_known and standing.mean_cpu_percent <= best.mean_cpu_percent:
        words += " Not stress-tested."
    return words[0].upper() + words[1:]


def _fault(totals: PlanTotals, decision: Decision) -> str:
    """Say what is wrong with a plan, where none can be recommended."""
    setting, standing = decision.setting, standing_of(totals)
    if broken := _broken(totals, decision):
        return broken
    if not setting.is_over(standing):
        return "Keeps to every limit on these shapes, and does not pass the stress check."
    where = on_shapes(len(totals.shapes_over_limit), of=setting.n_shapes)
    closest = "The closest, but " if totals is decision.advice.least_bad else ""
    words = f"{closest}over {setting.bound} {where}"
    if totals.all_minutes_over_cliff:
        words += f", {counted(totals.all_minutes_over_cliff, 'minute')} over the cliff in all"
    return f"{words[0].upper()}{words[1:]}."


def _failed(standing: Standing, best: Standing, stressed: StressedPlan, decision: Decision) -> str:
    """Say that a plan may be better than the recommended one, but for the stress check."""
    saved = best.minutes - standing.minutes
    price = f"{number(abs(saved), digits=0)} {decision.setting.host_minutes}"
    words = f"{price} {'cheaper' if saved > 0.0 else 'dearer'}" if saved else "As dear as R"
    check = decision.advice.stress
    runs = "" if check is None else f" of {check.runs:,}"
    return (
        f"{words}, but it fails the stress check: over the cliff on"
        f" {stressed.violations:,}{runs} unseen shapes."
    )


def _broken(totals: PlanTotals, decision: Decision) -> str:
    """Say which limits but that on CPU a plan breaks; empty where none, or where CPU is over."""
    if decision.setting.is_over(standing_of(totals)):
        return ""
    words = violations(totals, decision.scenario, decision.results[0].limits)
    return f"Breaks a limit: {words}." if words else ""


def _stressed(totals: PlanTotals, decision: Decision) -> StressedPlan | None:
    """Find how a plan fared in the stress check, where that is kept."""
    judged = (decision.advice, *(answer.recommendation for answer in decision.answers))
    known = (
        each
        for check in (advice.stress for advice in judged)
        if check is not None
        for each in (check.chosen, check.baseline, check.cheapest, *check.passed_over)
        if each is not None
    )
    return next(
        (each for each in known if same_plans(each.plan, totals.plan, decision.scenario)), None
    )


def _over_in_words(standing: Standing) -> str:
    """Say on how many shapes a plan passes the limit, and for how many minutes the cliff."""
    return f"{standing.shapes_over} / {shortest(standing.minutes_over_cliff or 0.0)}"
