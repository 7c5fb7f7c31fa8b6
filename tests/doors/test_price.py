"""A price in the config: usd stands beside host-minutes, and nowhere without one."""

from __future__ import annotations

import csv
import io
import json
import re

import numpy as np
import pyarrow.parquet as pq
import pytest

from tests.doors.command import CONF42, call, changed_config
from tuner.report.html import render_report
from tuner.store.files import read_parquet

PRICE = 0.0104
PRICED = ("[group]\n", f"[group]\nhost_usd_per_hour = {PRICE}\n")


def usd(host_minutes: float) -> float:
    return pytest.approx(host_minutes / 60 * PRICE, rel=1e-12)


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """Give a finished job with a price, and the folder of its files."""
    from tuner.config import load_job
    from tuner.tune import tune, write_results

    folder = tmp_path_factory.mktemp("priced")
    tuning = tune(load_job(changed_config(folder, PRICED)))
    write_results(tuning, folder / "run")
    return tuning, folder / "run"


def test_simulate_gives_usd_in_every_form(tmp_path, capsys):
    config = changed_config(tmp_path, PRICED)
    (row,) = json.loads(call(capsys, "simulate", "--config", config, "--output", "json").out)[
        "shapes"
    ]
    (line,) = csv.DictReader(
        io.StringIO(call(capsys, "simulate", "--config", config, "--output", "csv").out)
    )
    table = call(capsys, "simulate", "--config", config).out.splitlines()

    assert row["host_minutes"] == 308.0
    assert row["usd"] == usd(308.0)
    assert float(line["usd"]) == row["usd"]
    assert table[2].split("  ").count("Host-minutes") == 1
    assert "  USD" in table[2]
    assert " 0.0534 " in table[3]


def test_every_plan_of_the_answer_has_its_usd(finished):
    _, folder = finished
    answer = json.loads((folder / "recommendation.json").read_text())

    for label in ("recommended", "cheapest", "baseline", "fixed_group", "clairvoyant"):
        plan = answer[label]
        assert plan["usd"] == usd(plan["host_minutes"]), label
        assert [row["usd"] for row in plan["per_shape"]] == [
            usd(row["host_minutes"]) for row in plan["per_shape"]
        ]
    for front in ("front", "cost_front"):
        assert [row["usd"] for row in answer[front]] == [
            usd(row["host_minutes"]) for row in answer[front]
        ]
    assert answer["remarks"][-1] == (
        "At 0.0104 USD an hour for an instance, the recommended plan costs 0.0953 USD and today's"
        " policy 0.0534 USD."
    )


def test_the_files_of_trials_and_front_have_a_column_of_usd(finished):
    _, folder = finished
    for name in ("trials", "front"):
        path = folder / f"{name}.parquet"
        columns = read_parquet(path)

        assert np.allclose(columns["usd"], columns["host_minutes"] / 60 * PRICE, rtol=1e-12)
        assert pq.read_schema(path).field("usd").metadata[b"unit"] == b"USD"


def test_the_words_and_the_report_tell_usd(finished, capsys):
    from tuner.cli.show import plain_lines
    from tuner.cli.words import tuning_words
    from tuner.tune import report_input

    tuning, _ = finished
    told = "\n".join(line for block in tuning_words(tuning) for line in plain_lines(block))
    page = render_report(report_input(tuning))

    assert re.search(r"Host-minutes +USD +vs T", told)
    assert "0.0534" in told
    assert "At 0.0104 USD an hour for an instance" in told
    assert page.count(">USD</th>") == 3
    assert ">0.0953</td>" in page


def test_a_priced_run_is_read_back_as_it_was(finished, capsys):
    _, folder = finished
    stored = json.loads((folder / "recommendation.json").read_text())
    got = json.loads(call(capsys, "report", folder, "--output", "json").out)

    assert got["recommended"] == stored["recommended"]
    assert got["front"] == stored["front"]


def test_with_ticks_under_a_minute_a_reader_is_told_what_trials_leave_out(tmp_path, capsys):
    config = changed_config(tmp_path, PRICED, ("tick_seconds = 60\n", "tick_seconds = 30\n"))
    got = call(capsys, "simulate", "--config", config, "--output", "json")

    assert "with ticks of 30 s the usd of trials and fronts leaves out" in got.err
    assert json.loads(got.out)["shapes"][0]["usd"] > 0.0


@pytest.mark.parametrize("price", ["0", "-1", '"cheap"', "true", "inf"])
def test_a_price_that_is_none_is_refused_by_its_key(price, tmp_path, capsys):
    config = changed_config(tmp_path, ("[group]\n", f"[group]\nhost_usd_per_hour = {price}\n"))
    got = call(capsys, "simulate", "--config", config)

    assert (got.code, got.out) == (2, "")
    assert "group.host_usd_per_hour" in got.err


def test_without_a_price_no_answer_says_usd(capsys):
    for form in ("json", "csv", "table"):
        got = call(capsys, "simulate", "--config", CONF42, "--output", form)

        assert "usd" not in (got.out + got.err).lower()
