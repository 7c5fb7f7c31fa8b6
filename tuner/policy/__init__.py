"""Scaling plans in AWS's words: alarms, policies, limits and schedules, checked when they are made.

A *plan* is a full set of policies and alarms for one service, one JSON object everywhere
(`tuner.plan_json`). Source of names and limits: the service models of CloudWatch and
EC2 Auto Scaling; docs/aws-semantics.md has each rule with its source.
"""

from tuner.policy.alarm import (
    HIGH_RESOLUTION_PERIODS_SECONDS,
    Alarm,
    default_extra_blocks,
    span_limit_seconds,
)
from tuner.policy.plan import AlarmedPolicy, Family, ScalingPlan, ScheduledAction
from tuner.policy.simple import SimpleScaling
from tuner.policy.step import StepAdjustment, StepScaling
from tuner.policy.tracking import TargetTracking
from tuner.policy.words import (
    AdjustmentType,
    ComparisonOperator,
    MetricAggregationType,
    MissingData,
    PredefinedMetricType,
)

__all__ = [
    "HIGH_RESOLUTION_PERIODS_SECONDS",
    "AdjustmentType",
    "Alarm",
    "AlarmedPolicy",
    "ComparisonOperator",
    "Family",
    "MetricAggregationType",
    "MissingData",
    "PredefinedMetricType",
    "ScalingPlan",
    "ScheduledAction",
    "SimpleScaling",
    "StepAdjustment",
    "StepScaling",
    "TargetTracking",
    "default_extra_blocks",
    "span_limit_seconds",
]
