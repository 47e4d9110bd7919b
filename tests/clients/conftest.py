"""Clients of others, as npm has them in ``package-lock.json``."""

import shutil
import subprocess

import pytest

from tests.clients.following import HERE


@pytest.fixture(scope="session")
def node_modules() -> None:
    """Installs the clients where there is npm and they are missing or out of date."""
    if shutil.which("npm") is None:
        return
    lock, installed = HERE / "package-lock.json", HERE / "node_modules" / ".package-lock.json"
    if not installed.exists() or installed.stat().st_mtime < lock.stat().st_mtime:
        subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"], cwd=HERE, check=True)
