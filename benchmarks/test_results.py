"""RESULTS.md says what was measured, on what, and when."""

from __future__ import annotations

from benchmarks.results import results_text

MEASURED = {
    "datetime": "2026-11-24T13:00:00+00:00",
    "machine_info": {
        "node": "a-name-that-is-nobodys-business",
        "system": "Linux",
        "machine": "x86_64",
        "python_version": "3.11.2",
        "cpu": {"brand_raw": "Some CPU", "count": 2},
    },
    "benchmarks": [
        {
            "name": "test_writing_trials[24000]",
            "fullname": "benchmarks/test_store.py::test_writing_trials[24000]",
            "stats": {"median": 2.0, "min": 1.5, "rounds": 5},
            "extra_info": {"rows": 24_000, "bytes": 5_000_000},
        },
        {
            "name": "test_two_threads_against_one",
            "fullname": "benchmarks/test_kernels.py::test_two_threads_against_one",
            "stats": {"median": 0.5, "min": 0.25, "rounds": 9},
            "extra_info": {
                "candidate_minutes": 50_000_000,
                "threads": 2,
                "times_faster_than_one_thread": 1.91,
            },
        },
    ],
}
EXPECTED = """\
- date: 2026-11-24
- machine: Some CPU, 2 processors
- system: Linux x86_64
- versions: Python 3.11.2, numpy 2.4.6

| benchmark | median | minimum | rounds | at the median |
| --- | --- | --- | --- | --- |
| two threads against one | 500 ms | 250 ms | 9 | 100.0 million candidate-minutes a second on 2 \
threads; 1.91 times faster than one thread |
| writing trials[24000] | 2 s | 1.5 s | 5 | 0.01 million rows a second; 5.0 MB |
"""


def test_the_table_says_what_was_measured_and_names_no_machine():
    got = results_text(MEASURED, {"numpy": "2.4.6"})

    assert got.endswith(EXPECTED)
    assert "nobodys" not in got
