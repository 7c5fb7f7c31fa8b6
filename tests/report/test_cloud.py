"""The picture of every candidate: a PNG that any reader opens, with a dot where each one lies."""

from __future__ import annotations

import re
import struct
import zlib
from base64 import b64decode

import numpy as np
import pytest

from tuner.report import palette
from tuner.report.cloud import HEIGHT, WIDTH, paint_cloud
from tuner.report.png import png_uri
from tuner.report.searched import front_figure


def chunks_of(uri: str) -> dict[bytes, bytes]:
    """Read a PNG by its standard, checksums and all."""
    data = b64decode(uri.removeprefix("data:image/png;base64,"))
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    chunks, at = {}, 8
    while at < len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        kind, body = data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        (checksum,) = struct.unpack(">I", data[at + 8 + length : at + 12 + length])
        assert checksum == zlib.crc32(kind + body)
        chunks[kind] = body
        at += 12 + length
    return chunks


def pixels_of(uri: str) -> np.ndarray:
    chunks = chunks_of(uri)
    width, height = struct.unpack(">II", chunks[b"IHDR"][:8])
    raw = np.frombuffer(zlib.decompress(chunks[b"IDAT"]), dtype=np.uint8)
    rows = raw.reshape(height, width + 1)
    assert not rows[:, 0].any()
    return rows[:, 1:]


def test_a_png_holds_the_pixels_and_colours_that_were_given():
    pixels = np.array([[0, 1, 2], [2, 1, 0]], dtype=np.uint8)
    uri = png_uri(pixels, ["#010203", "#0a0b0c"])
    chunks = chunks_of(uri)

    assert np.array_equal(pixels, pixels_of(uri))
    assert chunks[b"PLTE"] == bytes([0, 0, 0, 1, 2, 3, 10, 11, 12])
    assert chunks[b"tRNS"] == b"\0"
    assert list(chunks) == [b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"]


@pytest.fixture
def painted(report):
    figure = front_figure(report.result, report.recommendation)
    dark = paint_cloud(figure, report.result)
    return figure, dark


def test_every_candidate_within_the_axes_has_its_dot(report, painted):
    figure, _ = painted
    (image,) = figure.layout.images
    pixels = pixels_of(image.source)
    result = report.result
    (left, right), (low, high) = figure.layout.xaxis.range, figure.layout.yaxis.range
    feasible = result.feasible()
    assert pixels.shape == (HEIGHT, WIDTH)
    for c in range(result.n_candidates):
        x = int((result.host_minutes[c] - left) / (right - left) * WIDTH)
        y = int((high - result.worst_peak_cpu_percent[c]) / (high - low) * HEIGHT)
        if 0 <= x < WIDTH:
            assert pixels[y, x] == 2 or (pixels[y, x] == 1 and not feasible[c])


def test_the_picture_lies_where_the_axes_are_and_has_its_other_half(painted):
    figure, dark = painted
    (image,) = figure.layout.images
    (left, right), (low, high) = figure.layout.xaxis.range, figure.layout.yaxis.range

    assert (image.x, image.y) == (left, high)
    assert image.sizex == pytest.approx(right - left)
    assert image.sizey == pytest.approx(high - low)
    assert list(dark) == [image.source]
    colours = chunks_of(dark[image.source])[b"PLTE"][3:]
    expected = "".join(palette.DARK[c][1:] for c in (palette.INFEASIBLE, palette.FEASIBLE))
    assert bytes.fromhex(expected) == colours
    assert np.array_equal(pixels_of(image.source), pixels_of(dark[image.source]))


def test_no_point_of_the_cloud_travels_beside_its_picture(painted):
    figure, _ = painted

    assert [trace.name for trace in figure.data[:2]] == ["over a limit", "keeps to it"]
    assert all(list(trace.x) == [None] for trace in figure.data[:2])
    assert not re.search(r"customdata", figure.data[0].to_plotly_json().__repr__())
