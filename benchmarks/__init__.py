"""Benchmarks: every body asserts an answer. `python -m benchmarks.results` writes RESULTS.md."""
