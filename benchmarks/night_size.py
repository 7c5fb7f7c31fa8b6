"""A night of the promised size: 50 services, 14 days of minutes and 5,000 candidates each.

``python -m benchmarks.night_size`` prints seconds and the most memory that the process held, after
five services and at the end. Traffic comes from an archive, as on a real night; each service reads
it with a scale of its own. ``--services 5`` is a small one.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.machine import machine
from tests.config.archived import write_days
from tuner.config import load_job, read_traffic
from tuner.decision.words import counted
from tuner.night.night import run_night
from tuner.night.record import ServiceNight

EARLY = 5
"""After so many services the memory is held against that at the end."""

UNIT = 1_000_000 if sys.platform == "darwin" else 1_000
"""Of the largest memory of a process: bytes on macOS, kilobytes elsewhere."""

CONFIG = """\
service = "service {number}"
seed = {number}
margin_percent = 2.0
[aws]
group = "web"
load_balancer = "app/web/50dc6c495c0c9188"
[host]
slope_percent_per_1000_rpm = 0.75
cliff_percent = 60.0
[group]
min_size = 1
max_size = 60
launch_seconds = "3m"
host_usd_per_hour = 0.0416
[[traffic.archive]]
state = "../state"
days = {days}
scale = {scale}
[baseline.scale_out]
alarm = {{threshold_percent = 45.0, comparison_operator = "GreaterThanThreshold", \
period_seconds = 60}}
policy = {{policy_type = "SimpleScaling", adjustment_type = "ChangeInCapacity", \
scaling_adjustment = 1, cooldown_seconds = 300}}
[baseline.scale_in]
alarm = {{threshold_percent = 10.0, comparison_operator = "LessThanThreshold", \
period_seconds = 60}}
policy = {{policy_type = "SimpleScaling", adjustment_type = "ChangeInCapacity", \
scaling_adjustment = -1, cooldown_seconds = 300}}
[space]
scale_out_threshold_percent = {{from = 8, to = 56, step = 2}}
scale_out_adjustment = [1, 2, 3, 4, 5]
evaluation_periods = [1, 2, 3, 5]
cooldown_seconds = [60, 120, 180, 240, 300]
scale_in_threshold_percent = ["1/2", "1/3"]
scale_in_adjustment = -1
[search]
engine = "exact"
"""


def make_folder(place: Path, *, services: int, days: int) -> Path:
    """Write an archive and the services that read it, and give their folder."""
    write_days(place / "state", days)
    folder = place / "services"
    folder.mkdir()
    for number in range(services):
        text = CONFIG.format(number=number, days=days, scale=0.5 + number / services)
        (folder / f"service-{number:03d}.toml").write_text(text, encoding="utf-8")
    return folder


def measure(place: Path, *, services: int, days: int, threads: int | None) -> list[str]:
    """Run the night, and say what it took in lines."""
    folder = make_folder(place, services=services, days=days)
    job = load_job(folder / "service-000.toml")
    size = job.spaces["simple"].n_lattice * len(read_traffic(job)[0])
    held: dict[int, float] = {}

    def told(_: ServiceNight, done: int, __: int) -> None:
        held[done] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / UNIT

    began = time.monotonic()
    summary = run_night(folder, place / "state", threads=threads, told=told)
    seconds = time.monotonic() - began
    early = min(EARLY, services)
    first = f"{held[early]:,.0f} MB after {counted(early, 'service')}"
    return [
        f"{counted(services, 'service')}, {days} days of minutes, {size:,} runs of a day each",
        f"{seconds:,.0f} s, {seconds / services:.1f} s a service",
        f"memory: {first}, {held[services]:,.0f} MB at most",
        summary.headline,
        ", ".join(f"{name} {value}" for name, value in machine().items()),
    ]


def main() -> None:
    """Print a night of the size that was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--services", type=int, default=50)
    parser.add_argument("--days", type=int, default=14)
    parser.add_argument("--threads", type=int)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        lines = measure(
            Path(place), services=given.services, days=given.days, threads=given.threads
        )
    print("\n".join(lines))


if __name__ == "__main__":
    main()
