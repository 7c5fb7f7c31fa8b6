"""The Locust file: users from rpm, values that parse back, and a run against a small server."""

from __future__ import annotations

import ast
import csv
import json
import random
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from tests.doors.command import call
from tuner.deployment.locust_test import EXIT_BEYOND_LIMITS, LocustTest, limits_of, locust_test
from tuner.deployment.locust_test_file import EXPECTED_UNITS, expected_table, literal, locust_file
from tuner.errors import ConfigurationError
from tuner.host import HostModel
from tuner.measure.locust_history import read_history
from tuner.plan_json import plan_to_json
from tuner.policy import ScalingPlan
from tuner.scenario import Group, Scenario
from tuner.simulation.run import trace
from tuner.simulation.trace import Trace
from tuner.traffic.shapes import Shape, TrafficShapes

SEED = 20_261_130
CONFIGS = Path(__file__).parents[2] / "configs"
JOB = """
service = "tiny"
[host]
slope_percent_per_1000_rpm = 0.75
cliff_percent = 50.0
[[traffic.stages]]
name = "step"
start_rpm = 2400
stages = ["hold 1m", "jump to 7200", "hold 1m", "jump to 2400", "hold 1m"]
[baseline.scale_out.alarm]
threshold_percent = 25.0
comparison_operator = "GreaterThanThreshold"
[baseline.scale_out.policy]
scaling_adjustment = 1
[space]
scale_out_adjustment = 1
"""
HOSTILE = [
    "'",
    '"',
    "'''",
    '"""',
    "\\",
    "\n",
    "\r",
    "\t",
    "\0",
    "{{ 7 * 7 }}",
    "{% raw %}",
    "#}",
    "{#",
    "\u2028",
    "\u202e",
    "\ud800",
    "\U0001f4a3",
    "é",
    "`",
    "$(touch x)",
    "#",
    ");import os;(",
    "\x85",
    "\\u0022",
    "\\N{BULLET}",
    "\\x27",
    "%s",
    "{0}",
    "__import__('os').system('false')",
    "\\\n",
    "\x1b",
]


def run_of(rpm: list[float], *, name: str = "day", tick_seconds: int = 60) -> Trace:
    """Run a group without any policy on a load."""
    shapes = TrafficShapes.of([Shape(name=name, rpm=np.array(rpm))], tick_seconds=tick_seconds)
    host = HostModel(slope_percent_per_rpm=0.001, cliff_percent=50.0)
    group = Group(min_size=2, max_size=2, initial_capacity=2)
    scenario = Scenario(host=host, group=group, tick_seconds=tick_seconds)
    return trace(ScalingPlan(), scenario, shapes, 0)


def made(rpm: list[float], **more: object) -> LocustTest:
    return locust_test(run_of(rpm), limits_of(20.0), service="shop", plan="none", **more)


def values(text: str) -> dict[str, object]:
    """Read the constants of a Locust file as Python does, without running it."""
    assigned = [node for node in ast.parse(text).body if isinstance(node, ast.Assign)]
    return {
        node.targets[0].id: ast.literal_eval(node.value)
        for node in assigned
        if node.targets[0].id.isupper() and not isinstance(node.value, ast.Call)
    }


def test_users_are_the_rate_times_the_round_of_a_user():
    test = made([6_000.0, 60_000.0, 0.0])

    assert test.mean_wait_seconds == 1.0
    assert test.users.tolist() == [round(100 * 1.02), round(1_000 * 1.02), 0]
    assert test.made_rpm == pytest.approx([6_000.0, 60_000.0, 0.0])


def test_a_small_load_has_longer_waits_so_that_whole_users_make_it():
    test = made([600.0, 240.0])

    assert test.mean_wait_seconds == 10.0
    assert test.made_rpm == pytest.approx([600.0, 240.0], rel=0.01)


def test_the_longest_wait_is_a_minute():
    assert made([10.0]).mean_wait_seconds == 60.0
    assert made([0.0]).users.tolist() == [0]


def test_the_limits_follow_from_the_base_latency_and_from_what_is_said():
    assert limits_of(20.0).most_p95_ms == 60.0
    assert limits_of(20.0).response_seconds == 0.02
    assert limits_of(20.0, most_p95_ms=150.0, most_error_percent=5.0).most_p95_ms == 150.0
    assert limits_of(20.0, most_error_percent=5.0).most_error_fraction == 0.05
    assert limits_of(None).most_p95_ms is None


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"host": "staging.example.com"}, "http:// or https://"),
        ({"paths": ("shop",)}, "begins with /"),
        ({"paths": ()}, "begins with /"),
        ({"mean_wait_seconds": 0.0}, "above 0"),
        ({"time_scale": 0.0}, "above 0"),
        ({"time_scale": float("inf")}, "above 0"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(options, said):
    with pytest.raises(ConfigurationError, match=said):
        made([600.0], **options)


def test_the_file_holds_each_tick_with_its_users_and_what_is_expected():
    text = locust_file(made([6_000.0, 30_000.0]))
    rows = [line for line in text.splitlines() if line.startswith("    (")]

    assert values(text)["STAGES"] == [(102, 6000.0), (510, 30000.0)]
    assert [row.split("#")[1].split() for row in rows] == [
        ["0", "6,000", "2", "3.0"],
        ["1", "30,000", "2", "15.0"],
    ]
    assert "users = rpm / 60 * (mean wait + response)" in text


def test_the_file_imports_nothing_but_locust_and_the_standard_library():
    tree = ast.parse(locust_file(made([600.0])))
    names = {
        name.split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (
            [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else [a.name for a in node.names]
        )
    }

    assert {"locust"} == names - set(sys.stdlib_module_names)
    assert "constant_throughput" not in ast.dump(tree)


def test_what_is_expected_stands_beside_it_by_the_minute_of_the_test():
    table = expected_table(made([6_000.0, 30_000.0], time_scale=2.0))

    assert list(EXPECTED_UNITS) == list(table)
    assert table["minute"].tolist() == [0.0, 0.5]
    assert table["cpu_percent"].tolist() == [3.0, 15.0]
    assert table["in_service"].tolist() == [2, 2]


def test_ten_thousand_hostile_names_parse_back_to_themselves():
    print(f"seed {SEED}")
    draw = random.Random(SEED)
    story = run_of([600.0])
    names = ["".join(draw.choices(HOSTILE, k=draw.randint(1, 12))) for _ in range(10_000)]
    calls = set()
    for begin in range(0, len(names), 200):
        service, plan, host, *rest = names[begin : begin + 200]
        test = LocustTest(
            service=service,
            shape=rest[0],
            plan=plan,
            host=f"http://{host}",
            paths=tuple(f"/{name}" for name in rest[1:]),
            trace=story,
            users=np.array([10]),
            mean_wait_seconds=1.0,
            limits=limits_of(20.0),
        )
        text = locust_file(test)
        got = values(text)

        assert text.isascii()
        assert (service, rest[0], plan) == (got["SERVICE"], got["SHAPE"], got["PLAN"])
        assert (test.host, list(test.paths)) == (got["HOST"], got["PATHS"])
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call):
                calls.add(ast.unparse(node.func))

    assert not {name for name in calls if "import" in name or name in ("eval", "exec", "open")}


def test_a_literal_is_read_back_as_it_was_by_python():
    for value in [*HOSTILE, 0.1, 1e-9, 12, None, np.float64(0.5), np.str_("a'b")]:
        assert value == ast.literal_eval(literal(value))


class Ok(BaseHTTPRequestHandler):
    """Answers every request, with the status that the server says."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.send_response(self.server.status)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def server():
    """A server on this machine alone."""
    got = ThreadingHTTPServer(("127.0.0.1", 0), Ok)
    got.daemon_threads, got.status = True, 200
    threading.Thread(target=got.serve_forever, daemon=True).start()
    yield got
    got.shutdown()
    got.server_close()


def write(folder: Path, capsys: pytest.CaptureFixture[str], *options: object) -> dict:
    """Write the test of the small job with the command; give what it said."""
    (folder / "job.toml").write_text(JOB)
    got = call(
        capsys,
        *("write-test", "--config", folder / "job.toml", "--out", folder / "test.py"),
        *("--output", "json", "--response", "3", "--wait", "1", *options),
    )

    assert got.code == 0, got.err
    return json.loads(got.out)


def locust(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the Locust file without its web page, as a process of its own."""
    words = ["--headless", "--csv", "test", "--csv-full-history", "--only-summary"]
    return subprocess.run(
        [sys.executable, "-m", "locust", "-f", "test.py", *words],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.slow
def test_the_load_that_locust_makes_follows_the_shape(tmp_path, capsys, server):
    host = f"http://127.0.0.1:{server.server_port}"
    said = write(tmp_path, capsys, "--host", host, "--time-scale", "10")
    ended = locust(tmp_path)
    history = read_history(tmp_path / "test_stats_history.csv")
    seconds = history.seconds - history.seconds[0]
    with (tmp_path / "test.expected.csv").open() as file:
        expected = [float(row["rpm"]) for row in csv.DictReader(file)]

    assert ended.returncode == 0, ended.stderr
    assert said["peak_users"] == round(7_200 / 60 * 1.003)
    for stage, rpm in enumerate(expected):
        inside = (seconds >= stage * 6 + 1.5) & (seconds <= stage * 6 + 5.5)
        at, count = history.seconds[inside], history.requests[inside]

        assert rpm == pytest.approx((count[-1] - count[0]) / (at[-1] - at[0]) * 60, rel=0.15)
    assert history.requests[-1] <= 2_000


@pytest.mark.slow
def test_a_server_that_fails_stops_the_test_with_a_message_and_an_exit_code(
    tmp_path, capsys, server
):
    server.status = 503
    host = f"http://127.0.0.1:{server.server_port}"
    write(tmp_path, capsys, "--host", host, "--time-scale", "30", "--p95-limit", "0.001")
    ended = locust(tmp_path)

    assert ended.returncode == EXIT_BEYOND_LIMITS
    assert "100.00% of requests failed, above 1.00%" in ended.stderr
    assert "ms is above 0.001 ms and" in ended.stderr


def test_the_command_takes_shape_plan_and_paths_of_a_shipped_job(tmp_path, capsys):
    out = tmp_path / "surge.py"
    got = call(
        capsys,
        *("write-test", "--config", CONFIGS / "demo.toml", "--shape", "surge to 60k"),
        *("--path", "/", "--path", "/cart", "--out", out),
    )
    constants = values(out.read_text())

    assert got.code == 0, got.err
    assert constants["PATHS"] == ["/", "/cart"]
    assert None is constants["HOST"]
    assert len(constants["STAGES"]) == 98
    assert constants["MOST_P95_MS"] == 57.4
    assert "3 times the base latency of 19.1 ms" in got.out


def test_the_plan_of_a_file_or_of_a_run_takes_the_place_of_the_baseline(tmp_path, capsys):
    plan = plan_to_json(ScalingPlan(min_size=7))
    (tmp_path / "recommendation.json").write_text(json.dumps({"recommended": {"plan": plan}}))
    for option in (["--plan", tmp_path / "recommendation.json"], ["--run", tmp_path]):
        got = write(tmp_path, capsys, *option)

        assert got["plan"] == ScalingPlan(min_size=7).describe()
        assert got["peak_instances"] == 7


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--out", "test.txt"], ".py"),
        (["--out", "t.py", "--plan", "a.json", "--run", "b"], "--plan or --run"),
        (["--out", "t.py", "--shape", "nosuch"], "nosuch"),
        (["--out", "t.py", "--host", "example.com"], "http://"),
        (["--out", "t.py", "--run", "nosuch"], "nosuch"),
    ],
)
def test_wrong_options_end_in_a_sentence_and_nothing_is_written(
    options, said, tmp_path, capsys, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    got = call(capsys, "write-test", "--config", CONFIGS / "conf42.toml", *options)

    assert got.code == 2
    assert said in got.err
    assert list(tmp_path.glob("t*")) == []
