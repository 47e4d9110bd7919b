"""A walk through docs/connectors.md with a network of another shape: what came of it proves gold, and is served."""

import ast
import asyncio
import os
import subprocess
import sys
from pathlib import Path
from typing import Final

import aiohttp
import pytest

from connectors.testing.conformance import RULES
from gateway.partners.new import Amounts, Names, Shape, Total, rendered
from tests.end_to_end.commands import python
from tests.end_to_end.gateway_process import ROOT
from tests.end_to_end.test_partner_commands import GATEWAY
from tests.end_to_end.visitor import SECONDS
from tests.partner.conftest import EXAMPLE, WALK, Installs
from tests.partner.neighbour import neighbour

BEGUN: Final = Shape(None, Total.COUNTED, Amounts.MINOR)
CONTRACT: Final = ("connectors", "schema.model")
SHOWN: Final = """
{ platforms { key name freshness }
  campaigns(first: 10) { nodes { externalId title total { basis raised { amount currencyCode } refunded { amount } }
    donations(first: 10) { nodes { amount { amount } refunded { amount } donorName status } } } } }
"""


def written(folder: Path) -> set[str]:
    """The files of a distribution but samples, of which each network has its own, and what tools leave behind."""
    found = {path.relative_to(folder) for path in folder.rglob("*") if path.is_file()}
    return {str(path) for path in found if not any(part == "samples" or "cache" in part for part in path.parts)}


def imported(file: Path) -> set[str]:
    """The modules that a file imports."""
    nodes = list(ast.walk(ast.parse(file.read_text("utf-8"))))
    named = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    return named | {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module is not None}


def test_it_has_the_files_that_the_command_writes_and_no_others() -> None:
    begun = {path for path in rendered(Names("well"), BEGUN) if "/samples/" not in path}

    assert written(WALK) == begun


@pytest.mark.parametrize("distribution", [EXAMPLE, WALK], ids=lambda folder: folder.name)
def test_of_this_repository_nothing_but_the_contract_is_imported(distribution: Path) -> None:
    names = {name for file in distribution.rglob("*.py") for name in imported(file)}
    ours = {name for name in names if name.partition(".")[0] in ("gateway", "connectors", "schema")}

    assert "connectors.contract" in ours
    assert {name for name in ours if not name.startswith(CONTRACT)} == set()


def test_both_distributions_are_typed(tmp_path: Path) -> None:
    packages = [f"--package={package}" for package in ("giving_gateway_lantern", "giving_gateway_well")]
    options = ("--strict", f"--cache-dir={tmp_path}", f"--config-file={os.devnull}")
    path = os.pathsep.join(map(str, (ROOT, EXAMPLE, WALK)))

    found = subprocess.run(
        [sys.executable, "-m", "mypy", *options, *packages],
        cwd=tmp_path,
        env={**os.environ, "MYPYPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )

    assert found.returncode == 0, found.stdout


async def test_it_is_green_by_itself() -> None:
    tested = await python("-m", "pytest", "-q", "-p", "no:cacheprovider", cwd=WALK)

    assert tested.code == 0, tested.out


async def test_it_proves_gold(tmp_path: Path) -> None:
    checked = await python(*GATEWAY, "check", str(WALK), "--grade", "gold", cwd=tmp_path)

    assert (checked.code, len(checked.err.splitlines())) == (0, len(RULES)), checked.err + checked.out


async def test_installed_it_is_polled_and_its_gifts_are_counted(
    installed: Installs, tmp_path: Path, session: aiohttp.ClientSession
) -> None:
    async with neighbour(tmp_path, WALK, installed(WALK), session) as at:
        native, second = at.network.books
        at.network.give(435, well=second)
        at.network.give(1_999)
        at.network.give(5_000)
        await at.case.take_back(at.network)
        await at.case.take_back_later(at.network)
        await at.gateway.start()
        assert await at.counted() == {native: "68.99 KES", second: "4.35 KES"}

        async with asyncio.timeout(SECONDS):
            # STALE until all was read: of an empty ledger nobody knows what is missing
            while (found := await at.query(SHOWN))["platforms"][0]["freshness"] != "CACHED":
                await asyncio.sleep(0.1)
        assert found["platforms"] == [{"key": "well", "name": "Well", "freshness": "CACHED"}]
        told = {campaign["externalId"]: campaign for campaign in found["campaigns"]["nodes"]}
        assert {code: campaign["title"] for code, campaign in told.items()} == {
            code: f"Village of {code}" for code in (native, second)
        }
        campaign = told[native]
        assert campaign["total"] == {
            "basis": "COUNTED",
            "raised": {"amount": "68.99", "currencyCode": "KES"},
            "refunded": {"amount": "1.00"},
        }
        gifts = campaign["donations"]["nodes"]
        assert sorted((gift["amount"]["amount"], gift["status"]) for gift in gifts) == [
            ("19.99", "COMPLETED"),
            ("50.00", "PARTIALLY_REFUNDED"),
        ]
