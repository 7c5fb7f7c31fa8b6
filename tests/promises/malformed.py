"""R11: damaged input of every kind, by the thousand: `python -m tests.promises.malformed SEED N`.

Prints, for each kind, cases, refusals and the slowest case's seconds of processor time, and the
process's peak memory in MiB. A case is replayed by its seed, kind and number alone.
"""

from __future__ import annotations

import json
import random
import resource
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np

from tests.config.good import write_job
from tests.config.test_fuzz import spoil, spoil_plan
from tests.measure.test_malformed import FILES, mutate, read_anything, write_valid
from tests.store.made_up import finished
from tests.traffic.test_mutations import (
    good_files,
    mutated,
    random_stages,
    read_everything,
)
from tuner.config import load_job
from tuner.errors import (
    CliffsideError,
    ConfigurationError,
    FitError,
    LoadTestError,
    MissingFileError,
    ResultFileError,
    TrafficError,
)
from tuner.plan_json import plan_from_json, plan_to_json, read_plan_file
from tuner.store.files import read_parquet, write_parquet
from tuner.store.manifest import MANIFEST, check_files, read_manifest
from tuner.store.seal import SEAL, sealed
from tuner.traffic.stages import read_stages

Attempt = Callable[[], object]
Maker = Callable[[random.Random], Attempt]

SLOW_SECONDS = 1.0
SHARES = {
    "config": 4_000,
    "plan": 4_000,
    "plan file": 3_000,
    "trials.parquet": 2_000,
    "manifest": 500,
    "traffic file": 3_000,
    "stages": 2_000,
    **dict.fromkeys(FILES, 300),
}
"""Cases of each kind at the check's size; what is refused soon has more."""

DOCUMENTED: dict[str, tuple[type[CliffsideError], ...]] = {
    "config": (ConfigurationError, TrafficError, MissingFileError),
    "plan": (ConfigurationError,),
    "plan file": (ConfigurationError, MissingFileError),
    "trials.parquet": (ResultFileError,),
    "manifest": (ResultFileError, MissingFileError),
    "traffic file": (TrafficError, MissingFileError),
    "stages": (TrafficError,),
    **dict.fromkeys(FILES, (LoadTestError, FitError, MissingFileError)),
}


def write_trials(path: Path) -> None:
    """Write a file of trials with every kind of column."""
    draws = np.random.default_rng(1)
    columns = {
        "candidate": np.arange(300),
        "scale_out_threshold_percent": draws.uniform(10, 50, 300),
        "min_size": draws.integers(1, 9, 300),
        "mean_cpu_percent": np.where(draws.random(300) < 0.1, np.nan, draws.random(300)),
        "feasible": draws.random(300) < 0.5,
        "name": np.array([f"shape {k % 7}" for k in range(300)]),
    }
    write_parquet(path, columns, units={}, schema="cliffside.trials", model_version="test")


def resealed(raw: bytes, draws: random.Random) -> bytes:
    """Give half of the damaged objects a seal that fits, so that their values are looked at."""
    with suppress(ValueError, RecursionError):
        value = json.loads(raw)
        if isinstance(value, dict) and draws.random() < 0.5:
            return sealed({key: value[key] for key in value if key != SEAL}).encode()
    return raw


def read_whole_run(folder: Path) -> None:
    """Read a manifest, and look at every file that it names."""
    manifest = read_manifest(folder)
    check_files(folder, manifest, *manifest.files)


def makers(folder: Path) -> dict[str, Maker]:
    """Give, for each kind, what damages a good input and how it is then read."""
    job = write_job(folder)
    plan = plan_to_json(load_job(job).baseline)
    trials, changed = folder / "trials.parquet", folder / "changed"
    write_trials(trials)
    read_parquet(trials)
    whole, recorded, valid = trials.read_bytes(), good_files(folder), write_valid(folder)
    run = finished(folder / "state") / MANIFEST
    manifest = run.read_bytes()
    plan_text = json.dumps({"recommended": {"plan": plan}}).encode()

    def damaged(raw: bytes, read: Callable[[Path], object], path: Path = changed) -> Attempt:
        path.write_bytes(raw)
        return lambda: read(path)

    def spoiled_plan(draws: random.Random) -> Attempt:
        value = spoil_plan(json.loads(json.dumps(plan)), draws)
        return lambda: plan_from_json(value)

    def stages(draws: random.Random) -> Attempt:
        words, tick_seconds = random_stages(draws), draws.choice([1, 60])
        return lambda: read_stages(words, tick_seconds=tick_seconds)

    def measured(kind: str) -> Maker:
        raw = (valid / FILES[kind]).read_bytes()

        def maker(draws: random.Random) -> Attempt:
            generator = np.random.default_rng(draws.getrandbits(64))
            return damaged(mutate(raw, generator), lambda path: read_anything(kind, path, valid))

        return maker

    return {
        "config": lambda draws: damaged(spoil(draws), load_job, job),
        "plan": spoiled_plan,
        "plan file": lambda draws: damaged(mutated(plan_text, draws), read_plan_file),
        "trials.parquet": lambda draws: damaged(mutated(whole, draws), read_parquet),
        "manifest": lambda draws: damaged(
            resealed(mutated(manifest, draws), draws), lambda path: read_whole_run(path.parent), run
        ),
        "traffic file": lambda draws: damaged(
            mutated(draws.choice(recorded), draws), lambda path: read_everything(path, draws)
        ),
        "stages": stages,
        **{kind: measured(kind) for kind in FILES},
    }


def is_refused(attempt: Attempt, documented: tuple[type[CliffsideError], ...]) -> bool:
    """Run an attempt; tell whether it ended in a documented exception that says something."""
    try:
        attempt()
    except documented as error:
        if not error.problems or not all(map(str, error.problems)):
            raise AssertionError("a refusal without a word") from error
        return True
    return False


def try_cases(kind: str, maker: Maker, *, seed: int, cases: int) -> dict[str, float]:
    """Try damaged inputs of one kind; a slow one is tried three times and its best time counts."""
    refused, slowest = 0, 0.0
    for number in range(cases):
        name = f"{seed}/{kind}/{number}"
        seconds = []
        while len(seconds) < 3:
            attempt = maker(random.Random(name))
            began = time.process_time()
            try:
                ended = is_refused(attempt, DOCUMENTED[kind])
            except BaseException as error:
                raise AssertionError(f"case {name}: {type(error).__name__}: {error}") from error
            seconds.append(time.process_time() - began)
            if seconds[-1] <= SLOW_SECONDS:
                break
        refused += ended
        slowest = max(slowest, min(seconds))
    return {"cases": cases, "refused": refused, "slowest_seconds": slowest}


def try_everything(seed: int, *, times: int) -> dict[str, object]:
    """Try every kind, so many times the check's size."""
    warnings.simplefilter("error")
    with tempfile.TemporaryDirectory() as name:
        kinds = makers(Path(name))
        for kind, maker in kinds.items():
            with suppress(CliffsideError):
                maker(random.Random(f"first {kind}"))()  # what it imports is not timed
        tried = {
            kind: try_cases(kind, maker, seed=seed, cases=times * SHARES[kind])
            for kind, maker in kinds.items()
        }
    return {"kinds": tried, "peak_mib": peak_mib()}


def peak_mib() -> float:
    """Give this program's peak memory.

    Linux keeps it by program in /proc; the figure of getrusage begins with that of the process that
    started this one, however large a test session that is.
    """
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    print(json.dumps(try_everything(int(sys.argv[1]), times=int(sys.argv[2]))))
