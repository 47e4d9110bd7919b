"""Accounts, posts and counters: approximate, falling, and gone."""

import json
from datetime import UTC, datetime

import pytest

from connectors.weibo.emulator import Post, WeiboEmulator
from tests.connectors.weibo.emulator.client import Client


async def test_a_post_is_told_with_its_user_and_in_english_time(emulator: WeiboEmulator, client: Client) -> None:
    star = emulator.add_user("demo_star", followers=30_000_000)
    post = emulator.add_post(star, "#免费午餐# phase 1", at=datetime(2026, 9, 1, 2, 20, 30, tzinfo=UTC))
    emulator.engage(post, reposts=120, comments=45, likes=900)

    told = (await client.get("statuses/show", id=post.id)).told
    assert told["created_at"] == "Tue Sep 01 10:20:30 +0800 2026"
    assert (told["idstr"], told["mid"], told["id"]) == (post.id, post.id, int(post.id))
    assert (told["reposts_count"], told["comments_count"], told["attitudes_count"]) == (120, 45, 900)
    assert (told["text"], told["isLongText"]) == ("#免费午餐# phase 1", False)
    assert (told["user"]["idstr"], told["user"]["verified"], told["user"]["verified_type"]) == (star.id, True, 0)


async def test_the_number_of_a_post_does_not_survive_a_double(client: Client, post: Post) -> None:
    body = (await client.get("statuses/show", id=post.id)).body
    spoiled = json.loads(body, parse_int=lambda digits: int(float(digits)))

    assert int(post.id) > 2**53
    assert str(spoiled["id"]) != post.id
    assert spoiled["idstr"] == post.id


async def test_a_long_post_is_cut(emulator: WeiboEmulator, client: Client) -> None:
    post = emulator.add_post(emulator.charity, "饭" * 200)
    told = (await client.get("statuses/show", id=post.id)).told

    assert told["isLongText"] is True
    assert told["text"].startswith("饭" * 140)
    assert len(told["text"]) < 200


async def test_an_account_is_found_by_id_or_name_and_not_by_both(emulator: WeiboEmulator, client: Client) -> None:
    star = emulator.add_user("demo_star", followers=30_000_000, verified_type=0)
    emulator.add_post(star, "hello")
    by_id, by_name = [
        (await client.get("users/show", **{k: v})).told for k, v in (("uid", star.id), ("screen_name", "demo_star"))
    ]

    assert by_id == by_name
    assert (by_id["idstr"], by_id["followers_count"], by_id["statuses_count"]) == (star.id, 30_000_000, 1)
    assert by_id["status"]["text"] == "hello"
    assert await client.refused("users/show") == 10016
    assert await client.refused("users/show", uid=star.id, screen_name="demo_star") == 10016
    assert await client.refused("users/show", uid="5") == 20003


async def test_followers_come_and_go_and_unknown_accounts_are_left_out(emulator: WeiboEmulator, client: Client) -> None:
    star = emulator.add_user("demo_star", followers=100)
    emulator.follow(star, 20)
    emulator.follow(star, -50)

    (told,) = (await client.get("users/counts", uids=f"5,{star.id}")).told
    assert (told["id"], told["followers_count"]) == (int(star.id), 70)
    with pytest.raises(ValueError, match="followers"):
        emulator.follow(star, -71)


async def test_counters_are_numbers_and_text_in_turn(emulator: WeiboEmulator, client: Client, post: Post) -> None:
    other = emulator.add_post(post.user, "second")
    first, second = (await client.get("statuses/count", ids=f"{post.id},{other.id}")).told

    assert first == {"id": int(post.id), "comments": 45, "reposts": 120, "attitudes": 900}
    assert second == {"id": other.id, "comments": "0", "reposts": "0", "attitudes": "0"}


async def test_the_paid_api_counts_in_text_and_has_another_word_for_likes(client: Client, post: Post) -> None:
    told = (await client.get("statuses/count/biz", ids=post.id)).told

    assert told == [{"id": post.id, "comments": "45", "reposts": "120", "likes": "900"}]


async def test_counters_fall_and_never_below_zero(emulator: WeiboEmulator, client: Client, post: Post) -> None:
    emulator.engage(post, reposts=-20, likes=-900)

    assert (await client.get("statuses/show", id=post.id)).told["reposts_count"] == 100
    with pytest.raises(ValueError, match="below zero"):
        emulator.engage(post, likes=-1)


@pytest.mark.parametrize(("how", "code"), [("delete", 20101), ("hide", 20112)])
async def test_what_is_gone_is_left_out_of_counts_and_refused_alone(
    emulator: WeiboEmulator, client: Client, post: Post, how: str, code: int
) -> None:
    other = emulator.add_post(post.user, "second")
    {"delete": emulator.delete, "hide": emulator.hide}[how](post)

    for name in ("statuses/count", "statuses/count/biz"):
        told = (await client.get(name, ids=f"{post.id},{other.id},1")).told
        assert [str(each["id"]) for each in told] == [other.id]
    assert await client.refused("statuses/show", id=post.id) == code
    assert await client.refused("comments/show", id=post.id) == code


@pytest.mark.parametrize(("name", "ids"), [("statuses/count", 100), ("statuses/count/biz", 99)], ids=["open", "commercial"])
async def test_so_many_posts_at_once(client: Client, post: Post, name: str, ids: int) -> None:
    assert len((await client.get(name, ids=",".join([post.id] * ids))).told) == ids
    assert await client.refused(name, ids=",".join([post.id] * (ids + 1))) == 10017
    assert await client.refused(name, ids="abc") == 10017
    assert await client.refused(name) == 10016


async def test_only_ones_own_latest_five_posts_are_listed(emulator: WeiboEmulator, client: Client, post: Post) -> None:
    mine = [emulator.add_post(emulator.charity, f"post {number}") for number in range(7)]
    told = (await client.get("statuses/user_timeline")).told

    assert [each["idstr"] for each in told["statuses"]] == [each.id for each in reversed(mine[2:])]
    assert (await client.get("statuses/user_timeline", uid=emulator.charity.id)).status == 200
    assert await client.refused("statuses/user_timeline", uid=post.user.id) == 21335


async def test_a_deleted_original_leaves_a_hull(emulator: WeiboEmulator, client: Client, post: Post) -> None:
    repost = emulator.repost(post, emulator.charity)
    assert (await client.get("statuses/show", id=repost.id)).told["retweeted_status"]["idstr"] == post.id

    emulator.delete(post)
    hull = (await client.get("statuses/show", id=repost.id)).told["retweeted_status"]
    assert (hull["deleted"], "user" in hull) == ("1", False)


async def test_names_are_taken_once_and_nothing_happens_to_a_post_that_is_gone(emulator: WeiboEmulator, post: Post) -> None:
    with pytest.raises(ValueError, match="demo_star"):
        emulator.add_user("demo_star", followers=1)
    emulator.delete(post)
    with pytest.raises(ValueError, match="gone"):
        emulator.engage(post, likes=1)
