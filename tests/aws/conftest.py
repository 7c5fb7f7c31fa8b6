"""What holds for the tests of the account: no call to AWS, and each one allowed by a policy."""

from __future__ import annotations

import sys
from pathlib import Path

import boto3
import botocore.client
import pytest
from moto import mock_aws

from tests.aws.policies import allowed_actions
from tests.aws.recorded import REGION
from tuner.aws.session import open_account

PRODUCT = str(Path(__file__).parents[2] / "tuner")


@pytest.fixture(scope="session", autouse=True)
def calls_of_the_product():
    """Collect every action that the product asks of AWS, by the names of IAM.

    Whatever the tests ask themselves, such as to make a group, is not collected. At the end of the
    session the shipped policies allow every one.
    """
    asked: set[str] = set()
    original = botocore.client.BaseClient._make_api_call

    def make_api_call(client, operation, request):
        frame = sys._getframe(1)
        while frame is not None and not frame.f_code.co_filename.startswith(PRODUCT):
            frame = frame.f_back
        if frame is not None:
            asked.add(f"{client.meta.service_model.service_name}:{operation}")
        return original(client, operation, request)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(botocore.client.BaseClient, "_make_api_call", make_api_call)
        yield asked

    assert asked <= allowed_actions(), "a call that iam/read.json and iam/apply.json do not allow"


@pytest.fixture
def emulated():
    """An emulated account with the group web, of 1 to 12 hosts."""
    with mock_aws():
        client = boto3.client("autoscaling", region_name=REGION)
        client.create_launch_configuration(
            LaunchConfigurationName="launch", ImageId="ami-12c6146b", InstanceType="t3.micro"
        )
        client.create_auto_scaling_group(
            AutoScalingGroupName="web",
            LaunchConfigurationName="launch",
            MinSize=0,
            MaxSize=12,
            DesiredCapacity=0,
            DefaultCooldown=360,
            AvailabilityZones=[f"{REGION}a"],
        )
        yield open_account(region=REGION)
