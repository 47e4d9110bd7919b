"""The worked example, installed beside a gateway: its network is in the one schema, and nothing was changed for it."""

import asyncio
from pathlib import Path
from typing import Any, Final

import aiohttp
from graphql import graphql_sync

from connectors.testing.conformance import RULES
from schema.api.build import build
from tests.end_to_end.commands import python
from tests.end_to_end.test_partner_commands import GATEWAY
from tests.end_to_end.visitor import SECONDS
from tests.end_to_end.waiting import until
from tests.partner.conftest import EXAMPLE, Installs
from tests.partner.neighbour import Neighbour, neighbour

SHOWN: Final = """
query Shown($id: String!) {
  platforms { key name homepage freshness }
  campaignByExternalId(platform: "lantern", externalId: $id) {
    title url status goal { amount currencyCode } parent { externalId }
    platform { name } milestones { title amount { amount } isReached }
    total { raised { amount currencyCode } basis sources }
    donations(first: 10) { nodes { amount { amount currencyCode } donorName message status } } } }
"""
TYPES: Final = "{ __schema { types { name fields { name type { name kind } } enumValues { name } } } }"


async def shown(at: Neighbour, campaign: str) -> Any:
    """The platforms and one campaign, once its milestones were read, and it is known that nothing is missing."""
    async with asyncio.timeout(SECONDS):
        while True:
            found = await at.query(SHOWN, id=campaign)
            if found["campaignByExternalId"]["milestones"] and found["platforms"][0]["freshness"] != "STALE":
                return found
            await asyncio.sleep(0.05)


async def test_it_is_green_by_itself() -> None:
    tested = await python("-m", "pytest", "-q", "-p", "no:cacheprovider", cwd=EXAMPLE)

    assert tested.code == 0, tested.out
    assert " passed" in tested.out


async def test_it_proves_what_it_claims(tmp_path: Path) -> None:
    checked = await python(*GATEWAY, "check", str(EXAMPLE), "--grade", "platinum", cwd=tmp_path)

    assert (checked.code, len(checked.err.splitlines())) == (0, len(RULES)), checked.err + checked.out
    assert checked.out.endswith("Proven: platinum. Claimed: platinum. Asked for: platinum.\n")


async def test_installed_it_is_in_the_schema_as_it_is(
    installed: Installs, tmp_path: Path, session: aiohttp.ClientSession
) -> None:
    async with neighbour(tmp_path, EXAMPLE, installed(EXAMPLE), session) as at:
        festival = at.network.hang("The whole festival")
        garland = at.network.hang("Number 7", on=festival)
        await at.case.promise(at.network, "We dance on the bridge", 25_000)
        (first, *_) = at.network.books
        at.network.light(1_999, garland, name="Aya", wish="Warm hands")
        await at.gateway.start()
        assert (await at.counted())[garland] == "19.99 EUR"
        at.gateway.terminate()
        assert await at.gateway.ended(SECONDS) == 0
        await at.gateway.start()  # milestones are read at the start and then rarely, of the campaigns that are known by then

        at.network.callback = at.door
        at.network.light(30_000, first)
        at.network.count_box(150)
        assert (await at.counted())[first] == "301.50 EUR"
        assert {attempt.status for attempt in at.network.sender.attempts} == {204}

        found = await shown(at, first)
        assert found["platforms"] == [
            {"key": "lantern", "name": "Lantern", "homepage": "https://lantern.example", "freshness": "LIVE"}
        ]
        assert found["campaignByExternalId"] == {
            "title": "Lanterns for the Night Shelter",
            "url": f"https://lantern.example/g/{first}",
            "status": "ACTIVE",
            "goal": {"amount": "5000.00", "currencyCode": "EUR"},
            "parent": None,
            "platform": {"name": "Lantern"},
            "milestones": [{"title": "We dance on the bridge", "amount": {"amount": "250.00"}, "isReached": True}],
            "total": {
                "raised": {"amount": "301.50", "currencyCode": "EUR"},
                "basis": "REPORTED",
                "sources": ["PLATFORM_API", "PLATFORM_EVENT"],
            },
            "donations": {
                "nodes": [
                    {
                        "amount": {"amount": "300.00", "currencyCode": "EUR"},
                        "donorName": "Aya",
                        "message": None,
                        "status": "COMPLETED",
                    }
                ]
            },
        }
        ours = (await at.query(SHOWN, id=garland))["campaignByExternalId"]
        assert ours["parent"] == {"externalId": festival}
        assert [(gift["donorName"], gift["message"]) for gift in ours["donations"]["nodes"]] == [("Aya", "Warm hands")]

        assert await at.query(TYPES) == graphql_sync(build()._schema, TYPES).data


async def test_what_was_forged_is_refused_and_changes_nothing(
    installed: Installs, tmp_path: Path, session: aiohttp.ClientSession
) -> None:
    async with neighbour(tmp_path, EXAMPLE, installed(EXAMPLE), session) as at:
        await at.gateway.start()
        at.network.callback = at.door
        at.network.light(500)
        at.network.light(100)  # what is given back in the end is less than a fifth, so that it is believed at once
        before = await at.counted()

        stranger = at.case.stranger()
        async with stranger.serve():
            stranger.callback = at.door
            stranger.light(1_000_000)
            await until(lambda: len(stranger.sender.attempts) == 2)
        assert [attempt.status for attempt in stranger.sender.attempts] == [401, 401]
        assert (await at.post("/webhooks/lantern/ours", {}, b"{}")).status == 401
        assert await at.counted() == before

        at.network.refund()
        assert await at.counted() != before
