"""A gateway that runs trusted documents only, as an operator sets it up: those of two builds, and those of its own page."""

import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator
from importlib.resources import files
from pathlib import Path
from typing import Final

import aiohttp
import pytest
import pytest_asyncio

from gateway.http.manifest import documents_of
from tests.audits.door import PATIENCE, Door
from tests.audits.serving import served

pytestmark = pytest.mark.asyncio(loop_scope="module")

WEB: Final = "query Networks { platforms { key } }"
TELEVISION: Final = "query Zone { reportingTimeZone }"
MANIFEST: Final = {
    "format": "apollo-persisted-query-manifest",
    "version": 1,
    "operations": [{"id": "networks", "name": "Networks", "type": "query", "body": WEB}],
}
BOARD: Final = documents_of((files("gateway.web") / "documents.js").read_text("utf-8"))["BOARD"]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def door(tmp_path_factory: pytest.TempPathFactory, seed: int) -> AsyncIterator[Door]:
    """That of such a one."""
    folder = tmp_path_factory.mktemp("trusted")
    (folder / "web.json").write_text(json.dumps(MANIFEST), "utf-8")
    (folder / "television.json").write_text(json.dumps({"2f8a": TELEVISION}), "utf-8")
    named = {"trusted_document_files": ["web.json", "television.json"], "only_trusted_documents": True}
    async with served(folder, seed + 3, profile="production", **named) as gateway, aiohttp.ClientSession() as session:
        yield Door(gateway.url, gateway.pid, session)


async def test_documents_of_both_builds_are_asked_for_by_their_ids(door: Door) -> None:
    zone = {"data": {"reportingTimeZone": "Asia/Shanghai"}}
    assert (await door.ask(json={"documentId": "networks"})).body == {"data": {"platforms": []}}
    assert (await door.ask("GET", params={"documentId": "networks"})).body == {"data": {"platforms": []}}
    assert (await door.ask(json={"doc_id": "2f8a"})).body == zone
    assert (await door.query(TELEVISION)).body == zone


async def test_no_other_runs(door: Door) -> None:
    before = await door.ran()
    for document in ("{__typename}", WEB + " ", "mutation {__typename}"):
        answer = await door.query(document)
        assert (answer.status, answer.codes) == (400, ["PERSISTED_QUERY_NOT_IN_LIST"])
    assert (await door.ask("GET", params={"documentId": "others"})).codes == ["PERSISTED_QUERY_NOT_IN_LIST"]
    assert await door.ran() == before


async def test_our_own_page_goes_on_to_show_what_there_is(door: Door) -> None:
    assert (await door.query(BOARD)).body["data"]["campaigns"]["totalCount"] == 0


async def test_the_next_build_is_read_on_a_signal_and_what_is_kept_is_not_answered_in_its_place(
    tmp_path: Path, seed: int
) -> None:
    file = tmp_path / "web.json"
    file.write_text(json.dumps({"page": WEB}), "utf-8")
    named = {"trusted_document_files": ["web.json"], "only_trusted_documents": True}
    async with served(tmp_path, seed + 4, profile="production", **named) as gateway, aiohttp.ClientSession() as session:
        door = Door(gateway.url, gateway.pid, session)
        for _ in range(4):
            assert (await door.ask(json={"documentId": "page"})).body == {"data": {"platforms": []}}
        assert await door.figure("giving_answers_repeated_total") > 0

        file.write_text(json.dumps({"page": TELEVISION, "former": WEB}), "utf-8")
        os.kill(gateway.pid, signal.SIGHUP)
        async with asyncio.timeout(PATIENCE):
            while (await door.ask(json={"documentId": "former"})).codes:
                await asyncio.sleep(0.05)
        assert (await door.ask(json={"documentId": "former"})).body == {"data": {"platforms": []}}
        assert (await door.ask(json={"documentId": "page"})).body == {"data": {"reportingTimeZone": "Asia/Shanghai"}}
