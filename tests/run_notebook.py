"""Runs a notebook in a kernel of this interpreter: python -m tests.run_notebook FROM TO FOLDER.

Cells run in the folder FOLDER; the kernel is described beside TO, so that none needs to be
installed. A process of its own, since the client of the kernel leaves sockets to the collector.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import nbformat
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient


def main(given: Path, result: Path, folder: Path) -> None:
    """Run all cells, and write what they gave."""
    kernels = result.parent / "kernels"
    (kernels / "python3").mkdir(parents=True)
    argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    spec = {"argv": argv, "display_name": "Python 3", "language": "python"}
    (kernels / "python3" / "kernel.json").write_text(json.dumps(spec), encoding="utf-8")
    manager = AsyncKernelManager(
        kernel_name="python3",
        kernel_spec_manager=KernelSpecManager(kernel_dirs=[str(kernels)]),
        connection_file=str(result.parent / "connection.json"),
    )
    notebook = nbformat.read(given, as_version=4)
    resources = {"metadata": {"path": str(folder)}}
    NotebookClient(notebook, km=manager, resources=resources).execute()
    nbformat.write(notebook, result)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
