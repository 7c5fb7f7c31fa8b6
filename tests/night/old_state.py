"""Makes a state folder as this version leaves it, for later versions to open.

`python -m tests.night.old_state FOLDER` writes a job, the run of its tune without the page and the
study, which nothing here reads, and a night. What lies in tests/night/state-1 was made so by
version 0.1.0 and stays as it is; a state of another schema gets a folder of its own.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from tests.night.folders import config_of
from tuner.config.load import load_job
from tuner.kept_run import origin
from tuner.night.judge import judged
from tuner.night.page import night_html
from tuner.night.services import Service
from tuner.night.state import this_night
from tuner.night.summary import Summary
from tuner.night.words import night_markdown
from tuner.simulation.outcomes import MODEL_VERSION
from tuner.store.files import write_json
from tuner.store.parquet_parts import write_parquet_parts
from tuner.store.run_writer import new_run
from tuner.tune import tune

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
CONFIG = "/jobs/ramp.toml"


def main(folder: Path) -> None:
    """Write job, run and night."""
    folder.mkdir(parents=True)
    path = folder / "ramp.toml"
    path.write_text(config_of(title="ramp"))
    job = load_job(path)
    tuning = tune(job, threads=1)
    state = folder / "state"
    about = replace(origin(job), config=CONFIG)
    run = new_run(state, about, clock=lambda: NOW)
    place = run.folder()
    write_parquet_parts(
        place / "trials.parquet",
        tuning.result.column_parts(),
        units=tuning.result.units(),
        schema="cliffside.trials",
        model_version=MODEL_VERSION,
    )
    answer = tuning.to_json()
    write_json(
        place / "recommendation.json", {**answer, "job": {**answer["job"], "config": CONFIG}}
    )
    run.finish(verdict=tuning.recommendation.verdict, exit_code=0)
    service = Service("ramp", Path("ramp.toml"))
    record = judged(service, tuning, run=run.run, origin=about, last=None)
    night = this_night(state, NOW)
    night.begin(NOW)
    night.write(service, record)
    summary = Summary(
        night=night.name,
        started_utc="2026-11-24T02:00:00.000Z",
        finished_utc="2026-11-24T02:00:01.000Z",
        services=(record,),
    )
    night.finish(summary.to_json(), text=night_markdown(summary), page=night_html(summary))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
