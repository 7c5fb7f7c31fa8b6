"""The machine and the versions that a measurement belongs to; no name of a host."""

from __future__ import annotations

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

LIBRARIES = ("numpy", "numba", "llvmlite", "pyarrow", "optuna", "pytest-benchmark")
VECTORS = ("avx512f", "avx2", "asimd")
"""Flags of a processor that change what the compiler makes of the lanes, the widest first."""

SAME = ("cpu", "vectors", "python", "numpy", "numba", "llvmlite")
"""What must be equal for ratios to be held against each other within a few percent."""


def machine() -> dict[str, str]:
    """Describe this machine, and the versions of what runs on it."""
    flags = _cpu_info("flags") or _cpu_info("Features")
    return {
        "cpu": _cpu_info("model name") or platform.processor() or platform.machine(),
        "vectors": next((word for word in VECTORS if word in flags.split()), "unknown"),
        "processors": str(os.cpu_count()),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        **{name: _version(name) for name in LIBRARIES},
    }


def _version(name: str) -> str:
    """Give the version of a library."""
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


def _cpu_info(key: str) -> str:
    """Give the first value of a key of Linux's list of processors, empty elsewhere."""
    path = Path("/proc/cpuinfo")
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    found = (line.partition(":")[2].strip() for line in lines if line.split("\t")[0] == key)
    return next(found, "")
