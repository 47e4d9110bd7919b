"""What the page must never do, and that we would notice."""

from playwright.async_api import Page, expect

from tests.browser.given import campaign
from tests.browser.stage import Stage
from tests.browser.watch import Watch


async def test_an_inline_script_does_not_run_and_is_noticed(stage: Stage, page: Page) -> None:
    watch = Watch(page)
    stage.campaigns = [campaign("Lunch")]
    await stage.show(page)
    await expect(page.locator(".row")).to_have_count(1)
    assert await watch.noise() == []

    await page.evaluate(
        "document.body.append(Object.assign(document.createElement('script'), { textContent: 'window.ran = true' }))"
    )
    assert await page.evaluate("window.ran") is None
    assert any(each.startswith("policy: script-src") for each in await watch.noise())


async def test_a_request_to_another_origin_is_stopped_and_noticed(stage: Stage, page: Page) -> None:
    watch = Watch(page)
    await stage.show(page)
    await expect(page.locator("#notice")).to_be_visible()

    await page.evaluate("fetch('http://127.0.0.1:9/').catch(() => null)")
    assert any("policy: connect-src http://127.0.0.1:9" in each for each in await watch.noise())


async def test_no_file_of_the_page_holds_a_script_or_a_style_inline(stage: Stage, page: Page) -> None:
    for name in ("/", "/query.html"):
        answer = await page.request.get(f"{stage.address}{name}")
        text = (await answer.text()).lower()
        assert "style=" not in text
        assert "<style" not in text
        assert text.count("<script") == text.count('<script type="module" src="/')
