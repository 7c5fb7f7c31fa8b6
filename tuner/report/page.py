"""Packs figures and their scripts into a page that runs nothing else and asks nothing of anyone.

The page's policy allows two scripts, by their hashes: plotly, which travels compressed, and the
loader that unpacks it and draws. Figures travel as data. So whatever a name in the data says, it is
never run, and no request leaves the page: its policy allows none.
"""

from __future__ import annotations

import gzip
import json
from base64 import b64encode
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from tuner.report import palette
from tuner.report.tables import Bad

if TYPE_CHECKING:
    import plotly.graph_objects as go
    from jinja2 import Environment

FOLDER = Path(__file__).parent


def write_page(
    template: str,
    figures: Mapping[str, go.Figure],
    *,
    dark_pictures: Mapping[str, str] | None = None,
    **words: Any,
) -> str:
    """Fill a template of this folder.

    Parameters
    ----------
    template : str
        Name of its file.
    figures : mapping of str to Figure
        Drawn where the template has an element ``figure-NAME``.
    dark_pictures : mapping of str to str
        For each picture in a figure, a data URI, what stands for it on a dark page.
    **words : object
        What else the template tells; texts are escaped.

    Returns
    -------
    str
        HTML; the same input gives the same page.
    """
    loader = (FOLDER / "draw.js").read_text("utf-8")
    return fill_template(
        template,
        figures={name: _figure_data(figure) for name, figure in figures.items()},
        plotly=Markup(packed_plotly()),
        loader=Markup(loader),
        policy=_policy(loader),
        dark=_data(json.dumps({**palette.DARK, **(dark_pictures or {})})),
        light_style=Markup(palette.style_variables(dark=False)),
        dark_style=Markup(palette.style_variables(dark=True)),
        **words,
    )


def fill_template(template: str, **words: Any) -> str:
    """Fill a template of this folder that draws nothing.

    Parameters
    ----------
    template : str
        Name of its file.
    **words : object
        What it tells; texts are escaped.
    """
    return _environment().get_template(template).render(**words)


def _environment() -> Environment:
    """Make the engine of templates, which escapes every text."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["tight"] = lambda words: words.replace(" %", "\u00a0%")
    environment.tests["bad"] = lambda cell: isinstance(cell, Bad)
    return environment


@cache
def plotly_script() -> bytes:
    """Give plotly's script as the installed package has it, for pages that a server hands out."""
    from plotly.offline import get_plotlyjs

    script: str = get_plotlyjs()
    return script.encode()


@cache
def packed_plotly() -> str:
    """Give plotly's script, compressed and in base64; 2 MB instead of 5."""
    return b64encode(gzip.compress(plotly_script(), mtime=0)).decode()


def _policy(loader: str) -> str:
    """Allow the two scripts by their hashes, styles of the page itself, pictures in it."""
    hashes = [
        b64encode(sha256(script).digest()).decode() for script in (plotly_script(), loader.encode())
    ]
    scripts = " ".join(f"'sha256-{each}'" for each in hashes)
    return (
        f"default-src 'none'; script-src {scripts}; style-src 'unsafe-inline'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def _figure_data(figure: go.Figure) -> Markup:
    """Write a figure as data."""
    from plotly.io import to_json

    return _data(to_json(figure, engine="json"))


def _data(text: str) -> Markup:
    """Write JSON so that no text in it can end the element that holds it."""
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)
