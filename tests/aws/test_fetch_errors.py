"""What goes wrong in an account is a sentence with a command, and nothing is half written or told.

The program runs from its entry to boto3's door to the network, where answers are put in its place.
"""

from __future__ import annotations

import logging
import re
from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ProxyConnectionError,
    ReadTimeoutError,
    SSLError,
    UnauthorizedSSOTokenError,
)

from tests.aws.cloud import date_header, reply
from tests.doors.command import call
from tuner.aws.errors import account_error, harmless
from tuner.aws.group_log import GroupLog
from tuner.aws.session import open_account
from tuner.errors import AccountError

CANARIES = [f"cAnArY{number:02d}SeCrEt0123456789abcdefghijKLMNO" for number in range(50)]
REFUSED = """<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code>\
<Message>{message}</Message></Error><RequestId>1</RequestId></ErrorResponse>"""
GROUP = """<DescribeAutoScalingGroupsResponse><DescribeAutoScalingGroupsResult>\
<AutoScalingGroups>{groups}</AutoScalingGroups></DescribeAutoScalingGroupsResult>\
</DescribeAutoScalingGroupsResponse>"""
MEMBER = "<member><AutoScalingGroupName>web-asg</AutoScalingGroupName></member>"
CALLER = """<GetCallerIdentityResponse><GetCallerIdentityResult>\
<Arn>arn:aws:iam::123456789012:user/anna</Arn><Account>123456789012</Account>\
</GetCallerIdentityResult></GetCallerIdentityResponse>"""


@pytest.fixture
def wire(monkeypatch, tmp_path):
    """Take the place of the network: give answers of HTTP in turn, the last one again and again."""
    answers: list[object] = []
    sent: list[object] = []

    def send(_, request):
        sent.append(request)
        answer = answers[0] if len(answers) == 1 else answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        status, body, *more = answer
        found = reply(request.url, status, body.encode())
        found.headers["content-type"] = "text/xml"
        found.headers.update(*more)
        return found

    monkeypatch.setattr("botocore.httpsession.URLLib3Session.send", send)
    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda seconds: None)
    for name in ("AWS_PROFILE", "AWS_DEFAULT_REGION", "AWS_REGION", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", CANARIES[0])
    return Wire(answers, sent)


class Wire:
    """What is answered, and what was sent."""

    def __init__(self, answers: list[object], sent: list[object]) -> None:
        self.answers = answers
        self.sent = sent


def refused(code: str, status: int = 400, message: str = "no") -> tuple[int, str]:
    return status, REFUSED.format(code=code, message=message)


IN_REGION = ("--region", "eu-central-1")
CASES = {
    "expired credentials": (refused("ExpiredToken", 403), "expired ones", "`aws sso login`"),
    "access denied": (
        refused(
            "AccessDenied",
            403,
            "User: arn:aws:iam::123456789012:user/anna is not authorized to perform:"
            " autoscaling:DescribeAutoScalingGroups because no policy allows it",
        ),
        "permission for autoscaling:DescribeAutoScalingGroups, got access denied",
        "`aws sts get-caller-identity`",
    ),
    "an unknown group": (
        (200, GROUP.format(groups="")),
        "'web-asg', which is none",
        "`aws autoscaling describe-auto-scaling-groups --query"
        " 'AutoScalingGroups[].AutoScalingGroupName'`",
    ),
    "throttling to the end": (
        refused("Throttling"),
        "AWS still says that there are too many requests",
        "Run the same command again",
    ),
    "a clock that is off": (
        refused("SignatureDoesNotMatch", 403, f"should have been {CANARIES[1]}"),
        "the clock of this machine is off",
        "`cliffside doctor --aws`",
    ),
    "a request out of date": (
        refused("RequestExpired"),
        "the clock of this machine is off",
        "`cliffside doctor --aws`",
    ),
    "a key that is unknown": (
        refused("InvalidClientTokenId", 403),
        "a key that it does not know",
        "`aws configure`",
    ),
    "an error of AWS": (refused("InternalFailure", 500), "InternalFailure", "Run the same command"),
    "no connection": (
        EndpointConnectionError(endpoint_url=f"http://u:{CANARIES[2]}@x", error=CANARIES[3]),
        "no connection to it",
        "--endpoint-url",
    ),
    "no answer in time": (
        ReadTimeoutError(endpoint_url="https://x", error=CANARIES[4]),
        "none, in any attempt",
        "`cliffside doctor --aws`",
    ),
}


@pytest.mark.parametrize(("answer", "got", "step"), CASES.values(), ids=list(CASES))
def test_trouble_is_one_sentence_with_the_command_to_run(wire, capsys, tmp_path, answer, got, step):
    wire.answers.append(answer)
    state = tmp_path / "state"

    said = call(capsys, "fetch", "--group", "web-asg", "--state-dir", state, *IN_REGION)

    assert said.code == 1
    assert said.out == ""
    (line,) = said.err.splitlines()
    assert line.startswith("Error: ")
    assert got in line
    assert step in line
    assert "Traceback" not in said.err
    assert "123456789012" not in said.err
    assert [canary for canary in CANARIES if canary in said.err] == []
    assert not state.exists()


def test_a_region_credentials_or_a_profile_that_are_missing_are_said(
    wire, capsys, tmp_path, monkeypatch
):
    state = ("--state-dir", tmp_path / "state")
    no_region = call(capsys, "fetch", "--group", "web-asg", *state)
    no_profile = call(capsys, "fetch", "--group", "web-asg", "--profile", "night", *state)
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    no_keys = call(capsys, "fetch", "--group", "web-asg", *IN_REGION, *state)
    (tmp_path / "config").write_text("[profile night]\nregion = eu-central-1\n")
    named = call(capsys, "fetch", "--group", "web-asg", "--profile", "night", *state)

    assert (no_region.code, no_profile.code, no_keys.code, named.code) == (1, 1, 1, 1)
    assert "a region of AWS, got none. Give --region" in no_region.err
    assert "`aws configure list-profiles`" in no_profile.err
    assert "credentials of AWS, got none that are complete" in no_keys.err
    assert "`aws configure --profile night`" in named.err
    assert wire.sent == []


def test_denied_access_is_asked_once_and_throttling_eight_times(wire, capsys, tmp_path):
    arguments = ("fetch", "--group", "web-asg", "--state-dir", tmp_path / "state", *IN_REGION)
    wire.answers.append(refused("AccessDenied", 403))
    call(capsys, *arguments)
    assert len(wire.sent) == 1

    wire.sent.clear()
    wire.answers[:] = [refused("Throttling")]
    call(capsys, *arguments)

    assert len(wire.sent) == 8


def errors_with(canary: str) -> list[Exception]:
    """Make exceptions that hold a text everywhere a text can be."""
    codes = ("ExpiredToken", "AccessDenied", "SignatureDoesNotMatch", "Throttling", "Unknown", "")
    about = {"HTTPStatusCode": 400, "HTTPHeaders": {"x-amz-security-token": canary}}
    answers: list[Exception] = [
        ClientError(
            {"Error": {"Code": code, "Message": f"of {canary}"}, "ResponseMetadata": about},
            "GetMetricData",
        )
        for code in (*codes, f"Odd {canary}")
    ]
    network: list[BotoCoreError] = [
        EndpointConnectionError(endpoint_url=f"https://{canary}@x", error=canary),
        ConnectTimeoutError(endpoint_url=f"https://x/{canary}", error=canary),
        ProxyConnectionError(proxy_url=f"http://u:{canary}@proxy", error=canary),
        SSLError(endpoint_url=f"https://{canary}", error=canary),
        UnauthorizedSSOTokenError(),
    ]
    return [*answers, *network]


def test_no_secret_is_in_any_message():
    leaked = []
    for canary in CANARIES:
        for error in errors_with(canary):
            said = account_error(error, doing="reading", profile="night")
            if canary in f"{said}{said!r}{said.problems}":
                leaked.append((canary, type(error).__name__, str(said)))

    assert leaked == []


def test_what_aws_says_of_our_own_values_is_shown_without_accounts_and_keys():
    error = ClientError(
        {
            "Error": {
                "Code": "ValidationError",
                "Message": "The value 99 of MaxSize for arn:aws:iam::123456789012:role/x with"
                " AKIAIOSFODNN7EXAMPLE is above the limit",
            }
        },
        "PutScalingPolicy",
    )

    said = str(account_error(error, doing="writing to 123456789012"))

    assert "The value 99 of MaxSize for arn:aws:iam::****9012:role/x with …" in said
    assert "123456789012" not in said
    assert harmless("x" * 1_000).endswith("…")


def test_no_secret_is_in_a_log_of_the_program(wire, capsys, tmp_path, caplog):
    caplog.set_level(logging.INFO)
    for answer in (refused("ExpiredToken", 403, CANARIES[5]), refused("Odd", 400, CANARIES[6])):
        wire.answers[:] = [answer]
        said = call(
            capsys, "fetch", "-v", "--group", "web-asg", "--state-dir", tmp_path / "s", *IN_REGION
        )
        text = said.out + said.err + caplog.text
        assert [canary for canary in CANARIES if canary in text] == []
        assert said.code == 1


def test_the_error_of_an_account_hides_what_boto3_raised(wire):
    wire.answers.append(refused("ExpiredToken", 403, CANARIES[7]))

    with pytest.raises(AccountError) as said:
        GroupLog(open_account(region="eu-central-1")).check_group("web-asg")

    assert said.value.__cause__ is None
    assert said.value.__suppress_context__


def test_doctor_tells_who_asks_masked_and_how_far_the_clock_is_off(wire, capsys):
    wire.answers.append((200, CALLER, {"date": date_header()}))

    said = call(capsys, "doctor", "--aws", *IN_REGION)
    whole = call(capsys, "doctor", "--aws", "--show-account", *IN_REGION)

    assert said.code == 0
    facts = dict(re.findall(r"^(\S.+?)  +(.*)$", said.out, re.MULTILINE))
    assert facts["credentials"] == "env"
    assert facts["region"] == "eu-central-1"
    assert facts["account"] == "****9012"
    assert facts["asks as"] == "arn:aws:iam::****9012:user/anna"
    assert re.fullmatch(r"[+-][0-5] s against AWS's", facts["clock"])
    assert "AKIA" not in said.out
    assert [canary for canary in CANARIES if canary in said.out + said.err] == []
    assert "123456789012" in whole.out


def test_doctor_tells_a_clock_that_is_off_even_where_aws_refuses(wire, capsys):
    ahead = {"date": date_header(datetime.now(UTC) - timedelta(minutes=20))}
    wire.answers.append((*refused("SignatureDoesNotMatch", 403), ahead))

    said = call(capsys, "doctor", "--aws", *IN_REGION)

    assert said.code == 1
    assert re.search(r"clock +\+1(19\d|20\d) s against AWS's; set it: sudo timedatectl", said.out)
    assert "the clock of this machine is off" in said.err


def test_doctor_asks_nobody_unless_it_is_told_to(wire, capsys):
    assert call(capsys, "doctor").code == 0
    assert wire.sent == []
