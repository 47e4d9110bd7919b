"""While the ledger does not answer nothing is acknowledged, and what was not comes again."""

import asyncio
import time

from tests.end_to_end.gateway_process import frozen
from tests.end_to_end.viewers import TOTAL, follow, socket
from tests.end_to_end.world import LUNCH, World

ANSWER_SECONDS = 3.5
"""The promised three, and some for a slow machine."""
READY = {"staying": True, "campaigns_listed": True, "ledger_answers": True}


async def timed(world: World) -> tuple[int, float]:
    """Delivers a payment that the network will tell of again; the status, and how many seconds the answer took."""
    payment = await world.wechat.pay(world.rng.randrange(1, 10_000), notify=False)
    began = time.monotonic()
    status = await world.send(LUNCH, world.wechat.outgoing(payment))
    taken = time.monotonic() - began
    await world.wechat.notifications.paid(world.wechat.callback, payment)
    return status, taken


async def test_a_ledger_that_is_stopped_for_seconds_costs_503_within_three_and_no_donation(world: World) -> None:
    await world.wechat.pay(500)
    await world.agree()
    (lunch,) = [campaign for name, campaign in (await world.campaigns()).items() if name == "school-lunch"]

    async with socket(world.url) as session:
        messages = follow(session, TOTAL, id=lunch["id"])
        assert (await anext(messages))["campaign"]["total"]["raised"]["amount"] == "5.00"

        with frozen(world.gateway.server()):
            answers = await asyncio.gather(*(timed(world) for _ in range(4)))
            readiness = await world.ask("GET", "/readyz")
            async with asyncio.timeout(10):  # until the network itself was refused, so that it must come again
                while 503 not in {attempt.status for attempt in world.wechat.sender.attempts}:
                    await asyncio.sleep(0.05)

        assert [status for status, _ in answers] == [503] * 4
        assert max(taken for _, taken in answers) < ANSWER_SECONDS
        assert readiness.status == 503
        await world.agree()
        # what was watched all the time has come along
        raised = f"{world.wechat.books['school-lunch'].raised / 100:.2f}"
        async with asyncio.timeout(10):
            while (await anext(messages))["campaign"]["total"]["raised"]["amount"] != raised:
                pass
        await messages.aclose()

    assert (await world.ask("GET", "/readyz")).status == 200
