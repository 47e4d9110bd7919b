"""Distributions as partners ship them: installed once into a folder, from a copy, so that nothing is built beside them."""

import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Final

import aiohttp
import pytest

from tests.end_to_end.gateway_process import ROOT

EXAMPLE: Final = ROOT / "examples" / "partner_connector"
WALK: Final = Path(__file__).parent / "giving-gateway-well"

collect_ignore = [WALK.name]  # its tests are those of a distribution of its own, run in its folder

Installs = Callable[[Path], Path]


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installs:
    """Gives the folder into which a distribution is installed alone, as ``pip`` does it, once for all tests."""
    done: dict[Path, Path] = {}

    def install(distribution: Path) -> Path:
        if distribution not in done:
            source = tmp_path_factory.mktemp("source") / distribution.name
            shutil.copytree(distribution, source, ignore=shutil.ignore_patterns(".*", "__pycache__", "build", "*.egg-info"))
            done[distribution] = tmp_path_factory.mktemp("packages")
            offline = ("--no-index", "--no-deps", "--no-build-isolation", "--disable-pip-version-check", "--quiet")
            command = (sys.executable, "-m", "pip", "install", *offline, "--target", done[distribution], source)
            subprocess.run(command, check=True, capture_output=True, text=True)
        return done[distribution]

    return install


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    """Asks over HTTP."""
    async with aiohttp.ClientSession() as made:
        yield made
