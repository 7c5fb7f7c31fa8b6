"""Recorded files give the figures that another program found in them, or a sentence."""

import gzip
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tuner.errors import MissingFileError, TrafficError
from tuner.traffic.describe import recording_facts
from tuner.traffic.recorded import read_recorded
from tuner.traffic.wide import read_wide_minutes

ROOT = Path(__file__).parents[2]
DATA = ROOT / "tests" / "data"
WORLD_CUP = ROOT / "configs" / "data" / "worldcup98" / "requests_per_minute_0628_0702.csv"
AZURE = DATA / "azure-functions" / "invocations_3functions_1440min.csv"
EXPECTED = json.loads((DATA / "expected_traffic.json").read_text())["traffic"]
LONG_FILES = [name for name in EXPECTED if not name.startswith("azure")]
EXACT = (
    "rows",
    "step_seconds",
    "first",
    "last",
    "minutes_covered_by_rows",
    "minutes_first_to_end_of_last",
    "gaps",
    "duplicate_stamps",
    "duplicate_rows_identical",
    "out_of_order",
    "steps_that_are_not_nominal",
    "phases_of_stamps_seconds",
    "missing_values",
    "zeros",
    "max_at",
)
ROUNDED = ("sum_in_file_units", "min", "median", "mean", "p99", "max", "max_over_median")


def path_of(name):
    return WORLD_CUP if name.startswith("worldcup98") else DATA / f"{name}.csv"


def read_as_expected(name):
    unit = "requests" if EXPECTED[name]["unit_in_file"] == "count" else "rpm"
    return read_recorded(path_of(name), unit=unit)


def written(tmp_path, text, name="load.csv"):
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


@pytest.mark.parametrize("name", LONG_FILES)
def test_a_file_has_the_expected_figures(name):
    expected = EXPECTED[name]

    got = recording_facts(read_as_expected(name))

    assert {key: expected[key] for key in EXACT} == {key: got[key] for key in EXACT}
    for key in ROUNDED:
        assert pytest.approx(expected[key], abs=6e-4) == got[key], key
    swing, got_swing = expected["daily_peak_to_trough"], got["daily_peak_to_trough"]
    assert {key: pytest.approx(value, abs=6e-4) for key, value in swing.items()} == got_swing


@pytest.mark.parametrize("name", LONG_FILES)
def test_a_file_has_the_expected_rise_in_8_minutes(name):
    ramp = EXPECTED[name]["steepest_ramp"]

    got = recording_facts(read_as_expected(name))

    if "rise_8min" in ramp:
        assert (ramp["rise_8min"], ramp["start"]) == (
            got["rise_8min_if_each_step_is_held"],
            got["rise_8min_start"],
        )
    else:
        for key in ("rise_8min_if_each_step_is_held", "rise_8min_if_joined_by_lines"):
            assert pytest.approx(ramp[key], abs=6e-4) == got[key]


@pytest.mark.parametrize(
    ("series", "expected_name"),
    [
        ("1", "function 1 (c13acdc7, queue)"),
        ("a2faad78", "function 2 (a2faad78, queue)"),
        ("3", "function 3 (7dc5aeab, queue)"),
        ("sum", "sum of the three"),
    ],
)
def test_a_wide_file_has_the_expected_figures(series, expected_name):
    expected = EXPECTED["azure-functions/invocations_3functions_1440min"][expected_name]

    got = recording_facts(read_wide_minutes(AZURE, series=series))

    for key in ("rows", "step_seconds", "zeros", "min", "median", "mean", "p99", "max"):
        assert pytest.approx(expected[key], abs=6e-6) == got[key], key
    assert expected["sum"] == got["sum_in_file_units"]
    assert expected["rise_8min"] == got["rise_8min_if_each_step_is_held"]
    assert got["max_over_median"] is None
    minute = expected["max_minute_column"] - 1
    assert f"1970-01-01T{minute // 60:02}:{minute % 60:02}:00" == got["max_at"]


@pytest.mark.parametrize("series", [None, "9", "nothing", "c13"])
def test_a_wide_file_with_several_series_must_name_one(series):
    with pytest.raises(TrafficError, match="c13acdc7") as caught:
        read_wide_minutes(AZURE, series=series)

    assert "one of the 4 series" in str(caught.value)


def test_a_long_file_is_not_a_wide_one_and_the_reverse(tmp_path):
    with pytest.raises(TrafficError, match="columns 1, 2, 3"):
        read_wide_minutes(WORLD_CUP)
    with pytest.raises(TrafficError, match="a column of time stamps"):
        read_recorded(AZURE)


def test_notes_say_what_a_reader_should_know():
    def notes(name, **how):
        return " ".join(read_recorded(path_of(f"nab/{name}"), **how).notes)

    balancer = notes("elb_request_count_8c0756", unit="requests")
    assert "peaks inside the 5m are gone" in balancer
    assert "8 gaps" in balancer
    assert "Missing is not zero" in balancer
    assert "may not be UTC" in balancer
    assert "CPU in percent is not traffic" in notes("ec2_cpu_utilization_5f5533")
    assert "447 of" in notes("grok_asg_anomaly")
    assert "11 rows repeat a stamp" in notes("ec2_request_latency_system_failure")
    assert "gone away" not in notes("Twitter_volume_AAPL", unit="requests")


def test_the_world_cup_is_utc_by_the_name_of_its_column():
    got = read_recorded(WORLD_CUP, unit="requests")

    assert str(got.zone) == "UTC"
    assert len(got) == 1440 * 5


def test_counts_are_divided_by_the_minutes_of_a_step(tmp_path):
    path = written(tmp_path, "time,requests\n2026-01-01T00:00Z,50\n2026-01-01T00:05Z,100\n")

    assert read_recorded(path, unit="requests").rpm.tolist() == [10.0, 20.0]
    assert read_recorded(path, unit="rpm").rpm.tolist() == [50.0, 100.0]


HOURS = ["00:00", "01:00", "02:00", "02:30", "02:00", "02:30", "03:00"]


def test_the_hour_that_comes_twice_is_told_apart_by_the_order_of_rows(tmp_path):
    rows = "".join(f"2026-10-25 {hour},1\n" for hour in HOURS)
    path = written(tmp_path, "time,rpm\n" + rows)

    known = read_recorded(path, time_zone="Europe/Prague")
    unknown = read_recorded(path)

    assert np.diff(known.stamps).tolist() == [3600, 3600, 1800, 1800, 1800, 1800]
    assert (known.out_of_order, known.duplicates) == (0, 0)
    assert (unknown.out_of_order, unknown.duplicates) == (1, 2)


def test_the_hour_that_is_skipped_leaves_no_gap_where_the_zone_is_known(tmp_path):
    stamps = ["2026-03-29 01:30", "2026-03-29 01:45", "2026-03-29 03:00", "2026-03-29 03:15"]
    path = written(tmp_path, "time,rpm\n" + "".join(f"{stamp},1\n" for stamp in stamps))

    assert not read_recorded(path, time_zone="Europe/Prague").gaps
    assert len(read_recorded(path).gaps) == 1


@pytest.mark.parametrize(
    "stamps",
    [
        ["2026-01-01T00:00:00Z", "2026-01-01T00:01:00Z"],
        ["2026-01-01T01:00:00+01:00", "2026-01-01 01:01:00 +0100"],
        ["2026/01/01 00:00:00 UTC", "2026/01/01 00:01 GMT"],
        ["1767225600", "1767225660"],
        ["1767225600000", "1767225660000"],
        ["1767225600.25", "1767225660.75"],
    ],
)
def test_stamps_are_read_in_the_usual_forms(tmp_path, stamps):
    path = written(tmp_path, "time,rpm\n" + "".join(f"{stamp},1\n" for stamp in stamps))

    assert read_recorded(path).stamps.tolist() == [1767225600, 1767225660]


def test_empty_cells_are_missing_and_not_zero(tmp_path):
    path = written(
        tmp_path,
        "time,rpm\n2026-01-01T00:00Z,1\n2026-01-01T00:01Z,\n2026-01-01T00:02Z,NaN\n"
        "2026-01-01T00:03Z,0\n2026-01-01T00:04Z,4\n",
    )

    got = read_recorded(path)

    assert got.values.tolist() == [1.0, 0.0, 4.0]
    assert (got.missing_values, got.gaps[0].missing_slots) == (2, 2)


def test_packed_csv_and_parquet_are_the_same_recording(tmp_path):
    pa = pytest.importorskip("pyarrow")
    pq = pytest.importorskip("pyarrow.parquet")
    plain = read_recorded(WORLD_CUP, unit="requests")
    packed = written(tmp_path, gzip.compress(WORLD_CUP.read_bytes()), "cup.csv.gz")
    table = pa.table(
        {
            "minute_utc": pa.array(plain.stamps, pa.timestamp("s", tz="UTC")).cast(
                pa.timestamp("ns", tz="UTC")
            ),
            "requests": pa.array(plain.values.astype(np.int64)),
            "note": pa.array([["nested"]] * len(plain)),
        }
    )
    pq.write_table(table, tmp_path / "cup.parquet", compression="zstd", write_page_checksum=True)

    for path in (packed, tmp_path / "cup.parquet"):
        got = read_recorded(path, unit="requests")

        assert plain.stamps.tolist() == got.stamps.tolist()
        assert plain.values.tolist() == got.values.tolist()
        assert str(plain.zone) == str(got.zone)


def test_a_flipped_bit_in_a_parquet_page_is_noticed(tmp_path):
    pa = pytest.importorskip("pyarrow")
    pq = pytest.importorskip("pyarrow.parquet")
    table = pa.table({"time": list(range(0, 60000, 60)), "rpm": [float(i) for i in range(1000)]})
    pq.write_table(table, tmp_path / "a.parquet", compression="zstd", write_page_checksum=True)
    raw = bytearray((tmp_path / "a.parquet").read_bytes())
    raw[len(raw) // 3] ^= 4

    with pytest.raises(TrafficError, match=r"a whole Parquet file|expected"):
        read_recorded(written(tmp_path, bytes(raw), "a.parquet"))


HEAD = "time,rpm\n2026-01-01T00:00Z,1\n"
BAD_FILES = {
    "binary noise": (bytes(range(256)) * 4, "text in UTF-8"),
    "zero bytes": (b"time,rpm\n\0\0", "a zero byte at offset 9"),
    "an empty file": (b"", "an empty file"),
    "a header alone": ("time,rpm\n", "the header alone"),
    "one row": (HEAD, "at least two rows"),
    "one stamp": (HEAD + "2026-01-01T00:00Z,2\n", "all with one stamp"),
    "no values": ("time,rpm\n2026-01-01T00:00Z,\n2026-01-01T00:01Z,\n", "at least two rows"),
    "text for a number": (HEAD + "2026-01-01T00:01Z,many\n", r"line 3, column 'rpm'.*'many'"),
    "a decimal comma": ("time;rpm\n2026-01-01T00:00Z;1,5\n2026-01-01T00:01Z;2,5\n", "'1,5'"),
    "negative traffic": (HEAD + "2026-01-01T00:01Z,-4\n", "at least 0, got '-4'"),
    "infinite traffic": (HEAD + "2026-01-01T00:01Z,1e999\n", "finite number"),
    "huge traffic": (HEAD + "2026-01-01T00:01Z,1e300\n", "up to 1e15"),
    "no time column": ("a,b\n1,2\n3,4\n", "a column of time stamps"),
    "no header": ("2026-01-01T00:00Z,1\n2026-01-01T00:01Z,2\n", "a first line that is data"),
    "mixed zones": (HEAD + "2026-01-01T00:01,2\n", "all name a zone, or none"),
    "a bad stamp": (HEAD + "yesterday,2\n", r"line 3, column 'time'.*'yesterday'"),
    "a stamp of another age": (HEAD + "0026-01-01T00:00Z,2\n", "a time stamp"),
    "an impossible day": (HEAD + "2026-02-30T00:00Z,2\n", "a time stamp"),
    "text among numbers": ("time,rpm\n60,1\nlater,2\n", "'later'"),
    "a row cut off": (HEAD + "2026-01-01T00\n", "2 cells as in the header, got 1"),
    "two columns of one name": ("time,rpm,rpm\n1,2,3\n", "columns with different names"),
    "two columns of numbers": ("time,a,b\n60,1,2\n120,3,4\n", "Say column"),
    "only text": ("time,a,b\n60,x,y\n120,x,y\n", "no column of numbers"),
    "an open quotation": (HEAD + '"2026-01-01T00:01Z,2\n', "line 3"),
    "a damaged archive": (gzip.compress(b"time,rpm\n" * 99)[:-9], "a whole gzip archive"),
    "a Parquet stub": (b"PAR1 and no more", "a whole Parquet file"),
}


@pytest.mark.parametrize("case", BAD_FILES)
def test_a_bad_file_gives_a_sentence(tmp_path, case):
    content, pattern = BAD_FILES[case]

    with pytest.raises(TrafficError, match=f"(?s){pattern}") as caught:
        read_recorded(written(tmp_path, content))

    for problem in caught.value.problems:
        assert all((problem.expected, problem.got, problem.where, problem.next_step))


def test_many_bad_cells_are_shown_five_at_a_time_stamps_and_loads_together(tmp_path):
    rows = "".join(f"2026-01-01T00:{i:02}Z,x{i}\n" for i in range(1, 30)) + "never,1\n"

    with pytest.raises(TrafficError) as caught:
        read_recorded(written(tmp_path, HEAD + rows), column="rpm")

    text = str(caught.value)
    assert len(caught.value.problems) == 7
    assert "29 cells" in text
    assert "'never'" in text


@pytest.mark.parametrize("path", ["nowhere.csv", ".", "a\0b"])
def test_a_file_that_is_not_there_is_named(tmp_path, path):
    with pytest.raises(MissingFileError, match="a file that can be read"):
        read_recorded(tmp_path / path)


@pytest.mark.parametrize(
    ("how", "pattern"),
    [
        ({"column": "request"}, "Did you mean 'requests'"),
        ({"time_column": "minute"}, "Did you mean 'minute_utc'"),
        ({"time_zone": "Mars/Olympus"}, "a time zone such as"),
        ({"time_zone": "../x"}, "a time zone such as"),
        ({"unit": "rps"}, "rpm or requests"),
    ],
)
def test_a_wrong_setting_gives_a_sentence(how, pattern):
    with pytest.raises(TrafficError, match=pattern):
        read_recorded(WORLD_CUP, **how)


def test_importing_the_package_loads_no_reader_of_tables():
    script = (
        "import sys, tuner.traffic.recorded, tuner.traffic.families, tuner.traffic.describe\n"
        "print([m for m in ('pandas', 'pyarrow', 'numba', 'scipy') if m in sys.modules])"
    )

    got = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert got.stdout.strip() == "[]"
