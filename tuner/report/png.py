"""A picture of a few colours as PNG, written with what Python has.

Notation: H row, W column.
"""

from __future__ import annotations

import struct
import zlib
from base64 import b64encode
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def png_uri(pixels: NDArray[np.uint8], colours: Sequence[str]) -> str:
    """Write a picture as a data URI.

    Parameters
    ----------
    pixels : uint8 [H, W]
        0 is transparent, k the colour k − 1.
    colours : sequence of str
        Such as ``#00796b``, 255 at most.
    """
    height, width = pixels.shape
    palette = b"\0\0\0" + b"".join(bytes.fromhex(colour.removeprefix("#")) for colour in colours)
    unfiltered = np.zeros((height, 1), dtype=np.uint8)
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
        (b"PLTE", palette),
        (b"tRNS", b"\0"),
        (b"IDAT", zlib.compress(np.hstack([unfiltered, pixels]).tobytes(), 9)),
        (b"IEND", b""),
    )
    body = b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)
    return f"data:image/png;base64,{b64encode(body).decode()}"


def _chunk(kind: bytes, data: bytes) -> bytes:
    """Frame a part of a PNG: length, kind, data, checksum."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
