"""The Locust importer survives its traps, and says what it dropped."""

from __future__ import annotations

import csv

import numpy as np
import pytest

from tests.measure.files import (
    CONSOLE_TEXT,
    START,
    history_rows,
    measured,
    write_cpu,
    write_history,
)
from tuner.errors import LoadTestError, MissingFileError
from tuner.measure import read_locust

USERS = [10, 40, 80, 120, 160, 100, 60]


def read(tmp_path, rows, *, users=USERS, seconds=10, shift=0.0):
    history = write_history(tmp_path / "history.csv", rows)
    return read_locust(
        history, write_cpu(tmp_path / "cpu.csv", users=users, seconds=seconds, shift=shift)
    )


def dropped(test):
    return {entry.reason: entry.count for entry in test.dropped}


@pytest.mark.parametrize("case", ["cpu", "cpuio"])
def test_windows_of_a_real_test_match_the_exact_figures_of_its_steps(case):
    with measured(case, "10s").open() as stream:
        exact = list(csv.DictReader(stream))
    test = read_locust(
        measured(case, "locust_stats_history"),
        measured(case, "server_cpu_1s"),
        cpu_column="server_cpu_pct",
    )
    expected_rpm = np.array([float(row["rpm"]) for row in exact])
    expected_cpu = np.array([float(row["server_cpu_pct"]) for row in exact])
    expected_p95 = np.array([float(row["p95_ms"]) for row in exact])

    assert len(expected_rpm) == len(test)
    assert np.all(np.abs(test.offered_rpm / expected_rpm - 1) < 0.015)
    assert np.all(np.abs(test.cpu_percent - expected_cpu) < 1.1)
    assert np.all(np.abs(test.latency_p95_ms / expected_p95 - 1) < 0.12)
    assert abs(test.lag_seconds) <= 1.0
    assert test.model == "closed"
    assert dropped(test) == {
        "per-endpoint rows beside the Aggregated row": 211,
        "rows with N/A percentiles before the first answers": 1,
        "rows at the moments of a step's change": 2,
    }


def test_rates_are_differences_of_exact_counters(tmp_path):
    test = read(tmp_path, history_rows(users=USERS))

    assert [count * 2 * 60 for count in USERS] == pytest.approx(test.offered_rpm.tolist())
    assert list(range(1, 8)) == test.step.tolist()


@pytest.mark.parametrize("shift", [-7.0, 3.0, 9.0])
def test_the_lag_scan_finds_a_shift_between_the_clocks(tmp_path, shift):
    test = read(tmp_path, history_rows(users=USERS), shift=shift)

    assert abs(-shift - test.lag_seconds) <= 1.0
    assert np.allclose(2 + 0.5 * np.array(USERS), test.cpu_percent, atol=3.0)
    assert any("Lag scan: CPU stamps were moved" in words for words in test.warnings)


def test_unsorted_and_repeated_rows_change_nothing(tmp_path):
    rows = history_rows(users=USERS)
    expected = read(tmp_path, rows)
    shuffled = [*rows[20:], *rows[:20], rows[30], rows[31]]
    test = read(tmp_path, shuffled)

    assert expected.offered_rpm.tolist() == test.offered_rpm.tolist()
    assert dropped(test)["rows with a repeated time"] == 2
    assert any("not in time order" in words for words in test.warnings)


def test_no_window_spans_a_gap_and_the_gap_is_reported(tmp_path):
    rows = history_rows(users=[20, 60, 100, 140], seconds=40)
    test = read(tmp_path, rows[:55] + rows[75:], users=[20, 60, 100, 140], seconds=40)

    assert set(np.round(test.offered_rpm)) <= {2400.0, 7200.0, 12000.0, 16800.0}
    assert any("1 gap(s), the longest of 21 s" in words for words in test.warnings)


def test_rows_after_the_users_are_gone_are_dropped(tmp_path):
    rows = history_rows(users=USERS)
    last = rows[-1].split(",")
    idle = [f"{int(last[0]) + i},0,,Aggregated,10,900,{last[6]},0" for i in range(1, 16)]
    test = read(tmp_path, [*rows, *idle])

    assert len(USERS) == len(test)
    assert dropped(test)["rows after the users were gone"] == 15


def test_windows_that_fail_fast_are_dropped_and_slow_failures_kept(tmp_path):
    rows = []
    for row in history_rows(users=[*USERS, 200, 240]):
        cells = row.split(",")
        if cells[1] == "200":  # 40 % refused at once
            cells[5], cells[7] = "5", str(int((int(cells[0]) - START - 70) * 400 * 0.4))
        elif cells[1] == "240":  # 10 % timed out
            cells[5], cells[7] = "1500", str(1600 + int((int(cells[0]) - START - 80) * 480 * 0.1))
        rows.append(",".join(cells))
    test = read(tmp_path, rows, users=[*USERS, 200, 240])

    assert dropped(test)["windows that failed fast"] == 1
    assert len(USERS) + 1 == len(test)
    assert test.error_fraction[-1] == pytest.approx(0.1, abs=0.01)


def test_the_moments_of_a_steps_change_are_dropped(tmp_path):
    rows = history_rows(users=[20, 60, 100, 140], seconds=37)
    test = read(tmp_path, rows, users=[20, 60, 100, 140], seconds=37)

    assert np.all(np.isin(np.round(test.offered_rpm), [2400, 7200, 12000, 16800]))
    assert dropped(test)["rows at the moments of a step's change"] >= 4 * 7


def test_a_ramp_is_read_in_consecutive_windows(tmp_path):
    users = list(range(1, 161))
    test = read(tmp_path, history_rows(users=users, seconds=1), users=users, seconds=1)

    assert len(test) == 15
    assert any("read as a ramp" in words for words in test.warnings)


def test_a_restart_of_the_counters_makes_no_negative_rate(tmp_path):
    rows = history_rows(users=USERS)
    restarted = []
    for row in rows:
        cells = row.split(",")
        if int(cells[0]) > START + 30:
            cells[6] = str(int(cells[6]) - 2600)
        restarted.append(",".join(cells))
    test = read(tmp_path, restarted)

    assert np.all(test.offered_rpm > 0)
    assert any("a restart" in words for words in test.warnings)


def endpoint_rows(rows, *, aggregated):
    out = []
    for row in rows:
        time, users, _, _, p50, p95, total, failed = row.split(",")
        share = int(total) // 4
        out += [
            f"{time},{users},GET,/a,{p50},{p95},{share},{failed}",
            f"{time},{users},POST,/b,{p50},{p95},{int(total) - share},0",
        ]
        out += [row] if aggregated else []
    return out


@pytest.mark.parametrize("aggregated", [True, False])
def test_several_endpoints_count_once_with_or_without_an_aggregated_row(tmp_path, aggregated):
    rows = history_rows(users=USERS)
    expected = read(tmp_path, rows)
    test = read(tmp_path, endpoint_rows(rows, aggregated=aggregated))

    assert expected.offered_rpm.tolist() == pytest.approx(test.offered_rpm.tolist())
    assert expected.latency_p95_ms.tolist() == pytest.approx(test.latency_p95_ms.tolist())
    assert aggregated != any("summed over the endpoints" in words for words in test.warnings)


@pytest.mark.parametrize("period", [10, 60])
def test_coarser_cpu_is_read_too(tmp_path, period):
    users = [20, 60, 100, 140, 180]
    history = write_history(tmp_path / "history.csv", history_rows(users=users, seconds=180))
    lines = ["time,cpu"]
    for end in range(period, 5 * 180 + 1, period):
        level = users[min((end - 1) // 180, 4)]
        lines.append(f"{START + end},{2 + 0.5 * level}")
    (tmp_path / "cpu.csv").write_text("\n".join(lines))
    test = read_locust(history, tmp_path / "cpu.csv")

    assert len(test) >= 8
    steady = np.abs(test.cpu_percent - (2 + 0.5 * test.offered_rpm / 120)) < 0.5
    assert np.mean(steady) > 0.8


def test_a_cloudwatch_export_serves_as_cpu(tmp_path):
    users = [20, 60, 100, 140, 160, 180]
    history = write_history(tmp_path / "history.csv", history_rows(users=users, seconds=60))
    lines = CONSOLE_TEXT.splitlines()[:4]
    stamps = np.datetime64(START, "s") + np.arange(6) * 60
    lines += [
        f"{s},{2 + 0.5 * u}".replace("-", "/").replace("T", " ") for s, u in zip(stamps, users)
    ]
    (tmp_path / "cpu.csv").write_text("\n".join(lines))
    test = read_locust(history, tmp_path / "cpu.csv")

    assert np.allclose(2 + 0.5 * test.offered_rpm / 120, test.cpu_percent, atol=1.0)


def test_several_cpu_columns_and_none_named_is_an_error_that_lists_them():
    with pytest.raises(LoadTestError) as caught:
        read_locust(measured("cpu", "locust_stats_history"), measured("cpu", "server_cpu_1s"))

    for column in ("server_cpu_pct", "core0_busy_pct", "core1_busy_pct", "--cpu-column"):
        assert column in str(caught.value)


@pytest.mark.parametrize(
    ("name", "damage", "words"),
    [
        ("empty file", lambda rows: None, "an empty file"),
        ("no row", lambda rows: [], "a header and no row"),
        ("one row", lambda rows: rows[1:2], "at least two rows"),
        (
            "text",
            lambda rows: [*rows[:5], rows[5].replace(",10,", ",ten,"), *rows[6:]],
            "line 7, column 'User Count'",
        ),
        (
            "negative",
            lambda rows: [*rows[:5], rows[5].replace(",100,", ",-100,"), *rows[6:]],
            "a number of at least 0",
        ),
        (
            "idle",
            lambda rows: [row.replace(",10,,", ",0,,") for row in rows[:11]],
            "none with a user",
        ),
    ],
)
def test_a_bad_history_is_refused_with_a_sentence(tmp_path, name, damage, words):
    rows = damage(history_rows(users=USERS))
    history = tmp_path / "history.csv"
    history.write_text("") if rows is None else write_history(history, rows)
    with pytest.raises(LoadTestError, match=words):
        read_locust(history, write_cpu(tmp_path / "cpu.csv", users=USERS))


@pytest.mark.parametrize(
    ("scale", "words"),
    [(0.01, "look like fractions"), (-1.0, "cannot be negative"), (4.0, "several cores")],
)
def test_cpu_that_is_not_percent_is_refused(tmp_path, scale, words):
    history = write_history(tmp_path / "history.csv", history_rows(users=USERS))
    lines = write_cpu(tmp_path / "cpu.csv", users=USERS).read_text().splitlines()
    rows = [line.split(",") for line in lines[1:]]
    scaled = [f"{time},{float(percent) * scale}" for time, percent in rows]
    (tmp_path / "cpu.csv").write_text("\n".join([lines[0], *scaled]))
    with pytest.raises(LoadTestError, match=words):
        read_locust(history, tmp_path / "cpu.csv")


def test_cpu_of_another_time_is_refused_with_the_distance(tmp_path):
    with pytest.raises(LoadTestError, match=r"\+60 minutes"):
        read(tmp_path, history_rows(users=USERS), shift=3600.0)


def test_a_missing_file_and_binary_noise_are_named(tmp_path):
    history = write_history(tmp_path / "history.csv", history_rows(users=USERS))
    with pytest.raises(MissingFileError, match="No such file"):
        read_locust(history, tmp_path / "nowhere.csv")
    noise = np.random.default_rng(1).integers(0, 256, 5000, dtype=np.uint8).tobytes()
    (tmp_path / "noise.csv").write_bytes(noise)
    with pytest.raises(LoadTestError, match="text in UTF-8"):
        read_locust(history, tmp_path / "noise.csv")
    with pytest.raises(LoadTestError, match="text in UTF-8"):
        read_locust(tmp_path / "noise.csv", history)
