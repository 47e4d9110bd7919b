"""The audits of graphql-http, which hold an endpoint against the draft of GraphQL over HTTP: 61 of them."""

import asyncio
import json
from typing import Final, TypedDict

import pytest

from tests.audits.conftest import HERE
from tests.npm import demand

pytestmark = pytest.mark.asyncio(loop_scope="module")

ALL: Final = 61
INTROSPECTION: Final = {"28B9", "2EA1"}
FREE_GET: Final = {"5A70", "D6D5", "6A70"}


class Audit(TypedDict):
    """One of them. All but ``ok`` is a fault or a warning."""

    id: str
    name: str
    status: str
    reason: str


async def audits(url: str) -> list[Audit]:
    """All of them, run by node."""
    demand("node", "npm")
    process = await asyncio.create_subprocess_exec(
        "node", str(HERE / "audit.mjs"), url, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    said, complained = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 0, complained.decode()
    return [json.loads(line) for line in said.splitlines()]


def amiss(found: list[Audit]) -> list[Audit]:
    """Those that are not passed."""
    return [each for each in found if each["status"] != "ok"]


async def test_in_development_all_of_them_pass(development: str, node_modules: None) -> None:
    found = await audits(development)

    assert amiss(found) == []
    assert len({each["id"] for each in found}) == ALL


async def test_in_production_all_pass_but_those_that_need_introspection_or_get_without_an_id(
    production: str, node_modules: None
) -> None:
    found = await audits(production)

    assert {each["id"] for each in amiss(found)} == INTROSPECTION | FREE_GET
    assert len({each["id"] for each in found}) == ALL
