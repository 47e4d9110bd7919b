"""Absurd amounts and currencies under genuine signatures: exact or held, never rounded, never a fault. Rows 26 and 27."""

import json
import re
import uuid
from collections.abc import Awaitable, Callable, Iterable
from decimal import Context, Decimal, Inexact, InvalidOperation
from typing import Any, Final

from connectors.twitch.emulator.payloads import DONATE, PROGRESS
from schema.model.money import MAX_DONATION
from tests.end_to_end.notices import compact, twitch_signed, twitch_subscription, wechat_notice
from tests.faults.fault import Fault, Stage, Told, expect
from tests.faults.players import LUNCH
from tests.faults.post import PUSHERS, Letter, Post, all_taken, opened
from tests.faults.sim import simulated

AMOUNTS: Final = (
    *(
        "0",
        "1",
        "100",
        "00012",
        "-0",
        "-1",
        "+1",
        "1.0",
        "1.00",
        "1.50",
        "0.01",
        "0.001",
        "1.005",
        "1e2",
        "1E2",
        "1e400",
        "1e-400",
    ),
    *(
        "NaN",
        "Infinity",
        "-Infinity",
        "1,00",
        "1.000,00",
        "１００",
        "٣",
        "0x64",
        "\u00a0100",
        "100 fen",
        "1_000",
        "",
        "null",
        "true",
    ),
    *(
        "[100]",
        "{}",
        "1\x00",
        str(MAX_DONATION),
        str(MAX_DONATION + 1),
        str(10**13),
        str(2**53 + 1),
        "9" * 5_000,
        "0." + "0" * 400 + "1",
    ),
)
CURRENCIES: Final = (
    "XXX",
    "ZZZ",
    "cny",
    " CNY",
    "CNY ",
    "人民币",
    "USD",
    "JPY",
    "KWD",
    "XAU",
    "BTC",
    "C" * 5_000,
    "840",
    "C\x00Y",
)
_PLAIN: Final = re.compile(r"-?[0-9]+(?:\.[0-9]+)?", re.ASCII)

Tell = Callable[[Post, str, str], Awaitable[int]]
"""Tells of an amount in a currency; gives the status."""


def exact(amount: str, exponent: int) -> int | None:
    """Minor units where plain digits say so without rounding, and such a gift can be; else it has to be held."""
    if not _PLAIN.fullmatch(amount):
        return None
    try:
        minor = Context(prec=6_000, traps=[Inexact, InvalidOperation]).scaleb(Decimal(amount), exponent)
    except (Inexact, InvalidOperation):
        return None
    return int(minor) if minor == int(minor) and 0 <= minor <= MAX_DONATION else None


async def _wechat(post: Post, amount: str, currency: str, *, quoted: bool = False) -> int:
    """Fen, written as they are, or as text."""
    emulator: Any = post.sim.players["wechat_pay"].emulator
    number = f"4200{uuid.uuid4().hex}"[:32]
    order = {"mchid": emulator.merchant.mchid, "appid": emulator.merchant.appid, "transaction_id": number}
    order |= {"out_trade_no": number, "trade_type": "JSAPI", "trade_state": "SUCCESS", "attach": f"campaign={LUNCH}"}
    written = json.dumps(amount) if quoted else amount
    clear = compact(order | {"amount": {"total": "here", "currency": currency}}).replace(b'"here"', written.encode())
    return await post.status(_letter("wechat_pay").saying(wechat_notice(emulator, clear)))


async def _wechat_text(post: Post, amount: str, currency: str) -> int:
    return await _wechat(post, amount, currency, quoted=True)


async def _alipay(post: Post, amount: str, _: str) -> int:
    """Yuan. There is no word for the currency."""
    emulator: Any = post.sim.players["alipay"].emulator
    payment = await emulator.pay(100, attach=f"campaign={LUNCH}", book="nowhere", notify=False)
    emulator.books.pop("nowhere")
    notified: Any = emulator.notifications
    return await post.status(_letter("alipay").saying(notified.written(notified.paid(payment) | {"total_amount": amount})))


async def _weibo(post: Post, amount: str, _: str) -> int:
    """Fen, as the query tells them."""
    emulator: Any = post.sim.players["weibo"].emulator
    payment = await emulator.pay(100, attach=f"campaign={LUNCH}", book="nowhere", notify=False)
    emulator.books.pop("nowhere")
    payment.amount_fen = amount
    return await post.status(_letter("weibo").saying(emulator.outgoing(payment)))


async def _twitch(post: Post, amount: str, currency: str) -> int:
    """A donation, and a total, of so many minor units, written as they are."""
    emulator: Any = post.sim.players["twitch"].emulator
    told = {"value": "here", "decimal_places": 2, "currency": currency}
    native = next(iter(emulator.books))
    who = {"broadcaster_user_id": emulator.broadcaster.id}
    events = [(DONATE, who | {"id": str(uuid.uuid4()), "campaign_id": native, "amount": told})]
    if exact(amount, 0) is None:  # one that may be would be believed: it is what Twitch says
        events.append((PROGRESS, who | {"id": native, "current_amount": told, "target_amount": None}))
    statuses = []
    for topic, event in events:
        body = compact({"subscription": twitch_subscription(emulator, topic), "event": event})
        written = twitch_signed(emulator, body.replace(b'"here"', amount.encode()))
        statuses.append(await post.status(_letter("twitch").saying(written)))
    return max(statuses)


async def _twitch_total(post: Post, amount: str, currency: str) -> int:
    """A total of so many minor units."""
    emulator: Any = post.sim.players["twitch"].emulator
    told = {"value": int(amount), "decimal_places": 2, "currency": currency}
    native = next(iter(emulator.books))
    event = {"broadcaster_user_id": emulator.broadcaster.id, "id": native, "current_amount": told, "target_amount": None}
    body = compact({"subscription": twitch_subscription(emulator, PROGRESS), "event": event})
    return await post.status(_letter("twitch").saying(twitch_signed(emulator, body)))


async def _tiltify(post: Post, amount: str, currency: str) -> int:
    """A donation, and a total, in decimals."""
    emulator: Any = post.sim.players["tiltify"].emulator
    native = next(iter(emulator.books)).rpartition("/")[2]
    told = {"value": amount, "currency": currency}
    gift = {
        "id": str(uuid.uuid4()),
        "campaign_id": native,
        "amount": told,
        "completed_at": f"{emulator.clock.now():%Y-%m-%dT%H:%M:%SZ}",
    }
    post.keeping = True
    await emulator.say("public:direct:donation_updated", gift)
    if exact(amount, 2) is None:
        await emulator.say(
            "public:direct:fact_updated", {"id": native, "amount_raised": told, "total_amount_raised": told, "goal": None}
        )
    await emulator.sender.settle()
    post.keeping = False
    letters, post.kept = post.kept, []
    return max([await post.status(letter) for letter in letters])


def _letter(key: str) -> Letter:
    return Letter(key, f"/webhooks/{key}/{key}", (), b"")


async def amounts(stage: Stage) -> Told:
    """Each absurd amount at each network: what is taken must be exact, and the rest is held."""
    tellers: dict[str, list[tuple[Tell, int]]] = {
        "wechat_pay": [(_wechat, 0), (_wechat_text, 0)],
        "alipay": [(_alipay, 2)],
        "weibo": [(_weibo, 0)],
        "twitch": [(_twitch, 0)],
        "tiltify": [(_tiltify, 2)],
    }
    names = ("wechat_pay", "alipay") if stage.quick else PUSHERS  # Weibo's absurd answers open its breaker for half a minute
    async with simulated(stage, *names, started=False) as sim, opened(sim) as post:
        await sim.give(stage.times(40, 20))
        await sim.even()
        tries = held = 0
        for key, player in sim.players.items():
            book = next((book for name, book in player.books.items() if name == LUNCH), None)
            currency = next(iter(player.books.values())).currency
            for tell, exponent in tellers[key]:
                for amount in AMOUNTS:
                    was_held, tries = await _told(post, key, tell, amount, currency), tries + 1
                    minor = exact(amount, exponent)
                    expect(was_held or minor is not None, f"{key}: {amount[:20]!r} was taken")
                    held += was_held
                    if book is not None and not was_held and minor:  # of counted ones the network knows from now on
                        book.raised, book.count = book.raised + minor, book.count + 1
        await sim.give(len(sim.players) * 4)
        balance, healed = await sim.even()
        return Told(tries, balance.lost, balance.doubled, healed, f"{held} held")


async def _told(post: Post, key: str, tell: Tell, amount: str, currency: str) -> bool:
    """Tells it; gives whether it is held. Raises Broken where it is not acknowledged."""
    before = await post.sim.count("giving_held_total", account=key)
    all_taken([await tell(post, amount, currency)])
    return await post.sim.count("giving_held_total", account=key) > before


async def currencies(stage: Stage) -> Told:
    """Unknown, misspelt and foreign currencies; yen and dinar with their own decimals, and with more of them."""
    names = ("wechat_pay", "twitch", *(() if stage.quick else ("tiltify",)))
    async with simulated(stage, *names, started=False) as sim, opened(sim) as post:
        await sim.give(10)
        await sim.even()
        tries = await _foreign(post)
        emulator: Any = sim.players["twitch"].emulator
        for currency in ("JPY", "KWD", "USD") * stage.times(2, 1):
            emulator.stop()
            emulator.start_campaign(currency=currency)
            await sim.settle()
            for extra in (0, 2):  # more decimals than the currency has: the same amount, written otherwise
                emulator.forms.extra_decimals = extra
                await sim.give(4, "twitch")
                tries += 4
            emulator.forms.extra_decimals = 0
            await sim.settle()
        balance, healed = await sim.even()
        return Told(tries, balance.lost, balance.doubled, healed, "; ".join(balance.says))


async def _foreign(post: Post) -> int:
    """Another currency than the campaign's is held where gifts are added up, and moves no total anywhere; how many."""
    tellers: Iterable[tuple[str, Tell, str]] = (
        ("wechat_pay", _wechat, "1"),
        ("twitch", _twitch, "1.5"),
        ("twitch", _twitch_total, "100"),
        ("tiltify", _tiltify, "1e9"),
    )
    tries = 0
    for key, tell, amount in tellers:
        if key not in post.sim.players:
            continue
        own = {book.currency for book in post.sim.players[key].books.values()}
        for currency in [each for each in CURRENCIES if tell is not _twitch_total or each not in own]:
            was_held = await _told(post, key, tell, amount, currency)
            expect(was_held, f"{key}: {amount} {currency[:10]!r} was taken")
            tries += 1
    return tries


FAULTS: Final = (
    Fault("26", "amounts", amounts, ci=True),
    Fault("27", "currencies", currencies, ci=True),
)
