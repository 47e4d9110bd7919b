"""The control door, as a test in another process uses it."""

from typing import Any

import pytest

from connectors.weibo.emulator import WeiboEmulator
from tests.connectors.door import Door
from tests.connectors.weibo.emulator.client import Client
from tests.connectors.weibo.emulator.receiver import Receiver


async def test_what_is_paid_and_refunded_through_the_door_is_in_the_books(door: Door) -> None:
    at = "2026-09-01T10:00:00+08:00"
    paid = await door.do("pay", amount_fen=400, attach="star=a", book="school-lunch", star="a", at=at)
    refund = await door.do("refund", payment=paid["pay_id"], amount_fen=150)

    assert (paid["paid_at"], paid["attach"]) == (at, "star=a")
    assert (refund["amount_fen"], refund["payment"]["refunded_fen"]) == (150, 150)
    assert await door.shown("books") == {
        "school-lunch": {"currency": "CNY", "raised": 250, "refunded": 150, "count": 1, "endorsers": {"a": 250}}
    }


async def test_a_refund_arrives_through_the_door(emulator: WeiboEmulator, door: Door) -> None:
    paid = await door.do("pay", amount_fen=400, attach="", book="school-lunch")
    refund = await door.do("refund", payment=paid["pay_id"], amount_fen=150, arrives=False)
    assert (refund["finished_at"], emulator.books["school-lunch"].raised) == (None, 400)

    await door.do("finish_refund", refund=refund["out_refund_id"])

    assert emulator.books["school-lunch"].raised == 250


async def test_celebrities_post_through_the_door(emulator: WeiboEmulator, door: Door) -> None:
    user = (await door.do("add_user", screen_name="demo_star", followers=10))["id"]
    post = (await door.do("add_post", user=user, text="hello"))["id"]
    engaged = await door.do("engage", post=post, likes=7)
    assert (engaged["reposts"], engaged["comments"], engaged["likes"]) == (0, 0, 7)
    assert (await door.do("follow", user=user, by=-3))["followers"] == 7
    other = (await door.do("add_post", user=user, text="bye"))["id"]
    comment = (await door.do("comment", post=post, user=user, text="spam"))["id"]
    for gone in (other, comment):
        await door.do("delete", what=gone)
    await door.do("hide", post=post)

    assert (emulator.society.posts[post].hidden, emulator.society.posts[other].deleted) == (True, True)
    assert [each.deleted for each in emulator.society.comments] == [True]


async def test_every_switch_is_set_through_the_door(emulator: WeiboEmulator, client: Client, door: Door) -> None:
    await door.do("pay_outage", fail_next=1, fail_status=418)
    await door.do("outage", fail_next=1, fail_status=414)
    await door.do("api", error_as_200=True, errors={"*": 10022})
    assert (await door.do("limits", address_hour=9))["address_hour"] == 9

    assert (await client.pay("pay/query", pay_id="P0")).status == 418
    assert (await client.get("account/get_uid")).status == 414
    assert (await client.get("account/get_uid")).status == 200
    assert emulator.api.errors == {"*": 10022}


async def test_notifications_are_spoiled_and_mended_through_the_door(
    emulator: WeiboEmulator, door: Door, receiver: Receiver
) -> None:
    emulator.callback = None
    await door.do("callback", url=receiver.url)
    await door.do("spoil", faults=["query_string"], always=True)
    await door.do("pay", amount_fen=400, attach="", book="school-lunch")
    await emulator.sender.settle()
    await door.do("mend")
    await door.do("pay", amount_fen=400, attach="", book="school-lunch")
    await emulator.sender.settle()

    assert [bool(heard.query) for heard in receiver.heard] == [True, False]


async def test_tokens_change_through_the_door(emulator: WeiboEmulator, client: Client, door: Door) -> None:
    await door.do("expire_token")
    assert await client.refused("account/get_uid") == 21327
    fresh = await door.do("renew_token")
    assert fresh == emulator.account()["access_token"] != client.token


async def test_an_order_of_the_desk_is_paid_through_the_door(emulator: WeiboEmulator, door: Door) -> None:
    emulator.state.order(500, "", emulator.clock.now(), out_pay_id="LUNCH1")

    assert (await door.do("pay_at_desk", out_pay_id="LUNCH1", book="school-lunch"))["amount_fen"] == 500


async def test_the_account_is_told_whole(emulator: WeiboEmulator, door: Door) -> None:
    told = await door.shown("account")

    assert told == emulator.account()
    assert set(told) == {
        *("appkey", "seller_id", "seller_key", "weibo_pay_key", "pay_url"),
        *("access_token", "api_url", "commercial_url", "calls_per_day"),
    }
    assert told["calls_per_day"] == "100000"


@pytest.mark.parametrize(
    ("deed", "arguments"),
    [
        ("pay", {"amount_fen": 0, "attach": "", "book": "b"}),
        ("pay", {"amount_fen": 400}),
        ("pay", {"amount_fen": 4.5, "attach": "", "book": "b"}),
        ("pay_at_desk", {"out_pay_id": "NONE", "book": "b"}),
        ("refund", {"payment": "P0", "amount_fen": 1}),
        ("finish_refund", {"refund": "RF0"}),
        ("spoil", {"faults": ["unheard"]}),
        ("api", {"unheard": 1}),
        ("pay_outage", {"fail_status": "teapot"}),
        ("limits", {"unheard": 1}),
        ("follow", {"user": "5", "by": 1}),
        ("engage", {"post": "5", "likes": 1}),
        ("delete", {"what": "5"}),
    ],
)
async def test_what_cannot_be_is_refused_with_the_reason(door: Door, deed: str, arguments: dict[str, Any]) -> None:
    status, told = await door.ask(deed, **arguments)

    assert status == 400
    assert told["problem"]
    assert await door.shown("books") == {}
