"""A second opinion on the requests: an emulated account takes them and gives its data back.

The emulator knows no percentiles, no activities and no history of alarms; those are tested on
answers by hand.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tuner.aws.cloudwatch import CloudWatchMetrics
from tuner.aws.group_log import GroupLog
from tuner.errors import AccountError
from tuner.metrics import MetricName


def test_metrics_that_were_put_come_back_and_groups_are_found(emulated):
    log, client = GroupLog(emulated), emulated.client("cloudwatch")
    begin = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(hours=3)
    name = MetricName(
        namespace="own", metric="Load", dimensions=(("Group", "web"),), statistic="Average"
    )
    for minute in (0, 1, 3):
        client.put_metric_data(
            Namespace="own",
            MetricData=[
                {
                    "MetricName": "Load",
                    "Dimensions": [{"Name": "Group", "Value": "web"}],
                    "Timestamp": begin + timedelta(minutes=minute),
                    "Value": 10.0 * minute,
                }
            ],
        )

    (got,) = CloudWatchMetrics(client).fetch([name], begin, begin + timedelta(hours=1))

    assert got.values.tolist() == [0.0, 10.0, 30.0]
    assert got.begins.tolist() == [int(begin.timestamp()) + 60 * minute for minute in (0, 1, 3)]
    log.check_group("web")
    with pytest.raises(AccountError, match="'other', which is none"):
        log.check_group("other")
    assert log.activities("web", begin, begin + timedelta(hours=4)) == ()
    assert log.alarm_names("web", ()) == ()
