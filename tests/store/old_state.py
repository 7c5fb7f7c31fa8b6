"""Makes what a state folder holds besides runs and nights, for later versions to open.

`python -m tests.store.old_state FOLDER` writes a list of jobs, a ledger and an hour of a closed
day. What lies in tests/store/state-1 was made so by version 0.1.0 and stays as it is; a state of
another schema gets a folder of its own. Runs and nights: `tests.night.old_state`.
"""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np

from tests.config.archived import GROUP, requests
from tuner.activities import Activity
from tuner.deployment.ledger import Ledger
from tuner.metrics import FetchedSeries
from tuner.service.job import JobEnd
from tuner.service.job_table import JobTable
from tuner.store.archive import Archive

DAY = date(2026, 11, 24)
BEGIN = datetime(2026, 11, 24, tzinfo=UTC)
VALUES = 1_000.0 + np.arange(60.0)


def main(state: Path) -> None:
    """Write them."""
    state.mkdir(mode=0o700, parents=True)
    table = JobTable(state / "cliffside.db")
    for key in ("first", "second"):
        table.submit(key=key, kind="tune", service="shop", request={"seed": 1}, most_queued=9)
    job = table.claim()
    if job is not None:
        table.end(job, JobEnd("failed", 1, reason="The config was wrong."))
    table.close()
    for event in ("apply begun", "apply ended"):
        Ledger(state).append(event, "2026-11-24T10:00:00Z", {"service": "shop"})
    archive = Archive(state, model_version="1")
    begins = int(BEGIN.timestamp()) + 60 * np.arange(60)
    archive.write_day(FetchedSeries(name=requests(), begins=begins, values=VALUES), DAY)
    activity = Activity(
        started=BEGIN + timedelta(hours=1),
        ended=BEGIN + timedelta(hours=1, minutes=3),
        status="Successful",
        description="Launching a new EC2 instance: i-0b67a5292984b0771",
        cause="At 2026-11-24T00:59:41Z a monitor alarm high in state ALARM triggered policy out",
        instance_id="i-0b67a5292984b0771",
        kind="launch",
    )
    archive.write_activities(GROUP, DAY, [activity])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
