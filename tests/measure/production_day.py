"""The made-up day of `web-asg` (tests/data/cloudwatch) as records: minutes, activities, plan."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

from tuner.activities import Activity
from tuner.host import HostModel
from tuner.measure.history import History
from tuner.measure.history_files import read_history
from tuner.policy import Alarm, AlarmedPolicy, ScalingPlan, SimpleScaling
from tuner.scenario import Group, Metric, Scenario

DATA = Path(__file__).parents[1] / "data" / "cloudwatch"
PAGES = [DATA / f"get_metric_data_page{page}.json" for page in (1, 2)]
KINDS = {"Launching": "launch", "Terminating": "terminate"}
BEGIN = int(datetime(2026, 11, 17, tzinfo=UTC).timestamp())


def day_history() -> History:
    return read_history(PAGES)


def day_activities() -> tuple[Activity, ...]:
    """Read the 15 activities, oldest first."""
    found = [
        Activity(
            started=datetime.fromisoformat(entry["StartTime"]),
            ended=datetime.fromisoformat(entry["EndTime"]),
            status=entry["StatusCode"],
            description=entry["Description"],
            cause=entry["Cause"],
            instance_id=None,
            kind=KINDS[entry["Description"].split()[0]],
        )
        for page in (1, 2)
        for entry in json.loads(
            (DATA / f"describe_scaling_activities_page{page}.json").read_text()
        )["Activities"]
    ]
    return tuple(sorted(found, key=lambda each: each.started))


def side(threshold: float, operator: str, adjustment: int) -> AlarmedPolicy:
    alarm = Alarm(threshold_percent=threshold, comparison_operator=operator, period_seconds=300)
    return AlarmedPolicy(alarm, SimpleScaling(scaling_adjustment=adjustment, cooldown_seconds=360))


def deployed_plan() -> ScalingPlan:
    """Give what Elastic Beanstalk had built."""
    return ScalingPlan(
        scale_out=side(25.0, "GreaterThanThreshold", 1),
        scale_in=side(15.0, "LessThanThreshold", -1),
    )


def deployed_scenario(*, launch_seconds: int = 180, ready_seconds: int = 0) -> Scenario:
    """Give the host and the group of the day."""
    return Scenario(
        host=HostModel(slope_percent_per_rpm=0.00075, cliff_percent=50.0),
        group=Group(
            min_size=2,
            max_size=12,
            launch_seconds=launch_seconds,
            ready_seconds=ready_seconds,
            drain_seconds=60,
        ),
        metric=Metric(metric_delay_seconds=60),
    )
