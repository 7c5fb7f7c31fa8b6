"""200 names that would run, ask or break out of their place if they were taken as markup."""

from __future__ import annotations

import csv
import json
from itertools import product
from pathlib import Path

ENDS = (
    "",
    '">',
    "'>",
    "</script>",
    "</title>",
    "</style>",
    "</textarea>",
    "-->",
    "</td>",
    "\\u003c",
)
MARKUP = (
    "<script data-hit>hit=1;alert(1)</script>",
    "<img data-hit src=x onerror=hit=1>",
    "<svg data-hit onload=hit=1>",
    "<svg data-hit><script>hit=1</script></svg>",
    "<iframe data-hit srcdoc='<script>parent.hit=1</script>'></iframe>",
    "<body data-hit onpageshow=hit=1>",
    "<details data-hit open ontoggle=hit=1>x</details>",
    "<input data-hit autofocus onfocus=hit=1>",
    "<a data-hit href=javascript:hit=1 id=x>x</a>",
    "<a data-hit href=//hit.test>x</a>",
    "<link data-hit rel=stylesheet href=//hit.test>",
    "<style data-hit>@import '//hit.test';</style>",
    "<meta data-hit http-equiv=refresh content='0,url=//hit.test'>",
    "<base data-hit href=//hit.test/>",
    "<form data-hit action=//hit.test><button>x</button></form>",
    "<object data-hit data=//hit.test></object>",
    "<b data-hit style=background:url(//hit.test)>x</b>",
    "<math data-hit><mi xlink:href=javascript:hit=1></mi></math>",
    "{{ hit }}${hit=1}<x data-hit onclick=hit=1>",
    "'-hit=1-'\"-hit=1-\"<x data-hit>",
)
PAYLOADS = tuple(end + markup for end, markup in product(ENDS, MARKUP))
"""Each element that comes of one has the attribute ``data-hit``; each script sets ``hit``."""

SHOP = Path(__file__).with_name("shop.toml")
CPU = Path(__file__).parents[2] / "configs/data/loadtests/cpu"
PARTS = 67
"""A name may have 200 characters: all payloads fill so many."""


def hostile_jobs(folder: Path) -> Path:
    """Write jobs that have every payload in names of services, shapes, columns and a metric.

    Returns
    -------
    Path
        The job that is to be run; the others are there to be listed.
    """
    parts = [" ".join(PAYLOADS[part::PARTS]) for part in range(PARTS)]
    for number, part in enumerate(parts):
        job = SHOP.read_text().replace('"shop"', json.dumps(part))
        (folder / f"listed-{number}.toml").write_text(job)
    job = SHOP.read_text().replace('"shop"', json.dumps(parts[0]))
    job = job.replace("slope_percent_per_1000_rpm = 0.75\n", "")
    job = job.replace("{from = 11, to = 60}", "{from = 11, to = 60, step = 7}")
    tables = [recording(folder, part, number) for number, part in enumerate(parts)]
    path = folder / "hostile.toml"
    path.write_text("\n".join([job, load_test(folder, parts[1]), *tables]))
    return path


def load_test(folder: Path, column: str) -> str:
    """Write the shipped load test with another name of its metric, and give the table for it."""
    text = (CPU / "cpu_server_cpu_1s.csv").read_text()
    rows = list(csv.reader(text.splitlines()))
    with (folder / "cpu.csv").open("w", newline="") as file:
        csv.writer(file).writerows([[rows[0][0], column], *(row[:2] for row in rows[1:])])
    locust = json.dumps(str(CPU / "cpu_locust_stats_history.csv"))
    return f'[load_test]\nlocust = {locust}\ncpu = "cpu.csv"\ncpu_column = {json.dumps(column)}\n'


def recording(folder: Path, payload: str, number: int) -> str:
    """Write an hour of load of that name; its column makes the importer note the column's name."""
    column, name = f"cpu {payload}", f"load-{number}.csv"
    with (folder / name).open("w", newline="") as file:
        rows = [[f"2026-11-24T10:{minute:02}:00Z", 900 + 20 * minute] for minute in range(60)]
        csv.writer(file).writerows([["time", column], *rows])
    return (
        f"[[traffic.recorded]]\nname = {json.dumps(payload)}\n"
        f'file = "{name}"\ncolumn = {json.dumps(column)}\n'
    )
