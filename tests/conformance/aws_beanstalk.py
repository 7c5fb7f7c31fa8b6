"""What AWS says about Elastic Beanstalk's options and alarms, asked of the product."""

from __future__ import annotations

from tests.conformance.aws_alarms import seconds_to_alarm
from tests.conformance.tally import Case
from tuner.policy.beanstalk import HIGH_ALARM, LOW_ALARM, Beanstalk
from tuner.policy.beanstalk_options import OPTIONS


def trigger(given: Case, expect: Case) -> Case:
    """Give the alarm that the defaults build; else whether BreachDuration is when it goes off."""
    if given.get("options") != "defaults":
        n = given["EvaluationPeriods"]
        seconds = seconds_to_alarm(given["Period"] * 60, n, n)
        return {"consistent": seconds == given["BreachDuration"] * 60}
    options = Beanstalk()
    plan = options.plan()
    is_low = expect["alarm"] == LOW_ALARM
    side = plan.scale_in if is_low else plan.scale_out
    alarm, policy = side.alarm, side.policy
    own = policy.cooldown_seconds
    is_of_group = own == options.group["default_cooldown_seconds"]
    return {
        "alarm": LOW_ALARM if is_low else HIGH_ALARM,
        "metric": options.values["MeasureName"],
        "statistic": options.values["Statistic"],
        "operator": alarm.comparison_operator,
        "threshold": alarm.threshold_percent,
        "period_s": alarm.period_seconds,
        "evaluation_periods": alarm.evaluation_periods,
        "policy": {
            "type": type(policy).__name__,
            "adjustment_type": policy.adjustment_type,
            "adjustment": policy.scaling_adjustment,
            "cooldown": f"{'group default' if is_of_group else 'own'} ({own} s)",
        },
    }


def defaults(given: Case, expect: Case) -> Case:
    """Read the table of options."""
    return {"default": OPTIONS[given["namespace"]][given["option"]].default}
