"""A night: what is done again, what is compared with the last one, who may run at a time."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.night.folders import config_of, make_services, result_of
from tuner.errors import MissingFileError, ResultFileError, StoreError
from tuner.night import night as nights
from tuner.night.night import run_night
from tuner.night.record import SERVICE_SCHEMA, service_from_json
from tuner.night.services import Service, services_of
from tuner.night.state import NightFolder, NightLock, this_night
from tuner.store.runs import list_runs, list_started
from tuner.store.seal import sealed

NOW = datetime(2026, 11, 30, 2, 0, tzinfo=UTC)
TOMORROW = NOW + timedelta(days=1)


@pytest.fixture(autouse=True)
def _without_the_page(monkeypatch):
    """Leave the report's page out, which takes a second."""
    monkeypatch.setattr("tuner.report.html.render_report", lambda *_: "<title>report</title>")


def a_night(folder, state, *, now=NOW, **more):
    return run_night(folder, state, threads=1, clock=lambda: now, **more)


def test_services_are_the_toml_files_of_the_folder_in_order(tmp_path):
    for name in ("b.toml", "a.toml", ".hidden.toml", "notes.txt"):
        (tmp_path / name).touch()
    (tmp_path / "within").mkdir()
    (tmp_path / "within" / "c.toml").touch()

    assert [each.name for each in services_of(tmp_path)] == ["a", "b"]


def test_a_folder_without_services_is_refused(tmp_path):
    with pytest.raises(MissingFileError, match=r"a folder with a \*.toml file"):
        services_of(tmp_path)
    with pytest.raises(MissingFileError, match="a folder of jobs' files"):
        services_of(tmp_path / "gone")


@pytest.mark.parametrize("name", ["../out", "a" * 250, "Ünïcode / odd", "", "a\nb"])
def test_no_name_of_a_service_becomes_part_of_a_path(name):
    key = Service(name, Path("x")).key

    assert key.isascii()
    assert set(key) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert len(key) <= 53


def test_a_night_says_of_each_service_what_its_report_says(tmp_path):
    folder, state = make_services(tmp_path / "services", 2), tmp_path / "state"
    summary = a_night(folder, state)
    first = summary.services[0]
    answer = json.loads((state / "runs" / first.run / "recommendation.json").read_text())

    assert (summary.night, first.service, first.title) == ("2026-11-30", "service-00", "service 0")
    assert first.why == answer["reason"]
    assert first.today is not None
    assert first.recommended is not None
    assert first.recommended.plan == answer["recommended"]["plan"]
    assert first.recommended.host_minutes == answer["recommended"]["host_minutes"]
    assert first.today.host_minutes == answer["baseline"]["host_minutes"]
    days = 24 * 60 / answer["n_minutes"]
    per_day = answer["recommended"]["host_minutes"] * days
    assert first.recommended.host_minutes_per_day == pytest.approx(per_day)
    usd = answer["recommended"]["usd"] * days * 30
    assert first.recommended.usd_per_month == pytest.approx(usd)
    regret = (answer["baseline"]["host_minutes"] - answer["recommended"]["host_minutes"]) * days
    expected = regret if first.outcome == "changed" else 0.0
    assert first.regret_host_minutes_per_day == pytest.approx(expected)


def test_services_that_are_done_this_night_are_not_done_again(tmp_path):
    folder, state = make_services(tmp_path / "services", 3), tmp_path / "state"
    a_night(folder, state)
    expected, before = result_of(state), {each.run for each in list_runs(state)}
    again = a_night(folder, state, now=NOW + timedelta(hours=1))

    assert again.n_repeated == 3
    assert expected == result_of(state)
    assert before == {each.run for each in list_runs(state)}


def test_a_service_whose_file_changed_is_done_again_and_so_is_one_that_failed(tmp_path):
    folder, state = make_services(tmp_path / "services", 3), tmp_path / "state"
    (folder / "service-02.toml").write_text("broken")
    first = a_night(folder, state)
    changed = folder / "service-01.toml"
    changed.write_text(changed.read_text().replace("cliff_percent = 60.0", "cliff_percent = 55.0"))
    (folder / "service-02.toml").write_text(config_of())
    second = a_night(folder, state)

    assert [each.outcome for each in first.services][2] == "failed"
    assert second.n_repeated == 1
    assert second.services[1].limit_percent == 55.0
    assert second.services[2].is_done
    assert len(list_runs(state)) == 4


def test_again_does_all_of_them_once_more(tmp_path):
    folder, state = make_services(tmp_path / "services", 1), tmp_path / "state"
    a_night(folder, state)
    again = a_night(folder, state, again=True)

    assert again.n_repeated == 0
    assert len(list_runs(state)) == 2


def test_a_damaged_record_is_found_and_its_service_done_again(tmp_path):
    folder, state = make_services(tmp_path / "services", 1), tmp_path / "state"
    a_night(folder, state)
    (path,) = state.glob("nights/2026-11-30/services/*.json")
    path.write_text(path.read_text().replace('"outcome": "', '"outcome": "x'))
    again = a_night(folder, state)

    assert again.n_repeated == 0
    assert again.services[0].is_done


def test_a_record_of_a_newer_version_is_told_from_damage(tmp_path):
    value = {"schema": "cliffside.night.service/2", "new": 1}
    with pytest.raises(ResultFileError, match="A newer cliffside wrote this: update cliffside"):
        service_from_json(value, tmp_path)
    with pytest.raises(ResultFileError, match="other keys"):
        service_from_json({"schema": SERVICE_SCHEMA}, tmp_path)


def test_the_next_night_is_compared_with_the_last(tmp_path):
    folder, state = make_services(tmp_path / "services", 1), tmp_path / "state"
    first = a_night(folder, state).services[0]
    second = a_night(folder, state, now=TOMORROW).services[0]
    path = folder / "service-00.toml"
    path.write_text(
        path.read_text().replace("threshold_percent = [20, 30]", "threshold_percent = 20")
    )
    third = a_night(folder, state, now=TOMORROW + timedelta(days=1)).services[0]

    assert first.last_night is None
    assert second.last_night is not None
    assert (second.last_night.night, second.last_night.same_plan) == ("2026-11-30", True)
    assert second.last_night.host_minutes_per_day == first.recommended.host_minutes_per_day
    assert third.last_night is not None
    assert (third.last_night.night, third.last_night.same_plan) == ("2026-12-01", False)


def test_a_night_without_an_answer_is_skipped_in_the_comparison(tmp_path):
    folder, state = make_services(tmp_path / "services", 1), tmp_path / "state"
    path = folder / "service-00.toml"
    good = path.read_text()
    a_night(folder, state)
    path.write_text("broken")
    a_night(folder, state, now=TOMORROW)
    path.write_text(good)
    third = a_night(folder, state, now=TOMORROW + timedelta(days=1)).services[0]

    assert third.last_night is not None
    assert third.last_night.night == "2026-11-30"


def test_without_a_baseline_last_nights_recommendation_stands_in_for_it(tmp_path):
    folder, state = tmp_path / "services", tmp_path / "state"
    folder.mkdir()
    (folder / "new.toml").write_text(config_of(has_baseline=False))
    first = a_night(folder, state).services[0]
    second = a_night(folder, state, now=TOMORROW).services[0]

    assert (first.outcome, first.today) == ("changed", None)
    assert first.regret_host_minutes_per_day is None
    assert (second.outcome, second.today) == ("unchanged", None)


def test_nothing_feasible_is_an_outcome_with_the_way_out(tmp_path):
    folder, state = tmp_path / "services", tmp_path / "state"
    folder.mkdir()
    (folder / "hot.toml").write_text(config_of(cliff=12.0))
    summary = a_night(folder, state)
    (record,) = summary.services

    assert record.outcome == "nothing feasible"
    assert record.recommended is None
    assert record.run is not None
    assert "widen [space]" in record.next_step
    assert summary.exit_code() == 3


def test_a_second_night_at_the_same_time_is_refused_and_says_who_runs(tmp_path):
    state = tmp_path / "state"
    folder = make_services(tmp_path / "services", 1)
    with NightLock(state, NOW):
        with pytest.raises(StoreError, match=r"one that still goes on since 2026-11-30T02:00:00"):
            a_night(folder, state)
        assert list_runs(state) == []
    assert a_night(folder, state).services[0].is_done


def test_the_lock_of_a_process_that_was_killed_does_not_stay(tmp_path):
    code = (
        "import os, signal, sys\nfrom datetime import UTC, datetime\nfrom pathlib import Path\n"
        "from tuner.night.state import NightLock\n"
        "NightLock(Path(sys.argv[1]), datetime.now(UTC)).__enter__()\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    root = Path(__file__).parents[2]
    ended = subprocess.run([sys.executable, "-c", code, tmp_path / "state"], check=False, cwd=root)

    assert ended.returncode == -9
    with NightLock(tmp_path / "state", NOW):
        pass


def test_an_interrupted_night_goes_on_after_midnight_but_not_a_day_later(tmp_path):
    late = datetime(2026, 11, 30, 23, 50, tzinfo=UTC)
    state = tmp_path / "state"
    this_night(state, late).begin(late)

    assert this_night(state, late + timedelta(hours=3)).name == "2026-11-30"
    assert this_night(state, late + timedelta(hours=25)).name == "2026-12-02"


def test_a_finished_night_does_not_go_on_after_midnight(tmp_path):
    late = datetime(2026, 11, 30, 23, 50, tzinfo=UTC)
    state = tmp_path / "state"
    night = this_night(state, late)
    night.begin(late)
    night.finish({"schema": "x"}, text="x", page="x")

    assert this_night(state, late + timedelta(hours=3)).name == "2026-12-01"


def test_ctrl_c_ends_a_night_that_goes_on_with_the_same_call(tmp_path, monkeypatch):
    folder, state = make_services(tmp_path / "services", 2), tmp_path / "state"
    keep_run = nights.keep_run

    def interrupted(tuning, run, **more):
        if tuning.job.service == "service 1":
            run.folder()
            raise KeyboardInterrupt
        return keep_run(tuning, run, **more)

    with monkeypatch.context() as patch:
        patch.setattr(nights, "keep_run", interrupted)
        with pytest.raises(KeyboardInterrupt):
            a_night(folder, state)
    left = [each.run for each in list_started(state)]
    summary = a_night(folder, state)

    assert summary.n_repeated == 1
    assert [summary.services[1].run] == left, "the interrupted run goes on"


def test_a_state_folder_that_cannot_be_written_ends_the_night(tmp_path, monkeypatch):
    folder, state = make_services(tmp_path / "services", 1), tmp_path / "state"

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("tuner.store.files._replace", full)
        with pytest.raises(StoreError, match="No space left"):
            a_night(folder, state)

    assert a_night(folder, state).services[0].is_done


def test_a_record_of_an_unknown_outcome_is_damaged(tmp_path):
    folder, state = make_services(tmp_path / "services", 1), tmp_path / "state"
    record = a_night(folder, state).services[0]
    (path,) = state.glob("nights/2026-11-30/services/*.json")
    value = {"schema": SERVICE_SCHEMA, **record.to_json(), "outcome": "odd"}
    path.write_text(sealed(value))
    with pytest.raises(ResultFileError, match="'odd'"):
        service_from_json(value, path)

    assert NightFolder(path.parents[1]).read(services_of(folder)[0]) is None
