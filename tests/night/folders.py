"""Folders of tiny services: a ramp, eight candidates, today's policy, no stress check."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

CONFIG = """\
service = "{title}"
seed = {seed}
[host]
slope_percent_per_1000_rpm = 0.75
cliff_percent = {cliff}
[group]
max_size = 20
initial_capacity = 2
launch_seconds = "2m"
host_usd_per_hour = 0.04
[[traffic.stages]]
name = "ramp"
start_rpm = 30_000
stages = ["hold 10m", "ramp 20m to {rpm}", "hold 30m"]
[traffic.stages.vary]
noise_percent = 5.0
[space]
scale_out_threshold_percent = [20, 30]
scale_out_adjustment = [1, 2, 3, 4]
scale_in_threshold_percent = "1/2"
scale_in_adjustment = -1
[stress]
runs = 0
{baseline}
"""

BASELINE = """\
[baseline.scale_out]
alarm = {threshold_percent = 45.0, comparison_operator = "GreaterThanThreshold", \
period_seconds = 60}
policy = {policy_type = "SimpleScaling", adjustment_type = "ChangeInCapacity", \
scaling_adjustment = 1, cooldown_seconds = 300}
[baseline.scale_in]
alarm = {threshold_percent = 10.0, comparison_operator = "LessThanThreshold", period_seconds = 60}
policy = {policy_type = "SimpleScaling", adjustment_type = "ChangeInCapacity", \
scaling_adjustment = -1, cooldown_seconds = 300}
"""


def config_of(
    *,
    title: str = "shop",
    seed: int = 1,
    cliff: float = 60.0,
    rpm: int = 90_000,
    has_baseline: bool = True,
) -> str:
    """Give the text of a job's file."""
    baseline = BASELINE if has_baseline else ""
    return CONFIG.format(title=title, seed=seed, cliff=cliff, rpm=rpm, baseline=baseline)


def make_services(folder: Path, count: int, *, seed: int = 1) -> Path:
    """Write so many services that differ, and give the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for i in range(count):
        text = config_of(title=f"service {i}", seed=seed + i, rpm=70_000 + 5_000 * i)
        (folder / f"service-{i:02d}.toml").write_text(text)
    return folder


def timeless(value: Any) -> Any:
    """Take times and ids of runs out of a summary or an answer of JSON."""
    if isinstance(value, dict):
        kept = {
            name: timeless(each)
            for name, each in value.items()
            if "seconds" not in name and name not in ("started_utc", "finished_utc", "run")
        }
        if isinstance(value.get("run"), str) and "next_step" in kept:
            kept["next_step"] = kept["next_step"].replace(value["run"], "RUN")
        return kept
    if isinstance(value, list):
        return [timeless(each) for each in value]
    return value


def result_of(state: Path) -> dict[str, Any]:
    """Give the whole result of the newest night, bit for bit, without times and ids of runs."""
    (place,) = (state / "nights").glob("????-??-??")
    summary = json.loads((place / "summary.json").read_text())
    files: dict[str, Any] = {}
    for service in summary["services"]:
        if service["run"] is not None:
            folder = state / "runs" / service["run"]
            files[service["service"]] = {
                "answer": timeless(json.loads((folder / "recommendation.json").read_text())),
                "trials": (folder / "trials.parquet").read_bytes(),
                "front": (folder / "front.parquet").read_bytes(),
            }
    return {
        "summary": timeless(summary),
        "text": (place / "summary.md").read_bytes(),
        "files": files,
    }
