"""Three named lattices that can be enumerated, to judge engines by: talk, robust, world cup."""

from __future__ import annotations

from pathlib import Path

from tuner.config import load_job
from tuner.config.host import measure
from tuner.config.job import scenario
from tuner.config.shapes import build_shapes
from tuner.search.lattice import Lattice, lattice_of
from tuner.search.pair_space import PairSpace
from tuner.search.values import LowerThreshold, value_range
from tuner.traffic.shapes import TrafficShapes

CONFIGS = Path(__file__).parents[2] / "configs"

WORLD_CUP = PairSpace(
    scale_out_threshold_percent=value_range(16, last=50, step=2),
    scale_out_adjustment=(1, 2, 4, 6, 8),
    period_seconds=(60, 120),
    evaluation_periods=(1, 2, 3, 5),
    datapoints_to_alarm=(1, 2, 3),
    cooldown_seconds=(60, 180, 300),
    scale_in_threshold=(LowerThreshold.share(1, over=2), LowerThreshold.share(1, over=3)),
    scale_in_adjustment=(-1, -2),
    min_size=(2, 4, 6),
)


def world_cup() -> tuple[Lattice, TrafficShapes]:
    """Give the demo's host and its recorded days, with every knob of the space open."""
    job = load_job(CONFIGS / "demo.toml")
    shapes = build_shapes(job)
    recorded = [shape for shape in shapes.names if "surge" not in shape]
    assert recorded
    return lattice_of(WORLD_CUP, scenario(job, measure(job)[1])), shapes
