"""A small world behind the ports: what is known is what a test put in."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Self

from schema.api.readings import PlatformStanding, TotalReading
from schema.model.campaign import Campaign, Milestone
from schema.model.charity import Charity
from schema.model.donation import Donation, DonationKind, DonationStatus
from schema.model.freshness import Freshness
from schema.model.ids import CampaignId, entity
from schema.model.money import Currency, Money
from schema.model.page import CampaignFilter, CampaignOrder, Page
from schema.model.platform import Platform
from schema.model.season import Members, Season
from schema.model.total import AmountSource, Basis, Place, Total
from tests.schema.api.organised import Organised, paged

NOW = datetime(2026, 9, 1, 12, tzinfo=UTC)
LUNCH = CampaignId("wechat_pay", "school-lunch")
STREAM = CampaignId("twitch", "123e")
MEALS = Charity("meals", "School Meals", registration_number="53100000", website="https://meals.example/")


def cny(text: str) -> Money:
    """An amount in yuan."""
    return Money.of_decimal(text, "CNY")


def a_campaign(campaign: CampaignId = LUNCH, **changes: Any) -> Campaign:
    """A campaign in yuan with nothing that can be unknown."""
    bare = Campaign(campaign, "School lunches", Currency.of("CNY"), account="lunch", as_of=NOW)
    return replace(bare, **changes)


def a_total(campaign: CampaignId = LUNCH, **changes: Any) -> TotalReading:
    """A counted total of 885.50 yuan."""
    total = Total(
        campaign,
        Basis.COUNTED,
        raised=cny("885.50"),
        refunded=cny("0"),
        donation_count=12,
        donor_count=None,
        sources=(AmountSource.MERCHANT_NOTIFICATION, AmountSource.MERCHANT_BILL),
        changed_at=NOW,
        place=Place(1, 0),
    )
    return TotalReading(replace(total, **changes), as_of=NOW, freshness=Freshness.LIVE, position="p41")


def a_donation(native: str, campaign: CampaignId = LUNCH, **changes: Any) -> Donation:
    """A gift of 5 yuan from somebody whose name is not told."""
    bare = Donation(
        campaign,
        entity(campaign.platform, native),
        amount=cny("5"),
        refunded=None,
        kind=DonationKind.ONE_TIME,
        status=DonationStatus.COMPLETED,
        donor_name=None,
        message=None,
        donated_at=NOW,
        source=AmountSource.MERCHANT_NOTIFICATION,
    )
    return replace(bare, **changes)


@dataclass
class World(Organised):
    """What is known of campaigns, beside what is organised."""

    known: dict[CampaignId, Campaign] = field(default_factory=dict)
    trust: dict[CampaignId, Freshness] = field(default_factory=dict)
    totals: dict[CampaignId, TotalReading] = field(default_factory=dict)
    gifts: dict[CampaignId, list[Donation]] = field(default_factory=dict)
    promises: dict[CampaignId, list[Milestone]] = field(default_factory=dict)
    networks: dict[str, Platform] = field(default_factory=dict)
    standings: dict[str, PlatformStanding] = field(default_factory=dict)
    messages: dict[CampaignId | str, Sequence[Any]] = field(default_factory=dict)
    """What feeds tell, by campaign or by the slug of a season."""
    left: list[CampaignId | str] = field(default_factory=list)
    time_zone: str = "Asia/Shanghai"

    def add(self, campaign: Campaign, total: TotalReading | None = None, *, freshness: Freshness = Freshness.LIVE) -> None:
        """A campaign on a network that is connected."""
        self.known[campaign.id] = campaign
        self.trust[campaign.id] = freshness
        key = campaign.id.platform
        self.networks[key] = Platform(key, key.title(), f"https://{key}.example/")
        self.standings.setdefault(key, PlatformStanding(freshness, NOW))
        if total is not None:
            self.totals[campaign.id] = total

    def for_one_answer(self) -> Self:
        return self

    def now(self) -> datetime:
        return NOW

    async def platforms(self) -> Sequence[Platform]:
        self._reach("platforms")
        return [self.networks[key] for key in sorted(self.networks)]

    def platform(self, key: str) -> Platform | None:
        self._reach("platform")
        return self.networks.get(key)

    def platform_standing(self, key: str) -> PlatformStanding:
        self._reach("platform_standing")
        return self.standings[key]

    async def campaign(self, campaign: CampaignId) -> Campaign | None:
        self._reach("campaign")
        return self.known.get(campaign)

    async def campaigns(self, where: CampaignFilter, order: CampaignOrder, *, first: int, after: str | None) -> Page[Campaign]:
        self._reach("campaigns")
        self.asked.append((where, order, first, after))
        rows = sorted((r for r in self.known.values() if self._meets(r, where)), key=self._rank(order))
        return paged(rows, lambda row: f"{order}|{row.id}", first, after)

    def freshness(self, campaign: Campaign) -> Freshness:
        return self.trust[campaign.id]

    def updated_at(self, _: Campaign) -> datetime:
        return NOW

    def total(self, campaign: CampaignId) -> TotalReading | None:
        self._reach("total")
        return self.totals.get(campaign)

    async def milestones(self, campaign: CampaignId) -> Sequence[Milestone] | None:
        self._reach("milestones")
        return self.promises.get(campaign)

    async def donations(
        self, campaign: CampaignId, *, since: datetime | None, until: datetime | None, first: int, after: str | None
    ) -> Page[Donation] | None:
        self._reach("donations")
        if campaign not in self.gifts:
            return None
        rows = [
            gift
            for gift in sorted(self.gifts[campaign], key=lambda gift: gift.donated_at, reverse=True)
            if (since is None or gift.donated_at >= since) and (until is None or gift.donated_at < until)
        ]
        return paged(rows, lambda row: row.entity.hex(), first, after)

    async def donation(self, campaign: CampaignId, entity: bytes) -> Donation | None:
        self._reach("donation")
        return next((gift for gift in self.gifts.get(campaign, ()) if gift.entity == entity), None)

    async def charity(self, key: str) -> Charity | None:
        self._reach("charity")
        return next((charity for charity in self._charities() if charity.key == key), None)

    async def charities(self, search: str, *, first: int, after: str | None) -> Page[Charity]:
        self._reach("charities")
        found = [each for each in self._charities() if _has(search, each.name)]
        return paged(sorted(found, key=lambda each: each.name), lambda row: row.key, first, after)

    async def parent(self, campaign: CampaignId) -> Campaign | None:
        self._reach("parent")
        parts = self.known[campaign].part_of
        listed = (self.known.get(CampaignId(campaign.platform, native)) for native in parts)
        return next((parent for parent in listed if parent is not None), None)

    async def seasons_of(self, campaign: CampaignId) -> Sequence[Season]:
        self._reach("seasons_of")
        return [season for season in self._latest() if _belongs(self.known[campaign], season.members)]

    def _charities(self) -> set[Charity]:
        return {known.charity for known in self.known.values() if known.charity is not None}

    def _meets(self, campaign: Campaign, where: CampaignFilter) -> bool:
        return (
            (not where.platforms or campaign.id.platform in where.platforms)
            and (not where.statuses or campaign.status(NOW) in where.statuses)
            and (where.charity is None or (campaign.charity is not None and campaign.charity.key == where.charity))
            and (not where.categories or not set(where.categories).isdisjoint(campaign.categories))
            and (where.currency is None or str(campaign.currency) == where.currency)
            and (where.parent is None or campaign.part_of[:1] == (where.parent.native,))
            and (where.within is None or _belongs(campaign, where.within))
            and _has(where.search, campaign.title, "" if campaign.charity is None else campaign.charity.name)
        )

    def _rank(self, order: CampaignOrder) -> Callable[[Campaign], Any]:
        def raised(row: Campaign) -> int:
            return self.totals[row.id].total.raised.minor if row.id in self.totals else -1

        if order is CampaignOrder.RAISED_DESC:
            return lambda row: (-raised(row), row.id)
        return lambda row: row.id


def _has(search: str, *texts: str) -> bool:
    return all(any(word in text.lower() for text in texts) for word in search.lower().split())


def _belongs(campaign: Campaign, members: Members) -> bool:
    return campaign.id in members.campaigns or campaign.account in members.accounts
