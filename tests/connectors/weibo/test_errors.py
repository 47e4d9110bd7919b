"""Errors of the Open API: told by their code, whatever the status, and limits that are kept to without asking again."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.http import HttpResponse
from connectors.weibo.connector import Weibo
from schema.model.errors import CredentialsRefused, GivingError, NotFound, UpstreamGarbled, UpstreamUnavailable
from tests.connectors.weibo import given as weibo

RETRY = (10001, 10002, 10003, 10009, 10010, 10011)
CONFIGURATION = (10004, 10005, 10014)
TOKEN = (21314, 21315, 21316, 21317, 21321, 21327, 21332)
GONE = (20003, 20101, 20112)
PROGRAMMING = (10006, 10007, 10008, 10012, 10013, 10016, 10017, 10018, 10020, 10021, 10025, 21335)
STATUS = weibo.answered(weibo.sample("status.json"))


async def raised(answer: HttpResponse) -> GivingError:
    with pytest.raises(GivingError) as caught:
        await weibo.connector(answer)[0].post(weibo.POST)
    return caught.value


async def paused(desk: Weibo) -> timedelta:
    with pytest.raises(UpstreamUnavailable) as caught:
        await desk.post(weibo.POST)
    assert caught.value.retry_after is not None
    return caught.value.retry_after


@pytest.mark.parametrize("status", [200, 400, 403])
@pytest.mark.parametrize(
    ("codes", "error"),
    [
        (RETRY, UpstreamUnavailable),
        (CONFIGURATION, CredentialsRefused),
        (TOKEN, CredentialsRefused),
        (GONE, NotFound),
        (PROGRAMMING, UpstreamGarbled),
    ],
    ids=["retry", "configuration", "token", "gone", "programming"],
)
async def test_the_code_decides_as_text_or_number_and_also_on_http_200(
    codes: tuple[int, ...], error: type[GivingError], status: int
) -> None:
    for code in codes:
        for written in (code, str(code)):
            found = await raised(weibo.failed(written, status))
            assert type(found) is error
            assert str(code) in str(found)


async def test_a_token_that_has_expired_has_no_refresh_and_needs_a_person() -> None:
    desk, http, _ = weibo.connector(weibo.failed(21327, 400))
    with pytest.raises(CredentialsRefused, match="expired"):
        await desk.post(weibo.POST)
    assert len(http.requests) == 1


async def test_an_app_that_is_not_audited_and_over_its_users_is_refused() -> None:
    assert isinstance(await raised(weibo.failed(21321, 400)), CredentialsRefused)


@pytest.mark.parametrize("code", [99999, "0", -1, True, "x", "1e5", [], "9" * 30])
async def test_a_code_that_is_not_known_is_garbled(code: object) -> None:
    assert isinstance(await raised(weibo.failed(code)), UpstreamGarbled)


@pytest.mark.parametrize(
    "answer",
    [
        weibo.answered(b"<!doctype html><title>Sorry</title>"),
        weibo.answered(b"\r\n <html>", 403),
        weibo.answered(b"", 414),
        weibo.answered(b"<html>414 Request-URI Too Large</html>", 414),
        weibo.answered(b"{}", 418),
    ],
    ids=range(5),
)
async def test_html_414_and_418_say_that_the_address_is_blocked(answer: HttpResponse) -> None:
    found = await raised(answer)
    assert isinstance(found, UpstreamUnavailable)
    assert "blocked" in str(found)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (weibo.answered(b"no", 401), CredentialsRefused),
        (weibo.answered({"status": 401}, 401), CredentialsRefused),
        (weibo.answered(b"", 404), NotFound),
        (weibo.answered({"error": "x"}, 400), UpstreamGarbled),
        (weibo.answered(b""), UpstreamGarbled),
        (weibo.answered(b"\xff"), UpstreamGarbled),
        (weibo.answered(b"[]"), UpstreamGarbled),
        (weibo.answered(b"null"), UpstreamGarbled),
        (weibo.answered({}), UpstreamGarbled),
    ],
    ids=range(9),
)
async def test_an_answer_without_a_code_is_the_error_that_fits(answer: HttpResponse, error: type[GivingError]) -> None:
    assert type(await raised(answer)) is error


async def test_an_address_over_its_limit_waits_for_the_next_full_hour_with_every_call() -> None:
    desk, http, clock = weibo.connector(weibo.failed(10022, 400), STATUS)
    clock.moment = datetime(2026, 9, 1, 2, 20, 30, tzinfo=UTC)
    assert await paused(desk) == timedelta(minutes=39, seconds=30)
    clock.turn(timedelta(minutes=39))
    assert await paused(desk) == timedelta(seconds=30)
    with pytest.raises(UpstreamUnavailable):
        await desk.engagement([weibo.POST])
    with pytest.raises(UpstreamUnavailable):
        await desk.followers(["1000000001"])
    assert len(http.requests) == 1
    clock.turn(timedelta(seconds=30))
    await desk.post(weibo.POST)


async def test_a_user_over_the_limit_waits_for_the_next_day_in_beijing_with_every_call() -> None:
    desk, http, clock = weibo.connector(weibo.failed("10023"), STATUS)
    clock.moment = datetime(2026, 9, 1, 15, 59, 0, tzinfo=UTC)  # 23:59 in Beijing
    assert await paused(desk) == timedelta(minutes=1)
    with pytest.raises(UpstreamUnavailable):
        await desk.engagement([weibo.POST])
    assert len(http.requests) == 1
    clock.turn(timedelta(minutes=1))
    await desk.post(weibo.POST)


async def test_a_call_over_its_limit_rests_and_the_others_go_on() -> None:
    desk, http, clock = weibo.connector(weibo.failed(10024, 403), weibo.answered([]), STATUS)
    clock.moment = datetime(2026, 9, 1, 16, 0, 0, tzinfo=UTC)  # midnight in Beijing
    assert await paused(desk) == timedelta(days=1)
    assert await desk.engagement([weibo.POST]) == {}
    assert await paused(desk) == timedelta(days=1)
    assert len(http.requests) == 2
    clock.turn(timedelta(days=1))
    await desk.post(weibo.POST)


async def test_limits_are_kept_to_without_asking_a_rate_limit_status_that_may_report_a_full_allowance() -> None:
    desk, http, _ = weibo.connector(weibo.failed(10023))
    for _ in range(3):
        await paused(desk)
    assert [url.partition("?")[0] for url in weibo.asked(http)] == ["https://api.example/2/statuses/show.json"]


async def test_other_errors_pause_nothing() -> None:
    desk, _, _ = weibo.connector(weibo.failed(10001), STATUS)
    with pytest.raises(UpstreamUnavailable) as caught:
        await desk.post(weibo.POST)
    assert caught.value.retry_after is None
    await desk.post(weibo.POST)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.sampled_from([weibo.POST, "20101", "-"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["id", "idstr", "mid", "error_code", "text", "created_at", "reposts", "reposts_count", "deleted"]),
            inner,
        )
    ),
    max_leaves=8,
)


@settings(max_examples=150, deadline=None)
@given(JSON, st.sampled_from([200, 400, 403]))
async def test_whatever_is_answered_gives_a_value_or_an_error_of_ours(value: object, status: int) -> None:
    for ask in ("post", "engagement", "followers"):
        desk, _, _ = weibo.connector(weibo.answered(value, status))
        try:
            await getattr(desk, ask)(weibo.POST if ask == "post" else [weibo.POST])
        except (CredentialsRefused, NotFound, UpstreamGarbled, UpstreamUnavailable):
            continue
