"""Which addresses of a Dask scheduler are safe to connect to.

Dask sends work as Python objects, and whoever can reach one end can run code at the other. So
nothing but loopback is spoken to without TLS, on which both sides show a certificate.
"""

from __future__ import annotations

import re
from ipaddress import ip_address

from tuner.errors import ConfigurationError, Problem

OPTION = "--scheduler"
_ADDRESS = re.compile(r"(tcp|tls)://(?:\[([0-9A-Fa-f:.]+)\]|([\w.-]+)):(\d{1,5})", re.ASCII)


def check_address(address: str) -> str:
    """Refuse what is no scheduler's address, and what is reached over a network without TLS.

    Parameters
    ----------
    address : str
        Such as ``tcp://127.0.0.1:8786`` or ``tls://scheduler.example:8786``.

    Returns
    -------
    str
        The same.

    Raises
    ------
    ConfigurationError
        With what to write instead.

    Examples
    --------
    >>> check_address("tls://scheduler.example:8786")
    'tls://scheduler.example:8786'
    """
    if not _ADDRESS.fullmatch(address):
        raise ConfigurationError(
            Problem(
                "tls://HOST:PORT, or tcp://127.0.0.1:PORT on this machine",
                repr(address),
                OPTION,
                "Write the address that the scheduler prints when it starts.",
            )
        )
    if address.startswith("tcp://") and not is_loopback(address):
        raise ConfigurationError(
            Problem(
                "TLS for a scheduler on another machine",
                repr(address),
                OPTION,
                "Start scheduler and workers with --tls-ca-file, --tls-cert and --tls-key, and "
                "write tls://HOST:PORT.",
            )
        )
    return address


def is_loopback(address: str) -> bool:
    """Tell whether an address stays on this machine.

    Parameters
    ----------
    address : str
        As in `check_address`.

    Examples
    --------
    >>> is_loopback("tcp://127.0.0.1:8786"), is_loopback("tcp://127.0.0.1.example:8786")
    (True, False)
    """
    parts = _ADDRESS.fullmatch(address)
    host = (parts[2] or parts[3]) if parts else ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def check_worker_addresses(addresses: list[str]) -> None:
    """Refuse a scheduler whose workers are reached over a network without TLS.

    Parameters
    ----------
    addresses : list of str
        Of the workers.

    Raises
    ------
    ConfigurationError
        With the first of them.
    """
    for address in addresses:
        if not address.startswith("tls://") and not is_loopback(address):
            raise ConfigurationError(
                Problem(
                    "TLS for a worker on another machine",
                    repr(address),
                    OPTION,
                    "Start scheduler and workers with TLS.",
                )
            )
