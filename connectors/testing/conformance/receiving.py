"""Rules about genuine deliveries."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

from connectors.contract import KeepsFeed, ReceivesDeliveries
from connectors.testing.conformance.bench import Bench, donations_of
from connectors.testing.conformance.broken import Broken, expect
from connectors.testing.conformance.comparing import refunds_of
from connectors.testing.conformance.grade import Grade
from connectors.testing.conformance.hooks import SaysPoison, SaysUnknown, TakesBack
from connectors.testing.conformance.rules import Rule
from schema.model.errors import DeliveryRejected, Unreadable
from schema.model.facts import CampaignState, DonationState, RefundState, Unrecognised

# Amounts of which a way through floats loses a unit (4.35 * 100 is 434.99999999999994), or a thousands mark.
GIFTS: Final = (1, 435, 1_999, 100_000, 123_456_789)


async def understood(bench: Bench) -> str:
    """A genuine delivery gives facts, or names what to read, and is neither refused nor unknown."""
    await bench.give(1_999)
    for heard in bench.heard:
        if heard.error is not None:
            raise Broken(f"a genuine delivery raised {type(heard.error).__name__}: {heard.error}") from heard.error
    expect(bench.telling, "a donation was given, and no delivery tells of it")
    unknown = [fact.kind for _, receipt in bench.genuine for fact in receipt.facts if isinstance(fact, Unrecognised)]
    expect(not unknown, f"the delivery of a donation is Unrecognised: {unknown}")
    return f"{len(bench.genuine)} deliveries were understood, {len(bench.telling)} of them tell something"


async def pure(bench: Bench) -> str:
    """``receive`` gives the same for the same delivery at any time, and touches no port."""
    await bench.give(1_999)
    bench.emulator.clock.turn(timedelta(days=1))
    for delivery, receipt in bench.genuine:
        del bench.touched[:]
        again = [bench.receive(delivery), bench.receive(replace(delivery))]
        expect(not bench.touched, f"receive used ports: {bench.touched}")
        expect(again == [receipt, receipt], "the same delivery received again gives another receipt")
    return f"{len(bench.genuine)} deliveries gave the same again, without a port"


async def replied(bench: Bench) -> str:
    """What a delivery is answered is a status of 2xx with a content type."""
    await bench.give(1_999)
    for _, receipt in bench.genuine:
        expect(200 <= receipt.reply.status < 300, f"the reply's status is {receipt.reply.status}")
        expect("/" in receipt.reply.content_type, f"{receipt.reply.content_type!r} is no content type")
    return f"{len(bench.genuine)} deliveries were answered {', '.join(sorted({str(r.reply.status) for _, r in bench.genuine}))}"


async def exact(bench: Bench) -> str:
    """Every donation comes out with exactly the amount that was given, under an id of its own."""
    await bench.give(*GIFTS)
    found = {donation.native_id: donation for donation in donations_of(await bench.delivered())}
    if not found:
        return "deliveries tell campaigns only"
    told = sorted(donation.amount.minor for donation in found.values() if donation.amount is not None)
    expect(len(found) == len(GIFTS), f"{len(GIFTS)} donations were given, {len(found)} different ids came out")
    expect(told == sorted(GIFTS), f"given were {sorted(GIFTS)} minor units, told are {told}")
    return f"{len(told)} amounts from {told[0]} to {told[-1]} minor units are exact"


async def once(bench: Bench) -> str:
    """A donation that is delivered twice has one id and one version, whatever the ids of its deliveries."""
    bench.emulator.sender.mischief.duplicate = 1.0
    await bench.give(1_999)
    donations = donations_of(await bench.delivered())
    expect(len(bench.telling) > 1, "the emulator did not deliver twice")
    expect(len({donation.native_id for donation in donations}) <= 1, "each delivery of one donation gives another id")
    expect(len({donation.version for donation in donations}) <= 1, "each delivery of one donation gives another version")
    expect(len({donation.donated_at for donation in donations}) <= 1, "each delivery of one donation gives another time")
    return f"{len(bench.telling)} deliveries of one donation tell the same"


async def anew(bench: Bench) -> str:
    """A delivery that the network makes again later, signed anew, as it did not hear the answer, tells the same donation."""
    bench.emulator.sender.mischief.unheard = 1.0
    await bench.case.give(bench.emulator, 1_999)
    await bench.settle()
    moments = [delivery.received_at for delivery, _ in bench.telling]
    expect(bench.again, "the emulator did not deliver again where it had not heard the answer")
    expect(all(heard.receipt for heard in bench.heard), "a delivery is refused when it is made again")
    given = [(state.native_id, state.amount, state.donated_at) for state in donations_of(await bench.delivered())]
    if isinstance(bench.case, TakesBack):
        await bench.case.take_back(bench.emulator)
        await bench.settle()
    back = [(state.native_id, state.amount, state.refunded_at) for state in refunds_of(await bench.delivered())]
    away = f"{(max(moments) - min(moments)).total_seconds():.0f} s"
    for thing, told in (("donation", given), ("refund", back)):
        for part, values in zip(("id", "amount", "time"), zip(*told, strict=True), strict=False):
            expect(len(set(values)) == 1, f"made again {away} later, the delivery of one {thing} gives another {part}")
    return f"{len(moments)} deliveries of one donation, the last one {away} after the first, tell the same"


async def growing(bench: Bench) -> str:
    """What is told later about a thing never has a lower version."""
    await bench.give(*GIFTS)
    latest: dict[tuple[type, str], int] = {}
    count = 0
    for fact in await bench.delivered():
        if isinstance(fact, CampaignState) or donations_of([fact]):
            native, version = fact.native_id, fact.version  # type: ignore[union-attr]
            known = latest.setdefault((type(fact), native), version)
            expect(version >= known, f"the version of {native} went from {known} to {version}")
            latest[type(fact), native] = version
            count += 1
    return f"{count} versions of {len(latest)} things never shrank"


async def kept_once(bench: Bench) -> str:
    """A feed that is kept again is not doubled: each thing is delivered as often as before."""
    await bench.give(GIFTS[0])
    before = len(bench.telling)
    if isinstance(bench.connector, KeepsFeed):
        await bench.connector.keep_feed(bench.campaigns, bench.callback)
        await bench.settle()
    handshakes = len(bench.telling)
    await bench.give(GIFTS[1])
    after = len(bench.telling) - handshakes
    expect(after == before, f"a donation was delivered {before} times, and {after} times after the feed was kept again")
    return f"a donation makes {after} deliveries, as before"


async def unknown_recognised(bench: Bench) -> str:
    """A genuine message of a kind that is in no table is Unrecognised and answered 2xx, never raised."""
    if isinstance(bench.case, SaysUnknown):
        await bench.case.say_unknown(bench.emulator)
    await bench.settle()
    expect(bench.heard, "say_unknown sent nothing")
    last = bench.heard[-1]
    expect(last.receipt is not None, f"a message of an unknown kind raised {type(last.error).__name__}")
    facts = last.receipt.facts if last.receipt else ()
    expect(any(isinstance(fact, Unrecognised) for fact in facts), "a message of an unknown kind gives no Unrecognised")
    expect(not any(isinstance(fact, DonationState | RefundState) for fact in facts), "an unknown kind became money")
    return f"an unknown kind is {', '.join(fact.kind for fact in facts if isinstance(fact, Unrecognised))}"


async def poison_unreadable(bench: Bench) -> str:
    """A genuine message with absurd content is Unreadable, or Unrecognised, and nothing of it becomes a fact."""
    if isinstance(bench.case, SaysPoison):
        await bench.case.say_poison(bench.emulator)
    await bench.settle()
    expect(bench.heard, "say_poison sent nothing")
    last = bench.heard[-1]
    expect(not isinstance(last.error, DeliveryRejected), "a genuine message was rejected, so the network sends it for ever")
    expect(
        last.error is None or isinstance(last.error, Unreadable), f"absurd content raised {last.error!r:.80}, not Unreadable"
    )
    facts = last.receipt.facts if last.receipt else ()
    expect(all(isinstance(fact, Unrecognised) for fact in facts), f"absurd content became a fact: {facts!r:.80}")
    return f"absurd content is {'Unrecognised' if last.error is None else f'Unreadable ({last.error})'}"


RULES: Final = (
    Rule("genuine-deliveries-are-understood", understood, Grade.BRONZE, (ReceivesDeliveries,)),
    Rule("receive-is-pure", pure, Grade.SILVER, (ReceivesDeliveries,)),
    Rule("replies-are-2xx", replied, Grade.BRONZE, (ReceivesDeliveries,)),
    Rule("amounts-are-exact", exact, Grade.BRONZE, (ReceivesDeliveries,)),
    Rule("redelivery-is-the-same-donation", once, Grade.GOLD, (ReceivesDeliveries,)),
    Rule("a-delivery-signed-anew-is-the-same-donation", anew, Grade.GOLD, (ReceivesDeliveries,)),
    Rule("versions-do-not-shrink", growing, Grade.GOLD, (ReceivesDeliveries,)),
    Rule(
        "a-feed-kept-again-is-not-doubled",
        kept_once,
        Grade.GOLD,
        (
            ReceivesDeliveries,
            KeepsFeed,
        ),
    ),
    Rule("unknown-kinds-are-unrecognised", unknown_recognised, Grade.SILVER, (ReceivesDeliveries,), hooks=(SaysUnknown,)),
    Rule("absurd-content-is-unreadable", poison_unreadable, Grade.PLATINUM, (ReceivesDeliveries,), hooks=(SaysPoison,)),
)
