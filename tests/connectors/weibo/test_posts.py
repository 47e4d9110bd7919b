"""Posts, their counters, and followers: ids that stay text, batches, and what is left out."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from schema.model.endorsement import Post
from schema.model.engagement import Engagement
from schema.model.errors import NotFound, UpstreamGarbled, UpstreamUnavailable
from tests.connectors.weibo import given as weibo

STATUS = weibo.sample("status.json")
COUNTED = Engagement(weibo.NOW, reposts=120, comments=45, likes=900)


async def shown(**changed: object) -> Post:
    return await weibo.connector(weibo.answered({**STATUS, **changed}))[0].post(weibo.POST)


async def counted(rows: object, *posts: str, **changed: Any) -> dict[str, Engagement]:
    return dict(await weibo.connector(weibo.answered(rows), **changed)[0].engagement(posts or (weibo.POST,)))


def query(url: str) -> dict[str, list[str]]:
    return parse_qs(urlsplit(url).query)


# ------------------------------------------------------------------------------------------------------------------ posts


async def test_a_post_in_full() -> None:
    assert await shown() == Post(
        native_id="5200000000000001",
        text="#免费午餐# phase 1 ...",
        published_at=datetime(2026, 9, 1, 2, 20, 30, tzinfo=UTC),
        engagement=COUNTED,
    )


async def test_the_access_token_goes_in_the_header_and_never_in_the_address() -> None:
    desk, http, _ = weibo.connector(weibo.answered(STATUS))
    await desk.post(weibo.POST)
    [(request, headers)] = http.requests
    assert (request.method, request.url) == ("GET", f"https://api.example/2/statuses/show.json?id={weibo.POST}")
    assert headers["Authorization"] == "OAuth2 DEMOTOKEN"
    assert request.budget == "default"
    assert "DEMOTOKEN" not in repr(request)


async def test_an_id_beyond_two_to_the_53_is_taken_from_text_and_never_from_the_number_beside_it() -> None:
    native, damaged = "9007199254740993", 9007199254740992
    desk, _, _ = weibo.connector(weibo.answered({**STATUS, "id": damaged, "idstr": native, "mid": native}))
    assert (await desk.post(native)).native_id == native
    number_only = {name: value for name, value in STATUS.items() if name not in ("idstr", "mid")}
    with pytest.raises(UpstreamGarbled):
        await weibo.connector(weibo.answered(number_only))[0].post(weibo.POST)


async def test_the_mid_will_do_where_there_is_no_idstr() -> None:
    assert (await shown(idstr=None)).native_id == weibo.POST


async def test_an_answer_about_another_post_is_garbled() -> None:
    with pytest.raises(UpstreamGarbled):
        await shown(idstr="5200000000000009", mid="5200000000000009")


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("Tue Sep 01 10:20:30 +0800 2026", datetime(2026, 9, 1, 2, 20, 30, tzinfo=UTC)),
        ("Fri Aug 28 00:00:00 +0800 2009", datetime(2009, 8, 27, 16, 0, tzinfo=UTC)),
        ("Thu Jan 01 00:00:00 +0000 2026", datetime(2026, 1, 1, tzinfo=UTC)),
        ("Thu Dec 31 23:59:59 -0530 2026", datetime(2027, 1, 1, 5, 29, 59, tzinfo=UTC)),
    ],
)
async def test_times_name_their_months_in_english_whatever_the_locale(written: str, moment: datetime) -> None:
    assert (await shown(created_at=written)).published_at == moment


@pytest.mark.parametrize(
    "written", ["2026-09-01 10:20:30", "Tue Foo 01 10:20:30 +0800 2026", "Tue Feb 30 10:20:30 +0800 2026", 7]
)
async def test_a_time_of_another_form_is_garbled(written: object) -> None:
    with pytest.raises(UpstreamGarbled):
        await shown(created_at=written)


async def test_what_is_not_told_stays_unknown() -> None:
    post = await shown(created_at=None, text=None, reposts_count=None, comments_count="-", attitudes_count="")
    assert (post.published_at, post.text) == (None, None)
    assert post.engagement == Engagement(weibo.NOW)


async def test_words_are_plain_and_cut() -> None:
    assert (await shown(text="a\u202eb\x00" + "c" * 1_000)).text == "ab" + "c" * 498


@pytest.mark.parametrize("code", [20101, 20112, "20101"])
async def test_a_post_that_is_deleted_or_hidden_by_its_author_is_not_found(code: object) -> None:
    with pytest.raises(NotFound):
        await weibo.connector(weibo.failed(code, 400))[0].post(weibo.POST)


async def test_a_post_that_is_marked_as_deleted_is_not_found() -> None:
    with pytest.raises(NotFound):
        await shown(deleted="1", user=None)


@pytest.mark.parametrize("native", ["", "N3xYz", "0", "-1", "52 1", "5200000000000001,5200000000000002", "9" * 20])
async def test_nothing_is_asked_for_what_is_no_id(native: str) -> None:
    desk = weibo.connector()[0]
    with pytest.raises(NotFound):
        await desk.post(native)
    assert await desk.engagement([native]) == {}
    assert await desk.followers([native]) == {}


# --------------------------------------------------------------------------------------------------------------- counters


async def test_counters_are_read_from_text_and_from_numbers() -> None:
    assert await counted(weibo.sample("count.json"), weibo.POST, "5200000000000002") == {
        weibo.POST: COUNTED,
        "5200000000000002": Engagement(weibo.NOW, reposts=7, comments=0, likes=1),
    }


async def test_posts_that_are_deleted_or_unknown_are_silently_left_out_by_weibo_and_so_by_us() -> None:
    assert set(await counted(weibo.sample("count.json"), weibo.POST, "5200000000000009")) == {weibo.POST}
    assert await counted([], weibo.POST) == {}


async def test_counters_that_fall_are_told_as_they_are() -> None:
    desk, _, clock = weibo.connector(
        weibo.answered([{"id": weibo.POST, "reposts": 120, "comments": 45, "attitudes": 900}]),
        weibo.answered([{"id": weibo.POST, "reposts": 20, "comments": 0, "attitudes": 899}]),
    )
    before = (await desk.engagement([weibo.POST]))[weibo.POST]
    clock.turn(timedelta(minutes=15))
    after = (await desk.engagement([weibo.POST]))[weibo.POST]
    assert (before, after) == (COUNTED, Engagement(weibo.NOW + timedelta(minutes=15), 20, 0, 899))


async def test_a_hundred_posts_are_asked_for_at_once() -> None:
    posts = [str(5200000000000000 + n) for n in range(250)]
    desk, http, _ = weibo.connector(
        *[weibo.answered([{"id": post, "reposts": 1}]) for post in (posts[0], posts[100], posts[200])]
    )
    assert set(await desk.engagement([*posts, posts[0]])) == {posts[0], posts[100], posts[200]}
    asked = [query(url)["ids"][0].split(",") for url in weibo.asked(http)]
    assert [len(batch) for batch in asked] == [100, 100, 50]
    assert [post for batch in asked for post in batch] == posts
    assert {urlsplit(url).path for url in weibo.asked(http)} == {"/2/statuses/count.json"}


async def test_where_one_batch_fails_nothing_is_told_as_what_is_left_out_would_seem_deleted() -> None:
    posts = [str(5200000000000000 + n) for n in range(101)]
    desk, _, _ = weibo.connector(weibo.answered([{"id": posts[0], "reposts": 1}]), weibo.failed(10001))
    with pytest.raises(UpstreamUnavailable):
        await desk.engagement(posts)


async def test_an_id_as_a_number_is_good_where_it_is_exactly_one_that_was_asked_for() -> None:
    native = "9007199254740993"
    assert set(await counted([{"id": int(native), "reposts": 1}], native)) == {native}
    assert await counted([{"id": int(native) - 1, "reposts": 1}], native) == {}


UNREADABLE: tuple[object, ...] = ({}, {"statuses": []}, None, 7, [7], [{}], [{"id": None}], [{"id": True}])
WRONG: tuple[object, ...] = (-1, True, "1.5", "1e9", [], "many", 10**15)


@pytest.mark.parametrize("rows", [*UNREADABLE, *([{"id": weibo.POST, "reposts": wrong}] for wrong in WRONG)], ids=str)
async def test_rows_that_cannot_be_read_are_garbled(rows: object) -> None:
    with pytest.raises(UpstreamGarbled):
        await counted(rows)


async def test_the_commercial_call_has_likes_and_text_and_takes_less_than_a_hundred() -> None:
    posts = [weibo.POST, *(str(5300000000000000 + n) for n in range(99))]
    answers = [weibo.answered(weibo.sample("count_biz.json")), weibo.answered([])]
    desk, http, _ = weibo.connector(*answers, commercial="yes")
    assert await desk.engagement(posts) == {weibo.POST: COUNTED}
    first, second = weibo.asked(http)
    assert first.startswith("https://c.example/2/statuses/count/biz.json?ids=")
    assert [len(query(url)["ids"][0].split(",")) for url in (first, second)] == [99, 1]


async def test_with_the_commercial_api_words_and_followers_are_still_asked_for_in_the_open_one() -> None:
    desk, http, _ = weibo.connector(weibo.answered(STATUS), weibo.answered([]), commercial="yes")
    await desk.post(weibo.POST)
    await desk.followers(["1000000001"])
    assert all(url.startswith("https://api.example/2/") for url in weibo.asked(http))


# -------------------------------------------------------------------------------------------------------------- followers


async def test_followers_are_counted_a_hundred_accounts_at_once() -> None:
    accounts = [str(1000000001 + n) for n in range(101)]
    rows = [{"id": 1000000001, "followers_count": 1200000, "friends_count": 3}, {"id": "1000000002", "followers_count": "5"}]
    desk, http, _ = weibo.connector(weibo.answered(rows), weibo.answered([{"id": 1000000101}]))
    assert await desk.followers(accounts) == {"1000000001": 1_200_000, "1000000002": 5}
    assert [len(query(url)["uids"][0].split(",")) for url in weibo.asked(http)] == [100, 1]
    assert urlsplit(weibo.asked(http)[0]).path == "/2/users/counts.json"
