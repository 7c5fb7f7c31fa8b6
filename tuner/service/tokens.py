"""The token of a service: 256 random bits, shown once, kept as a hash in a file with mode 0600."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
import secrets
import stat
from pathlib import Path

from tuner.errors import ConfigurationError, Problem
from tuner.store.files import cannot_write, write_atomically

TOKEN_FILE = "service-token.sha256"
TOKEN_BYTES = 32
DIGEST = re.compile(r"[0-9a-f]{64}")


def new_token(path: Path) -> str:
    """Make a token, keep its hash in place of an earlier one's, and give it.

    Parameters
    ----------
    path : Path
        Where the hash goes.

    Raises
    ------
    StoreError
        When the file cannot be written.
    """
    token = secrets.token_urlsafe(TOKEN_BYTES)
    digest = hashlib.sha256(token.encode()).hexdigest()

    def write(temporary: Path) -> None:
        temporary.write_text(f"{digest}\n", encoding="ascii")

    write_atomically(path, write)
    try:
        path.chmod(0o600)
    except OSError as error:
        raise cannot_write(path, error) from error
    return token


def read_token_digest(path: Path) -> bytes | None:
    """Read the hash of the token; None where there is no token.

    Parameters
    ----------
    path : Path
        The file of `new_token`.

    Raises
    ------
    ConfigurationError
        When it is a symbolic link, others may read it, or it holds something else.
    """
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return None
    text = path.read_text(encoding="ascii", errors="replace").strip() if _is_own(mode) else ""
    if not DIGEST.fullmatch(text):
        kind = "a symbolic link" if stat.S_ISLNK(mode) else f"mode {stat.S_IMODE(mode):04o}"
        raise ConfigurationError(
            Problem(
                "a token file that only its owner may read, with the hash of a token",
                kind if not _is_own(mode) else f"{len(text)} letters that are none",
                str(path),
                "Make a new one with `cliffside serve --new-token`.",
            )
        )
    return bytes.fromhex(text)


def _is_own(mode: int) -> bool:
    """Tell whether a file is a plain one that only its owner may read."""
    return stat.S_ISREG(mode) and not stat.S_IMODE(mode) & 0o077


def is_token(digest: bytes, authorization: str | None) -> bool:
    """Tell whether a request carries the token, compared in constant time.

    Parameters
    ----------
    digest : bytes
        SHA-256 of the token.
    authorization : str or None
        The header: ``Bearer TOKEN``, or ``Basic`` with the token as the password, for browsers.

    Examples
    --------
    >>> is_token(hashlib.sha256(b"secret").digest(), "Bearer secret")
    True
    """
    scheme, _, given = (authorization or "").partition(" ")
    if scheme.lower() == "basic":
        try:
            decoded = base64.b64decode(given.strip(), validate=True).decode()
        except (binascii.Error, ValueError):
            return False
        given = decoded.partition(":")[2]
    elif scheme.lower() != "bearer":
        return False
    got = hashlib.sha256(given.strip().encode("utf-8", "surrogateescape")).digest()
    return hmac.compare_digest(got, digest)
