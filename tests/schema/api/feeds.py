"""The live port of a small world: what is told is what a test put in, and then nothing until the feed is closed."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Self, TypeVar

from schema.api.ports import Message
from schema.api.readings import DonationsUpdate, SeasonDonationsUpdate, SeasonTotalUpdate, TotalUpdate
from schema.model.errors import NotFound
from schema.model.ids import CampaignId
from tests.schema.api.world import World

Told = TypeVar("Told")


@dataclass(frozen=True, slots=True)
class Played(Generic[Told]):
    """A feed of some things, as it was asked for."""

    world: World
    asked: tuple[Any, ...]
    followed: tuple[CampaignId | str, ...]
    resumed: bool = False
    """Whether where it goes on is a part of what is asked."""

    def __enter__(self) -> Self:
        declared, known = self.world.declared, self.world.known
        if any(each not in (declared if isinstance(each, str) else known) for each in self.followed):
            raise NotFound("there is no such campaign or season")
        return self

    def __exit__(self, *_: object) -> None:
        self.world.left.extend(self.followed)

    @property
    def place(self) -> None:
        """It never moves."""

    async def seek(self) -> None:
        """It is known."""

    async def reach(self, after: str) -> None:
        """It is everywhere."""

    async def join(self, after: str | None) -> AsyncGenerator[Message[Told], None]:
        """What the test put in."""
        self.world.asked.append((self.asked[0], after, *self.asked[1:]) if self.resumed else self.asked)
        for each in self.followed:
            for message in self.world.messages.get(each, ()):
                yield Message(message)

    async def live(self) -> AsyncGenerator[Message[Told], None]:
        """Nothing."""
        await asyncio.Event().wait()
        nothing: tuple[Told, ...] = ()
        for told in nothing:
            yield Message(told)


@dataclass(frozen=True, slots=True)
class Feeds:
    """The feeds of one world, which learns what was asked of them and who left."""

    world: World

    def campaign_total(self, campaign: CampaignId, *, max_rate: float) -> Played[TotalUpdate]:
        return Played(self.world, (campaign, max_rate), (campaign,), resumed=True)

    def campaign_totals(self, campaigns: Sequence[CampaignId], *, max_rate: float) -> Played[TotalUpdate]:
        return Played(self.world, (campaigns, max_rate), tuple(campaigns))

    def campaign_donations(self, campaign: CampaignId) -> Played[DonationsUpdate]:
        return Played(self.world, (campaign,), (campaign,), resumed=True)

    def season_total(self, slug: str, *, max_rate: float) -> Played[SeasonTotalUpdate]:
        return Played(self.world, (slug, max_rate), (slug,))

    def season_donations(self, slug: str) -> Played[SeasonDonationsUpdate]:
        return Played(self.world, (slug,), (slug,))
