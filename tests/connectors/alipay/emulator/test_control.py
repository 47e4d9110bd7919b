"""The control door, as a test in another process uses it."""

from typing import Any

import pytest

from connectors.alipay.emulator import AlipayEmulator
from tests.connectors.alipay.emulator.client import Client
from tests.connectors.alipay.emulator.receiver import Receiver

GIFT = {"amount_fen": 500, "attach": "campaign=school-lunch;star=a", "book": "school-lunch", "star": "a"}


async def ask(emulator: AlipayEmulator, client: Client, path: str, told: dict[str, Any] | None = None) -> Any:
    """Through the door: POST when something is told, else GET."""
    async with client.http.request("GET" if told is None else "POST", f"{emulator.url}/control/{path}", json=told) as answer:
        said = await answer.json()
        return said if answer.status == 200 else said | {"status": answer.status}


async def test_what_is_paid_and_refunded_through_the_door_is_in_the_books(emulator: AlipayEmulator, client: Client) -> None:
    paid = await ask(emulator, client, "pay", GIFT)
    refund = await ask(emulator, client, "refund", {"trade_no": paid["trade_no"], "amount_fen": 150})

    assert await ask(emulator, client, "books") == {
        "school-lunch": {"currency": "CNY", "raised": 350, "refunded": 150, "count": 1, "endorsers": {"a": 350}}
    }
    (payment,) = await ask(emulator, client, "payments")
    assert (payment["attach"], payment["refunded_fen"]) == ("campaign=school-lunch;star=a", 150)
    assert (refund["trade_no"], refund["running_fen"]) == (paid["trade_no"], 150)


async def test_a_payment_of_another_day_by_somebody_in_particular(emulator: AlipayEmulator, client: Client) -> None:
    buyer = {"id": "2088999900000001", "logon_id": "can***@example.org", "open_id": "017Canary"}
    told = {**GIFT, "at": "2026-08-01T10:00:00+08:00", "order": "LUNCH-1", "buyer": buyer}

    paid = await ask(emulator, client, "pay", told)

    assert paid["trade_no"].startswith("20260801")
    assert (paid["out_trade_no"], paid["buyer"]) == ("LUNCH-1", buyer)


async def test_orders_are_abandoned_and_trades_finished(emulator: AlipayEmulator, client: Client) -> None:
    left = await ask(emulator, client, "abandon", {"amount_fen": 500, "attach": "", "book": "b"})
    paid = await ask(emulator, client, "pay", GIFT)
    over = await ask(emulator, client, "finish", {"trade_no": paid["trade_no"]})

    assert (left["status"], left["paid_at"]) == ("TRADE_CLOSED", None)
    assert over["status"] == "TRADE_FINISHED"


async def test_callback_and_faults_are_set_through_the_door(
    emulator: AlipayEmulator, client: Client, receiver: Receiver
) -> None:
    emulator.callback = None
    await ask(emulator, client, "callback", {"url": receiver.url})
    told = {
        "once": ["tampered"],
        "zero_refund": 1.0,
        "api": {"fail_next": 1, "slow": 0.001},
        "bills": {"address_life": 0},
        "mischief": {"lose": 0.5},
    }
    assert await ask(emulator, client, "faults", told) == {"once": ["tampered"], "always": []}

    assert (emulator.faults.zero_refund, emulator.faults.api.fail_next) == (1.0, 1)
    assert emulator.faults.api.slow.total_seconds() == 0.001
    assert emulator.faults.bills.address_life.total_seconds() == 0
    assert emulator.sender.mischief.lose == 0.5
    emulator.sender.mischief.lose = 0.0
    await ask(emulator, client, "pay", GIFT)
    await emulator.sender.settle()
    assert [form["total_amount"] for form in receiver.forms] == ["95.00"]
    assert await ask(emulator, client, "faults", {"clear": True}) == {"once": [], "always": []}
    assert emulator.faults.api.fail_next == 0


async def test_the_clock_turns(emulator: AlipayEmulator, client: Client) -> None:
    before = emulator.clock.now()
    await ask(emulator, client, "clock", {"turn_seconds": 86_400})

    assert (emulator.clock.now() - before).days == 1


async def test_the_account_is_told_whole(emulator: AlipayEmulator, client: Client) -> None:
    assert await ask(emulator, client, "account") == emulator.account()


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("pay", {**GIFT, "amount_fen": 0}),
        ("pay", {**GIFT, "amount_fen": 4.5}),
        ("pay", {"amount_fen": 400}),
        ("pay", {**GIFT, "buyer": {"name": "x"}}),
        ("refund", {"trade_no": "2026", "amount_fen": 1}),
        ("refund", {}),
        ("finish", {"trade_no": "2026"}),
        ("faults", {"once": ["unheard"]}),
        ("faults", {"mischief": {"theft": 1}}),
        ("clock", {}),
    ],
)
async def test_what_cannot_be_is_refused_with_the_reason(
    emulator: AlipayEmulator, client: Client, path: str, told: dict[str, Any]
) -> None:
    answer = await ask(emulator, client, path, told)

    assert answer["status"] == 400
    assert answer["problem"]
