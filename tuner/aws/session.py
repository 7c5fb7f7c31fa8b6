"""The door to an account: one session of boto3, built once, and its clients.

Credentials are found by AWS's own chain and are never looked at here.
"""

from __future__ import annotations

import warnings
from typing import Any
from urllib.parse import urlsplit

from tuner.aws.errors import asking
from tuner.errors import AccountError, Problem

CONNECT_SECONDS = 5
READ_SECONDS = 30
ATTEMPTS = 8


class Account:
    """An account and a region that can be asked.

    Parameters
    ----------
    session : boto3.Session
        The only one of the call.
    profile : str or None
        Profile of the AWS configuration; None: as the AWS tools choose.
    endpoint_url : str or None
        Another address than AWS's, such as an emulator's.
    """

    def __init__(
        self, *, session: Any, profile: str | None = None, endpoint_url: str | None = None
    ) -> None:
        self.session = session
        self.profile = profile
        self.endpoint_url = endpoint_url
        self._clients: dict[str, Any] = {}

    def client(self, service: str) -> Any:
        """Give the client of a service, the same one each time.

        Parameters
        ----------
        service : str
            Such as ``cloudwatch``, ``autoscaling`` or ``sts``.

        Raises
        ------
        AccountError
            Where there is no region, or no such address.
        """
        if service not in self._clients:
            with asking(f"the account, service {service}", profile=self.profile):
                self._clients[service] = self.session.client(
                    service, endpoint_url=self.endpoint_url, config=client_config()
                )
        return self._clients[service]


def client_config() -> Any:
    """Give the settings of every client: 8 attempts in all, 5 s to connect, 30 s to read."""
    from botocore.config import Config

    return Config(
        retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
        connect_timeout=CONNECT_SECONDS,
        read_timeout=READ_SECONDS,
        user_agent_extra="cliffside",
    )


def open_account(
    *, profile: str | None = None, region: str | None = None, endpoint_url: str | None = None
) -> Account:
    """Open an account; AWS is not asked yet.

    Parameters
    ----------
    profile, region : str or None
        Of the AWS configuration; None: as the AWS tools find them.
    endpoint_url : str or None
        Another address than AWS's.

    Returns
    -------
    Account
        Of one session.

    Raises
    ------
    AccountError
        Where there is no such profile, or the address is none.
    """
    _check_address(endpoint_url)
    with warnings.catch_warnings(), asking("the account", profile=profile):
        warnings.simplefilter("ignore")  # of boto3 on old versions of Python
        import boto3

        session = boto3.Session(profile_name=profile, region_name=region)
    return Account(session=session, profile=profile, endpoint_url=endpoint_url)


def _check_address(endpoint_url: str | None) -> None:
    """Refuse an address that is none, or that carries a password."""
    if endpoint_url is None:
        return
    try:
        parts = urlsplit(endpoint_url)
        is_address = parts.scheme in ("http", "https") and bool(parts.hostname)
        has_password = parts.username is not None or parts.password is not None
    except ValueError:
        is_address = has_password = False
    if is_address and not has_password:
        return
    raise AccountError(
        Problem(
            "an address such as http://localhost:5000",
            "one with a user or password in it" if has_password else "a text that is none",
            "--endpoint-url",
            "Give scheme, host and port, nothing else.",
        )
    )
