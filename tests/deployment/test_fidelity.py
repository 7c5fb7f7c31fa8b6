"""The fidelity ledger keeps every verification, and loses none to a crash or a flipped bit."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from tests.measure.production_day import (
    day_activities,
    day_history,
    deployed_plan,
    deployed_scenario,
)
from tuner.deployment.fidelity import ledger_file, read_day, read_ledger, remember
from tuner.deployment.observed import observed_changes
from tuner.deployment.verify import verify
from tuner.errors import ConfigurationError, MissingFileError, ResultFileError
from tuner.measure.history import COLUMNS
from tuner.plan_json import plan_from_json

NOW = datetime(2026, 11, 18, 6, tzinfo=UTC)


@pytest.fixture(scope="module")
def day():
    return verify(day_history(), deployed_plan(), deployed_scenario(), activities=day_activities())


@pytest.fixture
def state(tmp_path):
    return tmp_path / "state"


def keep(state, verification):
    observed = observed_changes(verification.history, day_activities())
    return remember(state, verification, observed, now=NOW)


def test_what_is_remembered_is_read_again(state, day):
    path = keep(state, day)
    (entry,) = read_ledger(state).entries
    history, changes = read_day(state, entry)

    assert path == ledger_file(state)
    assert (entry.service, entry.verdict) == ("service", "within")
    assert (entry.begin, entry.end) == ("2026-11-17T00:00:00Z", "2026-11-18T00:00:00Z")
    assert entry.record["verified"] == "2026-11-18T06:00:00Z"
    assert entry.errors["peak_percent"] == day.errors.peak_percent
    assert plan_from_json(entry.record["plan"]) == day.plan
    assert changes == observed_changes(day.history, day_activities())
    for name in COLUMNS:
        np.testing.assert_array_equal(getattr(day.history, name), getattr(history, name))


def test_a_ledger_that_is_not_there_is_empty(state):
    assert read_ledger(state).entries == ()
    assert read_ledger(state).latest == ()


def test_the_minutes_of_a_range_are_written_once(state, day):
    keep(state, day)
    keep(state, replace(day, service="other"))

    assert len(list((state / "fidelity" / "days").iterdir())) == 1
    assert len(read_ledger(state).entries) == 2
    assert len(read_ledger(state, service="other").entries) == 1


def test_the_latest_of_a_range_counts_and_one_without_enough_data_does_not(state, day):
    keep(state, day)
    keep(state, replace(day, verdict="outside"))
    keep(state, replace(day, verdict="not enough data"))
    ledger = read_ledger(state)

    assert len(ledger.entries) == 3
    assert [entry.verdict for entry in ledger.latest] == ["outside"]


@pytest.mark.parametrize("kept", [1, 100, -1])
def test_a_line_that_a_crash_cut_off_is_noted_and_the_next_one_stands_on_its_own(state, day, kept):
    keep(state, day)
    path = keep(state, day)
    first, second = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(first + second[:kept].rstrip(b"\n")[:-1])
    keep(state, replace(day, verdict="outside"))
    ledger = read_ledger(state)
    torn = len(second[:kept].rstrip(b"\n")[:-1]) > 0

    assert [entry.verdict for entry in ledger.entries] == ["within", "outside"]
    assert len(ledger.notes) == int(torn)
    assert all("line 2" in note for note in ledger.notes)


def test_a_flipped_bit_costs_its_own_line_only(state, day):
    keep(state, day)
    path = keep(state, replace(day, verdict="outside"))
    content = bytearray(path.read_bytes())
    generator = np.random.default_rng(5)
    end = content.index(b"\n")
    for at in generator.integers(0, end, 40).tolist():
        broken = bytearray(content)
        broken[at] ^= 1 << int(generator.integers(0, 7))
        path.write_bytes(broken)
        ledger = read_ledger(state)

        assert [entry.verdict for entry in ledger.entries][-1:] == ["outside"], f"seed 5, {at}"
        assert len(ledger.entries) == 1, f"seed 5, byte {at}"
        assert ledger.notes


def test_minutes_that_are_gone_or_damaged_are_an_error_with_their_file(state, day):
    keep(state, day)
    (entry,) = read_ledger(state).entries
    (file,) = (state / "fidelity" / "days").iterdir()
    file.write_bytes(file.read_bytes()[:-50])
    with pytest.raises(ResultFileError, match=file.name):
        read_day(state, entry)
    file.unlink()
    with pytest.raises(MissingFileError, match=file.name):
        read_day(state, entry)


def test_the_state_folder_is_the_owners_alone_and_no_link(state, day, tmp_path):
    keep(state, day)
    link = tmp_path / "link"
    link.symlink_to(state)

    assert state.stat().st_mode & 0o777 == 0o700
    with pytest.raises(ConfigurationError, match="symbolic link"):
        keep(link, day)


def test_each_line_is_one_json_object(state, day):
    path = keep(state, day)
    record = json.loads(path.read_text())

    assert record["schema"] == "cliffside.verification/1"
    assert len(record["observed"]) == 14
