"""GraphiQL in a browser, over a real gateway: it knows the schema, asks, and follows, and asks no stranger for anything."""

from playwright.async_api import Page, expect

from schema.api.ids import campaign_id
from schema.model.ids import CampaignId
from tests.browser.watch import Watch
from tests.browser.world import World

LUNCH = campaign_id(CampaignId("wechat_pay", "school-lunch"))


async def opened(world: World, page: Page) -> None:
    """Whoever opens the endpoint is there."""
    await page.goto(f"{world.address}/graphql")
    await expect(page.locator(".graphiql-query-editor .view-line").first).to_be_visible(timeout=20_000)


async def run(page: Page) -> None:
    """Presses the button, once the page has read what stands in its editor, which it does a moment after the last key."""
    await page.wait_for_timeout(500)
    await page.locator(".graphiql-execute-button").click()


async def test_what_it_begins_with_can_be_run(world: World, page: Page, watch: Watch) -> None:
    await world.wechat.pay(1_000)
    await world.wechat.sender.settle()
    await opened(world, page)
    result = page.locator(".result-window")
    await run(page)
    await expect(result).to_contain_text('"10.00"')
    await page.get_by_role("tab", name="Seasons").click()
    await run(page)
    await expect(result).to_contain_text('"seasons"')
    await expect(result).not_to_contain_text('"errors"')


async def test_a_subscription_moves_while_it_is_looked_at(world: World, page: Page, watch: Watch) -> None:
    await world.wechat.pay(1_000)
    await world.wechat.sender.settle()
    await opened(world, page)
    await page.get_by_role("tab", name="Total").click()
    await page.get_by_role("button", name="Variables").click()
    await page.locator(".graphiql-editor-tool .view-lines").first.click()
    for key in ("Control+Home", "ArrowDown", "End", "ArrowLeft"):  # between the quotes that wait for it
        await page.keyboard.press(key)
    await page.keyboard.insert_text(LUNCH)
    await run(page)
    result = page.locator(".result-window")
    await expect(result).to_contain_text('"10.00"')
    await world.wechat.pay(250)
    await world.wechat.sender.settle()
    await expect(result).to_contain_text('"12.50"')


async def test_it_knows_the_schema_and_says_what_does_not_fit(world: World, page: Page, watch: Watch) -> None:
    await opened(world, page)
    await page.locator(".graphiql-query-editor .view-lines").click()
    await page.keyboard.press("Control+A")
    await page.keyboard.insert_text("{ campaigns { nodes { titel } } }")
    await expect(page.locator(".squiggly-error")).not_to_have_count(0)

    await page.get_by_role("button", name="Show Documentation Explorer").click()
    explorer = page.locator(".graphiql-doc-explorer")
    await explorer.get_by_text("Query", exact=True).click()
    await expect(explorer).to_contain_text("campaigns")
