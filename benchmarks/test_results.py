"""RESULTS.md says what was measured, on what, and when."""

from __future__ import annotations

from benchmarks.results import results_text, saves_of

ABOUT = {
    "cpu": "Some CPU",
    "vectors": "avx2",
    "processors": "2",
    "system": "Linux x86_64",
    "python": "3.11.2",
    "numpy": "2.4.6",
}


def timed(name, seconds, amount, unit="candidate-minutes"):
    return {
        "name": f"test_a_body_gives_its_committed_answer[{name}-full]",
        "fullname": f"benchmarks/test_bodies.py::test_a_body[{name}-full]",
        "stats": {"data": seconds},
        "extra_info": {
            "body": name,
            "size": "full",
            "answer": {"host_minutes": 7},
            "amount": amount,
            "unit": unit,
        },
    }


MEASURED = {
    "datetime": "2026-11-24T13:00:00+00:00",
    "machine_info": {"node": "a-name-that-is-nobodys-business"},
    "benchmarks": [
        timed("simple", [0.5, 0.25, 0.3], 100_000_000),
        timed("one-run", [1.0, 2.0, 3.0], 80_000_000),
        timed("search", [2.0], 46_000, "candidates"),
        {
            "name": "test_writing_trials[24000]",
            "fullname": "benchmarks/test_store.py::test_writing_trials[24000]",
            "stats": {"median": 2.0, "min": 1.5, "rounds": 5},
            "extra_info": {"rows": 24_000, "bytes": 5_000_000},
        },
        {
            "name": "test_evolve",
            "fullname": "benchmarks/test_search.py::test_evolve",
            "stats": {"median": 0.5, "min": 0.25, "rounds": 9},
            "extra_info": {"candidates": 500, "share_of_the_hypervolume": 0.987},
        },
    ],
}
FRESH = {
    "scale-step": {
        "seconds": 2.0,
        "kernel_seconds": 1.9,
        "candidate_minutes": 403_200_000,
        "threads": 1,
        "base_mb": 170.2,
        "peak_mb": 181.4,
        "answer": {},
    },
    "first_runs": {"cold": 9.87, "warm": 0.75},
    "instructions": {"simple": 6_340_000},
}
EXPECTED = """\
- date: 2026-11-24
- machine: Some CPU, 2 processors, avx2
- system: Linux x86_64
- versions: Python 3.11.2, numpy 2.4.6

## Speed, size full: 19,200 candidates on 12 shapes of 240 ticks

| body | best | median | in a second, at best | calls |
| --- | --- | --- | --- | --- |
| simple scaling, everything in | 250 ms | 300 ms | 400 million candidate-minutes | 3 |
| the one-run loop, simple scaling | 1 s | 2 s | 80 million candidate-minutes | 3 |
| exact search, 1 thread | 2 s | 2 s | 23,000 candidates | 1 |

## Ratios within one process

| ratio of the best calls | full |
| --- | --- |
| simple / one-run | 5 |

## Start

| first simulation of a fresh process | seconds, at best | promised |
| --- | --- | --- |
| with an empty kernel cache | 9.87 s | 15 s |
| with a filled one | 750 ms | 2 s |

## Scale

| run | seconds | in the kernel | million candidate-minutes a second | threads | memory before \
| peak memory |
| --- | --- | --- | --- | --- | --- | --- |
| 10,000 candidates x 28 days, step scaling, four steps each way | 2 s | 95.0% | 202 | 1 | 170 MB \
| 181 MB |

## On paper: 5,000 services, each 10,000 candidates x 28 days

| family | seconds a service and core | core-hours | cores for a night of 8 h |
| --- | --- | --- | --- |
| step scaling, four steps each way | 2.00 | 2.8 | 1 |

## Instructions of a call: one block on 12 shapes, without AVX-512

| body | million instructions |
| --- | --- |
| simple scaling, everything in | 6.34 |

## Search quality, store and the rest

| benchmark | median | minimum | rounds | at the median |
| --- | --- | --- | --- | --- |
| evolve | 500 ms | 250 ms | 9 | 1,000 candidates a second; 0.987 share of the hypervolume |
| writing trials[24000] | 2 s | 1.5 s | 5 | 0.01 million rows a second; 5.0 MB |
"""


def test_the_tables_say_what_was_measured_and_name_no_machine():
    got = results_text(MEASURED, FRESH, ABOUT)

    assert got.endswith(EXPECTED)
    assert "nobodys" not in got


def test_without_valgrind_the_counts_say_so():
    got = results_text(MEASURED, FRESH | {"instructions": "not installed"}, ABOUT)

    assert "Valgrind is not installed." in got


def test_without_the_processes_of_their_own_their_sections_are_left_out():
    got = results_text(MEASURED, None, ABOUT)

    assert "## Scale" not in got
    assert "## Speed" in got


def test_the_bodies_become_a_save_that_can_be_compared():
    got = saves_of(MEASURED, ABOUT)["full"]

    assert (got.date, list(got.bodies)) == ("2026-11-24", ["simple", "one-run", "search"])
    assert got.bodies["simple"].best_rate == 400e6
