"""An emulated account with the made-up day of tests/data/cloudwatch, for a rehearsal.

    python -m tests.aws.emulator --port 5555

It is moto's server with the group web-asg, its pair of policies and alarms, and the metrics and
scaling activities of that day, which is put two days back: closed, and still there by the minute.
Three calls that moto does not answer as AWS does are answered here: GetMetricData has percentiles,
DescribeScalingActivities has activities, DescribeAlarmHistory has none.
"""

from __future__ import annotations

import argparse
import json
import logging
import math
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
from moto.autoscaling.responses import AutoScalingResponse
from moto.cloudwatch.models import CloudWatchBackend
from moto.cloudwatch.responses import CloudWatchResponse
from moto.core.responses import ActionResult
from moto.server import ThreadedMotoServer

from tests.aws.recorded import REGION, recorded

GROUP = "web-asg"
MADE = datetime(2026, 11, 17, tzinfo=UTC)
DAYS_AGO = 2
"""A day is closed three hours after its end, so yesterday may not be."""
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": REGION,
}
MOST_DATA = 1_000
"""Data in a PutMetricData."""
NAMES = {"AutoScalingScaleUpPolicy": "web-scale-out", "AutoScalingScaleDownPolicy": "web-scale-in"}
NAMES |= {"CloudwatchAlarmHigh": "web-cpu-high", "CloudwatchAlarmLow": "web-cpu-low"}
"""By what a name of Elastic Beanstalk holds; here nobody's group is made."""


def day_of(now: datetime) -> datetime:
    """Give the begin of the day that the made-up one stands for."""
    return now.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=DAYS_AGO)


@contextmanager
def emulator(*, port: int = 0) -> Iterator[str]:
    """Run the account on this machine alone, and give its address."""
    day = day_of(datetime.now(UTC))
    patches = {
        (CloudWatchBackend, "get_metric_data"): get_metric_data,
        (CloudWatchResponse, "describe_alarm_history"): lambda _: ActionResult(
            {"AlarmHistoryItems": []}
        ),
        (AutoScalingResponse, "describe_scaling_activities"): lambda _: ActionResult(
            {"Activities": activities(day)}
        ),
    }
    before = {place: getattr(*place, None) for place in patches}
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=port, verbose=False)
    for (owner, name), answer in patches.items():
        setattr(owner, name, answer)
    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # no line for each call
    server.start()
    try:
        host, port = server.get_host_and_port()
        load(f"http://{host}:{port}", day)
        yield f"http://{host}:{port}"
    finally:
        server.stop()
        for (owner, name), answer in before.items():
            setattr(owner, name, answer) if answer else delattr(owner, name)


def load(address: str, day: datetime) -> None:
    """Make the group with its policies, and put the metrics of the day."""
    session = boto3.Session("testing", "testing", region_name=REGION)
    group = session.client("autoscaling", endpoint_url=address)
    metrics = session.client("cloudwatch", endpoint_url=address)
    group.create_launch_configuration(
        LaunchConfigurationName="web", ImageId="ami-12c6146b", InstanceType="t3.micro"
    )
    group.create_auto_scaling_group(
        AutoScalingGroupName=GROUP,
        LaunchConfigurationName="web",
        MinSize=2,
        MaxSize=12,
        DesiredCapacity=2,
        DefaultCooldown=360,
        AvailabilityZones=[f"{REGION}a", f"{REGION}b"],
    )
    policies = {
        each["PolicyARN"]: each for each in recorded("describe_policies")["ScalingPolicies"]
    }
    for policy in policies.values():
        kept = ("PolicyType", "AdjustmentType", "ScalingAdjustment")
        group.put_scaling_policy(
            AutoScalingGroupName=GROUP,
            PolicyName=_own(policy["PolicyName"]),
            Cooldown=360,
            **{name: policy[name] for name in kept},
        )
    made = {each["PolicyName"]: each["PolicyARN"] for each in _policies(group)}
    arns = {arn: made[_own(policy["PolicyName"])] for arn, policy in policies.items()}
    for alarm in recorded("describe_alarms")["MetricAlarms"]:
        kept = ("MetricName", "Namespace", "Statistic", "Dimensions", "Period", "EvaluationPeriods")
        metrics.put_metric_alarm(
            AlarmName=_own(alarm["AlarmName"]),
            AlarmActions=[arns[arn] for arn in alarm["AlarmActions"]],
            **{name: alarm[name] for name in (*kept, "Threshold", "ComparisonOperator")},
        )
    for namespace, data in metric_data(day).items():
        for first in range(0, len(data), MOST_DATA):
            metrics.put_metric_data(Namespace=namespace, MetricData=data[first : first + MOST_DATA])


def _policies(group: Any) -> list[dict[str, Any]]:
    """Give the policies that were made; the emulator's own answer does not name their ARN."""
    answer: list[dict[str, Any]] = group.describe_policies(AutoScalingGroupName=GROUP)[
        "ScalingPolicies"
    ]
    return answer


def metric_data(day: datetime) -> dict[str, list[dict[str, Any]]]:
    """Give the day as PutMetricData takes it, by namespace."""
    found: dict[str, dict[datetime, float]] = defaultdict(dict)
    for page in ("get_metric_data_page1", "get_metric_data_page2"):
        for result in recorded(page)["MetricDataResults"]:
            stamps = map(datetime.fromisoformat, result["Timestamps"])
            found[result["Id"]].update(zip(stamps, result["Values"], strict=True))
    (balancer,) = {
        dimension["Value"]
        for query in recorded("get_metric_data_request")["MetricDataQueries"]
        for dimension in query["MetricStat"]["Metric"]["Dimensions"]
        if dimension["Name"] == "LoadBalancer"
    }

    def datum(metric: str, dimension: str, of: str, stamp: datetime, **value: Any) -> Any:
        dimensions = [{"Name": dimension, "Value": of}]
        return {
            "MetricName": metric,
            "Dimensions": dimensions,
            "Timestamp": stamp - MADE + day,
            **value,
        }

    cpu = []
    for stamp, average in found["cpu_avg"].items():
        samples, most = found["cpu_samples"][stamp], found["cpu_max"][stamp]
        value = {"SampleCount": samples, "Sum": average * samples, "Maximum": most, "Minimum": 0.0}
        cpu.append(
            datum("CPUUtilization", "AutoScalingGroupName", GROUP, stamp, StatisticValues=value)
        )
    load = [
        datum(metric, "LoadBalancer", balancer, stamp, Value=value)
        for metric, key in (("RequestCount", "requests"), ("TargetResponseTime", "latency_p95"))
        for stamp, value in found[key].items()
    ]
    return {"AWS/EC2": cpu, "AWS/ApplicationELB": load}


def activities(day: datetime) -> list[dict[str, Any]]:
    """Give the activities of the day, with its date, newest first."""
    text = json.dumps(
        [
            activity
            for page in (1, 2)
            for activity in recorded(f"describe_scaling_activities_page{page}")["Activities"]
        ],
        default=datetime.isoformat,
    ).replace(f"{MADE:%Y-%m-%d}", f"{day:%Y-%m-%d}")
    for kind in ("policies", "alarms"):
        for entry in recorded(f"describe_{kind}")[
            "ScalingPolicies" if kind == "policies" else "MetricAlarms"
        ]:
            name = entry["PolicyName" if kind == "policies" else "AlarmName"]
            text = text.replace(name, _own(name))
    return [
        {
            key: datetime.fromisoformat(value) if key in ("StartTime", "EndTime") else value
            for key, value in activity.items()
        }
        for activity in json.loads(text)
    ]


def get_metric_data(
    backend: CloudWatchBackend,
    queries: list[dict[str, Any]],
    start_time: datetime,
    end_time: datetime,
    scan_by: str = "TimestampAscending",
) -> list[dict[str, Any]]:
    """Answer GetMetricData as AWS does: with percentiles, and in one pass over the data."""
    there: dict[Any, list[Any]] = defaultdict(list)
    for datum in backend.get_all_metrics():
        if start_time <= datum.timestamp < end_time:
            pairs = tuple(sorted((d.name, d.value) for d in datum.dimensions))
            there[datum.namespace, datum.name, pairs].append(datum)
    results = []
    for query in queries:
        stat, of = query["MetricStat"], query["MetricStat"]["Metric"]
        pairs = tuple(sorted((d["Name"], d["Value"]) for d in of.get("Dimensions", ())))
        period, blocks = int(stat["Period"]), defaultdict(list)
        for datum in there.get((of["Namespace"], of["MetricName"], pairs), ()):
            blocks[int(datum.timestamp.timestamp()) // period * period].append(datum)
        stamps = sorted(blocks, reverse=scan_by == "TimestampDescending")
        results.append(
            {
                "id": query["Id"],
                "label": query["Id"],
                "values": [_statistic(stat["Stat"], blocks[stamp]) for stamp in stamps],
                "timestamps": [datetime.fromtimestamp(stamp, UTC) for stamp in stamps],
                "status_code": "Complete",
            }
        )
    return results


def _statistic(name: str, data: list[Any]) -> float:
    """Give a statistic of the data of one period."""
    total = sum(float(datum.sum if hasattr(datum, "sum") else datum.value) for datum in data)
    count = sum(float(getattr(datum, "sample_count", 1)) for datum in data)
    values = sorted(float(getattr(datum, "max", getattr(datum, "value", 0.0))) for datum in data)
    if name.startswith("p"):
        return values[max(math.ceil(float(name[1:]) / 100 * len(values)) - 1, 0)]
    return {"Sum": total, "SampleCount": count, "Average": total / count, "Maximum": values[-1]}[
        name
    ]


def _own(name: str) -> str:
    """Give a name of the recorded group the name that it has here."""
    return next(own for part, own in NAMES.items() if part in name)


def main() -> None:
    """Run the account until Ctrl-C."""
    parser = argparse.ArgumentParser(prog="python -m tests.aws.emulator")
    parser.add_argument("--port", type=int, default=5555, help="port of 127.0.0.1")
    with emulator(port=parser.parse_args().port) as address:
        print(f"An account with the group {GROUP} at {address}; Ctrl-C ends it.", flush=True)
        try:
            while True:
                time.sleep(3600)
        except KeyboardInterrupt:
            print("Ended.")


if __name__ == "__main__":
    main()
