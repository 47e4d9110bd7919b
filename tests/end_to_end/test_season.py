"""The documents of the season's board and the partners' report, unchanged and over HTTP, held against the networks' books."""

from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
import pytest_asyncio

from schema.model.money import Money
from tests.end_to_end.season import BOARD, REPORT, SHANGHAI, SeasonWorld, idle_season
from tests.end_to_end.season_file import KITCHEN, LUNCH, NAMES, REEF_TRUST, STARS

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def season(tmp_path_factory: pytest.TempPathFactory, seed: int) -> AsyncIterator[SeasonWorld]:
    """A season in its second phase to which much was given, all of which has come. Tests only look."""
    async with idle_season(tmp_path_factory.mktemp("season"), seed, turns_in=-timedelta(hours=1)) as world:
        await world.start()
        await world.give(98, earlier=True)
        await world.agree()
        yield world


def minor(money: Any) -> int:
    """An amount as a client reads it, in minor units."""
    return Money.of_decimal(money["amount"], money["currencyCode"]).minor


def parts(converted: Any) -> Counter[str]:
    """The exact sums, by currency."""
    return Counter({part["currencyCode"]: minor(part) for part in converted["parts"]})


def months(season: SeasonWorld) -> dict[str, str]:
    """The first month of the season as a report is asked for it."""
    ends = (season.begins + timedelta(days=32)).replace(day=1)
    return {"since": season.begins.isoformat(), "until": ends.isoformat()}


def moment(text: str) -> datetime:
    """A moment of an answer."""
    return datetime.fromisoformat(text)


async def test_the_report_has_each_campaign_as_its_network_knows_it(season: SeasonWorld) -> None:
    told = await season.told(REPORT, "MonthlyReportCampaigns", **months(season))

    books = {(network.key, name): book for network in season.networks for name, book in network.books.items()}
    assert told["campaigns"]["totalCount"] == len(told["campaigns"]["nodes"]) == len(books)
    for campaign in told["campaigns"]["nodes"]:
        network, total = campaign["platform"]["key"], campaign["total"]
        book = books[network, campaign["externalId"]]
        assert (minor(total["raised"]), total["raised"]["currencyCode"]) == (book.raised, book.currency)
        if network == "twitch":  # it tells its total, and neither refunds nor a count
            assert (total["basis"], total["refunded"], total["donationCount"]) == ("REPORTED", None, None)
        else:
            assert (total["basis"], minor(total["refunded"]), total["donationCount"]) == ("COUNTED", book.refunded, book.count)
    sources = {campaign["platform"]["key"]: campaign["total"]["sources"] for campaign in told["campaigns"]["nodes"]}
    assert sources["tencent_gongyi"] == ["PARTNER_EXPORT"]
    assert sources["alipay"] == sources["weibo"] == ["MERCHANT_NOTIFICATION"]


async def test_the_board_shows_the_same_in_pages_that_hang_together(season: SeasonWorld) -> None:
    told = await season.told(BOARD, "SeasonBoard")
    rows = {edge["node"]["id"]: edge for edge in told["campaigns"]["edges"]}

    worths = [minor(edge["node"]["total"]["raised"]) for edge in rows.values() if edge["node"]["platform"]["key"] != "twitch"]
    assert worths == sorted(worths, reverse=True)
    first, *rest = rows.values()
    more = await season.told(BOARD, "SeasonBoardMore", after=first["cursor"])
    assert [edge["node"]["id"] for edge in more["campaigns"]["edges"]] == [edge["node"]["id"] for edge in rest]
    reported = (await season.told(REPORT, "MonthlyReportCampaigns", **months(season)))["campaigns"]["nodes"]
    assert {row["id"]: row["total"]["raised"] for row in reported} == {
        name: edge["node"]["total"]["raised"] for name, edge in rows.items()
    }


async def test_each_networks_share_is_its_books_and_the_shares_add_up(season: SeasonWorld) -> None:
    told = await season.told(REPORT, "MonthlyReport", **months(season))

    total, shares = told["total"], told["byPlatform"]
    assert parts(total["raised"]) == season.by_currency()
    assert sum((parts(share["raised"]) for share in shares), Counter()) == parts(total["raised"])
    for network in season.networks:
        (share,) = (share for share in shares if share["platform"]["key"] == network.key)
        known: Counter[str] = Counter()
        for book in network.books.values():
            known[book.currency] += book.raised
        assert parts(share["raised"]) == known
        if network is not season.twitch:
            assert share["donationCount"] == sum(book.count for book in network.books.values())
    assert sum(share["donationCount"] for share in shares) == total["donationCount"]
    assert sum(share["campaignCount"] for share in shares) == total["campaignCount"] == 7


async def test_the_sum_is_what_the_rates_in_the_answer_make_of_its_parts(season: SeasonWorld) -> None:
    told = await season.told(REPORT, "MonthlyReport", **months(season))
    raised, day = told["total"]["raised"], season.ecb.day()
    stated = season.ecb.rates(day)

    exact = {"CNY": Fraction(1), "EUR": Fraction(stated["CNY"]), "USD": Fraction(stated["CNY"]) / Fraction(stated["USD"])}
    assert {rate["from"] for rate in raised["rates"]} == parts(raised).keys() - {"CNY"} == {"EUR", "USD"}
    for rate in raised["rates"]:
        assert (rate["to"], rate["source"]) == ("CNY", "ECB")
        assert moment(rate["asOf"]).date() == day
        assert abs(Fraction(rate["value"]) / exact[rate["from"]] - 1) < Fraction(1, 10**11)
    assert (raised["isApproximate"], raised["missing"]) == (True, [])
    assert minor(raised["money"]) == round(sum(amount * exact[code] for code, amount in parts(raised).items()))
    board = await season.told(BOARD, "SeasonBoard")
    assert board["total"]["raised"]["money"] == raised["money"]
    assert abs(board["total"]["progress"] - minor(raised["money"]) / 10_000_000) < 1e-9


async def test_another_currency_may_be_asked_for(season: SeasonWorld) -> None:
    told = await season.told(BOARD, "SeasonBoard", currency="JPY")

    rates = season.ecb.rates(season.ecb.day())
    euros = {code: Fraction(1) if code == "EUR" else 1 / Fraction(rates[code]) for code in season.by_currency()}
    worth = sum(Fraction(amount, 100) * euros[code] for code, amount in season.by_currency().items())
    assert told["total"]["raised"]["money"] == {"amount": str(round(worth * Fraction(rates["JPY"]))), "currencyCode": "JPY"}
    assert told["total"]["goal"]["currencyCode"] == "JPY"


async def test_an_endorser_has_what_names_them_and_what_names_nobody_is_nobodys(season: SeasonWorld) -> None:
    told = await season.told(BOARD, "SeasonBoard")

    moved: defaultdict[tuple[str, str], int] = defaultdict(int)
    titles = {("wechat_pay", LUNCH): "A warm lunch at school", ("weibo", LUNCH): "A warm lunch, from Weibo"}
    titles["alipay", "deaf-school"] = "A classroom that listens"
    for each in season.movements():
        if each.campaign in titles:
            moved[titles[each.campaign], NAMES.get(each.star, "")] += each.minor
    rows = told["endorsements"]["nodes"]
    seen = {(row["campaign"]["title"], row["account"]["displayName"]): row for row in rows}
    raised = {key: minor(row["raised"]) for key, row in seen.items() if row["raised"] is not None}
    assert raised == {key: moved[key] for key in raised}
    assert {key for key, amount in moved.items() if amount and key[1]} <= raised.keys()
    assert [minor(row["raised"]) for row in rows if row["raised"]] == sorted(raised.values(), reverse=True)
    for campaign in titles.values():  # what is left is nobody's
        (total,) = (edge["node"] for edge in told["campaigns"]["edges"] if edge["node"]["title"] == campaign)
        named = sum(amount for (title, _), amount in raised.items() if title == campaign)
        assert minor(total["total"]["raised"]) - named == moved[campaign, ""]
    # no payment from Weibo can name the athlete, which is not the same as nothing raised
    assert seen["A warm lunch, from Weibo", NAMES["athlete"]]["raised"] is None
    for star in STARS:
        followers = {row["account"]["followerCount"] for (_, name), row in seen.items() if name == NAMES[star]}
        assert followers == {season.speakers[star][0].followers}


async def test_the_emulators_own_books_know_the_endorsers_sums_as_well(season: SeasonWorld) -> None:
    told = await season.told(REPORT, "MonthlyReportCampaigns", **months(season))

    books = {(network.key, name): book.endorsers for network in season.networks for name, book in network.books.items()}
    for campaign in told["campaigns"]["nodes"]:
        known = books[campaign["platform"]["key"], campaign["externalId"]]
        for row in campaign["endorsements"]["nodes"]:
            (star,) = (star for star, name in NAMES.items() if name == row["account"]["displayName"])
            assert (row["raised"] is None and star not in known) or minor(row["raised"]) == known.get(star, 0)


async def test_actions_have_their_places_and_dates_and_charities_are_one_across_networks(season: SeasonWorld) -> None:
    told = await season.told(BOARD, "SeasonBoard")

    learn, share, attend, volunteer = told["actions"]
    assert [action["kind"] for action in told["actions"]] == ["LEARN", "SHARE", "ATTEND", "VOLUNTEER"]
    assert (learn["isOnline"], learn["place"], learn["url"]) == (True, None, "https://lunch.example/learn")
    assert share["startsAt"] is None
    assert (attend["place"], attend["isOnline"]) == (KITCHEN, False)
    assert moment(attend["startsAt"]) == season.turn.replace(microsecond=0)
    assert moment(attend["endsAt"]) == moment(told["endsAt"])
    assert (volunteer["isOnline"], volunteer["place"], volunteer["endsAt"]) == (True, "Shanghai", None)
    charities = defaultdict(set)
    for edge in told["campaigns"]["edges"]:
        charities[edge["node"]["charity"]["name"]].add((edge["node"]["charity"]["id"], edge["node"]["platform"]["key"]))
    assert {key for _, key in charities["免费午餐 Free Lunch"]} == {"wechat_pay", "weibo", "tencent_gongyi"}
    assert {key for _, key in charities[REEF_TRUST]} == {"twitch"}
    assert all(len({identity for identity, _ in rows}) == 1 for rows in charities.values())


async def test_the_days_of_the_board_end_with_what_had_moved_until_then(season: SeasonWorld) -> None:
    told = await season.told(BOARD, "SeasonBoard")
    moved = list(season.movements())

    *days, last = told["history"]
    assert last["raisedSoFar"]["money"] == told["total"]["raised"]["money"]
    made = (season.turn + timedelta(hours=1)).astimezone(SHANGHAI)
    today = made.replace(hour=0, minute=0, second=0, microsecond=0)
    for day in days:
        until = moment(day["until"])
        if until <= today:  # before today Twitch was not seen yet
            assert minor(day["raisedSoFar"]["money"]) == sum(each.minor for each in moved if each.at < until), until
    edges = [moment(day["until"]) for day in days]
    assert all(later - earlier == timedelta(days=1) for earlier, later in pairwise(edges))
    assert timedelta() < edges[0] - min(each.at for each in moved) <= timedelta(days=1)


async def test_the_months_of_the_report_add_up_with_the_totals(season: SeasonWorld) -> None:
    asked = months(season)
    told = await season.told(REPORT, "MonthlyReport", **asked)

    grown: Counter[str] = Counter()
    for span in told["months"]:
        grown.update(parts(span["raised"]))
        assert parts(span["raisedSoFar"]) == grown
    assert grown == parts(told["total"]["raised"])
    assert sum(span["donationCount"] for span in told["months"]) == told["total"]["donationCount"]
    first = sum(each.minor for each in season.movements() if each.at < moment(asked["until"]))
    assert parts(told["month"]["raised"]) == parts(told["months"][0]["raised"]) == Counter(CNY=first)
    campaigns = await season.told(REPORT, "MonthlyReportCampaigns", **asked)
    months_of = [campaign["month"] for campaign in campaigns["campaigns"]["nodes"] if campaign["month"]]
    assert sum(minor(span["raised"]) for span in months_of) == first
    whole = {"since": asked["since"], "until": (datetime.now(SHANGHAI) + timedelta(days=1)).isoformat()}
    told = await season.told(REPORT, "MonthlyReportCampaigns", **whole)
    for campaign in told["campaigns"]["nodes"]:
        assert campaign["month"]["raisedSoFar"] == campaign["total"]["raised"]
        assert campaign["month"]["raised"] == campaign["total"]["raised"]


async def test_the_gifts_of_a_month_are_listed_with_whom_they_name(season: SeasonWorld) -> None:
    asked = months(season)
    campaigns = (await season.told(REPORT, "MonthlyReportCampaigns", **asked))["campaigns"]["nodes"]
    (lunch,) = (each for each in campaigns if (each["platform"]["key"], each["externalId"]) == ("wechat_pay", LUNCH))

    told = await season.told(REPORT, "MonthlyReportDonations", id=lunch["id"], **asked)

    paid = [
        each for each in season.wechat.payments if each.book == LUNCH and each.paid_at and each.paid_at < moment(asked["until"])
    ]
    assert told["donations"]["totalCount"] == len(paid)
    expected = Counter((each.amount_fen, each.refunded_fen, NAMES.get(each.star)) for each in paid)
    listed: Counter[Any] = Counter()
    for gift in told["donations"]["nodes"]:
        named = gift["endorsement"] and gift["endorsement"]["account"]["displayName"]
        listed[minor(gift["amount"]), minor(gift["refunded"]) if gift["refunded"] else 0, named] += 1
        assert gift["source"] == "MERCHANT_NOTIFICATION"
    assert listed == expected


async def test_engagement_stands_beside_the_money_and_is_never_in_it(season: SeasonWorld) -> None:
    asked = {"since": months(season)["since"], "until": (datetime.now(SHANGHAI) + timedelta(days=1)).isoformat()}
    told = await season.told(REPORT, "MonthlyReportCampaigns", **asked)

    posts = [post for _, post in season.speakers.values()]
    counters = {"reposts": sum(each.reposts for each in posts), "comments": sum(each.comments for each in posts)}
    counters["likes"] = sum(each.likes for each in posts)
    for campaign in told["campaigns"]["nodes"]:
        history = [{name: sample[name] for name in counters} for sample in campaign["engagementHistory"]]
        spoken = (campaign["platform"]["key"], campaign["externalId"]) == ("weibo", LUNCH)
        assert history == ([counters] if spoken else []), campaign["title"]
    assert counters["likes"] > 0
