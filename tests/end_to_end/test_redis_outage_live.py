"""The ledger's server is killed for five seconds under people who watch: their sockets stay, they are told that what they see
is STALE, and then where it stands. What they are told afterwards is what the server has logged, and each gift once.
"""

import os
from typing import Final

from tests.clients.server_log import Entry, donations_differ, totals_differ
from tests.end_to_end.five_feeds import GIFTS, Hall, hall
from tests.end_to_end.returning import ALL_WAYS, messages
from tests.end_to_end.viewers import DONATIONS, TOTAL
from tests.end_to_end.waiting import until
from tests.end_to_end.world import World

TORN: Final = 20
"""Bytes of a write that no write has less than."""


async def test_after_five_seconds_without_the_server_nothing_is_missing_and_nothing_comes_twice(idle: World) -> None:
    async with hall(idle) as seen:
        began = (await seen.log())[-1].position
        log = await seen.give()

        async def meanwhile() -> None:
            await idle.wechat.pay(700)  # the network tells it again until it is answered
            await come_back(seen, log)

        await seen.away(meanwhile)
        await until(lambda: all(each.freshness() != "STALE" for each in seen.totals))
        await idle.agree()
        log = await seen.give()
        await idle.agree()

    for each in seen.over("campaignDonations"):
        assert donations_differ(log, began, each.messages[1:]) == []
        assert each.announced() == [entry.donation for entry in log[1:]]
    for each in seen.over("campaignTotal", "campaignTotals"):
        assert totals_differ(log, began, each.messages[1:]) == []
    for each in seen.over("seasonTotal"):  # a sum has no position by which it could be proven
        before, after = each.parts()
        counts = [message["season"]["total"]["donationCount"] for message in (*before, *after)]
        assert counts == sorted(counts)
    for each in seen.over("seasonDonations"):
        before, after = each.parts()
        assert (after[0]["received"], after[0]["changed"], after[0]["missed"]) == ([], [], None)
        assert {message["missed"] for message in (*before, *after[1:])} == {0}
        told, gifts = each.announced(), [entry.donation for entry in log[1:]]
        assert told in (gifts, [gift for gift in gifts if gift != log[1 + GIFTS].donation])  # it may have come within the hole


async def come_back(seen: Hall, log: list[Entry]) -> None:
    """Who comes while there is no server sees the newest that is known, and is told whether that goes on from where it was."""
    for way in ALL_WAYS:
        for entry in (log[-1], log[0]):
            knows_all = entry is log[-1]  # and nothing can have come since
            [total] = await messages(way(seen.world.url, TOTAL, seen.campaign, entry.position), 1)
            assert (total["position"], total["recovered"]) == (log[-1].position, knows_all)
            assert total["campaign"]["total"]["raised"]["amount"] == log[-1].raised
            [gifts] = await messages(way(seen.world.url, DONATIONS, seen.campaign, entry.position), 1)
            assert (gifts["received"], gifts["changed"], gifts["position"]) == ([], [], log[-1].position)
            assert (gifts["missed"], gifts["recovered"]) == ((0, True) if knows_all else (None, False))


async def test_a_server_that_comes_back_without_its_last_writes_gives_a_lower_snapshot_and_then_goes_on(idle: World) -> None:
    async with hall(idle) as seen:
        began = (await seen.log())[-1].position
        kept = await seen.give()
        size = seen.file.stat().st_size
        whole = await seen.give()

        async def lose() -> None:
            os.truncate(seen.file, size + idle.rng.randrange(TORN))  # within a write, as a machine does whose power fails

        await seen.away(lose)
        await seen.shows(kept[-1])
        assert await seen.log() == kept
        log = await seen.give()
        assert len(log) == len(whole) > len(kept)

    for each in seen.over("campaignDonations"):
        before, after = each.parts()
        assert donations_differ(whole, began, before[1:]) == []
        assert [after[0][name] for name in ("received", "changed", "missed", "position")] == [[], [], None, kept[-1].position]
        assert donations_differ(log, kept[-1].position, after[1:]) == []
    for each in seen.over("campaignTotal", "campaignTotals"):
        before, after = each.parts()
        assert totals_differ(whole, began, before[1:]) == []
        total = after[0]["campaign"]["total"]
        assert (after[0]["position"], total["raised"]["amount"]) == (kept[-1].position, kept[-1].raised)
        assert totals_differ(log, kept[-1].position, after[1:]) == []
        assert [message["recovered"] for message in each.of_the_river].count(False) == len(each.of_the_river[:1])
    for each in seen.over("seasonTotal"):
        before, after = each.parts()
        counts = [[message["season"]["total"]["donationCount"] for message in part] for part in (before, after)]
        assert counts == [sorted(counts[0]), sorted(counts[1])]
        assert counts[1][0] == counts[0][-1] - GIFTS
    for each in seen.over("seasonDonations"):
        before, after = each.parts()
        assert (after[0]["received"], after[0]["changed"], after[0]["missed"]) == ([], [], None)
    for each in seen.over("campaignDonations", "seasonDonations"):
        told = each.announced()
        assert told == [entry.donation for entry in (*whole[1:], *log[len(kept) :])]
