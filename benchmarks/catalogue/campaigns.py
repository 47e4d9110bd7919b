"""Campaigns made up as eight networks might have them, always the same for a seed."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final

from gateway.read.catalog import Row
from gateway.read.totals import TotalRow
from schema.model.campaign import Campaign, CampaignStatus
from schema.model.charity import Charity
from schema.model.ids import CampaignId
from schema.model.money import Currency, Money
from schema.model.rates import Rate, Rates
from schema.model.total import Basis, Place

NOW: Final = datetime(2026, 9, 1, 12, tzinfo=UTC)
PLATFORMS: Final = ("tiltify", "justgiving", "donordrive", "twitch", "tencent_gongyi", "alipay", "weibo", "wechat_pay")
CODES: Final = ("USD", "GBP", "USD", "USD", "CNY", "CNY", "CNY", "CNY")
CATEGORIES: Final = ("education", "health", "animals", "environment", "relief", "children", "sports", "games", "教育", "医疗")
CHARITIES: Final = 5_000
LETTERS: Final = (
    *(
        "help",
        "save",
        "run",
        "race",
        "ride",
        "stream",
        "marathon",
        "night",
        "game",
        "speed",
        "school",
        "lunch",
        "water",
        "river",
    ),
    *("ocean", "forest", "hope", "care", "kids", "animal", "rescue", "hospital", "cancer", "research", "food", "bank", "books"),
    *("library", "music", "winter", "coats", "shoes", "walk", "trek", "swim", "summer", "memory", "of", "for", "the", "with"),
)
SIGNS: Final = (
    "免费午餐儿童营养学校乡村图书馆母亲水窖希望工程大病救助老人关爱海洋森林动物保护冬衣温暖教育山区女孩奖学金守护蓝天"
)
RATES: Final = Rates(
    Rate.of_configuration(code, Decimal(value), "CNY", NOW) for code, value in (("USD", "7.1"), ("GBP", "9.4"))
)


def moved(row: Row, by: int) -> Row:
    """A campaign after a donation."""
    assert row.total is not None  # noqa: S101
    at = row.updated_at + timedelta(seconds=1)
    return replace(row, total=replace(row.total, raised=(row.total.raised or 0) + by, at=at), updated_at=at)


def renamed(row: Row) -> Row:
    """A campaign with another title."""
    return replace(row, campaign=replace(row.campaign, title=f"{row.campaign.title} 新"))


def campaigns(number: int, seed: int = 1) -> Iterator[Row]:
    """So many, over all networks: most run, some have ended, a few are announced."""
    rng = random.Random(seed)
    charities = [Charity(f"charity-{each}", _words(rng, each % 2 == 0, 2)) for each in range(CHARITIES)]
    for each in range(number):
        network = each % len(PLATFORMS)
        currency = Currency.of(CODES[network])
        start = NOW + timedelta(minutes=rng.randrange(-500_000, 20_000))
        raised = int(rng.paretovariate(1.1) * 1_000) if rng.random() < 0.9 else None
        known = Campaign(
            CampaignId(PLATFORMS[network], f"{each:08x}"),
            _words(rng, network >= 4, 5),
            currency,
            f"account-{network}",
            NOW,
            stated=rng.choice((None, None, None, *CampaignStatus)),
            starts_at=start,
            ends_at=start + timedelta(days=rng.randrange(1, 400)) if rng.random() < 0.8 else None,
            charity=rng.choice(charities) if rng.random() < 0.9 else None,
            categories=tuple(rng.sample(CATEGORIES, rng.randrange(3))),
            part_of=(f"{rng.randrange(max(1, number // 50)):08x}",) if rng.random() < 0.3 else (),
            goal=Money(rng.choice((10_000, 100_000, 1_000_000)), currency) if rng.random() < 0.8 else None,
        )
        updated = NOW - timedelta(seconds=rng.randrange(10_000_000))
        total = TotalRow(known.id, Basis.REPORTED, currency, raised, None, each % 90, None, 1, updated, Place(1))
        yield Row(known, total, updated)


def _words(rng: random.Random, running: bool, number: int) -> str:  # noqa: FBT001
    return "".join(rng.choices(SIGNS, k=3 * number)) if running else " ".join(rng.choices(LETTERS, k=number)).title()
