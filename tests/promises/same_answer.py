"""One small job, run several times: `python -m tests.promises.same_answer RUNS`.

Prints, for each run and number of threads, a digest of every trial and both fronts, bit for bit.
"""

from __future__ import annotations

import hashlib
import json
import sys

import numpy as np

from tests.search.talk import SCENARIO, hold
from tuner.host import HostModel
from tuner.policy import ScheduledAction
from tuner.scenario import Group, Metric, Scenario
from tuner.search.pair_space import PairSpace
from tuner.search.result import SearchResult
from tuner.search.search import search_exact
from tuner.search.values import LowerThreshold
from tuner.traffic.shapes import Shape, TrafficShapes

SPACE = PairSpace(
    scale_out_threshold_percent=(18.0, 25.0, 33.0),
    scale_out_adjustment=(1, 4),
    evaluation_periods=(1, 5),
    cooldown_seconds=(60, 300),
    scale_in_threshold=(LowerThreshold.share(1, over=2), LowerThreshold.capped(15)),
    min_size=(1, 3),
)
SLOW_START = Scenario(
    host=HostModel(
        table=((0.0, 1.5), (20_000.0, 17.0), (60_000.0, 70.0)),
        cliff_percent=55.0,
    ),
    group=Group(launch_seconds=170, ready_seconds=90, boot_cpu_percent=80.0, drain_seconds=130),
    metric=Metric(metric_delay_seconds=60),
    schedule=(ScheduledAction(tick=12, min_size=4), ScheduledAction(tick=30, min_size=1)),
)


def shapes() -> TrafficShapes:
    """Give the talk's surge, and a noisy hour."""
    noise = np.random.default_rng(5).normal(60_000, 15_000, 61).clip(min=0)
    return TrafficShapes.of([hold(7, weight=0.3), Shape(name="noise", rpm=noise, weight=1.7)])


def digest(result: SearchResult) -> str:
    """Give a digest of every trial and both fronts."""
    found = hashlib.sha256()
    for name, column in result.columns().items():
        found.update(name.encode() + np.ascontiguousarray(column).tobytes())
    found.update(result.front().tobytes() + result.cost_front().tobytes())
    found.update(json.dumps([result.front_rows(), result.cost_front_rows()]).encode())
    return found.hexdigest()


def answer(threads: int) -> str:
    """Run the job and give the digest of what it says under two scenarios."""
    runs = [
        search_exact(space, scenario, shapes(), threads=threads, chunk=32)
        for space, scenario in ((SPACE, SLOW_START), (SPACE, SCENARIO))
    ]
    return " ".join(digest(run) for run in runs)


def answers(runs: int) -> list[str]:
    """Run the job several times at one thread and at two."""
    return [answer(threads) for _ in range(runs) for threads in (1, 2)]


if __name__ == "__main__":
    print("\n".join(answers(int(sys.argv[1]))))
