"""All that the ledger tells at a moment, as one configuration shows it."""

from collections.abc import Sequence
from dataclasses import dataclass

from gateway.read.directory import Directory
from gateway.store.bus import Change, HealthChanged, MilestonesChanged, PostsChanged, RatesChanged, WordsChanged
from gateway.store.health import HealthBook
from gateway.store.milestones import MilestoneShelf
from gateway.store.posts import PostShelf
from gateway.store.rates import RateShelf
from gateway.store.shelf import Shelf
from schema.model.campaign import Campaign, Milestone
from schema.model.endorsement import Post
from schema.model.freshness import Health
from schema.model.ids import CampaignId
from schema.model.rates import Rates


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All but the totals. ``posts`` and ``followers`` are by network and native id, ``health`` is by account."""

    rates: Rates
    health: dict[str, Health]
    posts: dict[str, dict[str, Post]]
    followers: dict[str, dict[str, int]]
    milestones: dict[CampaignId, tuple[Milestone, ...]]
    campaigns: list[Campaign]


@dataclass(frozen=True, slots=True)
class Part:
    """What of it was said to be another: of these accounts, networks and campaigns."""

    accounts: frozenset[str]
    posts: frozenset[str]
    milestones: frozenset[CampaignId]
    campaigns: frozenset[CampaignId]
    rates: bool

    @classmethod
    def of(cls, changes: Sequence[Change], directory: Directory) -> "Part":
        """As these changes say."""
        return cls(
            frozenset({each.account for each in changes if isinstance(each, HealthChanged)} & directory.accounts.keys()),
            frozenset(each.platform for each in changes if isinstance(each, PostsChanged)),
            frozenset(each.campaign for each in changes if isinstance(each, MilestonesChanged)),
            frozenset(each.campaign for each in changes if isinstance(each, WordsChanged)),
            any(isinstance(each, RatesChanged) for each in changes),
        )


@dataclass(frozen=True, slots=True)
class Snapshots:
    """Reads them. Every method raises LedgerUnavailable when Redis does not answer."""

    shelf: Shelf
    book: HealthBook
    posts: PostShelf
    milestones: MilestoneShelf
    rates: RateShelf

    async def read(self, directory: Directory) -> Snapshot:
        """One of everything."""
        rates = Rates([*directory.rates, *await self.rates.read()])
        health = {name: entry.health(await self.book.read(name)) for name, entry in directory.accounts.items()}
        spoken = [platform for platform, spec in directory.platforms.items() if spec.pace.posts is not None]
        posts = {platform: await self.posts.posts(platform) for platform in spoken}
        followers = {platform: await self.posts.followers(platform) for platform in spoken}
        found = {campaign.id for campaign in directory.declared()}
        milestones: dict[CampaignId, tuple[Milestone, ...]] = {}
        for platform in directory.platforms:
            found.update(await self.shelf.known(platform))
            milestones |= await self.milestones.all(platform)
        return Snapshot(rates, health, posts, followers, milestones, await self.campaigns(directory, list(found)))

    async def part(self, directory: Directory, part: Part) -> Snapshot:
        """Some of it. What is not asked for is left empty."""
        rates = Rates([*directory.rates, *await self.rates.read()]) if part.rates else Rates()
        health = {name: directory.accounts[name].health(await self.book.read(name)) for name in part.accounts}
        posts = {platform: await self.posts.posts(platform) for platform in part.posts}
        followers = {platform: await self.posts.followers(platform) for platform in part.posts}
        milestones = {campaign: await self.milestones.one(campaign) for campaign in part.milestones}
        told = {campaign: found for campaign, found in milestones.items() if found is not None}
        return Snapshot(rates, health, posts, followers, told, await self.campaigns(directory, list(part.campaigns)))

    async def campaigns(self, directory: Directory, wanted: Sequence[CampaignId]) -> list[Campaign]:
        """Those of them that are shown, with the words of the configuration in front."""
        told = zip(wanted, await self.shelf.described(wanted), strict=True)
        found = [directory.overlay(campaign, known) for campaign, known in told]
        return [campaign for campaign in found if campaign is not None and directory.shows(campaign)]
