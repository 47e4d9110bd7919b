"""A season in a small world: one phase for a school lunch, one for all, and a star who speaks for the lunch."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from schema.api.readings import EngagementReading, PlatformShare, PostReading, SeasonPeriodReading, SeasonTotalReading
from schema.model.endorsement import Endorsement, Post, PublicAccount
from schema.model.engagement import Engagement
from schema.model.freshness import Freshness
from schema.model.history import Period
from schema.model.money import Money
from schema.model.rates import Converted, Rate
from schema.model.season import Action, ActionKind, Members, Phase, Season
from tests.schema.api.world import LUNCH, MEALS, NOW, STREAM, World, a_campaign, a_donation, a_total, cny

DAY = timedelta(days=1)
USD = Money.of_decimal("10", "USD")
RATE = Rate("USD", "CNY", Decimal("7.1000"), "ECB", NOW - DAY)
RAISED = Converted(cny("956.50"), (cny("885.50"), USD), (RATE,), ())
"""885.50 yuan and 10 dollars at 7.1."""

ONE = Members(frozenset({LUNCH}))
ALL = Members(frozenset({LUNCH, STREAM}))
SCHOOL = Phase("autumn", "school", "One school", NOW - 9 * DAY, NOW - DAY, ONE)
GIVING = Phase("autumn", "giving", "A season of giving", NOW - DAY, None, ALL)
CALL = Action(ActionKind.ATTEND, "A lunch in the park", is_online=False, place="Chaoyang Park", starts_at=NOW)
AUTUMN = Season(
    "autumn",
    "Autumn of giving",
    NOW - 9 * DAY,
    None,
    "CNY",
    phases=(SCHOOL, GIVING),
    members=ALL,
    goal=cny("1913"),
    actions=(CALL,),
)
STAR = PublicAccount("A star", platform="weibo", native_id="1", url="https://weibo.example/star")
SPOKEN = Endorsement(LUNCH, "star", STAR, ("p1",), raised=cny("200"), count=4)
COUNTERS = Engagement(NOW, reposts=3, comments=None, likes=7)
SPAN = Period(NOW - DAY, NOW, raised=cny("5"), refunded=None, count=1, so_far=cny("885.50"))


def a_sum(**changes: Any) -> SeasonTotalReading:
    """The sum of the season: 956.50 yuan of 1913."""
    values: dict[str, Any] = {
        "raised": RAISED,
        "goal": cny("1913"),
        "count": 13,
        "campaigns": 2,
        "as_of": NOW,
        "freshness": Freshness.CACHED,
    }
    return SeasonTotalReading(**(values | changes))


def an_autumn() -> World:
    """A world in which all of it is known."""
    world = World(
        declared={"autumn": AUTUMN},
        sums={"autumn": a_sum(), "school": a_sum(goal=None), "giving": a_sum(goal=None)},
        spans=[SPAN],
        season_spans=[SeasonPeriodReading(NOW - DAY, NOW, RAISED, 1, RAISED)],
        spoken=[SPOKEN],
        published={"star": [PostReading(Post("p1", "https://weibo.example/p1", "Give!", NOW, COUNTERS), Freshness.STALE)]},
        following={"A star": 2_000_000},
        counters=EngagementReading(COUNTERS, Freshness.CACHED),
        samples=[COUNTERS],
        calls={LUNCH: [CALL]},
    )
    world.add(a_campaign(STREAM, title="A stream", account="stream", part_of=("event",)), a_total(STREAM, raised=cny("1000")))
    world.add(a_campaign(charity=MEALS, goal=cny("1000")), a_total())
    world.shares = [PlatformShare(world.networks["wechat_pay"], RAISED, 13, 1)]
    world.gifts[LUNCH] = [a_donation("1", endorser="star")]
    return world
