"""The files of the page: a fixed list, each at an address that changes with its content."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib import metadata
from pathlib import Path

from tuner.errors import MissingFileError, Problem
from tuner.report.page import plotly_script

FOLDER = Path(__file__).with_name("page")
PLOTLY = "plotly.js"
MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
}


@dataclass(frozen=True, slots=True)
class Asset:
    """One file.

    Parameters
    ----------
    content, packed : bytes
        As it is, and with gzip.
    media_type : str
        What it is.
    """

    content: bytes
    packed: bytes
    media_type: str


def asset_names() -> tuple[str, ...]:
    """Name the files of the page."""
    own = (path.name for path in FOLDER.iterdir() if path.suffix in MEDIA_TYPES)
    return (*sorted(own), PLOTLY)


@cache
def asset(name: str) -> Asset:
    """Read a file of the page, once.

    Raises
    ------
    MissingFileError
        For a name that is not one of `asset_names`.
    """
    if name not in asset_names():
        raise MissingFileError(Problem("a file of the page", repr(name)[:100], "path", "See /."))
    content = plotly_script() if name == PLOTLY else (FOLDER / name).read_bytes()
    return Asset(
        content=content,
        packed=gzip.compress(content, compresslevel=6, mtime=0),
        media_type=MEDIA_TYPES[Path(name).suffix],
    )


@cache
def version() -> str:
    """Give what tells the files of one version from those of another.

    All share it, since scripts import each other by plain names, relative to their folder.
    """
    digest = sha256(metadata.version("plotly").encode())
    for name in asset_names():
        if name != PLOTLY:
            digest.update((FOLDER / name).read_bytes())
    return digest.hexdigest()[:16]


def address_of(name: str) -> str:
    """Give where a file of the page is found; another content is found elsewhere."""
    return f"/page/{version()}/{name}"
