"""The control door, as a test in another process uses it."""

from typing import Any

import pytest

from connectors.weibo.emulator import Edge, WeiboEmulator
from tests.connectors.weibo.emulator.client import Client
from tests.connectors.weibo.emulator.receiver import Receiver


async def test_what_is_paid_and_refunded_through_the_door_is_in_the_books(client: Client) -> None:
    told = {"amount_fen": 400, "attach": "star=a", "book": "school-lunch", "star": "a", "at": "2026-09-01T10:00:00+08:00"}
    paid = await client.control("pay", told)
    refund = await client.control("refund", {"pay_id": paid["pay_id"], "amount_fen": 150})

    assert paid["paid_at"] == "2026-09-01T10:00:00+08:00"
    assert refund["status"] == "REFUND_STATUS_SUCCESS"
    (book,) = (await client.control("books")).items()
    assert book == (
        "school-lunch",
        {"currency": "CNY", "raised": 250, "refunded": 150, "count": 1, "endorsers": {"a": 250}},
    )
    (payment,) = await client.control("payments")
    assert (payment["attach"], payment["refunds"][0]["amount_fen"]) == ("star=a", 150)


async def test_celebrities_post_through_the_door(emulator: WeiboEmulator, client: Client) -> None:
    user = (await client.control("user", {"screen_name": "demo_star", "followers": 10}))["id"]
    post = (await client.control("post", {"user": user, "text": "hello"}))["id"]
    assert await client.control("engage", {"id": post, "likes": 7}) == {"id": post, "reposts": 0, "comments": 0, "likes": 7}
    assert (await client.control("follow", {"id": user, "by": -3}))["followers"] == 7
    other = (await client.control("post", {"user": user, "text": "bye"}))["id"]
    await client.control("hide", {"id": post})
    await client.control("delete", {"id": other})

    assert (emulator.society.posts[post].hidden, emulator.society.posts[other].deleted) == (True, True)


async def test_callback_faults_and_limits_are_set_through_the_door(
    emulator: WeiboEmulator, client: Client, receiver: Receiver
) -> None:
    emulator.callback = None
    await client.control("callback", {"url": receiver.url})
    told = {
        "once": ["query_string"],
        "open": {"error_as_200": True},
        "pay": {"fail_next": 1, "fail_as": "418"},
        "mischief": {"duplicate": 1.0},
    }
    assert await client.control("faults", told) == {"once": ["query_string"], "always": []}
    assert (await client.control("limits", {"address_hour": 9}))["address_hour"] == 9
    await client.control("pay", {"amount_fen": 400, "attach": "", "book": "school-lunch"})
    await emulator.sender.settle()

    assert [bool(heard.query) for heard in receiver.heard] == [True, True]
    assert (emulator.faults.open.error_as_200, emulator.faults.pay.fail_as) == (True, Edge.BLOCKED)
    assert (await client.pay("pay/query", pay_id="P0")).status == 418
    await client.control("faults", {"clear": True, "always": ["forged"]})
    assert (emulator.faults.open.error_as_200, emulator.faults.pay.fail_as) == (False, Edge.ERROR)


async def test_the_clock_turns_and_tokens_change(emulator: WeiboEmulator, client: Client) -> None:
    before = emulator.clock.now()
    await client.control("clock", {"turn_seconds": 86_400})
    assert (emulator.clock.now() - before).days == 1

    await client.control("token", {"do": "expire"})
    assert await client.refused("account/get_uid") == 21327
    fresh = (await client.control("token", {"do": "renew"}))["access_token"]
    assert fresh == emulator.account()["access_token"] != client.token


async def test_an_order_of_the_desk_is_paid_through_the_door(emulator: WeiboEmulator, client: Client) -> None:
    emulator.state.order(500, "", emulator.clock.now(), out_pay_id="LUNCH1")

    assert (await client.control("pay_at_desk", {"out_pay_id": "LUNCH1", "book": "school-lunch"}))["amount_fen"] == 500


async def test_the_account_is_told_whole(emulator: WeiboEmulator, client: Client) -> None:
    told = await client.control("account")

    assert told == emulator.account()
    assert set(told) == {
        *("appkey", "seller_id", "seller_key", "weibo_pay_key", "pay_url"),
        *("access_token", "api_url", "commercial_url", "calls_per_day"),
    }
    assert told["calls_per_day"] == "100000"


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("pay", {"amount_fen": 0, "attach": "", "book": "b"}),
        ("pay", {"amount_fen": 400}),
        ("pay", {"amount_fen": 4.5, "attach": "", "book": "b"}),
        ("pay_at_desk", {"out_pay_id": "NONE", "book": "b"}),
        ("refund", {"pay_id": "P0", "amount_fen": 1}),
        ("faults", {"once": ["unheard"]}),
        ("faults", {"open": {"unheard": 1}}),
        ("faults", {"pay": {"fail_as": "teapot"}}),
        ("faults", {"mischief": {"theft": 1}}),
        ("limits", {"unheard": 1}),
        ("follow", {"id": "5", "by": 1}),
        ("engage", {"id": "5", "likes": 1}),
        ("token", {"do": "burn"}),
    ],
)
async def test_what_cannot_be_is_refused_with_the_reason(client: Client, path: str, told: dict[str, Any]) -> None:
    answer = await client.control(path, told)

    assert answer["status"] == 400
    assert answer["problem"]
