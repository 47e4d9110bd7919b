"""Messages that tell of no money, and floods of what proves nothing: rows 14 and 15."""

import asyncio
import time
import uuid
from dataclasses import replace
from typing import Any, Final

from tests.end_to_end.notices import compact, twitch_notice, twitch_signed, twitch_subscription
from tests.faults.fault import Fault, Stage, Told, expect
from tests.faults.forgery import flipped
from tests.faults.post import MERCHANTS, Letter, Post, all_taken, opened
from tests.faults.rows.edges import REFUSED, none_counts
from tests.faults.sim import Sim, simulated

TWITCH: Final = Letter("twitch", "/webhooks/twitch/twitch", (), b"")
CHALLENGE: Final = "webhook_callback_verification"
A_SECOND: Final = 200
"""Bad deliveries."""
ACKED_WITHIN: Final = 1.0


async def handshakes(stage: Stage) -> Told:
    """Challenges, genuine and not, messages that nobody knows, and the end of a subscription."""
    async with simulated(stage, "twitch", started=False) as sim, opened(sim) as post:
        emulator: Any = sim.players["twitch"].emulator
        times = stage.times(50, 10)
        await sim.give(times)
        await sim.settle()
        for _ in range(times):
            await _challenge(post, emulator)
        unknown = [twitch_notice(emulator, "channel.follow", {"user_id": str(n)}) for n in range(times)]
        unknown += [twitch_signed(emulator, compact({"subscription": {}}), kind=f"kind_{n}") for n in range(times)]
        counted = await sim.count("giving_facts_total", platform="twitch", kind="unrecognised")
        all_taken([await post.status(TWITCH.saying(each)) for each in unknown])
        now = await sim.count("giving_facts_total", platform="twitch", kind="unrecognised")
        expect(now == counted + len(unknown), f"of {len(unknown)} unknown messages {now - counted:.0f} were counted")
        balance, healed = await sim.even()
        emulator.revoke_subscriptions("authorization_revoked")
        await emulator.settle()
        await sim.reach("giving_feed_stopped", 1, account="twitch")
        return Told(2 * times + len(unknown) + 1, balance.lost, balance.doubled, healed, "; ".join(balance.says))


async def _challenge(post: Post, emulator: Any) -> None:
    """Echoed as plain text where it is signed, and refused where it is not."""
    word = uuid.uuid4().hex
    topic = twitch_subscription(emulator, "channel.charity_campaign.start", f"{CHALLENGE}_pending")
    asked = TWITCH.saying(twitch_signed(emulator, compact({"challenge": word, "subscription": topic}), kind=CHALLENGE))
    status, body, kind = await post.sent(asked)
    expect((status, body, kind) == (200, word.encode(), "text/plain"), f"a challenge is answered {status} {body!r} {kind}")
    await none_counts(post, [("an altered challenge", replace(asked, body=asked.body.replace(b"pending", b"pendinG")))])


async def flood(stage: Stage) -> Told:
    """200 bad signatures a second, while donations come: these are still taken soon, and those cost no call of Redis."""
    seconds = stage.times(10, 2)
    async with simulated(stage, *MERCHANTS, own_redis=True, started=False) as sim, opened(sim) as post:
        letters = await post.written_in(20)
        bad = [flipped(letter, stage.rng) for letter in letters]
        await asyncio.sleep(1)  # what a start still does is done
        calm = await _calls(sim, asyncio.sleep(seconds))
        refusals: list[int] = []
        busy = await _calls(sim, _flooded(post, bad, seconds, refusals))
        expect(set(refusals) == {REFUSED}, f"bad deliveries are answered {sorted(set(refusals))}")
        expect(busy - calm < len(refusals) / 20, f"{len(refusals)} bad deliveries cost {busy - calm} calls of Redis")

        pouring = asyncio.create_task(_flooded(post, bad, seconds, refusals))
        slowest = 0.0
        for letter in letters:
            began = time.monotonic()
            all_taken([await post.status(letter)])
            slowest = max(slowest, time.monotonic() - began)
            await asyncio.sleep(seconds / len(letters) / 2)  # over the whole of the flood
        await pouring
        expect(slowest < ACKED_WITHIN, f"in a flood a good delivery took {slowest:.2f} s")
        balance, healed = await sim.even()
        says = f"{busy - calm:+} calls of Redis; a good one took {slowest * 1000:.0f} ms"
        return Told(len(refusals), balance.lost, balance.doubled, healed, says)


async def _calls(sim: Sim, during: Any) -> int:
    """How many commands Redis carried out meanwhile."""
    assert sim.server is not None
    async with sim.server.client() as redis:
        before = (await redis.info("stats"))["total_commands_processed"]
        await during
        return int((await redis.info("stats"))["total_commands_processed"] - before)


async def _flooded(post: Post, bad: list[Letter], seconds: int, refusals: list[int]) -> None:
    """Sends them at their rate, and keeps what they are answered."""
    loop = asyncio.get_running_loop()
    began, under_way = loop.time(), []
    for number in range(seconds * A_SECOND):
        await asyncio.sleep(max(0.0, began + number / A_SECOND - loop.time()))
        under_way.append(asyncio.create_task(post.status(bad[number % len(bad)])))
    refusals += await asyncio.gather(*under_way)


FAULTS: Final = (
    Fault("14", "handshakes", handshakes),
    Fault("15", "flood", flood),
)
