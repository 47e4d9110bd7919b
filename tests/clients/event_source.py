"""The EventSource of a browser, in a page of the gateway's own. It connects again by itself, and says where it was.

That it does after three seconds, which is its own choice. It cannot cut a connection but by leaving it, and then it begins as a
page does that is loaded again and has kept the position.
"""

import asyncio
import shutil
from typing import Final
from urllib.parse import urlsplit

from playwright.async_api import async_playwright

from tests.clients.reader import Message, cuts, told

FOLLOW: Final = """
([address, name, query, id, after]) => {
  let source;
  function open() {
    source?.close();
    const asked = new URLSearchParams({ query, variables: JSON.stringify({ id, after }) });
    source = new EventSource(`${address}?${asked}`);
    source.addEventListener("next", ({ data, lastEventId }) => {
      after = lastEventId;
      take(name, lastEventId, JSON.parse(data));
    });
    source.addEventListener("complete", () => lose(`${name} completed`));
    source.addEventListener("error", () => source.readyState === EventSource.CLOSED && lose(`${name} was refused`));
  }
  addEventListener("cut", open);
  open();
}
"""


async def main() -> None:
    """Follows until told to leave."""
    address, campaign, feeds = told()
    by_name = {feed.name: feed for feed in feeds}
    lost: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def take(name: str, event_id: str, result: Message) -> None:
        (message,) = result["data"].values()
        by_name[name].take(message)
        if event_id != message["position"]:
            lose(f"the id of an event of {name} is {event_id}, and its position {message['position']}")

    def lose(why: str) -> None:
        if not lost.done():
            lost.set_exception(RuntimeError(why))

    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=shutil.which("chromium"))
        page = await browser.new_page()
        await page.expose_function("take", take)
        await page.expose_function("lose", lose)
        await page.goto(urlsplit(address)._replace(path="/livez").geturl())
        for feed in feeds:
            await page.evaluate(FOLLOW, [address, feed.name, feed.query, campaign, feed.after])

        async def obey() -> None:
            async for _ in cuts():
                await page.evaluate("dispatchEvent(new Event('cut'))")

        obeying = asyncio.create_task(obey())
        await asyncio.wait((obeying, lost), return_when=asyncio.FIRST_COMPLETED)
        await (lost if lost.done() else obeying)
        await browser.close()


if __name__ == "__main__":
    asyncio.run(main())
