"""The page that shows how to ask: what it says to type must work."""

import json
import re
import shlex

import aiohttp
from playwright.async_api import Page, expect

from tests.browser.watch import Watch
from tests.browser.world import World


async def test_its_examples_can_be_typed_as_they_stand(world: World, page: Page, watch: Watch) -> None:
    await world.wechat.pay(1_000)
    await world.wechat.sender.settle()
    await page.goto(world.address)
    await page.get_by_role("link", name="Query these figures").click()
    await expect(page.locator("pre")).to_have_count(2)
    query, subscription = [shlex.split(text) for text in await page.locator("pre").all_text_contents()]

    async with aiohttp.ClientSession() as session:
        answer = await typed(session, query)
        campaign = json.loads(answer)["data"]["campaigns"]["nodes"][0]
        assert campaign["total"]["raised"]["amount"] == "10.00"

        event = await typed(session, [word.replace('"..."', json.dumps(campaign["id"])) for word in subscription])
        data = json.loads(re.findall(r"^data: ?(.*)$", event, re.MULTILINE)[0])
        assert data["data"]["campaignTotal"]["campaign"]["total"]["raised"]["amount"] == "10.00"


async def typed(session: aiohttp.ClientSession, words: list[str]) -> str:
    """What curl would print first."""
    headers = dict(words[place + 1].split(": ", 1) for place, word in enumerate(words) if word == "-H")
    body = words[words.index("-d") + 1]
    url = next(word for word in words if word.startswith("http"))
    async with session.post(url, headers=headers, data=body) as answer:
        assert answer.status == 200
        text = ""
        while "}\n" not in text and not answer.content.at_eof():
            text += (await answer.content.readany()).decode()
        return text
