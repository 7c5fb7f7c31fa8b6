"""The reason for a verdict: one sentence with figures, against today's policy."""

from __future__ import annotations

import math

from tuner.decision.totals import PlanTotals
from tuner.decision.words import (
    cost_in_words,
    counted,
    keeps_in_words,
    limit_in_words,
    money,
    number,
    on_shapes,
    scale_out_in_words,
    shortest,
    violations,
)
from tuner.scenario import Scenario
from tuner.search.result import SearchResult


def change_reason(
    recommended: PlanTotals,
    baseline: PlanTotals | None,
    result: SearchResult,
    *,
    unseen: str = "",
) -> str:
    """Say why a plan is recommended, against today's policy where there is one.

    Parameters
    ----------
    recommended : PlanTotals
        The plan.
    baseline : PlanTotals or None
        Today's policy.
    result : SearchResult
        Gives scenario and limits.
    unseen : str
        How today's policy fails on unseen shapes, empty where it does not.
    """
    head = f"{_plan(recommended)} {keeps_in_words(recommended, result.scenario)}"
    if baseline is None:
        return _sentence(f"{head}, at {_figures(recommended)}; no policy of today was given")
    cost = cost_in_words(
        recommended.weighted["host_minutes"], against=baseline.weighted["host_minutes"]
    )
    wrong = violations(baseline, result.scenario, result.limits) or unseen
    if wrong:
        return _sentence(f"{head}, where today's policy {wrong}; it costs {cost}")
    peak = number(baseline.weighted["worst_peak_cpu_percent"])
    mean = _mean(recommended)
    return _sentence(
        f"{head}, where today's policy peaks at {peak} %; it costs {cost} and has a mean CPU of"
        f" {mean} instead of {_mean(baseline)}"
    )


def keep_reason(
    baseline: PlanTotals,
    cheapest: PlanTotals | None,
    result: SearchResult,
    *,
    is_tested: bool = False,
) -> str:
    """Say why today's policy should stay.

    Parameters
    ----------
    baseline : PlanTotals
        Today's policy.
    cheapest : PlanTotals or None
        The feasible candidate with the fewest host-minutes; None where today's policy is itself the
        recommended candidate.
    result : SearchResult
        Gives scenario and the number of candidates.
    is_tested : bool
        Whether candidates had to pass the stress check.
    """
    n_candidates = counted(result.n_candidates, "candidate")
    if is_tested:
        n_candidates = f"those of {n_candidates} that pass the stress check"
    rank = f"it is the best of {n_candidates}"
    if cheapest is not None:
        rank = f"none of {n_candidates} has a higher mean CPU"
    head = (
        f"keep today's policy: it {keeps_in_words(baseline, result.scenario)}, and {rank}; it has"
        f" {_figures(baseline)}"
    )
    if cheapest is None:
        return _sentence(head)
    ours, theirs = baseline.weighted["host_minutes"], cheapest.weighted["host_minutes"]
    if theirs >= ours:
        return _sentence(head)
    return _sentence(
        f"{head}; {_plan(cheapest)} would cost {cost_in_words(theirs, against=ours)} at a mean CPU"
        f" of {_mean(cheapest)}"
    )


def nothing_feasible_reason(
    least_bad: PlanTotals, baseline: PlanTotals | None, result: SearchResult
) -> str:
    """Say that no candidate keeps to every limit, and how close the least bad comes.

    Parameters
    ----------
    least_bad : PlanTotals
        The candidate that comes closest.
    baseline : PlanTotals or None
        Today's policy.
    result : SearchResult
        Gives scenario, limits and the number of candidates.
    """
    n_shapes = len(least_bad.shape_names)
    allowed = f"CPU at or below {shortest(result.scenario.limit_percent)} %"
    if result.scores().constraints.shape[1] > 1:
        allowed += " and to the other limits"
    head = (
        f"none of {counted(result.n_candidates, 'candidate')} keeps {allowed}"
        f" {on_shapes(n_shapes, of=n_shapes)} {limit_in_words(result.scenario)}: the least bad,"
        f" {_plan(least_bad)}, {violations(least_bad, result.scenario, result.limits)}"
    )
    if baseline is None:
        return _sentence(head)
    wrong = violations(baseline, result.scenario, result.limits)
    if wrong:
        return _sentence(f"{head}; today's policy {wrong}")
    return _sentence(f"{head}; today's policy {keeps_in_words(baseline, result.scenario)}: keep it")


def remarks(recommended: PlanTotals | None, fixed_group: PlanTotals | None) -> tuple[str, ...]:
    """Say what a reader should see beside the reason.

    Parameters
    ----------
    recommended, fixed_group : PlanTotals or None
        The recommended plan, and the smallest fixed group that stays at or below the limit.
    """
    if recommended is None:
        return ()
    sentences = []
    ours = recommended.weighted["host_minutes"]
    if fixed_group is not None and fixed_group.weighted["host_minutes"] <= ours:
        cost = cost_in_words(fixed_group.weighted["host_minutes"], against=ours)
        sentences.append(_sentence(f"{fixed_group.label}, without any policy, costs {cost}"))
    lost = recommended.weighted["overload_requests"]
    if lost > 0.0:
        requests = counted(float(math.ceil(lost)), "request")
        sentences.append(
            _sentence(f"the limit lets hosts saturate: {requests} come beyond what they carry")
        )
    return tuple(sentences)


def money_sentence(
    recommended: PlanTotals | None, baseline: PlanTotals | None, scenario: Scenario
) -> tuple[str, ...]:
    """Say what the recommended plan and today's policy cost; nothing where there is no price.

    Parameters
    ----------
    recommended, baseline : PlanTotals or None
        The recommended plan, and today's policy.
    scenario : Scenario
        Gives the price.
    """
    price = scenario.group.host_usd_per_hour
    if price is None or recommended is None or recommended.usd is None:
        return ()
    costs = f"the recommended plan costs {money(recommended.usd)} USD"
    if baseline is not None and baseline.usd is not None:
        costs += f" and today's policy {money(baseline.usd)} USD"
    shapes = ", weighted over the shapes" if len(recommended.shape_names) > 1 else ""
    return (_sentence(f"at {price:g} USD an hour for an instance, {costs}{shapes}"),)


def _plan(totals: PlanTotals) -> str:
    """Say the scale-out half of a plan."""
    return totals.label if totals.plan is None else scale_out_in_words(totals.plan)


def _mean(totals: PlanTotals) -> str:
    """Say the mean CPU."""
    return f"{number(totals.weighted['mean_cpu_percent'])} %"


def _figures(totals: PlanTotals) -> str:
    """Say mean CPU and host-minutes."""
    minutes = counted(totals.weighted["host_minutes"], "host-minute")
    return f"a mean CPU of {_mean(totals)} and {minutes}"


def _sentence(words: str) -> str:
    """Begin with a capital letter and end with a full stop."""
    return f"{words[0].upper()}{words[1:]}."
