"""Jobs that are fake: the program that does them, and a folder of configs that name them."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
CONFIGS = ROOT / "configs"
FAKE = (sys.executable, "-I", "-S", str(Path(__file__).with_name("fake_job.py")))
NAMES = ("quick", "brief", "endless", "poison", "hog", "wrong", "silent")


def fake_services(folder: Path) -> Path:
    """Write a config for each thing that a fake job can do."""
    folder.mkdir(parents=True)
    for name in NAMES:
        (folder / f"{name}.toml").write_text((CONFIGS / "conf42.toml").read_text())
    return folder
