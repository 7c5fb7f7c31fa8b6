"""`tune --best-only` by the real door."""

from __future__ import annotations

import json

from tests.doors.command import CONFIGS, call

ROBUST = CONFIGS / "conf42-robust.toml"


def test_the_recommendation_is_that_of_a_whole_search_and_a_higher_cliff_is_refused(
    tmp_path, capsys
):
    told = {}
    for name, option in (("whole", []), ("only", ["--best-only"])):
        got = call(
            capsys,
            "tune",
            "--config",
            ROBUST,
            "--out",
            tmp_path / name,
            "--output",
            "json",
            *option,
        )
        told[name] = json.loads(got.out)

    for key in ("verdict", "reason", "recommended", "cheapest", "front", "fixed_group"):
        assert told["only"][key] == told["whole"][key], key
    assert told["only"]["n_candidates"] < told["whole"]["n_candidates"]

    lower = {
        name: json.loads(
            call(capsys, "report", tmp_path / name, "--cliff", "40", "--output", "json").out
        )
        for name in told
    }
    assert lower["only"]["recommended"] == lower["whole"]["recommended"]
    refused = call(capsys, "report", tmp_path / "only", "--cliff", "60")
    assert refused.code == 2
    assert "a limit of at most 50 %" in refused.err
