"""Lists in pages: short ones, empty ones, and totals that no list reaches."""

from typing import Any

import pytest

from connectors.weibo.emulator import Post, WeiboEmulator
from tests.connectors.weibo.emulator.client import Client


async def walk(client: Client, name: str, items: str, post: Post, count: int) -> list[list[Any]]:
    """All pages by their cursor."""
    pages, cursor = [], 0
    while True:
        told = (await client.get(name, id=post.id, count=str(count), max_id=str(cursor))).told
        pages.append(told[items])
        if not (cursor := told["next_cursor"]):
            return pages


async def test_reposts_are_listed_newest_first_page_by_page(emulator: WeiboEmulator, client: Client, post: Post) -> None:
    reposts = [emulator.repost(post, emulator.charity, f"repost {number}") for number in range(5)]

    pages = await walk(client, "statuses/repost_timeline", "reposts", post, 2)
    assert [[each["idstr"] for each in page] for page in pages] == [
        [reposts[4].id, reposts[3].id],
        [reposts[2].id, reposts[1].id],
        [reposts[0].id],
    ]
    assert await walk(client, "statuses/repost_timeline/ids", "statuses", post, 200) == [
        [each.id for each in reversed(reposts)]
    ]


async def test_pages_are_short_or_empty_with_others_behind_them(emulator: WeiboEmulator, client: Client, post: Post) -> None:
    reposts = [emulator.repost(post, emulator.charity) for _ in range(6)]
    for gone in reposts[2:5]:
        emulator.delete(gone)

    pages = await walk(client, "statuses/repost_timeline/ids", "statuses", post, 2)
    assert pages == [[reposts[5].id], [], [reposts[1].id, reposts[0].id]]


async def test_the_total_is_a_counter_that_the_list_does_not_reach(emulator: WeiboEmulator, client: Client, post: Post) -> None:
    emulator.repost(post, emulator.charity)
    told = (await client.get("statuses/repost_timeline", id=post.id)).told

    assert (told["total_number"], len(told["reposts"]), told["next_cursor"]) == (121, 1, 0)


async def test_a_list_of_ids_may_be_empty_with_a_total(emulator: WeiboEmulator, client: Client, post: Post) -> None:
    emulator.repost(post, emulator.charity)
    emulator.api.empty_lists = True
    told = (await client.get("statuses/repost_timeline/ids", id=post.id)).told

    assert (told["statuses"], told["total_number"]) == ([], 121)


async def test_comments_are_listed_with_their_post(emulator: WeiboEmulator, client: Client, post: Post) -> None:
    first, second = [emulator.comment(post, emulator.charity, text) for text in ("谢谢", "加油")]

    told = (await client.get("comments/show", id=post.id)).told
    assert [(each["idstr"], each["text"]) for each in told["comments"]] == [(second.id, "加油"), (first.id, "谢谢")]
    assert told["comments"][0]["status"]["idstr"] == post.id
    assert told["total_number"] == 47
    emulator.delete(second)
    told = (await client.get("comments/show", id=post.id)).told
    assert ([each["idstr"] for each in told["comments"]], told["total_number"]) == ([first.id], 47)


async def test_pages_also_go_by_number_and_lists_begin_after_an_id(emulator: WeiboEmulator, client: Client, post: Post) -> None:
    ids = [emulator.repost(post, emulator.charity).id for _ in range(3)]
    name = "statuses/repost_timeline/ids"

    assert (await client.get(name, id=post.id, count="2", page="2")).told["statuses"] == [ids[0]]
    assert (await client.get(name, id=post.id, since_id=ids[1])).told["statuses"] == [ids[2]]
    assert (await client.get(name, id=post.id, max_id=ids[0])).told["statuses"] == [ids[0]]
    assert (await client.get(name, id=post.id, filter_by_author="1")).told["statuses"] == []


@pytest.mark.parametrize("bad", [{"count": "201"}, {"count": "0"}, {"page": "0"}, {"max_id": "x"}, {"filter_by_author": "3"}])
async def test_a_page_that_cannot_be_is_refused(client: Client, post: Post, bad: dict[str, str]) -> None:
    assert await client.refused("statuses/repost_timeline", **({"id": post.id} | bad)) == 10017
