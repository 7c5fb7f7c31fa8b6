"""The table `guard_rails` of a job's file, with the job and alone."""

from __future__ import annotations

import pytest

from tests.doors.command import CONF42
from tuner.config.load import load_guard_rails, load_job
from tuner.deployment.guard_rails import GuardRails
from tuner.errors import ConfigurationError, MissingFileError

TABLE = '\n[guard_rails]\ngroups = ["web", "shop-*"]\nhighest_max_size = 12\n'


def written(tmp_path, text: str):
    path = tmp_path / "job.toml"
    path.write_text(text)
    return path


def test_the_job_and_the_table_alone_give_the_same_rails_with_the_documented_defaults(tmp_path):
    path = written(tmp_path, CONF42.read_text() + TABLE)
    expected = GuardRails(
        mode="propose",
        groups=("web", "shop-*"),
        lowest_min_size=1,
        highest_max_size=12,
        most_size_change=10,
        most_threshold_change_percent=50.0,
        most_adjustment_change_percent=200.0,
    )

    assert expected == load_job(path).guard_rails
    assert expected == load_guard_rails(path)


def test_a_file_without_the_table_has_no_rails(tmp_path):
    path = written(tmp_path, CONF42.read_text())

    assert load_job(path).guard_rails is None
    assert load_guard_rails(path) is None


def test_the_table_is_read_where_the_rest_of_the_file_could_not_be(tmp_path):
    path = written(tmp_path, 'service = "web"\n[load_test]\ntable = "gone.csv"\n' + TABLE)

    assert load_guard_rails(path) is not None


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("highest_max_size = 12", "", "guard_rails.highest_max_size"),
        ('groups = ["web", "shop-*"]', "", "guard_rails.groups"),
        ('["web", "shop-*"]', "[]", "guard_rails.groups"),
        ('["web", "shop-*"]', '"web"', "guard_rails.groups"),
        ("highest_max_size = 12", "highest_max_size = 0", "guard_rails.lowest_min_size"),
        ("highest_max_size = 12", 'highest_max_size = "12"', "guard_rails.highest_max_size"),
        ("highest", 'mode = "always"\nhighest', "guard_rails.mode"),
        ("highest", "most_size_chnge = 1\nhighest", "guard_rails.most_size_chnge"),
        (
            "highest",
            "most_threshold_change_percent = -1\nhighest",
            "guard_rails.most_threshold_change_percent",
        ),
    ],
)
def test_what_is_wrong_is_said_with_its_key_by_both_readers(tmp_path, old, new, key):
    path = written(tmp_path, CONF42.read_text() + TABLE.replace(old, new))
    for read in (load_job, load_guard_rails):
        with pytest.raises(ConfigurationError) as refused:
            read(path)

        assert key in str(refused.value)


def test_a_file_that_is_not_there_is_said(tmp_path):
    with pytest.raises(MissingFileError):
        load_guard_rails(tmp_path / "gone.toml")
