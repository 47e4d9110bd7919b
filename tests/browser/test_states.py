"""What the board says in the states that it can be in, and that it never says more than it knows."""

from playwright.async_api import Page, expect

from tests.browser.board import amount, row
from tests.browser.given import campaign, gift, moment, platform, to
from tests.browser.stage import Stage
from tests.browser.watch import Watch


async def test_without_campaigns_it_says_so_and_shows_the_first_one_when_it_comes(
    stage: Stage, page: Page, watch: Watch
) -> None:
    await page.clock.install()
    await stage.show(page)
    await expect(page.locator("#notice")).to_contain_text("No campaigns yet")
    await expect(page.locator("#line .words")).to_have_text("Connected")

    stage.campaigns = [campaign("Lunch")]
    await page.clock.fast_forward(15_000)
    await expect(amount(page, "Lunch")).to_have_text("100.00")
    await expect(page.locator("#notice")).to_be_hidden()


async def test_a_gateway_that_does_not_answer_is_said_and_asked_again(stage: Stage, page: Page, watch: Watch) -> None:
    watch.expected += ["ERR_CONNECTION_REFUSED"]
    stage.answers = False
    await stage.show(page)
    await expect(page.locator("#notice")).to_contain_text("The gateway does not answer")
    await expect(page.locator("#line")).to_contain_text("Reconnecting")

    stage.campaigns, stage.answers = [campaign("Lunch")], True
    await expect(amount(page, "Lunch")).to_have_text("100.00", timeout=20_000)
    await expect(page.locator("#line .words")).to_have_text("Live")
    await expect(page.locator("#notice")).to_be_hidden()


async def test_an_old_figure_is_marked_with_its_age(stage: Stage, page: Page, watch: Watch) -> None:
    stage.campaigns = [
        campaign("Old", freshness="STALE", seconds_ago=3_600 * 5),
        campaign("Asked", freshness="CACHED", seconds_ago=150),
        campaign("Pushed"),
    ]
    stage.platforms = [platform(freshness="STALE", seconds_ago=3_600 * 5), platform("Twitch", None)]
    await stage.show(page)

    await expect(row(page, "Old").locator(".freshness")).to_contain_text("Stale: as of")
    await expect(row(page, "Old").locator(".freshness")).to_contain_text("5 h ago")
    await expect(row(page, "Asked").locator(".freshness")).to_have_text("Checked 2 min ago")
    await expect(row(page, "Pushed").locator(".freshness")).to_have_text("Live")
    await expect(page.locator("#sums .note")).to_have_text("3 campaigns, 1 stale")
    await expect(page.locator("#networks")).to_contain_text("5 h ago")
    await expect(page.locator("#networks")).to_contain_text("Nothing running")


async def test_an_unknown_total_is_never_zero_and_in_no_sum(stage: Stage, page: Page, watch: Watch) -> None:
    stage.campaigns = [campaign("Known", "10.00"), campaign("Unknown", None, goal="5000.00"), campaign("Nothing", "0.00")]
    await stage.show(page)

    await expect(amount(page, "Unknown")).to_have_text("unknown")
    await expect(row(page, "Unknown").locator(".aim")).to_have_text("? of CNY\u00a05,000")
    await expect(amount(page, "Nothing")).to_have_text("0.00")
    await expect(page.locator("#sums")).to_contain_text("CNY 10.00 2 campaigns")


async def test_currencies_are_never_added_and_keep_their_own_decimals(stage: Stage, page: Page, watch: Watch) -> None:
    stage.campaigns = [
        campaign("Yen", "1234567", "JPY"),
        campaign("Dinar", "1.005", "BHD"),
        campaign("Fen", "90071992547409.93", "CNY"),
        campaign("Fen too", "0.01", "CNY"),
    ]
    await stage.show(page)

    await expect(amount(page, "Yen")).to_have_text("1,234,567")
    await expect(amount(page, "Dinar")).to_have_text("1.005")
    await expect(page.locator("#sums .amount")).to_have_text(["90,071,992,547,409.94", "1.005", "1,234,567"])


async def test_a_goal_is_reached_when_it_is_and_not_before(stage: Stage, page: Page, watch: Watch) -> None:
    stage.campaigns = [
        campaign("Nearly", "99.99", goal="100.00", progress=0.9999),
        campaign("More", "150.00", goal="100.00", progress=1.5),
        campaign("None"),
    ]
    await stage.show(page)

    await expect(row(page, "Nearly").locator(".aim")).to_have_text("99.9 % of CNY\u00a0100")
    await expect(row(page, "Nearly").get_by_role("progressbar")).to_have_attribute("aria-valuenow", "99")
    await expect(row(page, "More").locator(".aim")).to_have_text("150.0 % of CNY\u00a0100")
    await expect(row(page, "More").get_by_role("progressbar")).to_have_attribute("aria-valuenow", "100")
    await expect(row(page, "None").get_by_role("progressbar")).to_have_count(0)


async def test_a_campaign_that_ended_says_when_and_how_its_total_came_about(stage: Stage, page: Page, watch: Watch) -> None:
    stage.campaigns = [
        campaign(
            "Over", status="ENDED", endsAt="2026-03-10T12:00:00+00:00", sources=("MERCHANT_NOTIFICATION", "MERCHANT_BILL")
        ),
        campaign("Soon", None, status="SCHEDULED", startsAt="2031-05-02T12:00:00+00:00"),
        campaign("Stream", basis="REPORTED", sources=("PLATFORM_EVENT",), on=platform("Twitch")),
    ]
    await stage.show(page)

    await expect(row(page, "Over").locator(".life")).to_have_text("Ended 10 Mar 2026")
    await expect(row(page, "Over").locator(".basis")).to_have_text(
        "Counted by this gateway, from payment notifications and daily bills"
    )
    await expect(row(page, "Soon").locator(".life")).to_have_text("Starts 2 May 2031")
    await expect(row(page, "Stream").locator(".basis")).to_have_text("As Twitch states it, from its events")


async def test_words_that_are_newer_than_the_page_are_shown_as_they_are(stage: Stage, page: Page, watch: Watch) -> None:
    stage.campaigns = [campaign("Lunch")]
    await stage.show(page)
    await stage.until_asked(2)

    stage.tell(campaign("Lunch", sources=("CARRIER_PIGEON",), freshness="FERMENTED", status="PAUSED"))
    await expect(row(page, "Lunch").locator(".basis")).to_have_text("Counted by this gateway, from carrier pigeon")
    await expect(row(page, "Lunch").locator(".freshness")).to_have_text("fermented")


async def test_the_latest_gifts_stand_newest_first_and_are_amended_where_they_are(
    stage: Stage, page: Page, watch: Watch
) -> None:
    first = gift("g1", seconds_ago=60)
    shown = campaign("Lunch", gifts=(gift("g2", None, seconds_ago=30), first))
    stream = campaign("Stream", basis="REPORTED", on=platform("Twitch"), gifts=(gift("g3", seconds_ago=45),))
    stage.campaigns = [shown, stream]
    await stage.show(page)
    await stage.until_asked(4)
    await expect(page.locator(".gift .donor")).to_have_text(["", "anonymous", ""])
    await expect(page.locator(".given .amount")).to_have_text(["\u2014", "20.00", "20.00"])

    late = to(shown, gift("g4", "7.00", seconds_ago=50))
    stage.announce(shown, received=[late], changed=[to(shown, first, status="REFUNDED")])
    await expect(page.locator(".given .amount")).to_have_text(["\u2014", "20.00", "7.00", "20.00"])
    await expect(page.locator(".gift").last.locator(".status")).to_have_text("refunded")

    stage.announce(shown, changed=[to(shown, gift("g9", "9.00"))], missed=37)
    await expect(page.locator("#gifts-note")).to_have_text("37 more gifts came too fast to be shown")
    await expect(page.locator(".gift")).to_have_count(4)


async def test_only_addresses_of_the_web_become_links(stage: Stage, page: Page, watch: Watch) -> None:
    stage.campaigns = [
        campaign("Page", url="https://network.example/page"),
        campaign("Trap", url="javascript:alert(1)", endsAt=moment()),
    ]
    await stage.show(page)

    await expect(row(page, "Page").get_by_role("link")).to_have_attribute("href", "https://network.example/page")
    await expect(row(page, "Trap").get_by_role("link")).to_have_count(0)
