# Two commands set everything up by themselves: `make demo` and `make check`.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: bench bench-baseline check demo golden lock night
.DEFAULT_GOAL := check

.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/runtime.stamp: requirements/runtime.txt requirements/build.txt pyproject.toml | .venv/bin/python
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/build.txt
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/runtime.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

.venv/check.stamp: requirements/check.txt .venv/runtime.stamp
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/check.txt
	touch $@

check: .venv/check.stamp
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/codespell
	$(BIN)/python -m pytest -q -n 2 -m "not nightly"
	$(BIN)/python -m benchmarks.gate

night: .venv/check.stamp
	$(BIN)/python -m pytest -q -n 2 -m nightly

bench: .venv/check.stamp
	mkdir -p .benchmarks
	$(BIN)/python -m pytest -q benchmarks -m "not nightly" --benchmark-enable --benchmark-json .benchmarks/bench.json
	$(BIN)/python -m benchmarks.fresh .benchmarks/fresh.json
	$(BIN)/python -m benchmarks.results .benchmarks/bench.json .benchmarks/fresh.json --save .benchmarks/save.json

bench-baseline: .venv/check.stamp
	$(BIN)/python -m benchmarks.baseline

golden: .venv/check.stamp
	$(BIN)/python -m tests.golden

demo: .venv/runtime.stamp
	$(BIN)/cliffside demo

lock:
	uv pip compile --quiet --generate-hashes --universal --python-version 3.11 --no-header --no-annotate requirements/build.in -o requirements/build.txt
	uv pip compile --quiet --generate-hashes --universal --python-version 3.11 --no-header --no-annotate requirements/runtime.in -o requirements/runtime.txt
	uv pip compile --quiet --generate-hashes --universal --python-version 3.11 --no-header --no-annotate requirements/check.in -o requirements/check.txt
