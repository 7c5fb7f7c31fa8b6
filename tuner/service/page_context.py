"""What the page of a run tells beside the run itself: the run before it, past predictions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from tuner.errors import CliffsideError, MissingFileError, Problem
from tuner.service.host import Host
from tuner.store.files import read_json
from tuner.store.manifest import check_files, read_manifest
from tuner.store.runs import PAGE_DATA, find_run, list_runs

NIGHT = re.compile(r"\d{4}-\d{2}-\d{2}(-\d{1,3})?")
HELD_PAGES = 8


def page_of(host: Host, run: str) -> dict[str, Any]:
    """Give what the page of a run shows at once.

    Parameters
    ----------
    host : Host
        The service.
    run : str
        Id of the run.

    Returns
    -------
    dict
        As `tuner.explore.page_data.page_data` made it, with ``run``, ``tuned``, the recommendation
        of the run before (``last``), and ``more``: what changed since, and past predictions.

    Raises
    ------
    MissingFileError
        Where there is no such run, or one from before there was such a page.
    ResultFileError
        When it is damaged.
    """
    folder = find_run(host.state, run)
    manifest = read_manifest(folder)
    if PAGE_DATA not in manifest.files:
        raise MissingFileError(
            Problem(
                "a run with the data of this page",
                "one from before there was such a page",
                f"run {run}",
                "Tune the service again; its report has the rest.",
            )
        )
    stored = _read(folder / PAGE_DATA, str(manifest.files[PAGE_DATA]))
    last = _last(host, run, manifest.origin.service)
    return {
        **stored,
        "run": run,
        "tuned": time_in_words(manifest.finished_utc),
        "last": last,
        "more": {
            "nights": None if last is None else _since(last, stored),
            "fidelity": stored["fidelity"],
        },
    }


def links_of(host: Host) -> dict[str, str]:
    """Give where else to go from a page, by what it is called."""
    nights = sorted(
        path.parent.name
        for path in (host.state / "nights").glob("*/summary.html")
        if NIGHT.fullmatch(path.parent.name)
    )
    return {"Last night": f"/nights/{nights[-1]}"} if nights else {}


def running_tune(host: Host, service: str) -> dict[str, str] | None:
    """Give the job that tunes a service now, in words."""
    jobs, _ = host.table.page(state="running", offset=0, limit=50)
    for job in jobs:
        known = host.services.find(job.service)
        if job.kind == "tune" and service in (job.service, None if known is None else known.title):
            since = time_in_words(job.started_utc or job.created_utc)
            words = f"A new run goes on since {since}; this is the page of the last one."
            return {"job": job.job, "words": words}
    return None


def time_in_words(text: str) -> str:
    """Write a time of a manifest as people do; as it is where it has another form.

    Examples
    --------
    >>> time_in_words("2026-11-24T02:14:09Z")
    '24 Nov 2026 02:14 UTC'
    """
    found = re.match(r"(\d{4})-(\d\d)-(\d\d)T(\d\d:\d\d)", text)
    if found is None:
        return text
    months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    return f"{int(found[3])} {months[int(found[2]) - 1]} {found[1]} {found[4]} UTC"


@lru_cache(maxsize=HELD_PAGES)
def _read(path: Path, facts: str) -> dict[str, Any]:
    """Read a checked file once; another content has other facts."""
    folder = path.parent
    check_files(folder, read_manifest(folder), path.name)
    return read_json(path)


def _last(host: Host, run: str, service: str) -> dict[str, Any] | None:
    """Give the recommendation of the newest run of a service before a run."""
    for each in sorted(list_runs(host.state), key=lambda each: each.run, reverse=True):
        manifest = each.manifest
        if each.run >= run or manifest is None or PAGE_DATA not in manifest.files:
            continue
        if manifest.origin.service != service:
            continue
        path = find_run(host.state, each.run) / PAGE_DATA
        try:
            stored = _read(path, str(manifest.files[PAGE_DATA]))
        except CliffsideError:
            continue  # a damaged run before this one is told where runs are listed
        if stored["recommended"] is None:
            return None
        told = stored["answers"]["answers"][stored["answers"]["measured"]]
        when = time_in_words(manifest.finished_utc)
        return {
            **stored["recommended"],
            "run": each.run,
            "when": when,
            "words": f"recommended by the run of {when}",
            "card": {row["name"]: row["recommended"] for row in told["card"]},
            "cliff": stored["cliff"]["measured"],
        }
    return None


def _since(last: Mapping[str, Any], stored: Mapping[str, Any]) -> dict[str, Any]:
    """Say what is another than in the run before: name, before and now."""
    told = stored["answers"]["answers"][stored["answers"]["measured"]]
    now = {row["name"]: row["recommended"] for row in told["card"]}
    rows = [
        [name, last["card"].get(name, "–"), text]
        for name, text in now.items()
        if last["card"].get(name, "–") != text
    ]
    if last["cliff"] != stored["cliff"]["measured"]:
        cliffs = (last["cliff"], stored["cliff"]["measured"])
        rows.insert(0, ["Cliff", *("–" if cliff is None else f"{cliff:g} %" for cliff in cliffs)])
    changed = f"{len(rows)} figures differ" if len(rows) != 1 else "1 figure differs"
    words = changed if rows else "nothing differs"
    return {"words": f"Since the run of {last['when']}: {words}.", "run": last["run"], "rows": rows}
