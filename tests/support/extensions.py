"""A third party's package, installed for the processes of a test and for nobody else."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from connector.registry import ENTRY_POINTS


def install(folder: Path, package: str, patch: pytest.MonkeyPatch) -> None:
    """Let every process started from now on find a package of actions, as if it were installed.

    Args:
        folder: An empty folder, which gets what an installer would write.
        package: A package that can be imported already, such as ``tests.faults.poison``.
        patch: Takes it back.
    """
    patch.setenv("PYTHONPATH", _written(folder, package))


def _written(folder: Path, package: str) -> str:
    name = package.rpartition(".")[2]
    facts = folder / f"{name}-1.0.dist-info"
    facts.mkdir(parents=True)
    (facts / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    (facts / "entry_points.txt").write_text(f"[{ENTRY_POINTS}]\n{name} = {package}\n")
    return os.pathsep.join(filter(None, [str(folder), os.environ.get("PYTHONPATH", "")]))
