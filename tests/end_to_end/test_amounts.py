"""Absurd amounts in genuine messages: exact or held, never rounded, never added to another currency, never a fault."""

import uuid
from collections.abc import Mapping
from typing import Any, Final

import pytest

from connectors.twitch.emulator.payloads import DONATE, PROGRESS
from connectors.twitch.emulator.state import Campaign
from tests.end_to_end.notices import compact, twitch_notice, wechat_notice
from tests.end_to_end.world import LUNCH, REEF, World

MOST: Final = 10**12
"""The largest single donation, in minor units."""

# What a payment may say of its amount in fen, as JSON, with what may become of it: so many fen, or None: held.
FEN: Final[Mapping[str, int | None]] = {
    "0": 0,
    "1": 1,
    '"1005"': 1005,  # plain digits are exact as text, too
    str(MOST): MOST,
    str(MOST + 1): None,
    "-1": None,
    '"-1"': None,
    str(10**13): None,
    str(2**53 + 1): None,
    "9" * 5_000: None,
    f'"{"9" * 5_000}"': None,
    "1.0": None,
    "1.005": None,
    '"1.005"': None,
    "1e2": None,
    '"1e400"': None,
    "1e400": None,
    "NaN": None,
    "Infinity": None,
    '"１００"': None,
    '"1,00"': None,
    '" 100"': None,
    '"0x64"': None,
    '""': None,
    "true": None,
    "null": None,
    "[100]": None,
    '{"value":100}': None,
}
CURRENCIES: Final[Mapping[str, int | None]] = {
    '"CNY"': 1,
    '"USD"': None,
    '"XXX"': None,
    '"ZZZ"': None,
    '"cny"': None,
    '" CNY"': None,
    '"人民币"': None,
    f'"{"C" * 5_000}"': None,
    "7": None,
    "[]": None,
}


async def paid(world: World, total: str, currency: str = '"CNY"') -> int:
    """Tells of a payment that is in no book, its amount written as given; the status."""
    number = f"4200{uuid.uuid4().hex}"[:32]
    order = {
        "mchid": world.wechat.merchant.mchid,
        "appid": world.wechat.merchant.appid,
        "transaction_id": number,
        "out_trade_no": number,
        "trade_type": "JSAPI",
        "trade_state": "SUCCESS",
        "attach": "campaign=school-lunch",
        "amount": {"total": "here", "currency": "there"},
    }
    clear = compact(order).replace(b'"here"', total.encode()).replace(b'"there"', currency.encode())
    return await world.send(LUNCH, wechat_notice(world.wechat, clear))


async def held_or_exact(world: World, cases: Mapping[str, int | None], statuses: list[int]) -> None:
    """Looks at what became of payments: what is exact is in the total, the rest in quarantine, and nothing was refused."""
    assert set(statuses) <= {200, 204}
    assert await world.count("giving_held_total", account="lunch") == sum(fen is None for fen in cases.values())
    raised = sum(fen or 0 for fen in cases.values())
    count = sum(fen is not None and fen > 0 for fen in cases.values())
    async for shown in world.each_look():
        total = shown["school-lunch"]["total"]
        if total and total["donationCount"] >= count:
            break
    assert (total["raised"]["amount"], total["donationCount"]) == (f"{raised // 100}.{raised % 100:02}", count)


async def test_an_absurd_amount_of_a_payment_is_held_or_exact(world: World) -> None:
    await held_or_exact(world, FEN, [await paid(world, total) for total in FEN])


async def test_a_payment_in_another_currency_than_its_campaigns_is_held(world: World) -> None:
    await held_or_exact(world, CURRENCIES, [await paid(world, "1", currency) for currency in CURRENCIES])


async def test_an_absurd_refund_is_held_and_takes_nothing_off(world: World) -> None:
    payment = await world.wechat.pay(10_000)
    await world.agree()
    notice = {
        "mchid": world.wechat.merchant.mchid,
        "out_trade_no": payment.out_trade_no,
        "transaction_id": payment.transaction_id,
        "refund_status": "SUCCESS",
    }
    absurd = [-1, "1.5", 1e3, None, True, 10**13, "９"]

    statuses = [
        await world.send(
            LUNCH,
            wechat_notice(
                world.wechat,
                {**notice, "out_refund_no": f"RF{n}", "refund_id": f"5030{n}", "amount": {"total": 10_000, "refund": amount}},
                "REFUND.SUCCESS",
            ),
        )
        for n, amount in enumerate(absurd)
    ]

    assert set(statuses) <= {200, 204}
    assert await world.count("giving_held_total", account="lunch") == len(absurd)
    assert not await world.differences()


@pytest.mark.parametrize(("currency", "raised"), [("JPY", "2010"), ("KWD", "2.010")])
async def test_yen_and_dinar_keep_their_own_decimals(world: World, currency: str, raised: str) -> None:
    campaign = world.twitch.start_campaign(currency=currency)
    await world.settle()
    for extra in (0, 2):  # two decimals more than the currency has: the same amount, written otherwise
        world.twitch.forms.extra_decimals = extra
        await world.twitch.donate(1_005)

    await world.agree()

    assert (await world.campaigns())[campaign.id]["total"]["raised"] == {"amount": raised, "currencyCode": currency}
    assert await world.count("giving_held_total") == 0


SCALED: Final[Mapping[str, tuple[Any, Any, Any]]] = {
    "a part of a cent": (1_005, 3, "USD"),
    "a part of a yen": (1_050, 2, "JPY"),
    "decimals below zero": (100, -1, "USD"),
    "decimals beyond reason": (100, 400, "USD"),
    "decimals as text": (100, "2", "USD"),
    "no decimals": (100, None, "USD"),
    "a fraction": (100.5, 2, "USD"),
    "an exponent": (1e300, 2, "USD"),
    "not a number": (float("nan"), 2, "USD"),
    "digits as text": ("100", 2, "USD"),
    "below zero": (-1, 2, "USD"),
    "beyond any total": (10**17, 2, "USD"),
    "beyond what a double holds, and a total": (2**53 + 1, 0, "USD"),
    "a thousand digits": (10**1_000, 2, "USD"),
    "no currency of this world": (100, 2, "XXX"),
    "an unknown currency": (100, 2, "ZZZ"),
    "a currency in lower case": (100, 2, "usd"),
    "a currency that is a number": (100, 2, 840),
}
GIFTS: Final = """
query Gifts($id: ID!) { node(id: $id) { ... on Campaign { donations { nodes { amount { amount currencyCode } } } } } }
"""


async def told(world: World, campaign: Campaign, value: Any, decimals: Any, currency: Any) -> list[int]:
    """Tells of an amount as a campaign's total and as a donation to it, neither of which is in a book; the statuses."""
    amount = {"value": value, "decimal_places": decimals, "currency": currency}
    event = {"broadcaster_user_id": world.twitch.broadcaster.id}
    progress = {**event, "id": campaign.id, "current_amount": amount, "target_amount": None}
    donation = {**event, "id": str(uuid.uuid4()), "campaign_id": campaign.id, "amount": amount}
    notices = [twitch_notice(world.twitch, PROGRESS, progress), twitch_notice(world.twitch, DONATE, donation)]
    return [await world.send(REEF, notice) for notice in notices]


async def started(world: World) -> Campaign:
    """A campaign in dollars with a donation of ten."""
    campaign = world.twitch.start_campaign(currency="USD")
    await world.settle()
    await world.twitch.donate(1_000)
    await world.agree()
    return campaign


async def test_an_absurd_amount_on_twitch_is_held_and_moves_nothing(world: World) -> None:
    campaign = await started(world)

    statuses = [status for amount in SCALED.values() for status in await told(world, campaign, *amount)]

    assert set(statuses) == {204}
    assert await world.count("giving_held_total", account="reef") == len(statuses)
    await world.twitch.donate(1)
    await world.agree()


async def test_a_donation_in_another_currency_is_listed_as_it_is_and_a_total_in_another_is_held(world: World) -> None:
    campaign = await started(world)
    shown = (await world.campaigns())[campaign.id]

    assert await told(world, campaign, 100, 2, "EUR") == [204, 204]

    assert await world.count("giving_held_total", account="reef") == 1  # the total
    listed = (await world.query(GIFTS, id=shown["id"]))["node"]["donations"]["nodes"]
    # both of one second, so whichever has the higher entity comes first
    assert sorted((gift["amount"] for gift in listed), key=lambda amount: str(amount["currencyCode"])) == [
        {"amount": "1.00", "currencyCode": "EUR"},
        {"amount": "10.00", "currencyCode": "USD"},
    ]
    assert (await world.campaigns())[campaign.id]["total"] == shown["total"]
