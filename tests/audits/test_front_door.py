"""What comes to the front door of a gateway in production: rows 38 to 43 of the fault matrix, over real HTTP and WebSockets."""

import asyncio
import io
import json
from collections.abc import AsyncIterator
from hashlib import sha256
from statistics import median
from time import perf_counter
from typing import Final

import aiohttp
import pytest
import pytest_asyncio

from gateway.fixed_limits import FIXED
from gateway.http.limits import Limits
from schema.api import ids
from schema.model.ids import CampaignId
from tests.audits.documents import ABUSES, AT, SAID, query
from tests.audits.door import GRAPHQL, JSON, Door
from tests.audits.serving import served
from tests.gateway.live.test_websocket import closing, hear, introduce, raw

pytestmark = pytest.mark.asyncio(loop_scope="module")

LIMITS: Final = Limits(request_seconds=0.5)
AT_MOST: Final = 0.05
"""Seconds of the process' time that an abuse may take."""
SOON: Final = 0.1
"""Seconds in which others are answered meanwhile."""
HUGE: Final = 20 * 1024 * 1024
TYPENAME: Final = query("{__typename}")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def door(tmp_path_factory: pytest.TempPathFactory, seed: int) -> AsyncIterator[Door]:
    """That of a gateway in production which gives requests half a second to come, and is else as it comes."""
    folder, settings = tmp_path_factory.mktemp("door"), {"request_seconds": LIMITS.request_seconds}
    async with served(folder, seed + 2, profile="production", limits=settings) as gateway, aiohttp.ClientSession() as session:
        yield Door(gateway.url, gateway.pid, session)


# 38, malformed


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe\x00",
        b'{"query": "\xc3\x28"}',
        b"null",
        b"7",
        b'"x"',
        b"[" * 100_000,
        b'{"query": "{__typename}", "variables": {"v": ' + b"9" * 5_000 + b"}}",
        b'{"query": "{__typename}", "operationName": "\\ud800"}',
    ],
    ids=lambda body: repr(body[:12]),
)
async def test_a_malformed_body_is_answered_400_in_json(door: Door, body: bytes) -> None:
    before = await door.ran()

    answer = await door.post(body)

    assert (answer.status, len(answer.codes)) == (400, 1)
    assert await door.ran() == before


async def test_a_body_that_says_that_it_is_compressed_is_not_unpacked(door: Door) -> None:
    answer = await door.post(b"junk", **{"Content-Encoding": "gzip"})
    assert (answer.status, answer.codes) == (415, ["BAD_USER_INPUT"])


# 39, oversized


async def test_of_a_body_of_20_mib_no_more_is_taken_than_may_be_and_others_are_answered_meanwhile(door: Door) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(HUGE // 65_536):
            yield b" " * 65_536

    async def others() -> float:
        times = []
        for _ in range(20):
            began = perf_counter()
            assert (await door.query("{__typename}")).status == 200
            times.append(perf_counter() - began)
        return sorted(times)[-2]  # this process writes as well, and may have been slow itself

    for body in (io.BytesIO(b" " * HUGE), chunks()):
        asking = asyncio.create_task(door.session.post(f"{door.url}/graphql", data=body, headers={"Content-Type": JSON}))
        assert await others() < SOON
        try:
            answer = await asking
            assert answer.status == 413
        except aiohttp.ClientError:
            pass  # the line was closed while it still wrote
    assert await door.figure("giving_limit_refused_total", limit="body_bytes") >= 2


async def test_a_head_of_70_kb_is_431(door: Door) -> None:
    answer = await door.said(b"GET /graphql HTTP/1.1\r\nHost: a\r\nX: " + b"x" * 70_000 + b"\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 431 ")
    assert await door.figure("giving_limit_refused_total", limit="head_bytes") == 1


@pytest.mark.parametrize(
    "begin",
    [
        b"GET /graphql HTTP/1.1\r\nX: ",
        b"POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 9000\r\n\r\n",
    ],
    ids=["head", "body"],
)
async def test_what_comes_a_byte_at_a_time_is_408_when_its_time_is_over(door: Door, begin: bytes) -> None:
    began = perf_counter()
    answer = await door.said(begin, drip=b"x")
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert perf_counter() - began < LIMITS.request_seconds + 2


# 40, abuse


@pytest.mark.parametrize("limit", AT)
async def test_at_a_limit_an_operation_runs_and_beyond_it_none_does(door: Door, limit: str) -> None:
    number, before = getattr(LIMITS, limit), await door.ran()
    refused = await door.figure("giving_limit_refused_total", limit=limit)
    assert await door.figure("giving_limit", limit=limit) == number

    at, beyond = await door.post(AT[limit](number)), await door.post(AT[limit](number + 1))

    assert (at.status, at.codes) == (200, [])
    assert (beyond.codes, beyond.limits) == (["LIMIT_EXCEEDED"], [limit])
    assert beyond.status == (413 if limit == "body_bytes" else 400)
    assert await door.ran() <= before + 1
    assert await door.figure("giving_limit_refused_total", limit=limit) == refused + 1


@pytest.mark.parametrize("limit", SAID)
async def test_at_a_bound_that_the_schema_says_there_is_an_answer_and_beyond_it_none(door: Door, limit: str) -> None:
    number = int(FIXED[limit])
    refused = await door.figure("giving_limit_refused_total", limit=limit)
    assert await door.figure("giving_limit", limit=limit) == number

    at, beyond = await door.post(SAID[limit](number)), await door.post(SAID[limit](number + 1))

    assert (at.status, at.codes) == (200, [])
    assert (beyond.codes, beyond.limits) == (["BAD_USER_INPUT"], [limit])
    assert await door.figure("giving_limit_refused_total", limit=limit) == refused + 1


async def test_a_hundred_totals_may_be_followed_and_one_more_may_not(door: Door) -> None:
    document, most = "subscription($ids: [ID!]!) { campaignTotals(ids: $ids) { position } }", int(FIXED["followed_totals"])
    before = await door.figure("giving_limit_refused_total", limit="followed_totals")

    at, beyond = await door.query(document, ids=["x"] * most), await door.query(document, ids=["x"] * (most + 1))

    assert (at.codes, beyond.codes, beyond.limits) == (["NOT_FOUND"], ["BAD_USER_INPUT"], ["followed_totals"])
    assert await door.figure("giving_limit_refused_total", limit="followed_totals") == before + 1


@pytest.mark.parametrize("limit", [name for name in AT if name not in ("body_bytes", "number_digits")])
async def test_over_a_websocket_it_is_the_same(door: Door, limit: str) -> None:
    number = getattr(LIMITS, limit)
    async with raw(f"{door.url}/graphql") as socket:
        await introduce(socket)
        for name, size in (("at", number), ("beyond", number + 1)):
            payload = json.loads(AT[limit](size))
            await socket.send(json.dumps({"type": "subscribe", "id": name, "payload": payload}))
            told = [await hear(socket), *([await hear(socket)] if name == "at" else [])]
            assert [each["type"] for each in told] == (["next", "complete"] if name == "at" else ["error"])
        assert told[0]["payload"][0]["extensions"]["limit"] == limit


async def test_a_message_may_have_so_many_bytes_and_no_more(door: Door) -> None:
    before = await door.figure("giving_limit_refused_total", limit="message_bytes")
    async with raw(f"{door.url}/graphql") as socket:
        await introduce(socket)
        text = json.dumps({"type": "ping", "payload": {"a": ""}})
        await socket.send(text[:-3] + "x" * (LIMITS.message_bytes - len(text)) + text[-3:])
        assert (await hear(socket))["type"] == "pong"
        await socket.send(text[:-3] + "x" * (LIMITS.message_bytes - len(text) + 1) + text[-3:])
        assert (await closing(socket))[0] == 1009
    assert await door.figure("giving_limit_refused_total", limit="message_bytes") == before + 1


@pytest.mark.parametrize("abuse", ABUSES)
async def test_abuse_costs_one_error_and_hardly_any_time(door: Door, abuse: str) -> None:
    before, began, times = await door.ran(), door.seconds(), 10

    for _ in range(times):
        answer = await door.post(ABUSES[abuse])
        assert (answer.status, len(answer.codes)) in ((400, 1), (413, 1))

    assert (door.seconds() - began) / times < AT_MOST
    assert await door.ran() == before


# 41, foreign pages


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/graphql",
        "text/plain; charset=application/json",
        "",
    ],
)
async def test_nothing_runs_that_a_foreign_page_may_send_unasked(door: Door, content_type: str) -> None:
    before = await door.ran()
    for body in (TYPENAME, b"query={__typename}"):
        assert (await door.post(body, content_type)).status == 415
    assert await door.ran() == before


@pytest.mark.parametrize("document", ["{__typename}", "mutation {__typename}", "subscription {__typename}"])
async def test_nothing_runs_that_comes_in_an_address(door: Door, document: str) -> None:
    before = await door.ran()
    for accept in (JSON, GRAPHQL, "text/event-stream"):
        assert (await door.ask("GET", accept=accept, params={"query": document})).status == 405
    assert await door.ran() == before


async def test_a_registered_document_does_and_is_kept_by_whoever_keeps_it(door: Door) -> None:
    document = "query Registered { campaigns { totalCount } }"
    extensions = {"persistedQuery": {"version": 1, "sha256Hash": sha256(document.encode()).hexdigest()}}
    by_address = {"extensions": json.dumps(extensions)}
    assert (await door.ask("GET", params=by_address)).codes == ["PERSISTED_QUERY_NOT_FOUND"]
    assert (await door.ask(json={"query": document, "extensions": extensions})).status == 200

    async with door.session.get(f"{door.url}/graphql", params=by_address) as answer:
        assert await answer.json() == {"data": {"campaigns": {"totalCount": 0}}}
        assert answer.headers["Cache-Control"] == "public, max-age=1"
        assert {"accept", "origin"} <= {each.strip().lower() for each in answer.headers["Vary"].split(",")}
        known = {"If-None-Match": answer.headers["ETag"]}
    async with door.session.get(f"{door.url}/graphql", params=by_address, headers=known) as answer:
        assert (answer.status, await answer.read()) == (304, b"")


# 42, leaks


@pytest.mark.parametrize(
    "document", ["{ campains { totalCount } }", "{ campaigns(frist: 1) { totalCount } }", "{ node(id: 1) { id } ...Q }"]
)
async def test_a_misspelt_name_is_not_put_right(door: Door, document: str) -> None:
    answer = await door.query(document)
    assert (answer.status, answer.codes) == (400, ["GRAPHQL_VALIDATION_FAILED"])
    assert answer.body["errors"][0]["message"] == "The document does not fit the schema."


@pytest.mark.parametrize(
    "document", ["{__schema{types{name}}}", '{__type(name:"Query"){name}}', "{a:__schema{queryType{name}}}"]
)
async def test_the_schema_is_not_told(door: Door, document: str) -> None:
    answer = await door.query(document)
    assert (answer.status, answer.codes) == (400, ["GRAPHQL_VALIDATION_FAILED"])
    assert "data" not in answer.body


# 43, other people's objects

ABSENT: Final = ids.campaign_id(CampaignId("wechat_pay", "nobody-knows"))
GUESSED: Final = {
    "absent": ABSENT,
    "malformed": "%%%",
    "empty": "",
    "cut": ABSENT[:-3],
    "of another type": ids.charity_id("meals"),
    "of a network that is not": ids.campaign_id(CampaignId("nowhere", "x")),
    "a donation's": ids.donation_id(CampaignId("wechat_pay", "nobody-knows"), bytes(16)),
}


@pytest.mark.parametrize("name", GUESSED)
async def test_an_id_that_is_guessed_is_answered_as_one_that_is_absent(door: Door, name: str) -> None:
    for field in ("node", "campaign", "charity"):
        answer = await door.query(f"query($id: ID!) {{ {field}(id: $id) {{ id }} }}", id=GUESSED[name])
        assert (answer.status, answer.body) == (200, {"data": {field: None}})


async def test_it_takes_no_other_time(door: Door) -> None:
    times: dict[str, list[float]] = {name: [] for name in GUESSED}
    for turn in range(60):
        for name, value in GUESSED.items():
            began = perf_counter()
            # each with words of its own, so that no answer is one that was kept
            await door.query(f"query Q{turn}($id: ID!) {{ campaign(id: $id) {{ id }} }}", id=value)
            times[name].append(perf_counter() - began)
    usual = median(times["absent"])
    assert {name: took for name, each in times.items() if abs((took := median(each)) - usual) > max(usual, 0.002)} == {}
