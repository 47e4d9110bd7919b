"""A network tries again until it is heard, and probes whether anybody looks. What comes through in the end is the books."""

from connectors.testing.emulation import Mischief
from connectors.twitch import emulator as twitch
from connectors.twitch.emulator.payloads import PROGRESS
from connectors.wechat_pay.emulator import Fault, Part
from connectors.wechat_pay.emulator.faults import PASSING
from tests.end_to_end.world import World


async def test_a_signature_probe_of_wechat_pay_is_refused_and_the_payment_behind_it_counts(world: World) -> None:
    world.wechat.faults.once(Fault.PROBE)

    await world.wechat.pay(8_800)
    await world.settle()

    assert [attempt.status for attempt in world.wechat.sender.attempts] == [401, 200]
    assert world.wechat.notifications.probes_accepted == 0
    await world.agree()


async def test_a_delivery_that_was_refused_counts_when_it_comes_again_as_it_should(world: World) -> None:
    spoiled = [fault for fault in PASSING if fault is not Fault.UNDECRYPTABLE]
    for number, fault in enumerate(spoiled, 1):
        world.wechat.faults.once(fault)
        await world.wechat.pay(number * 100)
        await world.wechat.sender.settle()
    world.twitch.start_campaign()
    await world.settle()
    world.twitch.faults.once(twitch.Fault.WRONG_SIGNATURE)
    await world.twitch.donate(500)
    await world.settle()
    world.twitch.faults.once(twitch.Fault.STALE)
    await world.twitch.donate(700)

    await world.agree()

    assert [attempt.status for attempt in world.wechat.sender.attempts] == [401, 200] * len(spoiled)
    assert [attempt.status for attempt in world.twitch.sender.attempts].count(401) == 2


async def test_all_the_mischief_of_the_wire_at_once_comes_to_the_books(world: World) -> None:
    for network in (world.wechat, world.twitch):
        network.sender.mischief = Mischief(duplicate=0.5, reorder=0.5, lose=0.3, delay=0.3)
    world.wechat.faults.always(Fault.EXTRA_FIELDS, Fault.PROFIT_SHARING)
    world.twitch.start_campaign(currency="EUR")
    for _ in range(25):
        payment = await world.wechat.pay(world.rng.randrange(2, 10_000))
        if world.rng.random() < 0.5:
            await world.wechat.refund(payment, world.rng.randint(1, payment.amount_fen))
        await world.twitch.donate(world.rng.randrange(1, 10_000))
    await world.wechat.pay_combined([Part(100), Part(200, book="clean-river"), Part(300, attach="-", book="other-gifts")])

    await world.agree()


async def test_the_forms_that_were_seen_in_the_field_are_read(world: World) -> None:
    forms = (Fault.NO_SIGNATURE_TYPE, Fault.EMPTY_ASSOCIATED_DATA, Fault.NO_ASSOCIATED_DATA)
    for fault in forms:
        world.wechat.faults.once(fault)
        await world.wechat.pay(100)

    await world.agree()

    assert [attempt.status for attempt in world.wechat.sender.attempts] == [200] * len(forms)


async def test_events_of_twitch_that_never_leave_are_found_by_the_next_one(world: World) -> None:
    world.twitch.start_campaign()
    world.twitch.trouble.lose_next(PROGRESS, 2)
    await world.twitch.donate(100)
    await world.twitch.donate(200)
    assert await world.differences()

    await world.twitch.donate(300)

    await world.agree()
