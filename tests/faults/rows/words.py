"""Texts and times that no network should write, under genuine signatures: rows 28 and 29."""

import json
import re
from collections.abc import Mapping
from datetime import datetime, timedelta, tzinfo
from typing import Any, Final
from unicodedata import category
from zoneinfo import ZoneInfo

from connectors.wechat_pay.emulator import payloads
from schema.model.text import MAX_MESSAGE, MAX_NAME
from tests.end_to_end.notices import wechat_notice
from tests.faults.fault import Fault, Stage, Told, expect
from tests.faults.forgery import signed_again
from tests.faults.players import LUNCH
from tests.faults.post import Letter, all_taken, opened
from tests.faults.sim import Sim, simulated

TEXTS: Final = (
    "NUL \x00 bell \x07 escape \x1b[31m",
    "a lone \ud83d surrogate \udc00",
    "right to left \u202e gnitirw \u2066 isolated",
    "zalgo " + "e" + "\u0301\u0327" * 500,
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "\"'`}]; DROP TABLE donations; --",
    "{{7*7}} ${7*7} %s %n",
    "white \u2028 lines \u2029 and \r\n breaks \u0085",
    "\u200b\u200c\u200d\ufeff\u2060",
    "ﷺ𒐫" * 100,
    "👩‍👩‍👧‍👦" * 50,
    "x" * 200_000,
    " ",
    "",
)
BAD_BYTES: Final = (b"\xff\xfe", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf8\x88\x80\x80\x80")
"""No UTF-8: not even begun, too long, a surrogate, five bytes."""
TIMES: Final = (
    *("0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2026-02-30T00:00:00Z", "2026-13-01T00:00:00Z", "2026-01-01T25:00:00Z"),
    *("2016-12-31T23:59:60Z", "2026-01-01T00:00:00", "2026-01-01", "1767225600", "1767225600000", "-1", "NaN", "now", "", "0"),
    *("2026-01-01T00:00:00+99:99", "2026-01-01T00:00:00.123456789123Z", "２０２６-01-01T00:00:00Z", "9" * 5_000),
)
FIRST: Final = 1_000
"""Fen of the first gift that is dated; each one after it gives one more, by which it is known."""
BEIJING: Final = ZoneInfo("Asia/Shanghai")
DATED: Final = """
{ campaigns(first: 4) { nodes { platform { key } donations(first: 100) { nodes { donatedAt amount { amount } } } } } }
"""
LISTED: Final = """
{ campaigns(first: 10) { nodes { donations(first: 40) { nodes { donorName message donatedAt amount { amount } } } } } }
"""
_SAFE: Final = frozenset("\u200c\u200d")
_HEAPED: Final = re.compile("(?:M[ne]){4}")
"""More combining marks than any language has on one character, in the general categories of a text."""


async def texts(stage: Stage) -> Told:
    """Names and comments of all kinds: acknowledged, shown as valid JSON, plain, and cut where they end."""
    async with simulated(stage, "tiltify", "twitch", started=False) as sim, opened(sim) as post:
        tries = 0
        for number in range(stage.times(3, 1)):
            for text in TEXTS:
                for letter in await post.written_in(1, "tiltify") + await post.written_in(1, "twitch"):
                    all_taken([await post.status(_saying(sim, letter, text))])
                    tries += 1
            stage.say(f"round {number}")
        await _shown(sim)
        for bad in BAD_BYTES:  # which cannot even be read
            for letter in await post.written_in(1, "tiltify") + await post.written_in(1, "twitch"):
                body = letter.body.replace(b'_name":"', b'_name":"' + bad)
                all_taken([await post.status(signed_again(letter, sim.players[letter.key].emulator, body))])
                all_taken([await post.status(letter)])
                tries += 1
        await _shown(sim)
        balance, healed = await sim.even()
        return Told(tries, balance.lost, balance.doubled, healed, "; ".join(balance.says))


def _saying(sim: Sim, letter: Letter, text: str) -> Letter:
    """The same gift by somebody with another name, and a comment."""
    told = json.loads(letter.body)
    words = told.get("event", told.get("data"))
    for name in ("user_name", "user_login", "donor_name", "donor_comment", "comment"):
        if name in words:
            words[name] = text
    # surrogates only pass where JSON spells them out
    return signed_again(letter, sim.players[letter.key].emulator, json.dumps(told).encode())


async def _shown(sim: Sim) -> None:
    """Raises Broken where what viewers see is not plain, or too long."""
    reply = await sim.ask("POST", "/graphql", {"content-type": "application/json"}, json.dumps({"query": LISTED}).encode())
    expect(reply.status == 200, f"the list is answered {reply.status}")
    told = json.loads(reply.body.decode("utf-8", "strict"))
    expect("errors" not in told, f"the list has errors: {told}")
    gifts = [
        gift for campaign in told["data"]["campaigns"]["nodes"] for gift in (campaign["donations"] or {"nodes": []})["nodes"]
    ]
    for gift in gifts:
        for text, most in ((gift["donorName"], MAX_NAME), (gift["message"], MAX_MESSAGE)):
            odd = [char for char in text or "" if not char.isprintable() and char not in _SAFE]
            expect(not odd and len(text or "") <= most, f"viewers see {odd[:3]!r} in {len(text or '')} characters")
            expect(not _HEAPED.search("".join(map(category, text or ""))), "viewers see characters with heaps of marks")


async def times(stage: Stage) -> Told:
    """Moments of all kinds: as UTC where they are some, else held; the same gift told rightly counts once."""
    async with simulated(stage, "wechat_pay", "alipay", started=False) as sim, opened(sim) as post:
        tries, held, due = 0, 0, dict[tuple[str, int], datetime]()
        for _ in range(stage.times(3, 1)):
            for moment in (*TIMES, _here("+08:00"), _here("-11:30"), _here("+00:00")):
                for tell, zone in ((_wechat, None), (_alipay, BEIJING)):
                    payment, told, genuine = await tell(sim, moment, FIRST + tries)
                    before = await sim.count("giving_held_total")
                    all_taken([await post.status(told)])
                    was_held = await sim.count("giving_held_total") > before
                    is_one = instant(moment if zone is None else _local(moment), zone)
                    if moment:  # of a gift without a time other moments are told
                        expect(
                            was_held == (is_one is None), f"{told.key}: {moment[:40]!r} was {'held' if was_held else 'taken'}"
                        )
                        due[told.key, payment.amount_fen] = min(is_one or payment.paid_at, payment.paid_at)
                    all_taken([await post.status(genuine)])
                    held, tries = held + was_held, tries + 1
        balance, healed = await sim.even()
        await _dated(sim, due)
        return Told(tries, balance.lost, balance.doubled, healed, f"{held} held")


def instant(text: str, zone: tzinfo | None) -> datetime | None:
    """The moment that a text means, in the zone where it has none of its own, and then no fractions either; None for what no
    donation may carry.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if (moment.tzinfo is None) != (zone is not None) or (zone is not None and len(text) != len("2026-01-01 00:00:00")):
        return None
    moment = moment if zone is None else moment.replace(tzinfo=zone)
    return moment if 2000 < moment.year < 2100 else None


async def _dated(sim: Sim, due: Mapping[tuple[str, int], datetime]) -> None:
    """Raises Broken unless each gift is shown at its moment: of two times of one gift the earlier stands."""
    nodes = (await sim.query(DATED))["campaigns"]["nodes"]
    gifts = [(node["platform"]["key"], gift) for node in nodes for gift in (node["donations"] or {"nodes": []})["nodes"]]
    listed = {(key, int(gift["amount"]["amount"].replace(".", ""))): gift["donatedAt"] for key, gift in gifts}
    expect(due.keys() <= listed.keys(), f"of {len(due)} gifts {len(listed.keys() & due.keys())} are listed")
    for (key, fen), right in due.items():
        shown = datetime.fromisoformat(listed[key, fen])
        expect(shown.utcoffset() == timedelta(), f"{listed[key, fen]} is no moment of UTC")
        expect(abs(shown - right) < timedelta(seconds=1), f"{key}: a gift of {right} is shown at {shown}")


def _here(offset: str) -> str:
    """This moment, as it is told with an offset."""
    return datetime.now(datetime.fromisoformat(f"2026-01-01T00:00:00{offset}").tzinfo).isoformat(timespec="seconds")


def _local(moment: str) -> str:
    """As a network writes it that gives no zones."""
    return moment.replace("T", " ").removesuffix("Z")


async def _wechat(sim: Sim, moment: str, fen: int) -> tuple[Any, Letter, Letter]:
    """A payment, told with this time, and as it was."""
    emulator: Any = sim.players["wechat_pay"].emulator
    payment = await emulator.pay(fen, attach=f"campaign={LUNCH}", book=LUNCH, notify=False)
    clear: Mapping[str, Any] = payloads.transaction(payment, emulator.merchant)
    told = wechat_notice(emulator, {**clear, "success_time": moment})
    letter = Letter("wechat_pay", "/webhooks/wechat_pay/wechat_pay", (), b"")
    return payment, letter.saying(told), letter.saying(emulator.outgoing(payment))


async def _alipay(sim: Sim, moment: str, fen: int) -> tuple[Any, Letter, Letter]:
    """The same of Alipay, whose moments have no zone."""
    emulator: Any = sim.players["alipay"].emulator
    payment = await emulator.pay(fen, attach=f"campaign={LUNCH}", book=LUNCH, notify=False)
    notified = emulator.notifications
    told = notified.written(notified.paid(payment) | {"gmt_payment": _local(moment)})
    letter = Letter("alipay", "/webhooks/alipay/alipay", (), b"")
    return payment, letter.saying(told), letter.saying(emulator.outgoing(payment))


FAULTS: Final = (
    Fault("28", "texts", texts, ci=True),
    Fault("29", "times", times),
)
