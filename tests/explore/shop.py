"""A small job of two families whose candidates are explored."""

from __future__ import annotations

import atexit
from functools import cache
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp

from tuner.config.load import load_job
from tuner.explore.explorer import Explorer
from tuner.tune import Tuning, tune

CHECKOUT = Path(__file__).parents[2] / "configs" / "services" / "checkout.toml"
TARGET = """
[space.target]
target_percent = {from = 15, to = 47, step = 2}
instance_warmup_seconds = [60, 180]

[stress]
"""


@cache
def tuning() -> Tuning:
    """Tune the checkout service, simple scaling and target tracking."""
    folder = Path(mkdtemp(prefix="cliffside-shop-"))
    atexit.register(rmtree, folder, ignore_errors=True)
    path = folder / "checkout.toml"
    path.write_text(CHECKOUT.read_text("utf-8").replace("[stress]\n", TARGET.lstrip()), "utf-8")
    return tune(load_job(path, families=["simple", "target"]), threads=1)


@cache
def explorer() -> Explorer:
    """Lay its candidates out."""
    return Explorer.of(tuning())
