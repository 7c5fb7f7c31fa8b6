"""R8: bit rot is noticed: a flipped bit in any file of a run ends in a sentence, never in data."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.doors.command import CONF42
from tests.store.made_up import ORIGIN
from tuner.config import load_job
from tuner.errors import CliffsideError, MissingFileError, ResultFileError
from tuner.kept_run import keep_run, origin
from tuner.search.stored_trials import StoredTrials
from tuner.store.manifest import MANIFEST, check_files, read_manifest
from tuner.store.run_writer import new_run
from tuner.store.runs import STARTED, read_started
from tuner.stored_run import read_run
from tuner.tune import tune

SEED = 20261124
FLIPS = [400, pytest.param(10_000, marks=pytest.mark.nightly)]


@pytest.fixture(scope="module")
def finished(tmp_path_factory) -> Path:
    """Give the folder of a finished run."""
    job = load_job(CONF42)
    run = new_run(tmp_path_factory.mktemp("rot") / "state", origin(job))
    keep_run(tune(job), run, exit_code=0)
    return run.folder()


def flip(path: Path, draw: random.Random) -> tuple[bytes, int]:
    """Flip a bit of a file; give what it held, and which bit it was."""
    content = path.read_bytes()
    bit = draw.randrange(8 * len(content))
    spoiled = bytearray(content)
    spoiled[bit // 8] ^= 1 << bit % 8
    path.write_bytes(spoiled)
    return content, bit


@pytest.mark.parametrize("flips", FLIPS)
def test_no_flipped_bit_of_a_run_is_silent(finished, flips):
    draw = random.Random(SEED)
    manifest = read_manifest(finished)
    names = [MANIFEST, *manifest.files]
    sizes = [manifest.files[n].size if n in manifest.files else 1_500 for n in names]
    silent = []
    for number in range(flips):
        # Half of them by size, half of them by file, so that small files have their share.
        (name,) = draw.choices(names, weights=sizes if number % 2 else None)
        content, bit = flip(finished / name, draw)
        try:
            check_files(finished, read_manifest(finished), *({name} - {MANIFEST}))
            silent.append((name, bit))
        except (ResultFileError, MissingFileError):
            pass
        finally:
            (finished / name).write_bytes(content)
    print(f"{flips} flips over {len(names)} files, {len(silent)} silent, seed {SEED}")

    assert silent == []
    check_files(finished, read_manifest(finished), *manifest.files)


@pytest.mark.parametrize("name", ["recommendation.json", "trials.parquet", MANIFEST])
def test_who_answers_from_a_run_looks_first(finished, name):
    draw = random.Random(SEED)
    assert read_run(finished).result.n_candidates == 250
    for _ in range(10):
        content, bit = flip(finished / name, draw)
        try:
            with pytest.raises(ResultFileError, match="damaged"):
                read_run(finished)
        finally:
            (finished / name).write_bytes(content)
        assert bit >= 0


def test_no_flipped_bit_of_an_interrupted_run_is_silent(tmp_path):
    draw = random.Random(SEED)
    job = load_job(CONF42)
    known = tune(job)
    run = new_run(tmp_path / "state", ORIGIN)
    store = StoredTrials(run, job.spaces["simple"], known.scenario, known.shapes)
    store.save(search_trials(known.result))
    (part,) = run.parts("search")
    silent = []
    for number in range(200):
        path = part if number % 2 else run.folder() / STARTED
        content, bit = flip(path, draw)
        try:
            read_started(run.folder())
            store.load()
            silent.append((path.name, bit))
        except CliffsideError:
            pass
        finally:
            path.write_bytes(content)

    assert silent == []
    assert len(store.load() or ()) == 250


def search_trials(result):
    from tuner.search.trials import Trials

    return Trials(result.candidate, result.peak_cpu_percent, result.totals)
