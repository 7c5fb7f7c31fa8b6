"""Malformed files never crash an importer, nor the fits behind it.

`tests.promises.malformed` tries many more of them (promise R11).
"""

from __future__ import annotations

import time
import warnings

import numpy as np
import pytest

from tests.measure.files import (
    CONSOLE_TEXT,
    cloudwatch_text,
    history_rows,
    table_text,
    write_cpu,
    write_history,
)
from tuner.errors import FitError, LoadTestError, MissingFileError
from tuner.measure import measure_host, read_cloudwatch, read_locust, read_table
from tuner.measure.locust import read_cpu

DOCUMENTED = (LoadTestError, FitError, MissingFileError)
USERS = [10, 40, 80, 120, 160]
SPLICES = (
    b"",
    b"N/A",
    b"-1",
    b"nan",
    b"1e308",
    b"1e-300",
    b"1e-8",
    b"9e12",
    b"-1e308",
    b"inf",
    b"0",
    b"\x00",
    b"\xff\xfe",
    b'"',
    b",",
    b"\n",
    b";",
    b"1e9",
    b"9" * 400,
    b"[",
    b"{}",
    b"null",
    b"0.5",
    b"99",
    b"2026-11-24",
    b"Aggregated",
    "٣".encode(),
    b"1795494228",
)
LONGEST_SECONDS = 1.0


def mutate(raw: bytes, generator: np.random.Generator) -> bytes:
    """Change a valid file in one place, or in a few; digits often become other digits."""
    for _ in range(int(generator.choice([1, 1, 2, 4]))):
        at, to = sorted(generator.integers(0, len(raw) + 1, size=2).tolist())
        kind = generator.integers(0, 10)
        splice = SPLICES[int(generator.integers(len(SPLICES)))]
        lines = raw.split(b"\n")
        if kind == 0:
            raw = raw[:at] + bytes([int(generator.integers(256))]) + raw[at + 1 :]
        elif kind == 1:
            raw = raw[:at] + splice + raw[at + len(splice) :]
        elif kind == 2:
            raw = raw[:at] + raw[min(to, at + 60) :]
        elif kind == 3:
            raw = raw[: max(at, 1)]
        elif kind == 4:
            generator.shuffle(lines)
            raw = b"\n".join(lines)
        elif kind == 5:
            line = int(generator.integers(len(lines)))
            cells = lines[line].split(b",")
            cells[int(generator.integers(len(cells)))] = splice
            lines[line] = b",".join(cells)
            raw = b"\n".join(lines)
        elif kind >= 7:
            digits = [i for i, byte in enumerate(raw) if 48 <= byte <= 57]
            for i in generator.choice(digits or [0], size=3).tolist():
                raw = raw[:i] + bytes([int(generator.integers(48, 58))]) + raw[i + 1 :]
        else:
            raw = b"\n".join(lines[: len(lines) // 2] + lines[len(lines) // 3 :])
        raw = raw or b"\n"
    return raw


def write_valid(folder):
    """Write one valid file of each kind."""
    write_history(folder / "history.csv", history_rows(users=USERS))
    write_cpu(folder / "cpu.csv", users=USERS)
    (folder / "table.csv").write_text(table_text())
    (folder / "answer.json").write_text(cloudwatch_text())
    (folder / "console.csv").write_text(CONSOLE_TEXT)
    return folder


@pytest.fixture(scope="module")
def valid(tmp_path_factory):
    return write_valid(tmp_path_factory.mktemp("valid"))


def read_anything(kind, changed, valid):
    if kind == "history":
        return measure_host(read_locust(changed, valid / "cpu.csv"))
    if kind == "cpu":
        return measure_host(read_locust(valid / "history.csv", changed))
    if kind == "table":
        return measure_host(read_table(changed))
    if kind == "answer":
        return measure_host(read_cloudwatch([changed], cpu="cpu", requests="requests"))
    return read_cpu(changed)


FILES = {
    "history": "history.csv",
    "cpu": "cpu.csv",
    "table": "table.csv",
    "answer": "answer.json",
    "console": "console.csv",
}


def check(kind, mutations, seed, valid, tmp_path):
    generator = np.random.default_rng(seed)
    raw = (valid / FILES[kind]).read_bytes()
    changed = tmp_path / "changed"
    slowest, refused = 0.0, 0
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for number in range(mutations):
            damaged = mutate(raw, generator)
            changed.write_bytes(damaged)
            begin = time.perf_counter()
            try:
                read_anything(kind, changed, valid)
            except DOCUMENTED as error:
                refused += 1
                assert str(error)
            except Exception as error:
                pytest.fail(f"seed {seed}, {kind} {number}: {error!r} from {damaged[:4000]!r}")
            slowest = max(slowest, time.perf_counter() - begin)
    print(f"seed {seed}: {kind}: {refused} of {mutations} refused, slowest {slowest:.3f} s")

    assert slowest < 3 * LONGEST_SECONDS
    assert refused > 0


@pytest.mark.parametrize("mutations", [60])
@pytest.mark.parametrize("kind", FILES)
def test_a_damaged_file_is_read_or_refused_with_a_documented_error(
    kind, mutations, valid, tmp_path
):
    check(kind, mutations, 20261124, valid, tmp_path)


@pytest.mark.parametrize("kind", FILES)
def test_the_undamaged_files_are_read(kind, valid):
    assert read_anything(kind, valid / FILES[kind], valid) is not None
