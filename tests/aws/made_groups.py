"""Policies, alarms and actions of the group web, as records and as AWS answers them."""

from __future__ import annotations

from tests.aws.recorded import ACCOUNT, REGION
from tuner.resources.fields import policy_resource

TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:told"
OUT = policy_resource("out", {"AdjustmentType": "ChangeInCapacity", "ScalingAdjustment": 1})
STEPS = {
    "PolicyType": "StepScaling",
    "AdjustmentType": "ChangeInCapacity",
    "StepAdjustments": ({"MetricIntervalLowerBound": 0, "ScalingAdjustment": 1},),
}
TRACKING = {
    "TargetValue": 50,
    "PredefinedMetricSpecification": {"PredefinedMetricType": "ASGAverageCPUUtilization"},
}
HOLD = {"PolicyType": "TargetTrackingScaling", "TargetTrackingConfiguration": TRACKING}
HIGH = {
    "Namespace": "AWS/EC2",
    "MetricName": "CPUUtilization",
    "Statistic": "Average",
    "Dimensions": ({"Name": "AutoScalingGroupName", "Value": "web"},),
    "Period": 60,
    "EvaluationPeriods": 3,
    "Threshold": 50,
    "ComparisonOperator": "GreaterThanThreshold",
}
MORNING = {"Recurrence": "30 7 * * *", "MinSize": 3}


def arn(policy: str, number: int = 1) -> str:
    """Give the ARN of a policy of the group web."""
    return (
        f"arn:aws:autoscaling:{REGION}:{ACCOUNT}:scalingPolicy:{number}"
        f":autoScalingGroupName/web:policyName/{policy}"
    )


def described(policy, number: int = 1, **more):
    """Give a policy as DescribePolicies does."""
    return {
        "AutoScalingGroupName": "web",
        "PolicyName": policy.name,
        "PolicyARN": arn(policy.name, number),
        "Enabled": True,
        "Alarms": [],
        **policy.fields,
        **more,
    }
