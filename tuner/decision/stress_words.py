"""The stress check in words: what held, who was passed over, and what safety costs."""

from __future__ import annotations

from tuner.decision.stress_record import StressCheck, StressedPlan
from tuner.decision.words import (
    at_most_percent,
    cost_in_words,
    counted,
    scale_out_in_words,
    shortest,
)


def stress_sentences(check: StressCheck | None) -> tuple[str, ...]:
    """Say how a recommendation fared on unseen shapes, and what that cost.

    Parameters
    ----------
    check : StressCheck or None
        None: there was no check.
    """
    if check is None:
        return ("Not stress-tested: how the plan holds on traffic it never saw is unknown.",)
    if check.shown is None:
        return ()
    if check.chosen is None:
        words = f"Stress check: {_tried(check)}, and none passes."
        return (words, *_launches(check), *_passed_over(check))
    words = f"Stress check: {fared_in_words(check.chosen, check)}."
    more = (*_launches(check), *_passed_over(check), *_noise(check), *_cheapest(check))
    return (words, *more)


def fared_in_words(stressed: StressedPlan, check: StressCheck) -> str:
    """Say on how many unseen shapes a plan passes the cliff, and how sure that makes us."""
    bound = at_most_percent(stressed.upper_bound_percent)
    return (
        f"over the cliff on {stressed.violations:,} of {check.runs:,} unseen shapes, at most"
        f" {bound} of such shapes with 95 % confidence, where {shortest(check.allowed_percent)} %"
        " is allowed"
    )


def none_passes_reason(check: StressCheck) -> str:
    """Say in one sentence that no plan passes, and how close the least bad comes.

    Parameters
    ----------
    check : StressCheck
        In which no plan passes.

    Raises
    ------
    ValueError
        When one does.
    """
    if check.least_bad is None:
        raise ValueError("a check in which no plan passes has a least bad one")
    plan = scale_out_in_words(check.least_bad.plan)
    words = f"{_tried(check)}, and none passes: the least bad, {plan}, is "
    words += fared_in_words(check.least_bad, check)
    if check.baseline is not None:
        words += f"; today's policy is over the cliff on {check.baseline.violations:,} of them"
    return f"{words[0].upper()}{words[1:]}."


def _tried(check: StressCheck) -> str:
    """Say how many plans were tried, of how many."""
    tried = counted(check.tried, "plan")
    all_of = counted(check.feasible_count, "feasible candidate")
    return f"{tried} of different outcomes, of {all_of}, ran on {check.runs:,} unseen shapes"


def _launches(check: StressCheck) -> tuple[str, ...]:
    """Say how the launch times of the unseen shapes were drawn, where they were."""
    if check.launches is None or check.launch_seconds is None:
        return ()
    drawn = check.launches.in_words(median_seconds=check.launch_seconds)
    return (f"Launch times were drawn, the same for every plan: {drawn}.",)


def _passed_over(check: StressCheck) -> tuple[str, ...]:
    """Say who came first and why it is not recommended."""
    if not check.passed_over:
        return ()
    first = check.passed_over[0]
    plan = scale_out_in_words(first.plan)
    count = counted(check.passed_over_count, "plan")
    words = (
        f"Passed over: {count} that the search prefers. The first, {plan}, is over the cliff on"
        f" {first.violations:,} of {check.runs:,} unseen shapes, first on {first.first_shape!r}"
    )
    if check.chosen is None or first.host_minutes is None or check.chosen.host_minutes is None:
        return (f"{words}.",)
    cost = cost_in_words(check.chosen.host_minutes, against=first.host_minutes)
    return (f"{words}; the recommended plan costs {cost}.",)


def _noise(check: StressCheck) -> tuple[str, ...]:
    """Say what it costs to hold under noise."""
    calm, chosen = check.without_noise, check.chosen
    if calm is None or chosen is None:
        return ()
    if calm.row == chosen.row:
        return (f"Noise of {shortest(check.noise_percent)} % costs nothing: it changes no choice.",)
    if calm.host_minutes is None or chosen.host_minutes is None:
        return ()
    cost = cost_in_words(chosen.host_minutes, against=calm.host_minutes)
    return (
        f"Noise of {shortest(check.noise_percent)} % costs {cost}:"
        f" {shortest(chosen.host_minutes)} instead of {shortest(calm.host_minutes)};"
        f" without it, {scale_out_in_words(calm.plan)} passes.",
    )


def _cheapest(check: StressCheck) -> tuple[str, ...]:
    """Say that the cheapest candidate does not hold, where it does not."""
    if check.cheapest is None or check.cheapest.passes:
        return ()
    shapes = f"{check.cheapest.violations:,} of {check.runs:,} unseen shapes"
    return (f"The cheapest candidate does not pass: it is over the cliff on {shapes}.",)
