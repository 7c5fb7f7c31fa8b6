"""The sizes of the bodies: small in every check, full as well where benchmarks are timed."""

from __future__ import annotations

from benchmarks.bodies import BODIES
from benchmarks.sizes import FULL, SMALL


def pytest_generate_tests(metafunc):
    if {"body_name", "size"} <= set(metafunc.fixturenames):
        timed = metafunc.config.getoption("benchmark_enable")
        sizes = (SMALL, FULL) if timed else (SMALL,)
        pairs = [(name, size) for size in sizes for name in BODIES]
        names = [f"{name}-{size.name}" for name, size in pairs]
        metafunc.parametrize(("body_name", "size"), pairs, ids=names)
