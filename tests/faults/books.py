"""The books of a ledger from within: whether its sums are what its records come to, whatever networks know of it."""

from connectors.testing.emulation import ScaledClock
from gateway.store.connection import connect
from gateway.store.shelf import Shelf
from gateway.upkeep.audit import Audit
from tests.faults.fault import expect
from tests.faults.redis_server import RedisServer


async def drifting(server: RedisServer) -> dict[str, list[str]]:
    """The names of the sums that are not what they must be, by campaign, read past the gateway."""
    async with connect(server.url, timeout=10) as redis:
        audit = Audit(redis, ScaledClock(), share=1)
        found = {str(campaign): await audit.drifts(campaign) for campaign in await Shelf(redis).opened()}
    expect(None not in found.values(), "books changed too fast to be added up")
    return {campaign: [each.what for each in drifts] for campaign, drifts in found.items() if drifts}


async def balance(server: RedisServer, when: str) -> None:
    """Raises Broken with ``when`` unless all of them do."""
    found = await drifting(server)
    expect(not found, f"{when} the books do not balance: {found}")
