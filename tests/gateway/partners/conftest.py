"""What tests of the commands for partners share."""

import sys
from collections.abc import Iterator

import pytest
import structlog


@pytest.fixture(autouse=True)
def _forgotten() -> Iterator[None]:
    """What a test imports from its folder is not what the next one finds, and logs are as they were."""
    yield
    for name in [name for name in sys.modules if name.startswith("giving_gateway_")]:
        del sys.modules[name]
    structlog.reset_defaults()
