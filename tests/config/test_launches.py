"""The tables of launches that come late or fail, in a job's file."""

import pytest

from tests.config.good import GOOD, write_job
from tuner.config import load_job
from tuner.config.job import scenario
from tuner.errors import ConfigurationError
from tuner.host import HostModel
from tuner.launches import LaunchTimes

LATE = '[{table}.launches]\np95_seconds = "{p95}"\nfailed_percent = 1.5\nretry_seconds = "2m"\n\n'


def job_of(tmp_path, *tables):
    """Load the good job, of launch_seconds 3m, with tables of launches and their p95."""
    text = GOOD
    for table, p95 in tables:
        text = f"{text}\n{LATE.format(table=table, p95=p95)}"
    return load_job(write_job(tmp_path, text))


def test_launches_are_read_for_the_group_and_for_the_check(tmp_path):
    job = job_of(tmp_path, ("group", "5m"), ("stress", "8m"))

    assert job.group.launches == LaunchTimes(p95_seconds=300, failed_percent=1.5, retry_seconds=120)
    assert job.stress.launches.p95_seconds == 480
    assert job.group.launch_seconds == 180


def test_a_job_without_them_has_launches_that_do_not_scatter_and_a_check_like_its_search(tmp_path):
    job = job_of(tmp_path)

    assert job.group.launches == LaunchTimes()
    assert job.stress.launches is None


def test_the_seed_of_the_job_is_that_of_its_launches(tmp_path):
    job = job_of(tmp_path, ("group", "5m"))

    assert scenario(job, HostModel(slope_percent_per_rpm=0.001)).seed == job.seed == 1


@pytest.mark.parametrize("table", ["group", "stress"])
def test_a_p95_below_the_median_is_refused_at_its_line(tmp_path, table):
    with pytest.raises(ConfigurationError) as caught:
        job_of(tmp_path, (table, "2m"))

    (problem,) = caught.value.problems
    assert problem.where.endswith(f"{table}.launches.p95_seconds")
    assert problem.expected == "at least launch_seconds (180), which is the median"
    assert problem.got == "120"
