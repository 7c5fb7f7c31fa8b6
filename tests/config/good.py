"""A good configuration with every table, which the tests spoil in small ways."""

from pathlib import Path

DATA_FILES = ("history.csv", "cpu.csv", "windows.csv", "traffic.csv")

GOOD = """\
service = "shop"
seed = 1
tick_seconds = 60
margin_percent = 2.0

[load_test]
locust = "history.csv"
cpu = "cpu.csv"
cpu_column = "server"
window_seconds = "10s"

[host]
intercept_percent = 2.0
slope_percent_per_1000_rpm = 0.75
cliff_percent = 60.0

[group]
min_size = 2
max_size = 100
launch_seconds = "3m"
monitoring = "detailed"

[metric]
metric_delay_seconds = 60
warming_in_metric = false

[[schedule]]
at = "7h30m"
min_size = 4

[[schedule]]
at = "20h"
min_size = 2

[[traffic.stages]]
name = "surge"
start_rpm = 20_000
stages = [
  "hold 30m",
  "ramp 8m to 60000",
  "hold 60m",
]
weight = 1.0

[traffic.stages.vary]
hold_seconds = [{from = "10m", to = "30m", step = "10m"}, []]
noise_percent = 5.0
replicates = 2

[[traffic.recorded]]
name = "day"
file = "traffic.csv"
column = "requests"
unit = "requests"
cut = "day"

[baseline]
min_size = 3

[baseline.scale_out.alarm]
threshold_percent = 25.0
comparison_operator = "GreaterThanThreshold"
period_seconds = 60
evaluation_periods = 5
datapoints_to_alarm = 5

[baseline.scale_out.policy]
policy_type = "SimpleScaling"
scaling_adjustment = 1
cooldown_seconds = 180

[baseline.scale_in.alarm]
threshold_percent = 15.0
comparison_operator = "LessThanThreshold"
evaluation_periods = 5

[baseline.scale_in.policy]
scaling_adjustment = -1

[space]
scale_out_threshold_percent = {from = 16, to = 50, step = 2}
scale_out_adjustment = [1, 2, 4]
period_seconds = 60
evaluation_periods = [1, 5]
cooldown_seconds = ["1m", 180]
scale_in_threshold_percent = ["1/2", {capped = 15}, 10]
scale_in_adjustment = -1
min_size = [2, 4]

[limits]
max_activities_per_day = 100.0

[search]
engine = "exact"
budget = 10_000

[stress]
runs = 400
hold_seconds = [{from = "5m", to = "1h"}, []]
height_factors = {from = 0.9, to = 1.1}

[output]
directory = "runs"
"""


def write_job(folder: Path, text: str = GOOD) -> Path:
    """Write a config file and the data files that it names."""
    for name in DATA_FILES:
        (folder / name).touch()
    path = folder / "job.toml"
    path.write_text(text, encoding="utf-8")
    return path
