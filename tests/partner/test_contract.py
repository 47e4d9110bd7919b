"""The worked example as it is, but written for the contract before: neither checked nor served, and told what to change."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Final

import aiohttp
import pytest

from connectors.spec import CHANGES, CONTRACT_VERSION
from tests.end_to_end.commands import python
from tests.end_to_end.test_partner_commands import GATEWAY
from tests.end_to_end.visitor import SECONDS
from tests.partner.conftest import EXAMPLE, Installs
from tests.partner.neighbour import neighbour

BEFORE: Final = CONTRACT_VERSION - 1
PACKAGE: Final = "giving_gateway_lantern"
VERSION: Final = f"contract_version={CONTRACT_VERSION},"
TODO: Final = (
    f"for {CONTRACT_VERSION}, {CHANGES[CONTRACT_VERSION]}; then write contract_version={CONTRACT_VERSION} (docs/connectors.md)"
)


def of_the_version_before(package: Path) -> None:
    """It says that it was written for the version before."""
    spec = package / "__init__.py"
    assert VERSION in spec.read_text("utf-8")
    spec.write_text(spec.read_text("utf-8").replace(VERSION, f"contract_version={BEFORE},"), "utf-8")


def with_the_imports_of_version_1(package: Path) -> None:
    """It imports from where the names were in version 1."""
    spec = package / "__init__.py"
    assert "from connectors.spec import ConnectorSpec" in spec.read_text("utf-8")
    for path in package.rglob("*.py"):
        path.write_text(
            path.read_text("utf-8").replace("from connectors.spec import", "from connectors.contract import"), "utf-8"
        )


SAID: Final[dict[Callable[[Path], None], str]] = {
    of_the_version_before: f"connector lantern of giving-gateway-lantern was written for contract {BEFORE}, "
    f"this gateway has {CONTRACT_VERSION}: install a release of giving-gateway-lantern for {CONTRACT_VERSION}. "
    f"If it is yours, change it: {TODO}",
    with_the_imports_of_version_1: "connector lantern of giving-gateway-lantern cannot be imported: "
    "ImportError: cannot import name 'ConnectorSpec' from 'connectors.contract'",
}


def nothing(_: Path) -> None:
    """It is as it is."""


@pytest.fixture
def packages(tmp_path: Path, installed: Installs) -> Path:
    """A copy of what was installed, uncompiled: what changes within a second is not seen behind what was compiled."""
    return shutil.copytree(installed(EXAMPLE), tmp_path / "packages", ignore=shutil.ignore_patterns("__pycache__"))


async def checked(tmp_path: Path, spoil: Callable[[Path], None]) -> tuple[int, str]:
    """The exit code of ``connector check`` on a copy, and what it says on the error output."""
    copy = shutil.copytree(EXAMPLE, tmp_path / "copy", ignore=shutil.ignore_patterns(".*", "__pycache__"))
    spoil(copy / PACKAGE)
    ended = await python(*GATEWAY, "check", str(copy), "--rule", "spec-is-well-formed", cwd=tmp_path)
    return ended.code, " ".join(ended.err.split())


async def test_as_it_is_nothing_is_to_be_changed(tmp_path: Path) -> None:
    assert await checked(tmp_path, nothing) == (0, "1/1 spec-is-well-formed: held")


@pytest.mark.parametrize("spoil", SAID, ids=lambda spoil: spoil.__name__)
async def test_the_check_says_what_to_change(spoil: Callable[[Path], None], tmp_path: Path) -> None:
    code, said = await checked(tmp_path, spoil)

    assert code == 2
    assert said.startswith(SAID[spoil])
    assert said.endswith(TODO)


@pytest.mark.parametrize("spoil", SAID, ids=lambda spoil: spoil.__name__)
async def test_a_gateway_does_not_start_with_it_and_says_what_to_change(
    spoil: Callable[[Path], None], tmp_path: Path, packages: Path, session: aiohttp.ClientSession
) -> None:
    spoil(packages / PACKAGE)
    async with neighbour(tmp_path, EXAMPLE, packages, session) as at:
        await at.gateway.begin()
        code = await at.gateway.ended(SECONDS)

    said = " ".join(at.gateway.log.read_text("utf-8").split())
    assert code == 2
    assert f"accounts.ours.connector: {SAID[spoil]}" in said
    assert said.endswith(TODO)
