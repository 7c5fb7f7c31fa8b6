"""What the numbers of a report rest on, in sentences."""

from __future__ import annotations

from collections.abc import Iterator

from tuner.decision.recommend import Recommendation
from tuner.decision.words import limit_in_words, number
from tuner.measure.fit_report import FitReport
from tuner.measure.host_fit import HostFit
from tuner.scenario import Scenario
from tuner.search.result import SearchResult


def search_in_words(result: SearchResult, *, feasible_count: int) -> str:
    """Say how much was simulated, how fast, and how many candidates keep to every limit.

    Parameters
    ----------
    result : SearchResult
        Every candidate.
    feasible_count : int
        How many keep to every limit.
    """
    n_shapes = len(result.shape_names)
    shapes = "1 shape" if n_shapes == 1 else f"{n_shapes:,} shapes"
    runs = result.n_candidates * result.n_minutes
    return (
        f"{result.n_candidates:,} candidates × {shapes} of {number(result.n_minutes, digits=0)} "
        f"minutes in all, {number(runs, digits=0)} candidate-minutes, in "
        f"{number(result.seconds)} s; {feasible_count:,} keep to every limit"
    )


def basis_of(
    recommendation: Recommendation,
    *,
    host_fit: HostFit | None,
    result: SearchResult,
    scenario: Scenario,
) -> Iterator[str]:
    """Say what a recommendation rests on.

    Parameters
    ----------
    recommendation : Recommendation
        Gives the limit.
    host_fit : HostFit or None
        The load test's fit; None where the host was given.
    result : SearchResult
        Every candidate.
    scenario : Scenario
        What all candidates shared.
    """
    host = scenario.host
    if host_fit is None:
        yield "The host's CPU line and cliff were given, not measured here."
    else:
        yield from measured_in_words(host_fit)
    curve = (
        f"a table of {len(host.table)} knots"
        if host.table
        else f"{number(host.intercept_percent)} % plus "
        f"{1000.0 * host.slope_percent_per_rpm:.4g} points for each 1,000 requests per minute"
    )
    yield f"CPU of one instance in the simulation: {curve}."
    limit = number(recommendation.limit_percent)
    yield f"Limit on peak CPU: {limit} % {limit_in_words(scenario)}."
    searched = search_in_words(result, feasible_count=recommendation.feasible_count)
    yield f"Simulated: {searched} (model version {result.model_version})."
    for reason, count in result.left_out.items():
        yield f"Left out of the search: {count:,} ({reason})."


def measured_in_words(fit: HostFit) -> Iterator[str]:
    """Say what the load test showed."""
    if fit.line is not None:
        yield from line_in_words(fit.line)
    yield fit.cliff.sentence
    if fit.capacity:
        yield fit.capacity


def line_in_words(line: FitReport) -> Iterator[str]:
    """Say a CPU line, and whether it may stand."""
    low, high = line.slope_interval_percent_per_rpm
    yield (
        f"CPU line from {line.n_rows:,} windows: {number(line.intercept_percent)} % plus "
        f"{1000.0 * line.slope_percent_per_rpm:.4g} points for each 1,000 {line.predictor} "
        f"(95 % interval {1000.0 * low:.4g} to {1000.0 * high:.4g}); "
        f"R² {number(line.r_squared, digits=3)}, error on rows held out "
        f"{number(line.held_out_rmse_percent)} points."
    )
    yield line.linearity


def warnings_of(fit: HostFit | None) -> tuple[str, ...]:
    """Collect what a reader of a fit should know, each once."""
    if fit is None:
        return ()
    line: tuple[str, ...] = () if fit.line is None else fit.line.warnings
    return tuple(dict.fromkeys((*fit.load_test.warnings, *line, *fit.cliff.warnings)))
