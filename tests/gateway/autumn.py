"""A season over three made-up networks: one is counted, one states totals in euros, one hands over files."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, BinaryIO, Final

from redis.asyncio import Redis

from connectors.contract import Row
from connectors.testing.fakes import FakeClock
from schema.model.facts import CampaignState, Fact, Raised
from schema.model.ids import CampaignId
from schema.model.money import Money
from schema.model.time import micros
from schema.model.total import AmountSource, Basis
from tests.gateway.acme import NOW, Acme, Listing, given, spec
from tests.gateway.world import World

SHOES: Final = CampaignId("acme", "shoes")
TEAM: Final = CampaignId("pond", "team")
MEMBER: Final = CampaignId("pond", "member")
WINTER: Final = CampaignId("paper", "winter")
COATS: Final = CampaignId("paper", "coats")
DAY: Final = timedelta(days=1)
POLL: Final = timedelta(minutes=1)
POSTS: Final = timedelta(minutes=15)
SPECS: Final = {
    "lunch": spec(),
    "pond": spec(Basis.REPORTED, declares=False, poll=POLL, posts=POSTS, key="pond"),
    "paper": spec(key="paper"),
}
VALUES: Final[dict[str, Any]] = {
    "accounts": {
        "lunch": {"connector": "acme", "general": "other-gifts"},
        "pond": {"connector": "pond"},
        "paper": {"connector": "paper"},
    },
    "rates": {"EUR": "7.8"},
    "charities": [{"id": "meals", "name": "Free meals", "names": {"pond": "FREE MEALS e.V."}}],
    "endorsers": [
        {
            "id": "star",
            "name": "A star",
            "platform": "pond",
            "account": "1001",
            "posts": [{"id": "p1", "campaign": "pond:team"}],
        },
        {"id": "voice", "name": "A voice", "campaigns": ["acme:school-lunch"]},
    ],
    "campaigns": [
        {
            "platform": "acme",
            "id": "school-lunch",
            "title": "School lunch",
            "currency": "CNY",
            "goal": "1000",
            "charity": "meals",
            "match": [
                {"account": "lunch", "attach": "lunch;star*", "endorser": "star"},
                {"account": "lunch", "attach": "lunch*"},
            ],
            "actions": [{"kind": "VOLUNTEER", "title": "Cook", "place": "The kitchen"}],
        },
        {"platform": "acme", "id": "other-gifts", "title": "Other gifts", "currency": "CNY"},
        {
            "platform": "acme",
            "id": "shoes",
            "title": "Shoes",
            "currency": "USD",
            "match": [{"account": "lunch", "attach": "shoes*"}],
        },
        {"platform": "paper", "id": "winter", "title": "Winter", "currency": "CNY"},
        {
            "platform": "paper",
            "id": "coats",
            "title": "Coats",
            "currency": "CNY",
            "basis": "REPORTED",
            "match": [{"account": "paper", "attach": "*", "endorser": "star"}],
        },
    ],
    "seasons": [
        {
            "slug": "autumn",
            "name": "Autumn of giving",
            "starts_at": NOW - 10 * DAY,
            "currency": "CNY",
            "goal": "10000",
            "actions": [{"kind": "LEARN", "title": "Why lunch", "url": "https://lunch.example/why"}],
            "phases": [
                {
                    "slug": "many",
                    "name": "A season of giving",
                    "starts_at": NOW + DAY,
                    "campaigns": ["acme:school-lunch", "acme:shoes", "account:pond", "paper:winter", "paper:coats"],
                },
                {
                    "slug": "one",
                    "name": "One school",
                    "starts_at": NOW - 10 * DAY,
                    "ends_at": NOW + DAY,
                    "campaigns": ["acme:school-lunch"],
                },
            ],
        },
        {"slug": "spring", "name": "Spring", "starts_at": NOW - 200 * DAY, "ends_at": NOW - 100 * DAY, "currency": "EUR"},
    ],
}


class Files:
    """Hands over files, which these tests do without. Nobody can be asked, and nothing is sent."""

    def read_export(self, source: BinaryIO) -> Iterator[Row]:
        """None."""
        return iter(())


def autumn(redis: Redis, *, values: dict[str, Any] | None = None, clock: FakeClock | None = None) -> World:
    """The world of the season. Nothing is known of it yet."""
    return World(redis, Acme(), Listing(), Files(), specs=SPECS, values=VALUES | (values or {}), clock=clock)


async def heard(world: World, account: str, *facts: Fact) -> None:
    """Facts as they come through one account; none of them is held."""
    assert await world.ingest.apply(world.accounts[account], facts) == []


def stated(
    native: str, minor: int, *, at: datetime = NOW, code: str = "EUR", count: int | None = None, **words: Any
) -> CampaignState:
    """A campaign as the pond stated it at a moment."""
    raised = Raised(Money.of_minor(minor, code), count)
    return CampaignState(native, micros(at), AmountSource.PLATFORM_API, title=native.title(), raised=raised, **words)


def published(native: str, minor: int, *, at: datetime = NOW) -> CampaignState:
    """A figure that a person copied from a page."""
    raised = Raised(Money.of_minor(minor, "CNY"))
    return CampaignState(native, micros(at), AmountSource.PUBLISHED_FIGURE, raised=raised)


async def filled(world: World) -> None:
    """School lunch has 300.00 yuan in 2 gifts, shoes 10.00 dollars in one, the team 200.00 euros in 7, 50.00 by its member."""
    await heard(world, "lunch", given(1, 20_000), given(2, 10_000))
    await heard(world, "lunch", given(3, 1_000, "shoes", code="USD"))
    await heard(world, "pond", stated("member", 5_000, part_of=("team",)), stated("team", 20_000, count=7))
    await world.book.heard("lunch")
    await world.book.polled("pond")
