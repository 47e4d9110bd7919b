"""Signing keys change while donations flow, and the list of keys is away: row 9."""

import asyncio
from typing import Any, Final

from tests.end_to_end.notices import wechat_signed
from tests.faults.fault import Fault, Stage, Told, expect
from tests.faults.post import TAKEN, Letter, Post, all_taken, calm, opened
from tests.faults.rows.edges import none_counts
from tests.faults.sim import Sim, simulated

LATER: Final = 503
LISTED_WITHIN: Final = 45.0
"""Seconds within which a key that is new is known, and one that is listed no more is not: the list is read twice a minute."""


async def wechat(stage: Stage) -> Told:
    """Certificates rotate and retire, a serial is nobody's, and the list of certificates cannot be had."""
    async with simulated(stage, "wechat_pay", started=False) as sim, opened(sim) as post:
        emulator: Any = sim.players["wechat_pay"].emulator
        tries = 0
        for number in range(stage.times(6, 1)):
            first = emulator.keys.certificates[0]
            tries += await _both(post, emulator)
            tries += await _list_is_away(post, emulator)
            if number == 1:  # it takes half a minute
                tries += await _listed_no_more(post, emulator)
            tries += await _retired(post, emulator, first)
            await _restarted(sim)
        balance, healed = await sim.even()
        expect(emulator.sender.abandoned == 0, f"{emulator.sender.abandoned} deliveries were given up")
        return Told(tries, balance.lost, balance.doubled, healed, "; ".join(balance.says))


async def _both(post: Post, emulator: Any) -> int:
    """Both kinds of keys sign, at random: no delivery has to come twice."""
    emulator.signing = "mixed"
    all_taken(await post.over_connections(letters := await post.written_in(10)))
    return len(letters)


async def _list_is_away(post: Post, emulator: Any) -> int:
    """A new certificate signs while none can be fetched: what it signs is asked to come again, as is what nobody signed."""
    emulator.rotate_certificate()
    emulator.signing = "certificate"
    emulator.api.certificates_down = True
    letters = await post.written_in(5)
    before = await post.sim.written()
    strangers = [_under(emulator, letter, emulator.keys.unknown_serial()) for letter in letters]
    statuses = {await post.status(letter) for letter in [*letters, *strangers]}
    expect(statuses == {LATER}, f"while no keys can be had, deliveries under unknown ones are answered {sorted(statuses)}")
    expect(await post.sim.written() == before, "what could not be verified was written")
    await post.sim.give(5)  # these come again by themselves, until the list is back
    emulator.api.certificates_down = False
    await post.sim.settle()
    all_taken(await post.over_connections(letters))
    await none_counts(post, [("an unknown serial", letter) for letter in strangers])
    return 2 * len(letters) + 5


async def _listed_no_more(post: Post, emulator: Any) -> int:
    """The certificate that was fetched is taken off the list, and in no settings: without any restart it is good no more."""
    old = emulator.keys.certificates[-1]
    emulator.rotate_certificate()
    emulator.retire_certificate()
    letters = await post.written_in(5)
    async with asyncio.timeout(LISTED_WITHIN):
        while await post.status(letters[0]) not in TAKEN:  # signed by the new one, for which the list is read
            await asyncio.sleep(0.5)
    revoked = [_under(emulator, letter, old.serial, key=old) for letter in letters]
    await none_counts(post, [("a key that is listed no more", letter) for letter in revoked])
    all_taken(await post.over_connections(letters))
    return len(revoked)


async def _retired(post: Post, emulator: Any, old: Any) -> int:
    """The old certificate is taken back, and out of the settings: what it signs is refused, by the new one it counts."""
    letters = await post.written_in(5)
    emulator.retire_certificate()
    await _restarted(post.sim)
    revoked = [_under(emulator, letter, old.serial, key=old) for letter in letters]
    await none_counts(post, [("a revoked key", letter) for letter in revoked])
    all_taken(await post.over_connections(letters))
    return len(revoked)


def _under(emulator: Any, letter: Letter, serial: str, key: Any = None) -> Letter:
    return letter.saying(wechat_signed(emulator, letter.body, key=key, serial=serial))


async def _restarted(sim: Sim) -> None:
    """The gateway starts again, with the keys that the network has now."""
    await sim.gateway.kill()
    await sim.start()
    await calm(sim)


async def tiltify(stage: Stage) -> Told:
    """A key is changed in the dashboard: both are accepted while both are in the settings, then the new one alone."""
    async with simulated(stage, "tiltify", started=False) as sim, opened(sim) as post:
        emulator: Any = sim.players["tiltify"].emulator
        tries = 0
        for _ in range(stage.times(4, 1)):
            under_old = await post.written_in(5)
            old, new = emulator.endpoint.signing_key, emulator.rotate_key()
            under_new = await post.written_in(5)
            await _changed(sim, old, new)
            all_taken(await post.over_connections([*under_old[:4], *under_new]))
            await _restarted(sim)
            await none_counts(post, [("a revoked key", letter) for letter in under_old[4:]])
            all_taken(await post.over_connections(under_new))
            tries += len(under_old) + len(under_new)
        balance, healed = await sim.even()
        return Told(tries, balance.lost, balance.doubled, healed, "; ".join(balance.says))


async def _changed(sim: Sim, old: str, new: str) -> None:
    """The settings have both keys."""
    await sim.gateway.kill()
    path = sim.configure()
    lines = path.read_text("utf-8").replace(f'signing_key = "{new}"', f'signing_key = "{new}"\nprevious_signing_key = "{old}"')
    path.write_text(lines, "utf-8")
    await sim.gateway.start()
    await calm(sim)


FAULTS = (
    Fault("9", "certificates rotate", wechat, ci=True),
    Fault("9", "a signing key changes", tiltify),
)
