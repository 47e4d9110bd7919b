"""The demo's door by which networks are killed and started again."""

from collections.abc import AsyncIterator

import aiohttp
import pytest_asyncio

from connectors.testing.emulation import ScaledClock
from gateway.demo.fundraiser import Fundraiser
from gateway.demo.networks import Networks
from gateway.demo.outages import Outages


@pytest_asyncio.fixture
async def networks(seed: int) -> AsyncIterator[Networks]:
    found = Networks.of(ScaledClock(), seed)
    async with found.serve():
        yield found


async def asked(method: str, url: str) -> tuple[int, dict[str, str]]:
    """Status and answer."""
    async with aiohttp.ClientSession() as session, session.request(method, url) as answer:
        return answer.status, await answer.json()


async def test_a_network_that_is_killed_is_down_alone_until_it_is_started(networks: Networks) -> None:
    async with Outages(networks.paying).serve() as door:
        status, told = await asked("GET", f"{door}/")
        assert (status, set(told.values()), len(told)) == (200, {"up"}, 8)

        assert await asked("POST", f"{door}/twitch/kill") == (200, told | {"twitch": "down"})
        assert (networks.is_up("twitch"), networks.is_up("wechat")) == (False, True)

        assert await asked("POST", f"{door}/twitch/start") == (200, told)


async def test_a_network_that_is_not_there_is_named_as_such(networks: Networks) -> None:
    async with Outages(networks.paying).serve() as door:
        status, told = await asked("POST", f"{door}/myspace/kill")

    assert status == 404
    assert told["problem"].startswith("there are the networks wechat_pay, weibo, ")


async def test_nobody_gives_where_a_network_was_killed_and_everywhere_else_they_do(networks: Networks, seed: int) -> None:
    fundraiser = Fundraiser(networks, networks.wechat.clock.now(), seed)
    await networks.twitch.kill()

    for _ in range(200):
        await fundraiser.once()

    given = {emulator.key: sum(book.count for book in emulator.books.values()) for emulator in networks.paying}
    assert [key for key, count in given.items() if not count] == ["twitch"]

    await networks.twitch.start()
    await fundraiser.once()  # the first gift of the second phase is for whoever had none

    assert networks.twitch.books[fundraiser.campaign.id].count == 1


async def test_where_all_were_killed_nobody_gives(networks: Networks, seed: int) -> None:
    fundraiser = Fundraiser(networks, networks.wechat.clock.now(), seed)
    for emulator in networks.paying:
        await emulator.kill()

    await fundraiser.once()

    assert sum(book.count for emulator in networks.paying for book in emulator.books.values()) == 0


async def test_all_that_were_killed_are_started_at_the_end(networks: Networks) -> None:
    outages = Outages(networks.paying)
    await networks.twitch.kill()
    await networks.weibo.kill()

    assert await outages.end() == ["weibo", "twitch"]
    assert await outages.end() == []
    assert all(emulator.is_up for emulator in networks.paying)
