"""A plan as the AWS resources that it is made of, neutral between account and file forms."""

from tuner.resources.from_plan import group_cpu, resources_of
from tuner.resources.records import (
    ActionResource,
    AlarmResource,
    Fields,
    GroupResources,
    PolicyResource,
)
from tuner.resources.schedule import ScheduleStart
from tuner.resources.to_plan import ReadPlan, plan_of

__all__ = [
    "ActionResource",
    "AlarmResource",
    "Fields",
    "GroupResources",
    "PolicyResource",
    "ReadPlan",
    "ScheduleStart",
    "group_cpu",
    "plan_of",
    "resources_of",
]
