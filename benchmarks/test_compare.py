"""Two saves: faster, slower or no difference, and what a changed answer or machine is called."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.compare import compare, interval
from benchmarks.measure import Measured, Save, read, write
from tuner.errors import ResultFileError

MACHINE = {"cpu": "Some CPU", "vectors": "avx2", "python": "3.11.7", "numpy": "2.4.6"}


def body(factor=1.0, *, spread=0.02, seed=1, n_calls=12, answer=5) -> Measured:
    noise = np.random.default_rng(seed).uniform(0, spread, n_calls)
    seconds = tuple((0.1 * factor * (1 + noise)).tolist())
    return Measured(seconds, 1_000, "candidate-minutes", {"host_minutes": answer})


def save(**bodies: Measured) -> Save:
    return Save("small", "2026-11-24", MACHINE, bodies)


@pytest.mark.parametrize(
    ("factor", "expected"),
    [
        (1.0, "no difference"),
        (1.03, "no difference"),
        (1.2, "slower"),
        (1 / 1.2, "faster"),
    ],
)
def test_a_body_is_faster_slower_or_no_different(factor, expected):
    got = compare(save(kernel=body()), save(kernel=body(factor, seed=2)))

    assert expected == got.rows[0].verdict
    assert got.is_worse == (expected == "slower")
    assert got.rows[0].low <= got.rows[0].ratio <= got.rows[0].high


def test_few_calls_that_scatter_widely_show_no_difference():
    before, after = body(spread=1.0, n_calls=4), body(1.2, spread=1.0, n_calls=4, seed=2)

    low, high = interval(before, after)[1:]

    assert low < 1.0 < high
    assert compare(save(k=before), save(k=after)).rows[0].verdict == "no difference"


def test_the_interval_holds_the_true_ratio_in_most_of_many_pairs():
    factor, held = 1.1, 0
    for seed in range(200):
        before = body(spread=0.3, seed=2 * seed, n_calls=15)
        after = body(factor, spread=0.3, seed=2 * seed + 1, n_calls=15)
        _, low, high = interval(before, after)
        held += low <= factor <= high

    assert held >= 175  # of 200 at 95 %: fewer has a chance below 1 in 1,000


def test_a_changed_answer_is_worse_however_fast():
    got = compare(save(kernel=body()), save(kernel=body(0.5, answer=6)))

    assert (got.rows[0].verdict, got.is_worse) == ("another answer", True)
    assert got.rows[0].detail == "host_minutes: expected 5, got 6"


def test_a_body_of_one_save_alone_is_listed_and_no_worse():
    got = compare(save(old=body()), save(new=body()))

    assert [(row.name, row.verdict) for row in got.rows] == [
        ("old", "in one save only"),
        ("new", "in one save only"),
    ]
    assert not got.is_worse


def test_another_machine_is_said():
    after = replace(save(kernel=body()), machine=MACHINE | {"cpu": "Another"})

    got = compare(save(kernel=body()), after)

    assert got.notes == (
        "cpu was Some CPU and is Another: seconds of different machines do not compare.",
    )


def test_a_save_is_read_as_it_was_written(tmp_path):
    expected, path = save(kernel=body()), tmp_path / "save.json"
    write(path, expected)

    assert expected == read(path)


@pytest.mark.parametrize("content", [None, "", "[]", "{}", '{"schema": "cliffside.bench/0"}'])
def test_what_is_no_save_is_an_error_in_words(tmp_path, content):
    path = tmp_path / "save.json"
    if content is not None:
        path.write_text(content)

    with pytest.raises(ResultFileError, match=r"save\.json: expected a file of `cliffside bench"):
        read(path)
