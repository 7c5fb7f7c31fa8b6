"""The bound of Clopper and Pearson, against SciPy."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import beta, binom

from tuner.decision.bound import at_most, fewest_runs, upper_bound_percent

counts = st.integers(1, 500).flatmap(lambda runs: st.tuples(st.integers(0, runs), st.just(runs)))


@settings(max_examples=40, deadline=None)
@given(counts, st.sampled_from([0.5, 0.9, 0.95, 0.999]))
def test_the_bound_is_the_beta_quantile(count, confidence):
    failures, runs = count
    expected = 100.0
    if failures < runs:
        expected = 100.0 * beta.ppf(confidence, failures + 1, runs - failures)
    got = upper_bound_percent(failures, runs=runs, confidence=confidence)

    assert expected == pytest.approx(got, rel=1e-9)


@settings(max_examples=40, deadline=None)
@given(counts, st.floats(1e-6, 1 - 1e-6))
def test_the_tail_is_the_binomial_one(count, share):
    failures, runs = count

    assert binom.cdf(failures, runs, share) == pytest.approx(
        at_most(failures, runs=runs, share=share), rel=1e-8, abs=1e-12
    )


@settings(max_examples=40, deadline=None)
@given(counts)
def test_more_failures_or_fewer_runs_raise_the_bound(count):
    failures, runs = count
    bound = upper_bound_percent(failures, runs=runs)

    assert 100.0 * failures / runs <= bound <= 100.0
    if failures:
        assert upper_bound_percent(failures - 1, runs=runs) < bound
    assert upper_bound_percent(failures, runs=runs + 1) < bound


def test_no_failure_in_299_runs_shows_1_percent_and_298_do_not():
    assert upper_bound_percent(0, runs=299) <= 1.0 < upper_bound_percent(0, runs=298)
    assert fewest_runs(1.0) == 299
    assert upper_bound_percent(0, runs=400) == pytest.approx(100 * (1 - 0.05 ** (1 / 400)))


@settings(max_examples=40, deadline=None)
@given(st.floats(0.05, 60.0))
def test_the_fewest_runs_are_just_enough(allowed):
    runs = fewest_runs(allowed)

    assert upper_bound_percent(0, runs=runs) <= allowed
    assert runs == 1 or upper_bound_percent(0, runs=runs - 1) > allowed


@pytest.mark.parametrize(("failures", "runs"), [(-1, 5), (6, 5), (0, 0)])
def test_counts_that_cannot_be_are_refused(failures, runs):
    with pytest.raises(ValueError, match="failures"):
        upper_bound_percent(failures, runs=runs)
    assert math.isclose(at_most(3, runs=3, share=0.5), 1.0)
