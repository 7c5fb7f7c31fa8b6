"""Starts and ends a service: address, token, state folder, signals."""

from __future__ import annotations

import contextlib
import ipaddress
import signal
import socket
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

import uvicorn

from tuner.errors import ConfigurationError, Problem
from tuner.service.app import make_app
from tuner.service.child import COMMAND
from tuner.service.explorers import Explorers
from tuner.service.guard import Door, host_name
from tuner.service.host import Host
from tuner.service.job_table import JobTable
from tuner.service.limits import Limits
from tuner.service.runner import Runner
from tuner.service.services import ServiceFolder
from tuner.service.state import ServiceState
from tuner.service.tokens import TOKEN_FILE, read_token_digest

LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})
GRACE_SECONDS = 4
"""How long requests that are at work may take after a signal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How a service is started.

    Parameters
    ----------
    state : Path
        The state folder.
    services : Path
        Folder of configs.
    address : str
        IP address to listen on, or ``localhost``.
    port : int
        0: any that is free.
    allow_remote : bool
        Whether an address that is not loopback may be listened on; that needs a token too.
    host_names : sequence of str
        Names that the Host header may have beside the address and those of loopback.
    token_file : Path or None
        Hash of the token; None: in the state folder.
    limits : Limits
        What is taken at most.
    command : sequence of str
        Program that runs the jobs.
    """

    state: Path
    services: Path
    address: str = "127.0.0.1"
    port: int = 8377
    allow_remote: bool = False
    host_names: Sequence[str] = ()
    token_file: Path | None = None
    limits: Limits = field(default_factory=Limits)
    command: Sequence[str] = COMMAND


def is_loopback(address: str) -> bool:
    """Tell whether an address can be reached from this machine alone.

    Raises
    ------
    ConfigurationError
        When it is no IP address.
    """
    if address == "localhost":
        return True
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError as error:
        raise ConfigurationError(
            Problem("an IP address, or localhost", repr(address), "--address", "Give the address.")
        ) from error


def check_address(address: str, *, allow_remote: bool, has_token: bool) -> None:
    """Refuse an address that others can reach, unless it is allowed and a token guards it.

    Parameters
    ----------
    address : str
        As in `Settings`.
    allow_remote, has_token : bool
        Whether the flag was given, and whether there is a token.

    Raises
    ------
    ConfigurationError
        With what is missing.
    """
    if is_loopback(address):
        return
    problems = []
    if not allow_remote:
        problems.append(
            Problem("a loopback address", address, "--address", "Say --allow-remote as well.")
        )
    if not has_token:
        problems.append(
            Problem(
                "a token, since others can reach the address",
                "none",
                address,
                "Make one with `cliffside serve --new-token`.",
            )
        )
    if problems:
        raise ConfigurationError(*problems)


def allowed_hosts(settings: Settings) -> frozenset[str]:
    """Give the names that a Host header may have.

    Raises
    ------
    ConfigurationError
        For a name that none can have.
    """
    names = set(LOOPBACK_NAMES)
    address = settings.address
    given = [f"[{address}]" if ":" in address else address, *settings.host_names]
    for name in given:
        found = host_name(name)
        if found is None or (found != name.lower()):
            raise ConfigurationError(
                Problem("a name of a host, without a port", repr(name), "--host-name", "Mend it.")
            )
        names.add(found)
    return frozenset(names - {"0.0.0.0", "[::]"})


def serve(settings: Settings, *, say: Callable[[str], None]) -> None:
    """Serve until a signal says to end; jobs that run then are taken up by the next service.

    Parameters
    ----------
    settings : Settings
        How.
    say : callable
        Hears where the service listens, and of its errors.

    Raises
    ------
    ConfigurationError
        When address, token, folders or state are not what they must be.
    StoreError
        When the state folder cannot be written.
    """
    is_loopback(settings.address)
    hosts = allowed_hosts(settings)
    services = ServiceFolder(settings.services)
    state = ServiceState(settings.state)
    with contextlib.closing(state):
        digest = read_token_digest(settings.token_file or state.folder / TOKEN_FILE)
        check_address(
            settings.address, allow_remote=settings.allow_remote, has_token=digest is not None
        )
        table = JobTable(state.database)
        with contextlib.closing(table), _listen(settings) as listening:
            runner = Runner(
                table,
                services,
                state=state.folder,
                limits=settings.limits,
                command=settings.command,
                complain=say,
            )
            host = Host(
                state=state.folder,
                services=services,
                table=table,
                runner=runner,
                explorers=Explorers(
                    state.folder,
                    memory_mebibytes=settings.limits.job_memory_mebibytes,
                    complain=say,
                ),
                limits=settings.limits,
                door=Door(hosts, digest),
                complain=say,
            )
            config = uvicorn.Config(
                make_app(host),
                access_log=False,
                log_level="warning",
                server_header=False,
                proxy_headers=False,
                ws="none",
                timeout_graceful_shutdown=GRACE_SECONDS,
            )
            name, port = listening.getsockname()[:2]
            say(f"Listening on http://{f'[{name}]' if ':' in name else name}:{port}/")
            _Server(config, host.is_stopping.set).run(sockets=[listening])


class _Server(uvicorn.Server):
    """A server whose streams end at the first signal, and that ends without raising it again."""

    def __init__(self, config: uvicorn.Config, end_streams: Callable[[], None]) -> None:
        super().__init__(config)
        self._end_streams = end_streams

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Take the signals that say to end."""
        signals = (signal.SIGINT, signal.SIGTERM)
        before = {number: signal.signal(number, self.handle_exit) for number in signals}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to end."""
        self._end_streams()
        super().handle_exit(sig, frame)


def _listen(settings: Settings) -> socket.socket:
    """Listen, or say why that cannot be."""
    address = "127.0.0.1" if settings.address == "localhost" else settings.address
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((address, settings.port))
        listening.listen(1024)
    except OSError as error:
        listening.close()
        raise ConfigurationError(
            Problem(
                "an address that is free",
                error.strerror or str(error),
                f"{settings.address}:{settings.port}",
                "Choose another with --address and --port.",
            )
        ) from error
    return listening
