"""The wheel alone: what is in it, and that it runs from anywhere without the repository."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]


def run(*command: object, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command; what it wrote is part of the failure, where it fails."""
    got = subprocess.run(
        [str(word) for word in command],
        check=False,
        capture_output=True,
        text=True,
        cwd=folder,
        env={**os.environ, **environment},
    )
    assert got.returncode == 0, got.stderr
    return got


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Build the wheel from the working tree, without network."""
    folder = tmp_path_factory.mktemp("wheel")
    options = ["--quiet", "--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", folder]
    run(sys.executable, "-m", "pip", "wheel", *options, ROOT, folder=folder)
    (path,) = folder.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """Install the wheel in an environment that sees the dependencies, but not the repository.

    A line in a ``.pth`` file adds a folder without reading the ``.pth`` files in it, so that an
    editable installation beside the dependencies is not found.
    """
    home = tmp_path_factory.mktemp("environment")
    run(sys.executable, "-m", "venv", "--without-pip", home, folder=home)
    python = home / "bin" / "python"
    options = ["--quiet", "--no-deps", "--no-index", wheel]
    run(sys.executable, "-m", "pip", "--python", python, "install", *options, folder=home)
    (packages,) = (home / "lib").glob("python*/site-packages")
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return home


def test_the_wheel_holds_what_runs_and_nothing_else(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    sources = {
        str(path.relative_to(ROOT))
        for package in ("kernels", "tuner")
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    beside = {
        f"tuner/{path.relative_to(ROOT)}"
        for folder in ("configs", "iam")
        for path in (ROOT / folder).rglob("*")
        if path.is_file()
    }
    rest = names - sources - beside

    assert sources | beside <= names
    assert {"kernels/py.typed", "tuner/py.typed", "tuner/report/report.html.j2"} <= names
    assert {"tuner/configs/demo.toml", "tuner/iam/read.json", "tuner/iam/apply.json"} <= names
    assert {name.split("/")[0] for name in rest} == {f"cliffside-{VERSION}.dist-info"}


@pytest.mark.slow
def test_the_wheel_alone_runs_the_demo(installed, tmp_path):
    program = installed / "bin" / "cliffside"
    environment = {"NUMBA_CACHE_DIR": str(installed / "compiled"), "PYTHONPATH": ""}
    where = "import tuner, kernels._jit as k; print(tuner.__file__, k.__file__)"
    files = run(installed / "bin" / "python", "-c", where, folder=tmp_path, **environment).stdout
    version = run(program, "--version", folder=tmp_path, **environment).stdout
    got = run(program, "demo", "--out", tmp_path / "out", folder=tmp_path, **environment)
    answer = json.loads((tmp_path / "out" / "recommendation.json").read_text())

    assert all(str(installed) in word for word in files.split())
    assert str(ROOT) not in files
    assert version == f"cliffside, version {VERSION}\n"
    assert got.stdout.startswith("CPU line")
    assert (answer["n_shapes"], answer["verdict"]) == (8, "change")
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "report.html",
        "front.parquet",
        "trials.parquet",
        "recommendation.json",
    }
