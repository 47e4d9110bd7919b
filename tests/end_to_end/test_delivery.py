"""Every donation counts once, however often, in whatever order and over however many connections it is told."""

import asyncio

import aiohttp
from multidict import CIMultiDict

from connectors.testing.emulation import Outgoing
from tests.end_to_end.notices import twitch_message
from tests.end_to_end.world import LUNCH, REEF, World, at_once

CONNECTIONS = 4
CAMPAIGNS = ("school-lunch", "clean-river", "other-gifts")


async def given(world: World, payments: int, refunds: int) -> list[Outgoing]:
    """Payments and refunds that have happened and were told to nobody, as notifications."""
    made = [
        await world.wechat.pay(world.rng.randrange(1, 100_000), book=world.rng.choice(CAMPAIGNS), notify=False)
        for _ in range(payments)
    ]
    returned = [
        await world.wechat.refund(payment, world.rng.randint(1, payment.amount_fen), notify=False)
        for payment in world.rng.sample(made, refunds)
    ]
    return [*map(world.wechat.outgoing, made), *map(world.wechat.outgoing, returned)]


async def streamed(world: World, donations: int) -> list[Outgoing]:
    """Donations to a Twitch campaign, with its start and progress, as messages that were told to nobody."""
    world.twitch.mail.hold()
    world.twitch.start_campaign(goal=10_000_000)
    for _ in range(donations):
        await world.twitch.donate(world.rng.randrange(1, 100_000))
    return [twitch_message(message, world.twitch) for message in world.twitch.mail.kept]


async def test_each_event_sent_one_to_five_times_over_four_connections_at_once_counts_once(world: World) -> None:
    told = [(LUNCH, each) for each in await given(world, payments=40, refunds=12)]
    told += [(REEF, each) for each in await streamed(world, donations=20)]
    copies = [each for each in told for _ in range(world.rng.randint(1, 5))]
    world.rng.shuffle(copies)
    # the same event at the same moment on all connections, too
    copies += [each for each in world.rng.sample(told, 10) for _ in range(CONNECTIONS)]

    statuses = await asyncio.gather(*(one_connection(world, copies[n::CONNECTIONS]) for n in range(CONNECTIONS)))

    assert {status for some in statuses for status in some} <= {200, 204}
    await world.agree()


async def one_connection(world: World, deliveries: list[tuple[str, Outgoing]]) -> list[int]:
    """Sends deliveries in turn over one connection."""
    statuses = []
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=1)) as session:
        for path, outgoing in deliveries:
            async with session.post(world.url + path, data=outgoing.body, headers=CIMultiDict(outgoing.headers)) as answer:
                statuses.append(answer.status)
    return statuses


async def test_payments_and_refunds_in_any_order_come_to_the_books(world: World) -> None:
    told = await given(world, payments=30, refunds=25)
    world.rng.shuffle(told)

    statuses = await at_once((world.send(LUNCH, each) for each in told), most=8)

    assert set(statuses) == {200}
    await world.agree()


async def test_progress_in_any_order_leaves_the_newest_total_and_every_donation(world: World) -> None:
    told = await streamed(world, donations=30)
    world.rng.shuffle(told)

    statuses = [await world.send(REEF, each) for each in told]

    assert set(statuses) == {204}
    await world.agree()


async def test_a_refund_whose_payment_was_never_told_makes_the_gateway_read_the_order(world: World) -> None:
    payment = await world.wechat.pay(10_000, notify=False)
    refund = await world.wechat.refund(payment, 2_500, notify=False)

    assert await world.send(LUNCH, world.wechat.outgoing(refund)) == 200

    await world.agree()  # 75.00 raised and 25.00 refunded, of one donation
    assert await world.count("giving_held_total") == 0

    assert await world.send(LUNCH, world.wechat.outgoing(payment)) == 200
    await world.agree()


async def test_captured_bytes_sent_a_hundred_times_change_nothing(world: World) -> None:
    (captured,) = await given(world, payments=1, refunds=0)
    started, donated, progressed = await streamed(world, donations=1)
    sent = [(LUNCH, captured), (REEF, started), (REEF, donated), (REEF, progressed)]
    first = [await world.send(path, each) for path, each in sent]
    before = await world.written()

    again = await at_once((world.send(path, each) for path, each in sent * 100), most=8)

    assert first == [200, 204, 204, 204]
    assert set(again) == {200, 204}
    assert await world.written() == before
