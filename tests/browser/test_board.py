"""The board in front of a real gateway: what people give and get back is what a viewer sees, to the last fen."""

from playwright.async_api import Page, expect

from tests.browser.board import amount, grouped, row
from tests.browser.watch import Watch
from tests.browser.world import HOSTILE, LUNCH, World


async def test_it_lists_the_campaigns_and_calls_a_total_unknown_that_is(world: World, page: Page, watch: Watch) -> None:
    await page.goto(world.address)

    await expect(row(page, LUNCH).locator(".charity")).to_have_text("免费午餐 Free Lunch Fund")
    await expect(row(page, LUNCH).locator(".network")).to_have_text("WeChat Pay")
    await expect(amount(page, LUNCH)).to_have_text("unknown")
    await expect(page.locator("#line .words")).to_have_text("Live")


async def test_donations_and_refunds_move_the_number_to_the_networks_own_book(world: World, page: Page, watch: Watch) -> None:
    await page.goto(world.address)
    await expect(page.locator("#line .words")).to_have_text("Live")
    await page.evaluate("window.sameDocument = true")

    await world.wechat.pay(123_456)
    payment = await world.wechat.pay(1_000_007)
    await expect(amount(page, LUNCH)).to_have_text("11,234.63")
    assert world.raised(world.wechat, "school-lunch") == "11234.63"
    await expect(row(page, LUNCH).locator(".facts")).to_have_text("2 gifts")

    await world.wechat.refund(payment, 7)
    await expect(amount(page, LUNCH)).to_have_text(grouped(world.raised(world.wechat, "school-lunch")))
    await expect(row(page, LUNCH).locator(".facts")).to_have_text("2 gifts, CNY\u00a00.07 refunded")
    assert await amount(page, LUNCH).get_attribute("value") == "11234.56"
    assert await page.evaluate("window.sameDocument") is True


async def test_the_same_delivery_again_does_not_move_it(world: World, page: Page, watch: Watch) -> None:
    await page.goto(world.address)
    payment = await world.wechat.pay(5_000)
    await expect(amount(page, LUNCH)).to_have_text("50.00")

    answer = await world.wechat.sender.attempt(str(world.wechat.callback), world.wechat.outgoing(payment))
    await world.wechat.pay(1)

    assert answer.status in (200, 204)
    await expect(amount(page, LUNCH)).to_have_text("50.01")
    await expect(row(page, LUNCH).locator(".facts")).to_have_text("2 gifts")
    await expect(page.locator(".gift")).to_have_count(2)


async def test_a_gift_is_announced_with_what_its_network_tells(world: World, page: Page, watch: Watch) -> None:
    await page.goto(world.address)
    await expect(page.locator("#line .words")).to_have_text("Live")

    await world.twitch.donate(2_550, user_name="海星")
    gift = page.locator(".gift").first
    await expect(gift.locator(".donor")).to_have_text("海星")
    await expect(gift.locator(".given .amount")).to_have_text("25.50")
    await expect(gift.locator(".network")).to_have_text("Twitch")

    await world.wechat.pay(800)
    await expect(gift.locator(".campaign")).to_have_text(LUNCH)
    await expect(gift.locator(".donor")).to_have_text("")
    await expect(page.locator("#sums li")).to_have_count(2)
    await expect(page.locator("#sums")).to_contain_text("EUR 25.50 1 campaign")
    await expect(page.locator("#sums")).to_contain_text("CNY 8.00 1 campaign")


async def test_a_title_with_markup_and_directions_is_text(world: World, page: Page, watch: Watch) -> None:
    await page.goto(world.address)
    await world.wechat.pay(100, book="clean-river")
    await expect(page.locator("#sums")).to_contain_text("CNY 1.00")

    shown = await page.locator(".row .title bdi").all_text_contents()
    markup = next(title for title in shown if "<script>" in title)
    assert markup.startswith("<script>window.hacked = 1</script>")
    assert set(markup) <= set(HOSTILE)
    assert await page.evaluate("window.hacked") is None
    assert await page.locator(".row img, .row script, .gift img, .gift script").count() == 0


async def test_a_viewer_sees_a_killed_gateway_come_back_with_the_right_number(world: World, page: Page, watch: Watch) -> None:
    watch.expected += ["WebSocket connection", "ERR_CONNECTION_REFUSED"]
    await page.goto(world.address)
    await world.wechat.pay(10_000)
    await expect(amount(page, LUNCH)).to_have_text("100.00")
    await expect(row(page, LUNCH).locator(".freshness")).to_have_text("Live")  # a moment after the first sign of a network

    await world.kill()
    await expect(page.locator("#line .words")).to_have_text("Reconnecting")
    await expect(row(page, LUNCH).locator(".freshness")).to_contain_text("Not live: as of")
    await expect(amount(page, LUNCH)).to_have_text("100.00")

    await world.start()
    await world.wechat.pay(2_345)
    await expect(page.locator("#line .words")).to_have_text("Live", timeout=40_000)
    await expect(amount(page, LUNCH)).to_have_text("123.45", timeout=20_000)
    await expect(row(page, LUNCH).locator(".freshness")).to_have_text("Live")
    await world.wechat.pay(5)
    await expect(amount(page, LUNCH)).to_have_text(grouped(world.raised(world.wechat, "school-lunch")))
