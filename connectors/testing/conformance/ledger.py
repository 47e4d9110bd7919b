"""What a gateway brings to the bench, where there is one: a real ledger, into which a story's facts are counted.

The suite is below the gateway and knows none. Whoever runs it hands over an ``Opens``: ``check(case, name, ledger=opens)``,
``examine(..., ledger=opens)``, or, in pytest, the fixture ``giving_ledger``, which the gateway's plug-in provides.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol, TypeAlias

from connectors.spec import ConnectorSpec
from schema.model.facts import Fact


class Counts(Protocol):
    """The ledger of one account of a network, empty at first, into which facts go the way that they go in a gateway."""

    async def take(self, facts: Sequence[Fact]) -> None:
        """Takes these in turn, as those of one delivery.

        A fact that has to wait for another (a refund for its donation, a donation for its campaign) is kept, and taken again
        after all that follow, as from quarantine. Nothing is asked of the network.
        """
        ...

    async def totals(self) -> Mapping[str, int]:
        """The total of each campaign in net minor units, by its native id.

        Of a network that declares campaigns there is one campaign, in the currency that it was opened with, to which all
        clues lead.
        """
        ...

    async def held(self) -> Sequence[str]:
        """Of each fact that still waits the reason, in the gateway's word: ``clash``, ``nocampaign``, ``unconfirmed``."""
        ...


Opens: TypeAlias = Callable[[ConnectorSpec, str], AbstractAsyncContextManager[Counts]]
"""Gives a new, empty ledger for a network and the currency of its campaigns; gone with the context."""
