"""What can be said of an account before it is asked for anything: who, where, and whose clock.

The kind of the credentials is told, never a part of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

from tuner.aws.errors import account_error, asking, mask_accounts
from tuner.aws.session import Account
from tuner.errors import AccountError

MOST_SKEW_SECONDS = 240.0
"""AWS refuses a request that is signed five minutes off; from here on it is said.
Source: AWS IAM User Guide, "Signature Version 4 for API requests": five minutes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountLook:
    """What a look at an account gave.

    Parameters
    ----------
    credentials : str
        Where AWS's chain found them, such as ``env`` or ``sso``; ``none``.
    region : str
        The region; ``none``.
    account, caller : str
        Account and ARN of who asks, masked; empty where AWS did not say.
    skew_seconds : float or None
        This machine's clock less AWS's; None where AWS did not answer.
    error : AccountError or None
        Why AWS did not say.
    """

    credentials: str
    region: str
    account: str = ""
    caller: str = ""
    skew_seconds: float | None = None
    error: AccountError | None = None


def look_at(account: Account, *, now: Callable[[], datetime], shown: bool = False) -> AccountLook:
    """Ask AWS who asks, and compare the clocks.

    Parameters
    ----------
    account : Account
        The door.
    now : callable
        Gives the present time with its zone.
    shown : bool
        Whether account numbers are shown whole.

    Returns
    -------
    AccountLook
        With the reason in place of an answer, where there is none.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    doing, profile = "asking AWS who asks", account.profile
    region = str(account.session.region_name or "none")
    kind = "none"
    try:
        with asking(doing, profile=profile):
            found = account.session.get_credentials()
        kind = "none" if found is None else str(found.method)
        client = account.client("sts")
    except AccountError as error:
        return AccountLook(credentials=kind, region=region, error=error)
    try:
        answer: dict[str, Any] = client.get_caller_identity()
    except ClientError as error:
        return AccountLook(
            credentials=kind,
            region=region,
            skew_seconds=_skew(error.response, now()),
            error=account_error(error, doing=doing, profile=profile),
        )
    except BotoCoreError as error:
        said = account_error(error, doing=doing, profile=profile)
        return AccountLook(credentials=kind, region=region, error=said)
    show = str if shown else mask_accounts
    return AccountLook(
        credentials=kind,
        region=region,
        account=show(str(answer.get("Account", ""))),
        caller=show(str(answer.get("Arn", ""))),
        skew_seconds=_skew(answer, now()),
    )


def _skew(answer: Any, now: datetime) -> float | None:
    """Give this clock less AWS's, from the Date of an answer."""
    headers = answer.get("ResponseMetadata", {}).get("HTTPHeaders", {})
    try:
        return (now - parsedate_to_datetime(headers["date"])).total_seconds()
    except (KeyError, TypeError, ValueError):
        return None
