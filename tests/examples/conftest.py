"""Copies of the web example that a test may spoil."""

from pathlib import Path

import pytest

from tests.examples.tree import WEB, Tree, planted
from tests.npm import demand, install


@pytest.fixture(scope="session")
def node_modules() -> Path:
    """What the web example needs."""
    install(WEB)
    return WEB / "node_modules"


@pytest.fixture
def tree(node_modules: Path, tmp_path: Path) -> Tree:
    """The web example in a folder of its own."""
    demand("node", "npm")
    return planted(tmp_path, node_modules)
