"""`export` by the real door: where the plan comes from, where the files go, what is refused."""

from __future__ import annotations

import json

import pytest
import yaml

from tests.deployment.test_export_refusals import TRIGGER, with_out
from tests.doors.command import CONF42, CONFIGS, call, changed_config
from tuner.cli.export_verb import FORMS as NAMES
from tuner.deployment.cloudformation_read import read_cloudformation
from tuner.deployment.export import FORMS, read_form
from tuner.plan_json import plan_to_json
from tuner.resources import ScheduleStart, plan_of

DEMO = CONFIGS / "demo.toml"
TO_YAML = ("--to", "cloudformation", "--group", "web")


def plan_file(folder, plan=TRIGGER, **more):
    path = folder / "plan.json"
    path.write_text(json.dumps({**plan_to_json(plan), **more}))
    return path


def test_the_verb_knows_every_form():
    assert tuple(FORMS) == NAMES


def test_the_baseline_of_a_job_goes_to_standard_output(capsys):
    got = call(capsys, "export", "--config", CONF42, *TO_YAML)

    assert (got.code, got.err) == (0, "")
    plan = plan_of(read_cloudformation(got.out)).plan
    assert plan.describe().startswith("scale out by 1 above 25 % for 5 minutes")


def test_a_plan_file_needs_no_job(tmp_path, capsys):
    got = call(capsys, "export", "--plan", plan_file(tmp_path), *TO_YAML)

    assert got.code == 0
    assert plan_of(read_cloudformation(got.out)).plan == TRIGGER


@pytest.mark.parametrize("form", NAMES)
def test_files_go_into_a_folder_and_read_back(tmp_path, capsys, form):
    out, plan = tmp_path / "out", plan_file(tmp_path)
    got = call(capsys, "export", "--plan", plan, "--to", form, "--group", "web", "--out", out)
    files = {
        str(path.relative_to(out)): path.read_text() for path in out.rglob("*") if path.is_file()
    }

    assert (got.code, got.out) == (0, "")
    assert len(files) == got.err.count("Written: ")
    assert plan_of(read_form(files, form, group="web")).plan == TRIGGER


def test_files_that_are_there_stay_unless_asked(tmp_path, capsys):
    arguments = ("export", "--plan", plan_file(tmp_path), *TO_YAML, "--out", tmp_path)
    there = tmp_path / "cliffside.yaml"
    there.write_text("mine")
    refused = call(capsys, *arguments)

    assert (refused.code, there.read_text()) == (2, "mine")
    assert "--overwrite" in refused.err
    assert call(capsys, *arguments, "--overwrite").code == 0
    assert plan_of(read_cloudformation(there.read_text())).plan == TRIGGER


def test_several_files_on_standard_output_stand_under_their_names(tmp_path, capsys):
    got = call(
        capsys, "export", "--plan", plan_file(tmp_path), "--to", "terraform", "--group", "web"
    )
    heads = [line for line in got.out.splitlines() if line.startswith("==>")]

    assert heads == ["==> main.tf <==", "==> terraform.tfvars.json <=="]


def test_what_a_form_cannot_express_ends_with_2_and_nothing_written(tmp_path, capsys):
    plan, out = plan_file(tmp_path, with_out(treat_missing_data="breaching")), tmp_path / "out"
    got = call(
        capsys, "export", "--plan", plan, "--to", "beanstalk", "--group", "web", "--out", out
    )

    assert (got.code, got.out, out.exists()) == (2, "", False)
    assert "scale_out.alarm.treat_missing_data: expected treat_missing_data missing" in got.err


def test_limits_are_refused_or_said_to_be_set_by_hand(capsys):
    arguments = ("export", "--config", DEMO, *TO_YAML)
    refused, by_hand = call(capsys, *arguments), call(capsys, *arguments, "--limits-by-hand")

    assert (refused.code, by_hand.code) == (2, 0)
    assert "got MinSize 3" in refused.err
    assert by_hand.err == "Note: set on the group web by hand: MinSize 3.\n"
    assert plan_of(read_cloudformation(by_hand.out)).plan.min_size is None


def test_a_schedule_needs_the_time_of_day_of_its_start(tmp_path, capsys):
    plan = plan_file(tmp_path, schedule=[{"tick": 90, "min_size": 4}])
    refused = call(capsys, "export", "--plan", plan, *TO_YAML)
    start = ("--schedule-start", "22:00", "--time-zone", "Europe/Berlin")
    got = call(capsys, "export", "--plan", plan, *TO_YAML, *start)
    read = plan_of(
        read_cloudformation(got.out),
        schedule_start=ScheduleStart(clock="22:00", time_zone="Europe/Berlin"),
    )

    assert (refused.code, got.code) == (2, 0)
    assert "--schedule-start 00:00" in refused.err
    assert "Recurrence: '30 23 * * *'" in got.out
    assert [action.tick for action in read.plan.schedule] == [90]


def test_the_recommended_plan_of_a_run_is_written_with_its_job(tmp_path, capsys):
    answer = {
        "recommended": {"plan": plan_to_json(TRIGGER)},
        "job": {"config": str(DEMO), "seed": 1},
    }
    (tmp_path / "recommendation.json").write_text(json.dumps(answer))
    got = call(capsys, "export", "--run", tmp_path, "--to", "beanstalk", "--group", "web")

    assert got.code == 0
    options = yaml.safe_load(got.out)["option_settings"]
    assert options["aws:autoscaling:launchconfiguration"] == {"MonitoringInterval": "1 minute"}


def test_a_run_whose_job_has_gone_is_written_all_the_same(tmp_path, capsys):
    answer = {"recommended": {"plan": plan_to_json(TRIGGER)}, "job": {"config": "/nowhere.toml"}}
    (tmp_path / "recommendation.json").write_text(json.dumps(answer))
    got = call(capsys, "export", "--run", tmp_path, *TO_YAML)

    assert got.code == 0


def test_names_of_the_job_stand_in_for_options(tmp_path, capsys):
    target = '\n[aws]\ngroup = "shop"\nload_balancer = "app/shop/1"\ntarget_group ='
    config = changed_config(tmp_path, more=f'{target} "targetgroup/web/2"\n')
    tracking = {"target_value": 500, "predefined_metric_type": "ALBRequestCountPerTarget"}
    plan = tmp_path / "plan.json"
    plan.write_text(json.dumps({"target_tracking": tracking}))
    got = call(capsys, "export", "--config", config, "--plan", plan, "--to", "cloudformation")

    assert got.code == 0
    assert "AutoScalingGroupName: shop" in got.out
    assert "ResourceLabel: app/shop/1/targetgroup/web/2" in got.out


def test_the_schedule_of_the_job_is_said_not_to_be_written(tmp_path, capsys):
    more = '\n[[schedule]]\nat = "3m"\nmin_size = 2\n'
    config = changed_config(tmp_path, more=more)
    got = call(capsys, "export", "--config", config, *TO_YAML)

    assert got.code == 0
    assert "1 scheduled action(s) of the job's [[schedule]]" in got.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--to", "cloudformation", "--group", "web"), "--plan, --run, or --config"),
        (("--to", "cloudformation", "--plan", "p", "--run", "r"), "--plan or --run"),
        (("--to", "pdf"), "'pdf' is not one of"),
        (("--config", CONF42, "--to", "terraform"), "--group"),
        (("--config", CONF42, "--to", "terraform", "--group", "arn:aws:x"), "without a colon"),
        (("--plan", "nowhere.json", *TO_YAML), "nowhere.json"),
        (("--run", "nowhere", *TO_YAML), "nowhere"),
        (("--config", CONF42, *TO_YAML, "--schedule-start", "8"), "a time of day"),
    ],
)
def test_wrong_input_ends_with_2_and_a_sentence(capsys, arguments, words):
    got = call(capsys, "export", *arguments)

    assert (got.code, got.out) == (2, "")
    assert words in got.err


def test_a_job_without_a_baseline_asks_for_a_plan(tmp_path, capsys):
    text = CONF42.read_text()
    config = tmp_path / "job.toml"
    start, end = text.index("[baseline"), text.index("[space]")
    config.write_text(text[:start] + text[end:])
    got = call(capsys, "export", "--config", config, *TO_YAML)

    assert (got.code, "give --plan or --run" in got.err) == (2, True)
