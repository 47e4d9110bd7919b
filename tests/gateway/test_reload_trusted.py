"""Trusted documents are read again with the configuration: a new build is served before its pages go out; nobody is cut off."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import aiohttp
from redis.asyncio import Redis
from structlog.testing import capture_logs

from gateway.http.registered import digest_of
from schema.api.ids import campaign_id
from schema.model.ids import CampaignId
from tests.gateway.reloading import Edited, account, campaign, edited
from tests.gateway.world import PATIENCE

REEF: Final = {"reef": account("pond", "reef")}
ZONE: Final = "{ reportingTimeZone }"
NETWORKS: Final = "{ platforms { key } }"
FOLLOW: Final = "subscription ($id: ID!) { campaignTotal(id: $id) { campaign { total { raised { amount } } } } }"


async def by_id(gateway: Edited, document_id: str, text: str | None = None) -> Any:
    """The data of the answer, or the code of what refuses it. Asked thrice, as answers are kept from the second time on."""
    asked = {"documentId": document_id} | ({} if text is None else {"query": text})
    told = []
    for _ in range(3):
        async with gateway.session.post(f"{gateway.url}/graphql", json=asked) as answer:
            body = await answer.json(content_type=None)
        told.append(body["data"] if "errors" not in body else body["errors"][0]["extensions"]["code"])
    assert told[1:] == told[:-1], told
    return told[0]


async def test_the_files_are_read_again_and_ids_mean_what_they_say_now(redis: Redis, redis_url: str, tmp_path: Path) -> None:
    file = tmp_path / "web.json"
    file.write_text(json.dumps({"page": ZONE}))
    named = {"trusted_document_files": [str(file)], "only_trusted_documents": True}
    async with edited(redis_url, tmp_path / "data", accounts=REEF, **named) as gateway:
        assert await by_id(gateway, "page") == {"reportingTimeZone": "UTC"}
        assert await by_id(gateway, "next") == "PERSISTED_QUERY_NOT_IN_LIST"

        file.write_text(json.dumps({"page": NETWORKS, "next": NETWORKS}))
        assert await gateway.reload()
        assert await by_id(gateway, "page") == await by_id(gateway, "next") == {"platforms": [{"key": "pond"}]}

        file.write_text("{")
        with capture_logs() as logs:
            assert not await gateway.reload()
        [told] = [line["problem"] for line in logs if line["event"] == "reload.refused"]
        assert told.startswith("trusted_document_files[0]: ")
        assert await by_id(gateway, "next") == {"platforms": [{"key": "pond"}]}

        file.write_text(json.dumps({"next": NETWORKS}))
        assert await gateway.reload()
        assert await by_id(gateway, "page") == "PERSISTED_QUERY_NOT_IN_LIST"


async def test_from_then_on_only_those_run_and_who_follows_another_goes_on(
    redis: Redis, redis_url: str, tmp_path: Path
) -> None:
    file = tmp_path / "web.json"
    file.write_text(json.dumps({"page": NETWORKS}))
    till = {"till": account("till", "s")}
    async with edited(redis_url, tmp_path / "data", accounts=till, campaigns=[campaign("lunch", "lunch")]) as gateway:
        assert await gateway.pay(1, "lunch") == 204
        await gateway.until_listed(lunch=("LIVE", "1.00"))
        assert await by_id(gateway, digest_of(ZONE), ZONE) == {"reportingTimeZone": "UTC"}
        async with following(gateway) as answer:
            assert '"amount":"1.00"' in await message(answer)

            assert await gateway.reload(trusted_document_files=[str(file)], only_trusted_documents=True)
            assert await gateway.pay(2, "lunch") == 204
            assert '"amount":"2.00"' in await message(answer)
        async with following(gateway) as answer:
            assert "PERSISTED_QUERY_NOT_IN_LIST" in await message(answer)
        for text in (ZONE, None):
            assert await by_id(gateway, digest_of(ZONE), text) == "PERSISTED_QUERY_NOT_IN_LIST"
        assert await by_id(gateway, "page") == {"platforms": [{"key": "till"}]}


@asynccontextmanager
async def following(gateway: Edited) -> AsyncIterator[aiohttp.ClientResponse]:
    """A viewer of one total, by server-sent events."""
    asked = {"query": FOLLOW, "variables": {"id": campaign_id(CampaignId("till", "lunch"))}}
    async with gateway.session.post(f"{gateway.url}/graphql", json=asked, headers={"Accept": "text/event-stream"}) as answer:
        yield answer


async def message(answer: aiohttp.ClientResponse) -> str:
    """The data of the next one."""
    async with asyncio.timeout(PATIENCE):
        while not (line := (await answer.content.readline()).decode()).startswith("data: "):
            assert line, "it has ended"
    return line
