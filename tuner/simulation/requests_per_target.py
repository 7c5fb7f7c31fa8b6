"""Target tracking on requests per target, as target tracking on the CPU that they bring.

The simulator knows one metric, CPU. A target of T requests per minute per target becomes the CPU
percent that the host model gives for T requests on one instance.

**Where the arithmetic is the same.** The host is a line through 0 under saturation, and every host
that the metric counts serves. CPU is then `slope * rpm / n`, and both alarms and the wish
`ceil(base * metric / target)` see the same ratio in either unit.

**Where it is not.**

- *A line with an intercept, or a table.* The high alarm is the same, since CPU rises with load, and
  so is the low alarm where `low_ratio` is given. By the rule the low alarm is at a share of the
  target's CPU, AWS's at a share of its requests. The wish follows CPU, which moves less than the
  load does where the intercept is above 0: at twice the target AWS doubles the group, and the
  simulation adds less, in both directions.
- *Overload.* CPU ends at 100 %, requests do not: beyond saturation AWS wishes for more.
- *Hosts that are InService and not ready.* They count in the CPU with their boot CPU, and are
  targets that get no requests. With a warm-up that covers `ready_seconds` they are left out of the
  CPU.
- *No requests at all.* A load balancer publishes nothing then, and AWS does not scale in on
  silence; CPU is published, and the low alarm stands.
- *Delay.* Load balancer metrics reach alarms later than EC2's: some 120 s instead of 60 s.
- *Basic monitoring* is of EC2 metrics only, and is refused here with any target tracking.

`tuner.simulation.lint` says which of these a plan meets. Source: docs/aws-semantics.md 1.2, 1.4,
5.2 and 5.3; docs/model.md, "Targets in requests".
"""

from __future__ import annotations

from dataclasses import replace

from tuner.errors import Problem, SimulationError
from tuner.host import HostModel
from tuner.policy import ScalingPlan, TargetTracking

SATURATION_PERCENT = 100.0
NEVER_LOW = 1e-300
"""A share of the target under which no CPU lies."""


def counts_requests(policy: TargetTracking | None) -> bool:
    """Tell whether a policy is there and holds requests per target."""
    return policy is not None and policy.predefined_metric_type == "ALBRequestCountPerTarget"


def is_line_through_zero(host: HostModel) -> bool:
    """Tell whether the CPU of a host is proportional to its load."""
    return host.table is None and host.intercept_percent == 0.0


def cpu_tracking(policy: TargetTracking, host: HostModel) -> TargetTracking:
    """Give the policy on CPU that stands in for one on requests; one on CPU is itself.

    Parameters
    ----------
    policy : TargetTracking
        Any target tracking policy.
    host : HostModel
        Gives the CPU percent that the target's requests bring.

    Returns
    -------
    TargetTracking
        On `ASGAverageCPUUtilization`; a `low_ratio` that is given becomes that of the two CPUs.

    Raises
    ------
    SimulationError
        Where the host's CPU does not rise up to the target, or has ended at 100 % before it.

    Examples
    --------
    >>> per_target = TargetTracking(
    ...     target_value=20_000.0, predefined_metric_type="ALBRequestCountPerTarget")
    >>> cpu_tracking(per_target, HostModel(slope_percent_per_rpm=0.00075)).target_value
    15.0
    """
    if not counts_requests(policy):
        return policy
    rpm, ratio = policy.target_value, policy.low_ratio
    percent = float(host.unclipped_percent(rpm))
    idle = max(float(host.unclipped_percent(0.0)), 0.0)
    if percent <= idle:
        raise _refusal(
            f"a target at which a host's CPU is above the {idle:g} % that it has without load",
            f"{max(percent, 0.0):g} % at {rpm:,.12g} requests per minute",
            "Raise the target, or give the host a slope.",
        )
    if percent >= SATURATION_PERCENT:
        raise _refusal(
            f"a target under the {host.rpm_at(SATURATION_PERCENT):,.0f} requests per minute that"
            " one instance carries at 100 % CPU",
            f"{rpm:,.12g}",
            "Lower the target: the simulated CPU never rises above it.",
        )
    if ratio is not None:
        ratio = max(float(host.unclipped_percent(ratio * rpm)) / percent, NEVER_LOW)
    return replace(
        policy,
        target_value=percent,
        predefined_metric_type="ASGAverageCPUUtilization",
        low_ratio=ratio,
    )


def cpu_plan(plan: ScalingPlan, host: HostModel) -> ScalingPlan:
    """Give a plan whose target tracking, where it has one, is on CPU.

    Parameters
    ----------
    plan, host : ScalingPlan, HostModel
        As in `cpu_tracking`.

    Raises
    ------
    SimulationError
        As in `cpu_tracking`.
    """
    policy = plan.target_tracking
    return plan if policy is None else replace(plan, target_tracking=cpu_tracking(policy, host))


def _refusal(expected: str, got: str, next_step: str) -> SimulationError:
    """Refuse a target in requests that no CPU stands for."""
    return SimulationError(Problem(expected, got, "target_tracking.target_value", next_step))
