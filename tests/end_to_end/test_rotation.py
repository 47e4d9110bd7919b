"""Keys change while donations flow: none is lost, and none is accepted under a key that was taken back."""

import asyncio

from connectors.testing.emulation import Outgoing
from connectors.wechat_pay.emulator.keys import PlatformKey
from tests.end_to_end.notices import wechat_signed
from tests.end_to_end.visitor import SECONDS
from tests.end_to_end.world import LUNCH, World

KEYS = "verification_keys"


async def paid(world: World, key: PlatformKey, serial: str = "") -> Outgoing:
    """The notification of one more payment, which nobody was told of, signed with this key."""
    payment = await world.wechat.pay(world.rng.randrange(1, 10_000), notify=False)
    return wechat_signed(world.wechat, world.wechat.outgoing(payment).body, key=key, serial=serial)


async def started(world: World, *keys: PlatformKey) -> None:
    """Starts the gateway with these keys in its settings, and waits until it has asked for more where it may."""
    world.accounts = {"lunch": {**world.accounts["lunch"], KEYS: {key.serial: key.pem for key in keys}}}
    await world.start()
    await world.reach("giving_jobs_total", 1, account="lunch", job="keys")


async def heard(world: World, outgoing: Outgoing) -> int:
    """Sends until the answer is another than to come again later: after a failure, keys are not asked for at once."""
    async with asyncio.timeout(SECONDS):
        while True:
            status = await world.send(LUNCH, outgoing)
            if status != 503:
                return status
            await asyncio.sleep(0.1)


async def test_both_keys_are_accepted_until_the_old_one_is_taken_out_of_the_settings(idle: World) -> None:
    old, new = idle.wechat.keys.certificates[0], idle.wechat.keys.public
    await started(idle, old, new)
    idle.wechat.signing = "mixed"
    for _ in range(20):
        await idle.wechat.pay(idle.rng.randrange(1, 10_000))
    await idle.agree()
    assert {attempt.status for attempt in idle.wechat.sender.attempts} == {200}

    await idle.gateway.kill()
    await started(idle, new)
    under_old, under_new = await paid(idle, old), await paid(idle, new)
    before = await idle.written()
    assert await idle.send(LUNCH, under_old) == 401
    assert await idle.written() == before

    assert await idle.send(LUNCH, under_new) == 200
    assert await idle.send(LUNCH, wechat_signed(idle.wechat, under_old.body, key=new)) == 200
    await idle.agree()


async def test_a_certificate_that_was_never_seen_is_fetched_and_the_one_before_stays_good(idle: World) -> None:
    await started(idle)
    (old,) = idle.wechat.keys.certificates
    assert await idle.send(LUNCH, await paid(idle, old)) == 200

    idle.wechat.rotate_certificate()

    assert await idle.send(LUNCH, await paid(idle, idle.wechat.keys.certificates[-1])) == 200
    assert await idle.send(LUNCH, await paid(idle, old)) == 200
    await idle.agree()


async def test_a_retired_certificate_is_refused_once_the_keys_were_read_again(idle: World) -> None:
    await started(idle)
    (old,) = idle.wechat.keys.certificates
    assert await idle.send(LUNCH, await paid(idle, old)) == 200

    idle.wechat.rotate_certificate()
    idle.wechat.retire_certificate()
    (new,) = idle.wechat.keys.certificates
    assert await idle.send(LUNCH, await paid(idle, new)) == 200  # makes the keys be read again

    under_old = await paid(idle, old)
    assert await idle.send(LUNCH, under_old) == 401
    assert await idle.send(LUNCH, wechat_signed(idle.wechat, under_old.body, key=new)) == 200
    await idle.agree()


async def test_while_certificates_cannot_be_fetched_an_unknown_serial_is_asked_to_come_again(idle: World) -> None:
    await started(idle)
    idle.wechat.rotate_certificate()
    new = idle.wechat.keys.certificates[-1]
    idle.wechat.api.certificates_down = True
    genuine, before = await paid(idle, new), await idle.written()
    stranger = await paid(idle, new, serial=idle.wechat.keys.unknown_serial())

    assert [await idle.send(LUNCH, genuine), await idle.send(LUNCH, stranger)] == [503, 503]
    assert await idle.written() == before

    idle.wechat.api.certificates_down = False
    assert await heard(idle, genuine) == 200
    assert await idle.send(LUNCH, stranger) == 401
    assert await idle.send(LUNCH, wechat_signed(idle.wechat, stranger.body, key=new)) == 200
    await idle.agree()


async def test_where_the_platform_refuses_to_give_certificates_nothing_is_accepted_and_nothing_is_lost(idle: World) -> None:
    idle.wechat.outage.fail_next, idle.wechat.outage.fail_status = 1_000, 403
    await started(idle)
    genuine, before = await paid(idle, idle.wechat.keys.certificates[0]), await idle.written()

    assert await idle.send(LUNCH, genuine) == 503

    assert await idle.written() == before


async def test_with_public_keys_alone_an_unknown_serial_is_refused_and_nobody_is_asked(idle: World) -> None:
    public = idle.wechat.keys.public
    await started(idle, public)
    idle.wechat.api.certificates_down = True
    stranger = await paid(idle, public, serial="PUB_KEY_ID_0000000000000000000000000000")
    certified = await paid(idle, idle.wechat.keys.certificates[0])

    assert [await idle.send(LUNCH, stranger), await idle.send(LUNCH, certified)] == [401, 401]
    for refused in (stranger, certified):
        assert await idle.send(LUNCH, wechat_signed(idle.wechat, refused.body)) == 200
    await idle.agree()
