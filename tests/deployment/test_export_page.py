"""docs/export.md shows what the program writes."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tuner.deployment.export import FORMS, write_form
from tuner.plan_json import plan_from_json
from tuner.resources import resources_of

PAGE = (Path(__file__).parents[2] / "docs" / "export.md").read_text(encoding="utf-8")
SHOWN = re.compile(r"`([^`\n]+)`:\n\n```\w+\n(.*?)```", re.DOTALL)
RESOURCES = resources_of(
    plan_from_json(json.loads(PAGE.partition("```json plan\n")[2].partition("```")[0])),
    group="web",
)


@pytest.mark.parametrize("form", [form for form in FORMS if form != "cloudformation-json"])
def test_the_examples_of_the_page_are_what_is_written(form):
    section = PAGE.partition(f"\n### {form}\n")[2].partition("\n### ")[0]
    shown = dict(SHOWN.findall(section))
    written = write_form(RESOURCES, form)

    assert shown
    assert shown == {name: written[name] for name in shown}


@pytest.mark.parametrize("form", FORMS)
def test_the_page_names_every_form_with_its_files(form):
    (row,) = [line for line in PAGE.splitlines() if line.startswith(f"| `{form}` |")]

    assert all(f"`{name}`" in row for name in FORMS[form].files)
