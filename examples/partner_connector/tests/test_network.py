"""What the suite does not know of: garlands that hang on others."""

import asyncio

from connectors.testing.conformance import running
from schema.model.facts import CampaignState, DonationState

from giving_gateway_lantern.case import LanternCase
from giving_gateway_lantern.connector import LanternConnector
from giving_gateway_lantern.emulator import LanternEmulator


def test_a_lantern_is_listed_once_and_raises_every_garland_above_it() -> None:
    async def told() -> None:
        async with running(LanternCase()) as bench:
            emulator, connector = bench.emulator, bench.connector
            assert isinstance(emulator, LanternEmulator)
            assert isinstance(connector, LanternConnector)
            street = emulator.hang("Harbour Street")
            ours = emulator.hang("Number 7", on=street)
            lantern = emulator.light(1_999, ours)
            await bench.settle()

            states = {state.native_id: state async for state in connector.campaigns()}
            assert (states[ours].part_of, states[street].part_of) == ((street,), ())
            assert states[ours].raised == states[street].raised
            assert [state.native_id async for state in connector.donations(ours)] == [lantern]
            assert [state async for state in connector.donations(street)] == []

            pushed = await bench.delivered()
            assert [fact.campaign for fact in pushed if isinstance(fact, DonationState)] == [ours]
            assert {fact.native_id for fact in pushed if isinstance(fact, CampaignState)} == {ours, street}

    asyncio.run(told())
