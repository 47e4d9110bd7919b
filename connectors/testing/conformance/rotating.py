"""Rules about keys that change and feeds that stop."""

from typing import Final

from connectors.contract import Delivery, KeepsFeed, ReceivesDeliveries, RefreshesKeys
from connectors.testing.conformance.account import settings_of
from connectors.testing.conformance.bench import Bench
from connectors.testing.conformance.broken import Broken, expect
from connectors.testing.conformance.grade import Grade
from connectors.testing.conformance.hooks import Rotates, StopsFeeding
from connectors.testing.conformance.rules import Rule
from schema.model.errors import DeliveryRejected, KeyUnknown

GIFTS: Final = (1_999, 435, 100)


async def both_accepted(bench: Bench) -> str:
    """With the settings of a rotation, deliveries by the old key and by the new one are accepted."""
    old = await _rotated(bench)
    await _accepted(bench, old, "by the old key, while both are set,")
    await bench.give(GIFTS[1])
    await _accepted(bench, _newest(bench, old), "by the new key, while both are set,")
    return "both keys are accepted while both are set"


async def old_refused(bench: Bench) -> str:
    """With the settings of the new key alone, deliveries by the old one are refused."""
    old = await _rotated(bench)
    bench.connector = bench.build(settings_of(bench.case.spec, bench.emulator.account()))
    await _refresh(bench)
    await bench.give(GIFTS[1])
    await _accepted(bench, _newest(bench, old), "by the new key, which alone is set,")
    try:
        await _received(bench, old)
    except DeliveryRejected:
        return "the new key is accepted, and the old one refused"
    raise Broken("a delivery by the old key is accepted, and the new one alone is set")


async def started_anew(bench: Bench) -> str:
    """A feed that the network has stopped is started anew when it is kept again."""
    await bench.give(GIFTS[0])
    if isinstance(bench.case, StopsFeeding):
        await bench.case.stop_feeding(bench.emulator)
        await bench.settle()
    before = len(bench.telling)
    await bench.give(GIFTS[1])
    expect(len(bench.telling) == before, "stop_feeding stops nothing, so nothing is proven")
    if isinstance(bench.connector, KeepsFeed):
        await bench.connector.keep_feed(bench.campaigns, bench.callback)
        await bench.settle()
    before = len(bench.telling)
    await bench.give(GIFTS[2])
    expect(len(bench.telling) > before, "the network has stopped to deliver, and keeping the feed did not start it anew")
    return f"after a stop and keep_feed a donation makes {len(bench.telling) - before} deliveries again"


async def _rotated(bench: Bench) -> Delivery:
    """A delivery by the key before. From now on the connector has the settings of the rotation."""
    await bench.give(GIFTS[0])
    expect(bench.telling, "a donation was given, and no delivery tells of it")
    old = bench.telling[-1][0]
    if isinstance(bench.case, Rotates):
        bench.connector = bench.build(settings_of(bench.case.spec, await bench.case.rotate(bench.emulator)))
    await _refresh(bench)
    return old


async def _refresh(bench: Bench) -> None:
    if isinstance(bench.connector, RefreshesKeys):
        await bench.connector.refresh_keys()
    if isinstance(bench.connector, KeepsFeed):
        await bench.connector.keep_feed(bench.campaigns, bench.callback)
        await bench.settle()


def _newest(bench: Bench, old: Delivery) -> Delivery:
    newest = bench.heard[-1].delivery
    expect(newest is not old, "a donation was given, and nothing was delivered")
    return newest


async def _accepted(bench: Bench, delivery: Delivery, what: str) -> None:
    try:
        await _received(bench, delivery)
    except DeliveryRejected as error:
        raise Broken(f"a delivery {what} is refused: {error}") from error


async def _received(bench: Bench, delivery: Delivery) -> None:
    try:
        bench.receive(delivery)
    except KeyUnknown:
        if not isinstance(bench.connector, RefreshesKeys):
            raise
        await bench.connector.refresh_keys()
        bench.receive(delivery)


RULES: Final = (
    Rule("rotated-keys-are-both-accepted", both_accepted, Grade.GOLD, (ReceivesDeliveries,), (Rotates,)),
    Rule("retired-keys-are-refused", old_refused, Grade.SILVER, (ReceivesDeliveries,), (Rotates,)),
    Rule("a-stopped-feed-is-started-anew", started_anew, Grade.GOLD, (ReceivesDeliveries, KeepsFeed), (StopsFeeding,)),
)
