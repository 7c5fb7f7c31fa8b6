"""S8: our code never unpickles, evaluates, executes, asks a shell, or reads YAML unsafely."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
import yaml

from tuner.errors import ConfigurationError
from tuner.resources import texts

ROOT = Path(__file__).parents[1]
SOURCES = sorted([*ROOT.glob("kernels/**/*.py"), *ROOT.glob("tuner/**/*.py")])

MODULES = {"pickle", "marshal", "shelve", "dill", "cloudpickle", "joblib", "jsonpickle", "code"}
BUILTINS = {"eval", "exec", "compile", "__import__"}
METHODS = {"eval", "read_pickle", "to_pickle", "system", "popen", "getoutput", "getstatusoutput"}
METHODS |= {"create_subprocess_shell", "unsafe_load", "full_load", "load_all", "unsafe_load_all"}
SWITCHES = {"shell", "allow_pickle"}
ALLOWED = {("tuner/resources/texts.py", "yaml.load")}
"""Its loader is a safe one, as a test below has it."""


def found_in(source: str) -> list[str]:
    """List what turns data into code in a source, with its line."""
    found = []
    for node in ast.walk(ast.parse(source)):
        names = []
        if isinstance(node, ast.Import):
            names = [each.name for each in node.names if each.name.split(".")[0] in MODULES]
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in MODULES:
            names = [str(node.module)]
        elif isinstance(node, ast.ImportFrom):
            names = [each.name for each in node.names if each.name in METHODS]
        elif isinstance(node, ast.Name) and node.id in BUILTINS:
            names = [node.id]
        elif isinstance(node, ast.Attribute):
            dotted = ast.unparse(node)
            names = [dotted] if node.attr in METHODS or dotted == "yaml.load" else []
        elif isinstance(node, ast.keyword) and node.arg in SWITCHES:
            is_off = isinstance(node.value, ast.Constant) and not node.value.value
            names = [] if is_off else [f"{node.arg}={ast.unparse(node.value)}"]
        found += [(node.lineno, name) for name in names]
    return [f"line {line}: {name}" for line, name in sorted(found)]


def test_no_source_turns_data_into_code():
    found = [
        f"{path.relative_to(ROOT)}, {each}"
        for path in SOURCES
        for each in found_in(path.read_text())
        if (str(path.relative_to(ROOT)), each.split(": ")[1]) not in ALLOWED
    ]

    assert len(SOURCES) > 200
    assert found == []


@pytest.mark.parametrize(
    "code",
    [
        "import pickle",
        "from pickle import loads",
        "import marshal, shelve",
        "eval(text)",
        "run = exec",
        "frame.eval(text)",
        "os.system(text)",
        "from os import popen",
        "subprocess.run(text, shell=True)",
        "subprocess.run(text, shell=is_quick)",
        "numpy.load(path, allow_pickle=True)",
        "yaml.load(text)",
        "yaml.unsafe_load(text)",
    ],
)
def test_each_way_is_seen(code):
    assert len(found_in(code)) >= 1


def test_what_does_not_turn_data_into_code_is_let_through():
    assert (
        found_in("subprocess.run(words, shell=False); yaml.safe_load(text); re.search(a, b)") == []
    )


def test_the_only_loader_of_yaml_of_our_own_is_a_safe_one():
    safe = (yaml.SafeLoader, getattr(yaml, "CSafeLoader", yaml.SafeLoader))

    assert issubclass(texts._Loader, safe)
    with pytest.raises(ConfigurationError):
        texts.read_yaml("a: !!python/object/apply:os.getcwd []", where="template.yaml")
