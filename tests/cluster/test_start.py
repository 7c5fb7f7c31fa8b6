"""S8: which schedulers are spoken to; who may reach local workers; what is said when one cannot."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import dask
import pytest
from click.testing import CliRunner
from distributed import LocalCluster
from distributed.security import Security

from tests.cluster.killing import give_seven
from tuner.cli.main import cli
from tuner.cluster import start
from tuner.cluster.address import check_address, check_worker_addresses
from tuner.cluster.start import local_workers, workers_at
from tuner.cluster.task import check_like_home, home
from tuner.errors import ConfigurationError

ROOT = Path(__file__).parents[2]
REFUSED = [
    "tcp://10.0.0.7:8786",
    "tcp://scheduler.example:8786",
    "tcp://127.0.0.1.example:8786",
    "tcp://0.0.0.0:8786",
    "tcp://localhost.example:8786",
]
NO_ADDRESS = [
    "",
    "8786",
    "localhost:8786",
    "http://127.0.0.1:1",
    "tls://:8786",
    "tls://a",
    "tcp://a:b",
]
NO_ADDRESS += [
    "tcp://127.0.0.1@10.0.0.7:8786",
    "tcp://127.0.0.1:1#@10.0.0.7:2",
    "tcp://127.0.0.1:1/",
]
ACCEPTED = ["tcp://127.0.0.1:8786", "tcp://[::1]:8786", "tcp://localhost:1", "tls://10.0.0.7:8786"]


@pytest.mark.parametrize("address", REFUSED)
def test_a_scheduler_off_loopback_without_tls_is_refused(address):
    with pytest.raises(ConfigurationError, match="expected TLS for a scheduler on another machine"):
        check_address(address)


@pytest.mark.parametrize("address", NO_ADDRESS)
def test_what_is_no_address_is_refused_with_the_form_of_one(address):
    with pytest.raises(
        ConfigurationError, match=r"expected tls://HOST:PORT, or tcp://127\.0\.0\.1"
    ):
        check_address(address)


@pytest.mark.parametrize("address", ACCEPTED)
def test_loopback_and_tls_are_accepted(address):
    assert check_address(address) == address


def test_workers_off_loopback_without_tls_are_refused():
    check_worker_addresses(["tcp://127.0.0.1:1", "tls://10.0.0.7:2"])
    with pytest.raises(ConfigurationError, match=r"TLS for a worker .* 'tcp://10\.0\.0\.7:2'"):
        check_worker_addresses(["tcp://127.0.0.1:1", "tcp://10.0.0.7:2"])


def test_a_worker_with_other_versions_or_in_another_folder_is_refused_by_name():
    check_like_home(home())
    for change in ({"model": "0"}, {"folder": "/elsewhere"}, {"packages": "numpy 0"}):
        ((name, value),) = change.items()
        with pytest.raises(ConfigurationError, match=f"expected {name} {value}, got .*same folder"):
            check_like_home(replace(home(), **change))


@pytest.fixture
def scheduler() -> Iterator[str]:
    with LocalCluster(
        n_workers=1,
        threads_per_worker=1,
        processes=False,
        host="127.0.0.1",
        protocol="tcp://",
        dashboard_address="127.0.0.1:0",
    ) as cluster:
        yield cluster.scheduler_address


def test_a_scheduler_on_loopback_is_used_and_stays_when_the_call_ends(scheduler):
    for _ in range(2):
        with workers_at(scheduler) as workers:
            assert workers.room() == 2
            assert workers.begin(give_seven).result() == 7


def test_a_scheduler_that_does_not_answer_is_one_sentence(monkeypatch):
    monkeypatch.setattr(start, "CONNECT_SECONDS", 0.3)
    with (
        pytest.raises(
            ConfigurationError, match=r"--scheduler tcp://127\.0\.0\.1:9: expected a sche"
        ),
        workers_at("tcp://127.0.0.1:9"),
    ):
        pass


def test_tls_needs_files_that_are_named_and_there(tmp_path):
    with (
        dask.config.set({"distributed.comm.tls.ca-file": str(tmp_path / "none.pem")}),
        pytest.raises(ConfigurationError) as caught,
        workers_at("tls://scheduler.example:8786"),
    ):
        pass
    told = [str(problem) for problem in caught.value.problems]

    assert len(told) == 2
    assert "DASK_DISTRIBUTED__COMM__TLS__CA_FILE" in told[0]
    assert "none.pem" in told[0]
    assert "DASK_DISTRIBUTED__COMM__TLS__CLIENT__CERT, or in Dask's own configuration" in told[1]


def test_a_scheduler_with_tls_is_used_with_the_files_of_dasks_settings(tmp_path):
    own = Security.temporary()
    pem = {"ca.pem": own.tls_ca_file, "own.pem": own.tls_client_cert + own.tls_client_key}
    for name, text in pem.items():
        (tmp_path / name).write_text(text)
    files = {
        "distributed.comm.tls.ca-file": str(tmp_path / "ca.pem"),
        "distributed.comm.tls.client.cert": str(tmp_path / "own.pem"),
    }
    with (
        LocalCluster(
            n_workers=1,
            threads_per_worker=1,
            processes=False,
            host="127.0.0.1",
            protocol="tls://",
            security=own,
            dashboard_address="127.0.0.1:0",
        ) as cluster,
        dask.config.set(files),
        workers_at(cluster.scheduler_address) as workers,
    ):
        assert workers.begin(give_seven).result() == 7


def test_local_workers_listen_on_loopback_only_and_the_scheduler_speaks_tls():
    with local_workers(1) as workers:
        address = workers.client.scheduler.address
        pids = [os.getpid(), *workers.client.run(os.getpid).values()]
        listening = [place for pid in pids for place in listening_places(pid)]
        masks = workers.client.run(signal.pthread_sigmask, signal.SIG_BLOCK, [])

    assert address.startswith("tls://127.0.0.1:")
    assert len(listening) >= 3
    assert {place.split(":")[0] for place in listening} == {"0100007F"}
    assert all(signal.SIGINT in mask for mask in masks.values())
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, [])


def test_ctrl_c_to_all_processes_gives_what_came_ends_the_workers_and_says_nothing_else():
    ended = subprocess.run(
        [sys.executable, "-m", "tests.cluster.interrupted"],
        check=False,
        capture_output=True,
        text=True,
        cwd=ROOT,
        start_new_session=True,
    )
    complete, n_candidates, *pids = ended.stdout.split()

    assert ended.stderr == ""
    assert complete == "False"
    assert int(n_candidates) == 128
    assert len(pids) == 2
    assert not [pid for pid in pids if is_running(pid)]


def is_running(pid: str) -> bool:
    """Tell whether there is such a process, one that has ended but was not waited for aside."""
    status = Path(f"/proc/{pid}/status")
    return status.exists() and "State:\tZ" not in status.read_text()


def listening_places(pid: int) -> list[str]:
    """Name the sockets of a process that listen, as ``/proc`` writes their addresses."""
    own = {str(each.readlink()) for each in Path(f"/proc/{pid}/fd").iterdir() if each.is_symlink()}
    found = []
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
            place, state, inode = (line.split()[k] for k in (1, 3, 9))
            if state == "0A" and f"socket:[{inode}]" in own:
                found.append(place)
    return found


@pytest.mark.parametrize("verb", [["tune", "--config", "configs/demo.toml"], ["night", "configs"]])
def test_the_program_refuses_what_it_may_not_use_before_it_works(verb, tmp_path):
    state = tmp_path / "state"
    call = [*verb, "--state-dir", str(state), "--scheduler", "tcp://10.0.0.7:8786"]
    refused = CliRunner().invoke(cli, call)
    both = CliRunner().invoke(cli, [*call, "--workers", "2"])

    assert isinstance(refused.exception, ConfigurationError)
    assert both.exit_code == 2
    assert "--workers and --scheduler: expected one of them, got both." in both.output
    assert not state.exists()


def test_a_missing_extra_is_one_sentence_that_says_what_to_install():
    code = (
        "import sys\nsys.modules['distributed'] = None\nfrom tuner.cli.main import run\n"
        "sys.argv = ['cliffside', 'tune', '--config', 'configs/demo.toml', '--workers', '2']\nrun()"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code], check=False, capture_output=True, text=True, cwd=ROOT
    )

    assert ended.returncode == 2
    assert ended.stderr.strip().splitlines()[-1] == (
        "Error: workers: expected the packages of cliffside[cluster], got no package distributed. "
        "Install them: pip install 'cliffside[cluster]'."
    )
