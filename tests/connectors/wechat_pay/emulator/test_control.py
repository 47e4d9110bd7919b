"""The control door, as a test in another process uses it."""

from typing import Any

import pytest

from connectors.wechat_pay.emulator import WeChatPayEmulator
from tests.connectors.wechat_pay.emulator.merchant import Merchant
from tests.connectors.wechat_pay.emulator.receiver import Receiver


async def ask(merchant: Merchant, path: str, told: dict[str, Any] | None = None) -> Any:
    """Through the door: POST when something is told, else GET."""
    url = f"{merchant.account['base_url']}/control/{path}"
    async with merchant.http.request("GET" if told is None else "POST", url, json=told) as answer:
        said = await answer.json()
        return said if answer.status == 200 else said | {"status": answer.status}


async def test_what_is_paid_and_refunded_through_the_door_is_in_the_books(merchant: Merchant) -> None:
    paid = await ask(merchant, "pay", {"amount_fen": 400, "attach": "campaign=school-lunch;star=a", "book": "school-lunch"})
    refund = await ask(merchant, "refund", {"transaction_id": paid["transaction_id"], "amount_fen": 150})

    assert await ask(merchant, "books") == {
        "school-lunch": {"currency": "CNY", "raised": 250, "refunded": 150, "count": 1, "endorsers": {}}
    }
    (payment,) = await ask(merchant, "payments")
    assert (payment["attach"], payment["refunded_fen"]) == ("campaign=school-lunch;star=a", 150)
    assert (refund["status"], refund["transaction_id"]) == ("SUCCESS", paid["transaction_id"])


async def test_a_combined_payment_of_another_day(merchant: Merchant) -> None:
    told = {"parts": [{"amount_fen": 100}, {"amount_fen": 200, "book": "books"}], "paid_at": "2026-08-01T10:00:00+08:00"}
    payments = (await ask(merchant, "pay_combined", told))["payments"]

    assert [payment["paid_at"] for payment in payments] == ["2026-08-01T10:00:00+08:00"] * 2
    assert set(await ask(merchant, "books")) == {"school-lunch", "books"}


async def test_callback_and_faults_are_set_through_the_door(
    emulator: WeChatPayEmulator, merchant: Merchant, receiver: Receiver
) -> None:
    emulator.callback = None
    await ask(merchant, "callback", {"url": receiver.url})
    told = {"once": ["probe"], "api": {"probes": 1}, "bills": {"token_life": 0}, "mischief": {"lose": 0.5}, "signing": "mixed"}
    assert await ask(merchant, "faults", told) == {"once": ["probe"], "always": []}

    assert emulator.faults.api.probes == 1
    assert emulator.faults.bills.token_life.total_seconds() == 0
    assert (emulator.sender.mischief.lose, emulator.signing) == (0.5, "mixed")
    emulator.sender.mischief.lose = 0.0
    await ask(merchant, "pay", {"amount_fen": 400})
    await emulator.sender.settle()
    assert len(receiver.heard) == 2
    assert await ask(merchant, "faults", {"clear": True}) == {"once": [], "always": []}
    assert emulator.faults.api.probes == 0


async def test_certificates_and_the_clock_turn(emulator: WeChatPayEmulator, merchant: Merchant) -> None:
    assert len((await ask(merchant, "certificate", {"do": "rotate"}))["serials"]) == 2
    assert len((await ask(merchant, "certificate", {"do": "retire"}))["serials"]) == 1
    before = emulator.clock.now()
    await ask(merchant, "clock", {"turn_seconds": 86_400})

    assert (emulator.clock.now() - before).days == 1


async def test_the_account_is_told_whole(emulator: WeChatPayEmulator, merchant: Merchant) -> None:
    assert await ask(merchant, "account") == emulator.account()


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("pay", {"amount_fen": 0}),
        ("pay", {"amount": 400}),
        ("pay", {"amount_fen": 4.5}),
        ("refund", {"transaction_id": "4200", "amount_fen": 1}),
        ("refund", {}),
        ("faults", {"once": ["unheard"]}),
        ("faults", {"mischief": {"theft": 1}}),
        ("faults", {"signing": "none"}),
        ("certificate", {"do": "burn"}),
        ("budget", {"out_budget_no": "B0"}),
    ],
)
async def test_what_cannot_be_is_refused_with_the_reason(merchant: Merchant, path: str, told: dict[str, Any]) -> None:
    answer = await ask(merchant, path, told)

    assert answer["status"] == 400
    assert answer["problem"]
