"""Programs of others that tests run, as npm has them in a ``package-lock.json``."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest


def missing(*programs: str) -> list[str]:
    """Those of them that are not there."""
    return [name for name in programs if shutil.which(name) is None]


def demand(*programs: str) -> None:
    """Skips the test where one of them is not installed; in CI it fails."""
    lacks = missing(*programs)
    if lacks and os.environ.get("CI") == "true":
        pytest.fail(f"not installed: {', '.join(lacks)}")
    if lacks:
        pytest.skip(f"not installed: {', '.join(lacks)}")


def install(folder: Path) -> None:
    """Installs what its lock names, where there is npm and something is missing or out of date."""
    if shutil.which("npm") is None:
        return
    lock, installed = folder / "package-lock.json", folder / "node_modules" / ".package-lock.json"
    if not installed.exists() or installed.stat().st_mtime < lock.stat().st_mtime:
        subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"], cwd=folder, check=True)
