"""What is missing for a verdict, and what lies outside of the band; sentences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tuner.deployment.verify_match import MatchedChange
from tuner.deployment.verify_record import Answers, BoolArray, Errors
from tuner.deployment.verify_settings import VerifySettings
from tuner.measure.history import History
from tuner.scenario import Scenario


def lacking_words(
    history: History,
    compared: BoolArray,
    changes: Sequence[MatchedChange],
    scenario: Scenario,
    band: VerifySettings,
    errors: Errors,
) -> Iterator[str]:
    """Say what is missing for a verdict.

    Parameters
    ----------
    history : History
        What was observed.
    compared : bool [T]
        Minutes in which both sides are known.
    changes : sequence of MatchedChange
        Activities of both sides.
    scenario : Scenario
        Gives the limit.
    band : VerifySettings
        How much is needed.
    errors : Errors
        Gives the observed peak.
    """
    if len(history) < band.least_minutes:
        yield f"The range has {len(history):,} minutes; {band.least_minutes:,} are needed."
    covered = 100.0 * float(compared.mean())
    if covered < band.least_covered_percent:
        yield (
            f"Load, CPU and instances are known in {covered:.0f} % of the minutes;"
            f" {band.least_covered_percent:g} % are needed."
        )
    needed = band.least_peak_percent / 100.0 * scenario.limit_percent
    if not changes and compared.any() and errors.peak_observed_percent < needed:
        yield (
            f"Nothing scaled, and CPU never passed {errors.peak_observed_percent:.1f} %: the range"
            f" says nothing about load; {needed:.1f} % would."
        )


def outside_words(errors: Errors, answers: Answers, band: VerifySettings) -> Iterator[str]:
    """Say what lies outside of the band.

    Parameters
    ----------
    errors : Errors
        How far the prediction was off.
    answers : Answers
        How the service answered.
    band : VerifySettings
        How far it may be off.
    """
    if abs(errors.host_minutes_percent) > band.host_minutes_percent:
        yield (
            f"Host-minutes are off by {errors.host_minutes_percent:+.1f} %, more than"
            f" {band.host_minutes_percent:g} %."
        )
    if errors.instances_mean_error > band.instances:
        yield (
            f"Instances are off by {errors.instances_mean_error:.2f} on average, more than"
            f" {band.instances:g}."
        )
    if abs(errors.peak_percent) > band.peak_percent:
        yield (
            f"Peak CPU is off by {errors.peak_percent:+.1f} points, more than"
            f" {band.peak_percent:g}."
        )
    if errors.matched_percent < band.matched_percent:
        yield (
            f"{errors.matched_percent:.0f} % of the activities match, less than"
            f" {band.matched_percent:g} %."
        )
    if errors.lag_minutes is not None and errors.lag_minutes > band.lag_minutes:
        yield (
            f"Activities that match are {errors.lag_minutes:.1f} minutes apart on average, more"
            f" than {band.lag_minutes:g}."
        )
    if answers.error_percent is not None and answers.error_percent > band.error_percent:
        yield (
            f"{answers.error_percent:.2f} % of the requests failed, more than"
            f" {band.error_percent:g} %."
        )
    over = answers.latency_over_base
    if band.latency_factor is not None and over is not None and over > band.latency_factor:
        yield (f"p95 is {over:.2g} times the load test's base, more than {band.latency_factor:g}.")
