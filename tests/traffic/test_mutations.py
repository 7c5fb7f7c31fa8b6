"""Whatever is read, only documented exceptions leave, and quickly: seeded mutations of good input.

`tests.promises.malformed` tries many more (promise R11). The seed stands in the name of each test.
"""

import contextlib
import gzip
import random
import time
from pathlib import Path

import pytest

from tuner.errors import MissingFileError, TrafficError
from tuner.traffic.cuts import cut_recording
from tuner.traffic.describe import recording_facts
from tuner.traffic.recorded import read_recorded
from tuner.traffic.stages import read_stages
from tuner.traffic.wide import read_wide_minutes

SEED = 20261124
LONGEST_SECONDS = 1.0
QUICK_FILES, QUICK_STAGES = 200, 300
DOCUMENTED = (TrafficError, MissingFileError)
PIECES = [
    b",",
    b"\n",
    b'"',
    b"-",
    b"\0",
    b"\xff",
    b"nan",
    b"1e308",
    b"9" * 30,
    b";",
    b"Z",
    b"+14:00",
]
PIECES += [b"9999-12-31T23:59Z", b"0001-01-01", b"1e15", b"0", b".", b"\r", b"time", b"rpm", b"%"]
WORDS = ["ramp", "hold", "jump", "to", "at", "10m", "90s", "1h30m", "30k", "1.5M", "30,000", "rpm"]
WORDS += [
    "",
    "-1",
    "0",
    "0m",
    "٣",
    "\n",
    "nan",
    "9" * 40 + "h",
    "9" * 60,
    "1e9",
    "ramp 1m to 2k",
    "|",
]


def good_files(folder):
    """A long, a semicolon, a wide, a packed and a Parquet file, each small."""
    pa = pytest.importorskip("pyarrow")
    pq = pytest.importorskip("pyarrow.parquet")
    minutes = [f"2026-03-29T{m // 60:02}:{m % 60:02}:00" for m in range(150)]
    long = "timestamp,requests,cpu\n" + "".join(f"{m}Z,{i},50\n" for i, m in enumerate(minutes))
    naive = "time;rpm\n" + "".join(f"{m};{i}.5\n" for i, m in enumerate(minutes))
    wide = "name," + ",".join(map(str, range(1, 60))) + "\n" + ("a" + ",5" * 59 + "\n") * 2
    numbers = {"time": list(range(0, 9000, 60)), "rpm": [float(i) for i in range(150)]}
    pq.write_table(pa.table(numbers), folder / "a.parquet", write_page_checksum=True)
    parquet = (folder / "a.parquet").read_bytes()
    return [long.encode(), naive.encode(), wide.encode(), gzip.compress(long.encode()), parquet]


def mutated(raw, draws):
    """Flip, cut, double and insert at one to four places."""
    data = bytearray(raw)
    for _ in range(draws.randint(1, 4)):
        at = draws.randrange(len(data) + 1)
        kind = draws.randrange(5)
        if kind == 0 and data:
            data[at % len(data)] ^= 1 << draws.randrange(8)
        elif kind == 1:
            del data[at : at + draws.randrange(1, 40)]
        elif kind == 2:
            data[at:at] = draws.choice(PIECES)
        elif kind == 3:
            data[at:at] = data[at : at + draws.randrange(1, 200)]
        elif draws.random() < 0.2:
            del data[at:]
    return bytes(data)


def read_everything(path, draws):
    """Read a file in one of the ways that a user could, through to shapes."""
    if draws.random() < 0.2:
        recording = read_wide_minutes(path, series=draws.choice([None, "1", "sum", "aaaa"]))
    else:
        recording = read_recorded(
            path,
            unit=draws.choice(["rpm", "requests"]),
            time_zone=draws.choice([None, "UTC", "Europe/Prague"]),
        )
    recording_facts(recording)
    cut_recording(
        recording,
        cut=draws.choice(["whole", "day"]),
        gaps=draws.choice(["refuse", "hold", "interpolate", "zero", "split"]),
        full_day_fraction=0.05,
    )


def check_files(folder, n_cases, seed):
    """Read mutated files; return how many of them could be read."""
    draws = random.Random(seed)
    files = good_files(folder)
    path = Path(folder) / "case"
    with contextlib.suppress(*DOCUMENTED):
        read_recorded(Path(folder) / "a.parquet")  # the import of PyArrow is not timed
    readable = 0
    for case in range(n_cases):
        raw = mutated(draws.choice(files), draws)
        path.write_bytes(raw)
        begin = time.perf_counter()
        try:
            read_everything(path, draws)
            readable += 1
        except DOCUMENTED as error:
            assert error.problems, (seed, case, raw)
        except BaseException as error:
            raise AssertionError(f"case {case} of seed {seed}: {error!r} for {raw!r}") from error
        spent = time.perf_counter() - begin
        assert spent < LONGEST_SECONDS, (seed, case, spent, raw)
    return readable


def random_stages(draws):
    """Give up to four stages, good ones, words at random and damaged ones."""
    words = [
        " ".join(draws.choices(WORDS, k=draws.randint(0, 6)))
        if draws.random() < 0.3
        else draws.choice(["ramp 10m to 30000", "hold 20m", "hold 5m at 2k", "jump to 7"])
        for _ in range(draws.randint(0, 4))
    ]
    if words and draws.random() < 0.3:
        at = draws.randrange(len(words))
        words[at] = mutated(words[at].encode(), draws).decode("latin-1")
    return words


def check_stages(n_cases, seed):
    """Read mutated stages; return how many of them could be read."""
    draws = random.Random(seed)
    readable = 0
    for case in range(n_cases):
        words = random_stages(draws)
        begin = time.perf_counter()
        try:
            read_stages(words, tick_seconds=draws.choice([1, 60]))
            readable += 1
        except TrafficError as error:
            assert error.problems, (seed, case, words)
        except BaseException as error:
            raise AssertionError(f"case {case} of seed {seed}: {error!r} for {words!r}") from error
        spent = time.perf_counter() - begin
        assert spent < LONGEST_SECONDS, (seed, case, spent, words)
    return readable


@pytest.mark.parametrize("seed", [SEED])
def test_mutated_files_raise_only_documented_errors_and_quickly(tmp_path, seed):
    readable = check_files(tmp_path, QUICK_FILES, seed)

    assert 0 < readable < QUICK_FILES


@pytest.mark.parametrize("seed", [SEED])
def test_mutated_stages_raise_only_documented_errors_and_quickly(seed):
    readable = check_stages(QUICK_STAGES, seed)

    assert 0 < readable < QUICK_STAGES
