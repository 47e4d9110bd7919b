"""The contract between the gateway and a network's connector.

A connector does no I/O of its own: it holds its settings, its key ring and its ports, and nothing global. It is any object
with at least one of the abilities below. **Having the method is having the ability**; none is obligatory. It is built once
per account by ``ConnectorSpec.build`` (``connectors.spec``). End a connector's module with the static claims, as at run time
only names are checked::

    _: type[ReceivesDeliveries] = AcmeConnector
"""

from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import BinaryIO, Final, Protocol, TypeAlias, runtime_checkable

from connectors.http import Headers
from schema.model.campaign import Milestone
from schema.model.endorsement import Post
from schema.model.engagement import Engagement
from schema.model.facts import CampaignState, Fact, Movement

# ---------------------------------------------------------------------------------------------------------- deliveries


@dataclass(frozen=True, slots=True)
class Delivery:
    """One inbound webhook, its bytes exactly as received. ``received_at`` is the only clock that ``receive`` has."""

    method: str
    query: str
    headers: Headers = field(repr=False)
    body: bytes = field(repr=False)
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Reply:
    """What the network expects to be answered."""

    status: int = 204
    body: bytes = b""
    content_type: str = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a connector made of a delivery.

    ``facts`` count as they stand. ``fetch`` holds lookup texts of this connector's own making: the gateway reads each with
    ``donation()``, and only what that gives counts. ``reply`` is sent after all of it is durable.
    """

    facts: tuple[Fact, ...] = ()
    fetch: tuple[str, ...] = ()
    reply: Reply = Reply()


# ----------------------------------------------------------------------------------------------------------- abilities


@runtime_checkable
class ReceivesDeliveries(Protocol):
    """The network pushes."""

    def receive(self, delivery: Delivery) -> Receipt:
        """Verifies the bytes first, then reads them. Pure, and without a clock of its own, so that a kept one replays.

        Raises DeliveryRejected (nothing is proven), KeyUnknown (signed by a key to be fetched first) or Unreadable
        (proven genuine, but not to be read: the gateway keeps it in quarantine and answers 2xx).
        """
        ...


@runtime_checkable
class RefreshesKeys(Protocol):
    """The network rotates its signing keys, and they can be fetched."""

    async def refresh_keys(self) -> None:
        """Replaces the fetched keys by those valid now. Called once after KeyUnknown, and before the first delivery."""
        ...


@runtime_checkable
class ReadsDonations(Protocol):
    """One donation can be asked for: as confirmation, for thin events, for a refund that came first."""

    async def donation(self, native_id: str) -> Sequence[Movement]:
        """The donation behind a lookup text that this connector made. Raises NotFound."""
        ...


@runtime_checkable
class ReadsCampaigns(Protocol):
    """One campaign can be asked for."""

    async def campaign(self, native_id: str) -> CampaignState:
        """The campaign as the network states it now. Raises NotFound."""
        ...


@runtime_checkable
class ListsCampaigns(Protocol):
    """The account's campaigns can be listed."""

    def campaigns(self) -> AsyncIterator[CampaignState]:
        """Those of this account that the network tells now."""
        ...


@runtime_checkable
class ListsDonations(Protocol):
    """A campaign's donations can be listed."""

    def donations(self, campaign: str, *, since: datetime | None) -> AsyncIterator[Movement]:
        """Those at or after ``since`` as far as the network can tell them apart; more than asked for does no harm.

        A row that cannot be read hides no other: after the last of them it is raised, as UpstreamGarbled or Unreadable.
        """
        ...


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a statement, an export or a list of published figures (``campaign``): what it says, or the problem that it
    has. ``line`` counts from 1.
    """

    line: int
    movements: tuple[Movement, ...] = ()
    problem: str | None = None
    campaign: CampaignState | None = None


@runtime_checkable
class ReadsExports(Protocol):
    """Files of the network can be read."""

    def read_export(self, source: BinaryIO) -> Iterator[Row]:
        """Pure, and in constant memory. A row that cannot be read is a Row with a problem, and the next one follows."""
        ...


@runtime_checkable
class FetchesStatements(Protocol):
    """The network keeps a bill of each day."""

    def statement(self, day: date) -> AbstractAsyncContextManager[BinaryIO]:
        """The bill of a day in the network's own zone, for ``read_export``. Covers the account, not a campaign.

        Raises NotFound where there were no transactions, UpstreamUnavailable while it is being made.
        """
        ...


@runtime_checkable
class KeepsFeed(Protocol):
    """The network sends to an address only after being asked to."""

    async def keep_feed(self, campaigns: Sequence[str], callback: str) -> None:
        """Declarative: makes the network send everything about these to ``callback``, and nothing else."""
        ...


@runtime_checkable
class ListensToFeed(Protocol):
    """The network pushes over a connection that we open."""

    def listen(self, campaigns: Sequence[str]) -> AsyncGenerator[Fact, None]:
        """Facts as they come. After each (re)connect FeedStarted, then what was missed, then the rest.

        Ends only by an error. Closed earlier, it closes its sockets before it returns.
        """
        ...


@runtime_checkable
class ReadsMilestones(Protocol):
    """What fundraisers promise at certain totals can be read."""

    async def milestones(self, native_id: str) -> Sequence[Milestone]:
        """The milestones of one campaign, in its currency, lowest first. Raises NotFound where there is no such campaign."""
        ...


@runtime_checkable
class ReadsPosts(Protocol):
    """Public posts and their counters can be read: words rarely, counters in batches."""

    async def post(self, native_id: str) -> Post:
        """One post with its words. Raises NotFound for one that is deleted or hidden: its last counters are kept."""
        ...

    async def engagement(self, posts: Sequence[str]) -> Mapping[str, Engagement]:
        """The counters of these, by native id; those that are deleted, hidden or unknown are left out."""
        ...


@runtime_checkable
class ReadsFollowers(Protocol):
    """The followers of public accounts can be counted."""

    async def followers(self, accounts: Sequence[str]) -> Mapping[str, int]:
        """How many followers these accounts have, by native id; those that are unknown are left out."""
        ...


Connector: TypeAlias = object
"""Any object with at least one ability."""

ABILITIES: Final = (
    ReceivesDeliveries,
    RefreshesKeys,
    ReadsDonations,
    ReadsCampaigns,
    ListsCampaigns,
    ListsDonations,
    ReadsExports,
    FetchesStatements,
    KeepsFeed,
    ListensToFeed,
    ReadsMilestones,
    ReadsPosts,
    ReadsFollowers,
)
