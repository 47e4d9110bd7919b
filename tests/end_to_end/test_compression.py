"""``compress_sockets``: on for who offers it where it is set, and off by default. What is told is the same."""

from contextlib import closing
from typing import Final

import pytest

from tests.end_to_end.lines import SocketLine
from tests.end_to_end.viewers import TOTAL
from tests.end_to_end.world import World, set_up
from tests.gateway.live.test_websocket import hear, introduce, raw, say

WHOLE_COMPRESSED_TEXT: Final = 0xC1
"""https://www.rfc-editor.org/rfc/rfc7692#section-6"""


@pytest.mark.parametrize(("setting", "offered"), [("true", "deflate"), ("true", None), ("false", "deflate"), (None, "deflate")])
async def test_frames_are_compressed_where_both_want_it(idle: World, setting: str | None, offered: str | None) -> None:
    idle.gateway.variables = {"GIVING_COMPRESS_SOCKETS": setting} if setting else {}
    world = await set_up(idle)
    campaign = (await world.campaigns())["school-lunch"]["id"]
    async with raw(f"{world.url}/graphql", compression=offered) as socket:
        assert [each.name for each in socket.protocol.extensions] == ["permessage-deflate"] * (
            setting == "true" and offered is not None
        )
        await introduce(socket)
        await say(socket, type="subscribe", id="1", payload={"query": TOTAL, "variables": {"id": campaign}})
        told = [(await hear(socket))["payload"]["data"]["campaignTotal"]]
        for number in range(1, 4):
            await world.wechat.pay(100, book="school-lunch")
            while (told[-1]["campaign"]["total"] or {"donationCount": 0})["donationCount"] != number:
                told.append((await hear(socket))["payload"]["data"]["campaignTotal"])
    assert told[-1]["campaign"]["total"]["raised"]["amount"] == "3.00"
    assert all(each["recovered"] for each in told[1:])


async def test_what_a_feed_tells_is_compressed_too(idle: World) -> None:
    idle.gateway.variables = {"GIVING_COMPRESS_SOCKETS": "true"}
    world = await set_up(idle)
    campaign = (await world.campaigns())["school-lunch"]["id"]
    with closing(await SocketLine.open(world.url)) as line:
        assert (await line.shake_hands())[0] == 101
        await line.say(type="connection_init")
        await line.subscribe("1", TOTAL, id=campaign)
        for _ in ("connection_ack", "next"):
            first, size = await line.exactly(2)
            assert first == WHOLE_COMPRESSED_TEXT
            await line.exactly(int.from_bytes(await line.exactly(2)) if size == 126 else size)
