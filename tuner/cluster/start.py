"""Where workers come from: processes of this machine, or a scheduler that is there already."""

from __future__ import annotations

import logging
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import resource_tracker
from pathlib import Path
from tempfile import TemporaryDirectory

from tuner.cluster.address import OPTION, check_address, check_worker_addresses
from tuner.errors import ConfigurationError, Problem

try:
    import dask
    from distributed import Client, LocalCluster
    from distributed.security import Security

    from tuner.cluster.workers import DaskWorkers
except ImportError as missing:
    raise ConfigurationError(
        Problem(
            "the packages of cliffside[cluster]",
            f"no package {missing.name}",
            "workers",
            "Install them: pip install 'cliffside[cluster]'.",
        )
    ) from missing

CONNECT_SECONDS = 10
WORKER_SECONDS = 30
"""A scheduler has to answer, and a first worker to be there, within these."""

QUIET = logging.CRITICAL + 1
TLS_FILES = {
    "ca_file": "DASK_DISTRIBUTED__COMM__TLS__CA_FILE",
    "client_cert": "DASK_DISTRIBUTED__COMM__TLS__CLIENT__CERT",
}
"""What a client needs of Dask's own settings to speak TLS, by the variable that sets it."""


@contextmanager
def local_workers(count: int) -> Iterator[DaskWorkers]:
    """Start worker processes of one thread each on this machine, and end them with the block.

    Parameters
    ----------
    count : int
        How many, at least 1.

    Yields
    ------
    DaskWorkers

    Raises
    ------
    ConfigurationError
        When the packages of TLS are missing.

    Notes
    -----
    Scheduler and workers listen on loopback. Other users of this machine can reach that, so these
    processes speak TLS with a key of their own, which is nowhere but in their memory.
    """
    security = _own_key()
    with (
        _ctrl_c_for_this_process_alone() as begun,
        TemporaryDirectory(prefix="cliffside-workers-") as scratch,
        dask.config.set(
            {"distributed.scheduler.http.routes": [], "distributed.worker.http.routes": []}
        ),
        LocalCluster(
            n_workers=count,
            threads_per_worker=1,
            processes=True,
            host="127.0.0.1",
            protocol="tls://",
            security=security,
            dashboard_address="127.0.0.1:0",
            silence_logs=QUIET,
            local_directory=scratch,
        ) as cluster,
        Client(cluster, security=security) as client,
    ):
        begun()
        yield DaskWorkers(client)


@contextmanager
def workers_at(address: str) -> Iterator[DaskWorkers]:
    """Connect to a scheduler that runs already.

    Parameters
    ----------
    address : str
        As in `check_address`.

    Yields
    ------
    DaskWorkers

    Raises
    ------
    ConfigurationError
        For an address that is refused, TLS without its files, a scheduler that does not answer or
        has no workers.
    """
    security = _tls() if check_address(address).startswith("tls://") else Security()
    try:
        client = Client(address, security=security, timeout=CONNECT_SECONDS)
    except (OSError, ValueError) as error:
        raise _unusable(
            f"a scheduler that answers within {CONNECT_SECONDS} s",
            str(error) or "no answer",
            address,
        ) from error
    with client:
        try:
            client.wait_for_workers(1, timeout=WORKER_SECONDS)
        except TimeoutError as error:
            raise _unusable(f"a worker within {WORKER_SECONDS} s", "none", address) from error
        check_worker_addresses(list(client.nthreads()))
        yield DaskWorkers(client)


@contextmanager
def _ctrl_c_for_this_process_alone() -> Iterator[Callable[[], None]]:
    """Hold Ctrl-C back until what is given is called, and for good from what begins before that.

    Threads and processes take over what their parent holds back. Dask's thread, which starts the
    workers, begins here: so Ctrl-C, which a terminal sends to all processes, reaches only the one
    that ends the others.
    """
    resource_tracker.ensure_running()  # else it lets signals through again in that thread
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})

    def let_through() -> None:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)

    try:
        yield let_through
    finally:
        let_through()


def _own_key() -> Security:
    """Make a key and a certificate for this call alone."""
    try:
        return Security.temporary()
    except ImportError as error:
        raise ConfigurationError(
            Problem(
                "the packages of cliffside[cluster]",
                "no package cryptography",
                "workers",
                "Install them: pip install 'cliffside[cluster]'.",
            )
        ) from error


def _tls() -> Security:
    """Take the files of TLS from Dask's settings.

    Raises
    ------
    ConfigurationError
        When one is not named or not there.
    """
    security = Security(require_encryption=True)
    problems = []
    for name, variable in TLS_FILES.items():
        path = getattr(security, f"tls_{name}")
        if not path or not Path(path).is_file():
            problems.append(
                Problem(
                    f"a file of TLS in {variable}, or in Dask's own configuration",
                    repr(path) if path else "none",
                    OPTION,
                    "Name the authority's certificate, and certificate and key of this client.",
                )
            )
    if problems:
        raise ConfigurationError(*problems)
    return security


def _unusable(expected: str, got: str, address: str) -> ConfigurationError:
    """Say that a scheduler cannot be used."""
    return ConfigurationError(
        Problem(expected, got, f"{OPTION} {address}", "Start it, or check the address.")
    )
