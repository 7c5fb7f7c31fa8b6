"""What boto3 raises, in our four parts: one sentence each, with the command to run.

Nothing that AWS or the network said is passed on as it came: a message of AWS may quote a signed
request, and one of the network an address with a password. Account numbers are masked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from tuner.aws.error_table import Reason, reason_of_code, reason_of_kind
from tuner.errors import AccountError

_ACCOUNT = re.compile(r"(?<![0-9A-Za-z])\d{8}(\d{4})(?![0-9A-Za-z])")
_ACTION = re.compile(r"perform: ([a-zA-Z0-9-]{2,40}:[A-Za-z0-9]{2,60})")
_KEY_ID = re.compile(r"\bA[A-Z]{3}[A-Z0-9]{12,}\b")
_SECRET = re.compile(r"(?<![\w/+=-])(?=[\w/+=-]*\d)(?=[\w/+=-]*[A-Za-z])[\w/+=-]{32,}")
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://\S*", re.IGNORECASE)
LONGEST_SAID = 300
"""Letters of a message of AWS that are shown."""


def mask_accounts(text: str) -> str:
    """Hide account numbers but for their last four digits.

    Examples
    --------
    >>> mask_accounts("arn:aws:iam::123456789012:user/anna")
    'arn:aws:iam::****9012:user/anna'
    """
    return _ACCOUNT.sub(r"****\1", text)


def harmless(text: str) -> str:
    """Give what AWS says about our own values without what could be a secret.

    Examples
    --------
    >>> harmless("Key AKIAIOSFODNN7EXAMPLE of 123456789012 at http://user:word@proxy:8080/")
    'Key … of ****9012 at …'
    """
    for pattern in (_ADDRESS, _KEY_ID, _SECRET):
        text = pattern.sub("…", text)
    text = " ".join(mask_accounts(text).split())
    return text if len(text) <= LONGEST_SAID else text[:LONGEST_SAID] + "…"


def error_code(error: BaseException) -> str:
    """Give AWS's code of an error, such as ``Throttling``; empty where AWS did not answer."""
    response = getattr(error, "response", None)
    if not isinstance(response, dict):
        return ""
    code = response.get("Error", {}).get("Code")
    return code if isinstance(code, str) else ""


def account_error(error: Exception, *, doing: str, profile: str | None = None) -> AccountError:
    """Say an exception of boto3 in our four parts.

    Parameters
    ----------
    error : Exception
        A ``BotoCoreError``, ``Boto3Error``, ``ClientError`` or ``ResponseParserError``.
    doing : str
        What was being done, such as ``reading the group web-asg``.
    profile : str or None
        Profile of the AWS configuration, for the command to run.

    Returns
    -------
    AccountError
        Without anything secret; account numbers are masked.
    """
    response = getattr(error, "response", None)
    answer = response if isinstance(response, dict) else None
    reason = reason_of_kind(error) if answer is None else _of_response(answer, error)
    problem = reason.problem(
        where=mask_accounts(doing), flag=f" --profile {profile}" if profile else ""
    )
    return AccountError(problem)


def _of_response(response: dict[str, object], error: Exception) -> Reason:
    """Find the reason for an answer of AWS that is an error."""
    said = response.get("Error")
    said = said if isinstance(said, dict) else {}
    code, message = str(said.get("Code", "")), str(said.get("Message", ""))
    about = response.get("ResponseMetadata")
    status = about.get("HTTPStatusCode", 0) if isinstance(about, dict) else 0
    operation = str(getattr(error, "operation_name", ""))
    action = _ACTION.search(message)
    return reason_of_code(
        code,
        status=status if isinstance(status, int) else 0,
        action=action[1] if action else operation,
        said=harmless(message),
    )


@contextmanager
def asking(doing: str, *, profile: str | None = None) -> Iterator[None]:
    """Turn what boto3 raises within the block into an `AccountError`.

    Parameters
    ----------
    doing : str
        What is being done, such as ``reading the group web-asg``.
    profile : str or None
        Profile of the AWS configuration, for the command to run.

    Raises
    ------
    AccountError
        In place of the exception, which is not chained: its text may hold secrets.
    """
    from boto3.exceptions import Boto3Error
    from botocore.exceptions import BotoCoreError, ClientError
    from botocore.parsers import ResponseParserError

    try:
        yield
    except (BotoCoreError, ClientError, Boto3Error, ResponseParserError) as error:
        raise account_error(error, doing=doing, profile=profile) from None
