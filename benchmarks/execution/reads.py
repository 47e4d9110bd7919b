"""A season of twenty campaigns, known at once: what is measured is execution, and no store."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from schema.api.readings import (
    PlatformShare,
    PlatformStanding,
    SeasonPeriodReading,
    SeasonTotalReading,
    TotalReading,
)
from schema.model.campaign import Campaign, Milestone
from schema.model.charity import Charity
from schema.model.donation import Donation, DonationKind, DonationStatus
from schema.model.endorsement import Endorsement, PublicAccount
from schema.model.freshness import Freshness
from schema.model.ids import CampaignId, entity
from schema.model.money import Currency, Money
from schema.model.page import Page
from schema.model.platform import Platform
from schema.model.rates import Converted
from schema.model.season import Action, ActionKind, Members, Phase, Season
from schema.model.total import AmountSource, Basis, Place, Total

NOW: Final = datetime(2026, 9, 1, 12, tzinfo=UTC)
DAY: Final = timedelta(days=1)
IDS: Final = [CampaignId("wechat_pay", f"school-lunch-{number}") for number in range(20)]
MEALS: Final = Charity("meals", "School Meals", registration_number="53100000", website="https://meals.example/")
WECHAT: Final = Platform("wechat_pay", "WeChat Pay", "https://pay.weixin.qq.com/")


def cny(minor: int) -> Money:
    """An amount in fen."""
    return Money(minor, Currency.of("CNY"))


def _campaign(campaign: CampaignId) -> Campaign:
    page = f"https://lunch.example/{campaign.native}"
    bare = Campaign(campaign, f"School lunch: {campaign.native}", Currency.of("CNY"), account="lunch", as_of=NOW)
    return replace(bare, goal=cny(5_000_000), charity=MEALS, url=page, donate_url=f"{page}/give", categories=("education",))


def _total(campaign: CampaignId, number: int) -> TotalReading:
    raised, sources = cny(88_550 + number), (AmountSource.MERCHANT_NOTIFICATION,)
    total = Total(campaign, Basis.COUNTED, raised, cny(0), 12, None, sources, changed_at=NOW, place=Place(1, number))
    return TotalReading(total, as_of=NOW, freshness=Freshness.LIVE, position=f"p{number}")


def _gift(campaign: CampaignId, number: int) -> Donation:
    return Donation(
        campaign,
        entity(campaign.platform, str(number)),
        amount=cny(500),
        refunded=None,
        kind=DonationKind.ONE_TIME,
        status=DonationStatus.COMPLETED,
        donor_name=None,
        message=None,
        donated_at=NOW,
        source=AmountSource.MERCHANT_NOTIFICATION,
    )


_ALL: Final = Members(frozenset(IDS))
_SUM: Final = Converted(cny(1_771_190), (cny(1_771_190),), (), ())
_PHASES: Final = tuple(Phase("autumn", f"phase-{n}", f"Phase {n}", NOW - 9 * DAY, NOW + DAY, _ALL) for n in range(3))
_CALL: Final = Action(ActionKind.ATTEND, "A lunch in the park", is_online=False, place="Chaoyang Park", starts_at=NOW)
AUTUMN: Final = Season(
    "autumn",
    "Autumn of giving",
    NOW - 9 * DAY,
    None,
    "CNY",
    phases=_PHASES,
    members=_ALL,
    goal=cny(9_000_000),
    actions=(_CALL,),
)


def _page(rows: Sequence[Any], first: int) -> Page[Any]:
    return Page(tuple((f"cursor-{n}", row) for n, row in enumerate(rows[:first])), has_next=first < len(rows), total=len(rows))


@dataclass(frozen=True)
class Known:
    """As much of ``schema.api.ports.Reads`` as the three documents ask for. Nothing waits."""

    time_zone: str = "Asia/Shanghai"
    known: dict[CampaignId, Campaign] = field(default_factory=lambda: {each: _campaign(each) for each in IDS})
    totals: dict[CampaignId, TotalReading] = field(
        default_factory=lambda: {each: _total(each, number) for number, each in enumerate(IDS)}
    )

    def now(self) -> datetime:
        return NOW

    def platform(self, key: str) -> Platform:
        return WECHAT

    def platform_standing(self, key: str) -> PlatformStanding:
        return PlatformStanding(Freshness.LIVE, NOW)

    async def campaign(self, campaign: CampaignId) -> Campaign | None:
        return self.known.get(campaign)

    async def campaigns(self, *_: object, first: int, after: str | None) -> Page[Campaign]:
        del after
        return _page(list(self.known.values()), first)

    def total(self, campaign: CampaignId) -> TotalReading | None:
        return self.totals.get(campaign)

    async def milestones(self, _: CampaignId) -> Sequence[Milestone]:
        return ()

    async def parent(self, _: CampaignId) -> None:
        return None

    async def donations(self, campaign: CampaignId, *, first: int, **_: object) -> Page[Donation]:
        return _page([_gift(campaign, number) for number in range(5)], first)

    async def season(self, _slug: str) -> Season:
        return AUTUMN

    async def season_total(self, *_: object) -> SeasonTotalReading:
        return SeasonTotalReading(_SUM, cny(9_000_000), 240, 20, NOW, Freshness.LIVE)

    async def season_history(self, *_: object) -> Sequence[SeasonPeriodReading]:
        return [SeasonPeriodReading(NOW - (30 - n) * DAY, NOW - (29 - n) * DAY, _SUM, n, _SUM) for n in range(30)]

    async def by_platform(self, *_: object) -> Sequence[PlatformShare]:
        return [PlatformShare(WECHAT, _SUM, 240, 20)]

    async def season_endorsements(self, *_: object, first: int, after: str | None) -> Page[Endorsement]:
        del after
        star = PublicAccount("A star", platform="weibo", native_id="1", url="https://weibo.example/star")
        return _page([Endorsement(each, "star", star, ("p1",), raised=cny(20_000), count=4) for each in IDS[:10]], first)

    async def followers(self, _: PublicAccount) -> int:
        return 2_000_000
