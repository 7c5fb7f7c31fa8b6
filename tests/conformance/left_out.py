"""The areas of aws-cases.json that the product does not model, each with the reason."""

from __future__ import annotations

_APPLICATION = "Application Auto Scaling comes later"
_BURSTABLE = "burstable instances and their credits come later"
_KUBERNETES = "the Kubernetes autoscaler comes later"
_BALANCER = "health checks, slow start and deregistration of a load balancer are left out"
_HISTORY = "reading the metric's history from CloudWatch is left out"
_PURCHASE = "purchase options are left out: all instances are alike"

REASONS = {
    "alb.deregistration": _BALANCER,
    "alb.health": _BALANCER,
    "alb.slow-start": _BALANCER,
    "appas.adjustment": _APPLICATION,
    "appas.cooldown": _APPLICATION,
    "appas.cooldown-defaults": _APPLICATION,
    "appas.multi-policy": _APPLICATION,
    "appas.rounding": _APPLICATION,
    "appas.step-selection": _APPLICATION,
    "appas.step-sequence": _APPLICATION,
    "appas.target-tracking-alarms": _APPLICATION,
    "asg.predictive": "predictive scaling comes later",
    "asg.purchase-mix": _PURCHASE,
    "asg.rebalance": "zones and their balance are left out",
    "asg.termination": "zones and instance protection are left out",
    "asg.warm-pool": "warm pools come later",
    "asg.weighted": "instance weights are left out: all instances are alike",
    "cloudwatch.metric-retention": _HISTORY,
    "cloudwatch.percentile-low-sample": "alarms on percentiles are left out",
    "cloudwatch.query-alignment": _HISTORY,
    "eb.spot": _PURCHASE,
    "ec2.credit-billing": _BURSTABLE,
    "ec2.credit-metric": _BURSTABLE,
    "ec2.credit-table": _BURSTABLE,
    "ec2.credit-timeline": _BURSTABLE,
    "ec2.credits": _BURSTABLE,
    "ecs.cluster-scaling": _APPLICATION,
    "k8s.hpa": _KUBERNETES,
    "k8s.hpa-behavior": _KUBERNETES,
    "k8s.hpa-defaults": _KUBERNETES,
    "observed.alarm-lag": "a measured delay is given to the model, metric_delay_seconds",
    "observed.alarm-sparse": "the datapoints of the observed alarm are not given",
    "observed.timeline": "the metric of the observed activity is not given",
}
