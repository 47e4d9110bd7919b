"""Clients of others, as npm has them in ``package-lock.json``."""

import pytest

from tests.clients.following import HERE
from tests.npm import install


@pytest.fixture(scope="session")
def node_modules() -> None:
    """Installs the clients where there is npm and they are missing or out of date."""
    install(HERE)
