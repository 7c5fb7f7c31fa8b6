"""Every key is described: in the schema, in configs/example.toml and in docs/configuration.md."""

import re
import tomllib
from pathlib import Path

from tests.config.good import write_job
from tests.config.test_lines import locations
from tuner.config import job_schema, load_job
from tuner.config.document import configuration_page, job_keys
from tuner.config.lines import key_lines
from tuner.config_plan import OF_STEP

ROOT = Path(__file__).parents[2]
EXAMPLE = (ROOT / "configs" / "example.toml").read_text(encoding="utf-8")
LEFT_OUT = re.compile(r"^#(?=[a-z_0-9]+ = |\[)", re.MULTILINE)
LEFT_OUT_TABLES = re.compile(r"^#\[.*?\n\n", re.MULTILINE | re.DOTALL)
"""Tables that need an archive, or exclude others."""
OPTION_SETTINGS = ("beanstalk",)
"""Within it names are Elastic Beanstalk's own."""
RANGE_KEYS = {"from", "to", "step", "capped"}


def without_indices(location):
    return tuple(part for part in location if isinstance(part, str))


def schema_keys(schema, at=()):
    """Give the dotted keys of a JSON Schema, tables left out, with their schemas."""
    definitions = job_schema()["$defs"]
    for name, entry in schema["properties"].items():
        inner = next(
            (found for found in references(entry) if "properties" in definitions[found]), None
        )
        if inner is None:
            yield (*at, name), entry
        else:
            yield from schema_keys(definitions[inner], (*at, name))


def references(value):
    if isinstance(value, dict):
        if "$ref" in value:
            yield value["$ref"].rsplit("/", 1)[1]
        for inner in value.values():
            yield from references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)


def test_the_example_holds_exactly_the_keys_of_the_schema():
    text = LEFT_OUT.sub("", EXAMPLE)
    tables = {
        without_indices(location[:end])
        for location in key_lines(text)
        for end in range(len(location))
    }
    written = {
        without_indices(location)
        for location in locations(tomllib.loads(text))
        if without_indices(location)
        and location[-1] not in RANGE_KEYS
        and location[:-1][:1] != OPTION_SETTINGS
    }
    keys = {key for key, _ in schema_keys(job_schema())}

    assert keys == {key for key in written if key in keys or key not in tables}
    assert keys == {(*key.table, key.name) for key in job_keys()}


def test_every_key_of_the_example_has_a_comment_or_repeats_one_that_has():
    explained = set()
    for line in LEFT_OUT.sub("", EXAMPLE).splitlines():
        match = re.match(r"([a-z_0-9]+) = ", line)
        if match is None:
            continue
        explained |= {match[1]} if "# " in line else set()

        assert match[1] in explained or match[1].endswith(("_operator", "_type")), line


def test_every_key_has_a_description():
    for key, entry in schema_keys(job_schema()):
        assert entry.get("description"), key
    for key in job_keys():
        assert key.help.endswith("."), key
        assert key.kind
        assert "none" not in key.kind, key
        assert key.default


def test_the_page_is_in_step():
    page = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")

    assert page == configuration_page(), "python -m tuner.config > docs/configuration.md"


def test_the_page_names_every_key():
    page = configuration_page()
    for key in job_keys():
        assert f"| `{key.name}` |" in page


def test_the_schema_is_of_json_alone():
    import json

    schema = json.loads(json.dumps(job_schema()))

    assert schema["required"] == ["service"]
    assert schema["additionalProperties"] is False
    assert "default" in schema["$defs"]["SpaceTable"]["properties"]["scale_in_threshold_percent"]


def test_the_example_loads_with_every_key_but_those_that_exclude_each_other(tmp_path):
    kept_out = ("table = ", "hold_seconds = []", "ramp_factors = 1.0  ", *OF_STEP)
    lines = []
    for line in LEFT_OUT_TABLES.sub("", EXAMPLE).splitlines():
        bare = LEFT_OUT.sub("", line)
        lines.append(line if bare.startswith((*kept_out, "series = ", "preset")) else bare)
    text = "\n".join(lines).replace('"data/', f'"{ROOT}/configs/data/')

    assert load_job(write_job(tmp_path, text)).service == "example"
