"""Accounts that answer from a list: the day of tests/data/cloudwatch, and answers by hand."""

from __future__ import annotations

import json
import re
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import boto3
from botocore.stub import Stubber

from tuner.aws.session import Account

DATA = Path(__file__).parents[1] / "data" / "cloudwatch"
REGION = "eu-central-1"
ACCOUNT = "123456789012"
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d.*")


def recorded(name: str) -> dict[str, Any]:
    """Give a recorded answer, times as boto3 gives them."""

    def with_times(table: dict[str, Any]) -> dict[str, Any]:
        return {
            key: datetime.fromisoformat(value)
            if isinstance(value, str) and _TIME.fullmatch(value) and not key.startswith("State")
            else value
            for key, value in table.items()
        }

    return json.loads((DATA / f"{name}.json").read_text(), object_hook=with_times)


@cache
def session() -> boto3.Session:
    """Give a session of nobody; it reads the service models once."""
    return boto3.Session(
        aws_access_key_id="AKIDEXAMPLE", aws_secret_access_key="secret", region_name=REGION
    )


class AnsweringAccount:
    """An account whose services give answers in turn, each to the operation that is expected."""

    def __init__(self) -> None:
        self._stubs: dict[str, Stubber] = {}
        self.account = Account(session=session())

    def add(
        self, service: str, operation: str, answer: dict[str, Any], asked: Any = None
    ) -> AnsweringAccount:
        """Let a service give this answer next, and ask that it is asked so."""
        self._stub(service).add_response(operation, answer, asked)
        return self

    def refuse(self, service: str, operation: str, code: str, message: str) -> AnsweringAccount:
        """Let a service refuse next."""
        self._stub(service).add_client_error(operation, code, message, 403)
        return self

    def check(self) -> None:
        """Fail where an answer was not asked for."""
        for stub in self._stubs.values():
            stub.assert_no_pending_responses()

    def _stub(self, service: str) -> Stubber:
        if service not in self._stubs:
            self._stubs[service] = Stubber(self.account.client(service))
            self._stubs[service].activate()
        return self._stubs[service]


def web_asg(*, environment: bool = True) -> AnsweringAccount:
    """Give an account that answers once what `show` asks of the recorded group."""
    answers = AnsweringAccount()
    answers.add(
        "autoscaling", "describe_auto_scaling_groups", recorded("describe_auto_scaling_groups")
    )
    answers.add("autoscaling", "describe_policies", recorded("describe_policies"))
    answers.add("autoscaling", "describe_scheduled_actions", {"ScheduledUpdateGroupActions": []})
    answers.add("cloudwatch", "describe_alarms", recorded("describe_alarms"))
    if environment:
        add_environment(answers)
    return answers


def add_environment(answers: AnsweringAccount) -> None:
    """Let the account answer once what is asked of the recorded environment."""
    answers.add("elasticbeanstalk", "describe_environments", environments("web-prod"))
    answers.add(
        "elasticbeanstalk",
        "describe_configuration_settings",
        recorded("describe_configuration_settings"),
    )


def environments(*names: str) -> dict[str, Any]:
    """Give an answer of DescribeEnvironments."""
    return {"Environments": [{"EnvironmentName": name, "ApplicationName": "web"} for name in names]}
