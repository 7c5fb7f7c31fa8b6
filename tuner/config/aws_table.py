"""The table `aws` of a job's file: which group, load balancer and target group the service is."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import Field

from tuner.config.values import Text
from tuner.config_problems import Table


@dataclass(frozen=True, slots=True, kw_only=True)
class AwsNames:
    """What the service is called in its AWS account.

    Parameters
    ----------
    group : str or None
        ``AutoScalingGroupName``.
    load_balancer, target_group : str or None
        ARNs, or their ends as CloudWatch has them.
    """

    group: str | None = None
    load_balancer: str | None = None
    target_group: str | None = None


class AwsTable(Table):
    """What the service is called in its AWS account; profile and region are options."""

    group: Text | None = Field(default=None, description="Name of the Auto Scaling group.")
    load_balancer: Text | None = Field(
        default=None,
        description="ARN of the application load balancer, or its end, `app/NAME/ID`.",
    )
    target_group: Text | None = Field(
        default=None, description="ARN of the target group, or its end, `targetgroup/NAME/ID`."
    )

    def names(self) -> AwsNames:
        """Make the record."""
        return AwsNames(**self.model_dump())
