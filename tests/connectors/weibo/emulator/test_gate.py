"""How the Open API refuses, and how often it may be asked."""

from datetime import UTC, datetime, timedelta

import aiohttp
import pytest

from connectors.testing.emulation import ScaledClock
from connectors.weibo.emulator import Post, WeiboEmulator
from tests.connectors.weibo.emulator.client import Client


async def test_error_codes_are_numbers_and_text_in_turn(client: Client) -> None:
    codes = [(await client.get("statuses/show", id="1")).code for _ in range(4)]

    assert codes == [20101, "20101", 20101, "20101"]


async def test_an_error_names_what_was_asked(client: Client) -> None:
    answer = await client.get("statuses/show", id="1")

    assert answer.status == 400
    assert set(answer.told) == {"error", "error_code", "request"}
    assert answer.told["request"] == "/2/statuses/show.json"


async def test_an_error_may_come_with_status_200(emulator: WeiboEmulator, client: Client) -> None:
    emulator.api.error_as_200 = True
    answer = await client.get("statuses/show", id="1")

    assert (answer.status, answer.code) == (200, 20101)


async def test_any_api_can_be_made_to_refuse(emulator: WeiboEmulator, client: Client, post: Post) -> None:
    emulator.api.errors = {"statuses/show": 10014}
    assert (await client.get("statuses/show", id=post.id)).status == 403
    assert (await client.get("statuses/count", ids=post.id)).status == 200

    emulator.api.errors = {"*": 21315}
    assert await client.refused("statuses/count", ids=post.id) == 21315


@pytest.mark.parametrize("status", [500, 200, 414, 418])
async def test_pages_come_in_place_of_answers(emulator: WeiboEmulator, client: Client, status: int) -> None:
    emulator.outage.fail_next, emulator.outage.fail_status = 1, status
    answer = await client.get("account/get_uid")

    assert (answer.status, answer.kind) == (status, "text/html")
    assert (await client.get("account/get_uid")).status == 200


async def test_there_are_no_other_addresses_and_no_other_methods(client: Client) -> None:
    base = client.account["api_url"]

    assert await client.refused("search/topics", q="免费午餐") == 10020
    assert int((await client.ask("GET", f"{base}/users/show", {})).code) == 10020
    assert int((await client.ask("POST", f"{base}/users/show.json", {})).code) == 10021


async def test_a_user_has_so_many_calls_a_day(client: Client) -> None:
    clock = ScaledClock(datetime(2026, 9, 1, 14, 50, tzinfo=UTC))  # 22:50 in Beijing
    emulator = WeiboEmulator(clock=clock, calls_per_day=2)
    async with emulator.serve():
        mine = Client(emulator.account(), client.http)
        assert [(await mine.get("account/get_uid")).status for _ in range(2)] == [200, 200]
        assert await mine.refused("account/get_uid") == 10023
        clock.turn(timedelta(hours=1))
        assert await mine.refused("account/get_uid") == 10023
        clock.turn(timedelta(minutes=15))
        assert (await mine.get("account/get_uid")).status == 200


async def test_an_address_has_so_many_calls_an_hour(emulator: WeiboEmulator, client: Client) -> None:
    emulator.limits.address_hour = 1
    assert (await client.get("account/get_uid")).status == 200

    assert await client.refused("account/get_uid") == 10022
    emulator.clock.turn(timedelta(hours=1))
    assert (await client.get("account/get_uid")).status == 200


async def test_an_api_may_have_a_limit_of_its_own(emulator: WeiboEmulator, client: Client) -> None:
    emulator.limits.api_hour["account/get_uid"] = 1
    assert (await client.get("account/get_uid")).status == 200

    answer = await client.get("account/get_uid")
    assert answer.code == 10024
    assert "account/get_uid" in answer.told["error"]
    assert (await client.get("users/counts", uids="1")).status == 200


async def test_what_is_left_is_told_and_asking_takes_nothing_away(client: Client) -> None:
    clock = ScaledClock(datetime(2026, 9, 1, 9, 30, tzinfo=UTC))
    emulator = WeiboEmulator(clock=clock, calls_per_day=2)
    emulator.limits.api_hour["users/counts"] = 1
    async with emulator.serve():
        mine = Client(emulator.account(), client.http)
        await mine.get("users/counts", uids="1")
        told = [(await mine.get("account/rate_limit_status")).told for _ in range(2)][-1]
        assert (told["user_limit"], told["remaining_user_hits"]) == (2, 1)
        assert (told["ip_limit"], told["remaining_ip_hits"]) == (15_000, 14_999)
        assert told["api_rate_limits"] == [
            {"api": "/users/counts", "limit": 1, "limit_time_unit": "HOURS", "remaining_hits": 0}
        ]
        assert told["reset_time"] == "2026-09-01 18:00:00"
        assert 1700 < told["reset_time_in_seconds"] <= 1800
        await mine.get("account/get_uid")
        assert (await mine.get("account/rate_limit_status")).told["reset_time"] == "2026-09-02 00:00:00"


async def test_the_status_may_tell_a_full_allowance_while_calls_are_refused(emulator: WeiboEmulator, client: Client) -> None:
    emulator.limits.user_day = 0
    emulator.api.full_allowance = True
    assert await client.refused("account/get_uid") == 10023

    emulator.limits.user_day = 1
    await client.get("account/get_uid")
    told = (await client.get("account/rate_limit_status")).told
    assert (told["remaining_user_hits"], told["remaining_ip_hits"]) == (1, 15_000)
    assert await client.refused("account/get_uid") == 10023


async def test_an_account_without_the_paid_api_has_no_address_of_it_and_is_refused(client: Client) -> None:
    emulator = WeiboEmulator(commercial=False)
    async with emulator.serve(), aiohttp.ClientSession() as http:
        mine = Client(emulator.account(), http)
        assert "commercial_url" not in mine.account
        assert await mine.refused("statuses/count/biz", ids="1") == 10014
