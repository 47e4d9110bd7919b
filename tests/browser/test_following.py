"""How the page follows totals: what it asks for, where it goes on after a break, and when a number may run."""

import asyncio
from decimal import Decimal

import pytest
from playwright.async_api import Page, expect

from tests.browser.board import amount
from tests.browser.given import campaign
from tests.browser.stage import Stage
from tests.browser.watch import Watch

RECORD = """
(element) => {
  window.texts = [];
  const note = () => window.texts.push(element.textContent);
  new MutationObserver(note).observe(element, { childList: true, characterData: true, subtree: true });
}
"""


async def recorded(page: Page) -> list[str]:
    """Every text that the number of "Lunch" showed from ``RECORD`` on."""
    texts: list[str] = await page.evaluate("window.texts")
    return texts


async def test_it_counts_up_to_what_was_gained(stage: Stage, page: Page, watch: Watch) -> None:
    stage.campaigns = [campaign("Lunch", "100.00")]
    await stage.show(page)
    await stage.until_asked(2)
    await amount(page, "Lunch").evaluate(RECORD)

    stage.tell(campaign("Lunch", "1100.00", position="p2"))
    await expect(amount(page, "Lunch")).to_have_text("1,100.00")

    steps = [float(text.replace(",", "")) for text in await recorded(page)]
    assert len(steps) > 3
    assert steps == sorted(steps)


@pytest.mark.parametrize(("raised", "recovered"), [("1100.00", False), ("90.00", False), ("90.00", True)])
async def test_a_start_and_a_loss_are_shown_at_once(
    stage: Stage, page: Page, watch: Watch, raised: str, recovered: bool
) -> None:
    stage.campaigns = [campaign("Lunch", "100.00")]
    await stage.show(page)
    await stage.until_asked(2)
    await amount(page, "Lunch").evaluate(RECORD)

    shown = f"{Decimal(raised):,.2f}"
    stage.tell(campaign("Lunch", raised, position="p2"), recovered=recovered)
    await expect(amount(page, "Lunch")).to_have_text(shown)

    assert await recorded(page) == [shown]


async def test_who_wants_less_motion_sees_only_true_figures(stage: Stage, page: Page, watch: Watch) -> None:
    await page.emulate_media(reduced_motion="reduce")
    stage.campaigns = [campaign("Lunch", "100.00")]
    await stage.show(page)
    await stage.until_asked(2)
    await amount(page, "Lunch").evaluate(RECORD)

    stage.tell(campaign("Lunch", "1100.00", position="p2"))
    await expect(amount(page, "Lunch")).to_have_text("1,100.00")

    assert await recorded(page) == ["1,100.00"]


async def test_a_sum_that_did_not_move_is_left_to_finish(stage: Stage, page: Page, watch: Watch) -> None:
    stage.campaigns = [campaign("Lunch", "100.00"), campaign("Reef", "5.00", "EUR")]
    await stage.show(page)
    await stage.until_asked(4)

    stage.tell(campaign("Reef", "5.01", "EUR", position="p2"))
    for step in range(20):
        stage.tell(campaign("Lunch", f"{100 + step}.00", position=f"p{step}"))
        await asyncio.sleep(0.02)
    await expect(page.locator("#sums .amount")).to_have_text(["119.00", "5.01"])


async def test_it_starts_at_what_was_read_and_goes_on_after_a_break(stage: Stage, page: Page, watch: Watch) -> None:
    lunch = campaign("Lunch", "100.00", position="p41")
    stage.campaigns = [lunch]
    await stage.show(page)
    first = await stage.until_asked(2)
    assert [each["variables"] for each in first] == [{"id": "Lunch", "after": "p41"}] * 2

    stage.tell(campaign("Lunch", "110.00", position="p43"))
    await expect(amount(page, "Lunch")).to_have_text("110.00")
    await stage.drop()
    await expect(page.locator("#line .words")).to_have_text("Reconnecting")
    again = (await stage.until_asked(4))[2:]

    assert [each["variables"] for each in again] == [{"id": "Lunch", "after": "p43"}, {"id": "Lunch", "after": "p41"}]
    stage.tell(campaign("Lunch", "120.00", position="p58"))
    await expect(amount(page, "Lunch")).to_have_text("120.00")


async def test_of_many_campaigns_it_follows_as_many_as_a_socket_may(stage: Stage, page: Page, watch: Watch) -> None:
    stage.campaigns = [campaign(f"C{number}", f"{100 - number}.00") for number in range(25)]
    await stage.show(page)
    asked = await stage.until_asked(20)

    assert len([each for each in asked if "campaignTotal(" in each["query"]]) == 14
    assert len([each for each in asked if "campaignDonations(" in each["query"]]) == 6
    await expect(page.locator(".row")).to_have_count(20)
    await expect(page.locator("#rest")).to_have_text("and 5 more campaigns, in the endpoint")


async def test_what_is_asked_too_fast_is_asked_again_later(stage: Stage, page: Page, watch: Watch) -> None:
    stage.refusals = [{"code": "RATE_LIMITED", "retryAfter": 1}]
    stage.campaigns = [campaign("Lunch", "100.00")]
    await stage.show(page)
    asked = await stage.until_asked(3)

    assert asked[2] == asked[0]
    stage.tell(campaign("Lunch", "110.00", position="p2"))
    await expect(amount(page, "Lunch")).to_have_text("110.00")


async def test_a_campaign_that_is_not_known_yet_is_asked_for_again(stage: Stage, page: Page, watch: Watch) -> None:
    stage.refusals = [{"code": "NOT_FOUND"}]
    stage.campaigns = [campaign("Lunch", "100.00")]
    await stage.show(page)
    asked = await stage.until_asked(3)

    assert asked[2] == asked[0]


async def test_an_empty_list_does_not_wipe_the_board_at_once(stage: Stage, page: Page, watch: Watch) -> None:
    await page.clock.install()
    stage.campaigns = [campaign("Lunch", "100.00")]
    await stage.show(page)
    await stage.until_asked(2)

    stage.campaigns = []
    async with page.expect_response("**/graphql"):
        await page.clock.fast_forward(34_000)
    await expect(amount(page, "Lunch")).to_have_text("100.00")

    for _ in range(2):
        async with page.expect_response("**/graphql"):
            await page.clock.fast_forward(4_000)
    await expect(page.locator(".row")).to_have_count(0)
    await expect(page.locator("#notice")).to_contain_text("No campaigns yet")


async def test_after_a_hole_it_reads_the_gifts_again(stage: Stage, page: Page, watch: Watch) -> None:
    lunch = campaign("Lunch")
    stage.campaigns = [lunch]
    await stage.show(page)
    await stage.until_asked(2)

    async with page.expect_request("**/graphql"):
        stage.announce(lunch, missed=None, recovered=False)


async def test_a_screen_reader_is_told_now_and_then_and_not_each_step(stage: Stage, page: Page, watch: Watch) -> None:
    await page.clock.install()
    stage.campaigns = [campaign("Lunch", "100.00")]
    await stage.show(page)
    await stage.until_asked(2)
    for step in range(1, 6):
        stage.tell(campaign("Lunch", f"{100 + step}.00", position=f"p{step}"), recovered=False)
    await expect(amount(page, "Lunch")).to_have_text("105.00")
    await expect(page.locator("#announcer")).to_have_text("")

    await page.clock.fast_forward(31_000)
    await expect(page.locator("#announcer")).to_have_text("Lunch: CNY\u00a0105.00")


async def test_a_campaign_overtakes_those_of_its_currency_and_keeps_the_focus(stage: Stage, page: Page, watch: Watch) -> None:
    page_of = "https://network.example/"
    stage.campaigns = [
        campaign("First", "300.00"),
        campaign("Euro", "25.00", "EUR"),
        campaign("Second", "200.00"),
        campaign("Unknown", None),
        campaign("Third", "100.00", url=page_of),
    ]
    await stage.show(page)
    await stage.until_asked(10)
    await page.get_by_role("link", name="Third").focus()

    stage.tell(campaign("Third", "250.00", position="p2", url=page_of))
    await expect(page.locator(".title bdi")).to_have_text(["First", "Euro", "Third", "Unknown", "Second"])
    await expect(page.get_by_role("link", name="Third")).to_be_focused()
