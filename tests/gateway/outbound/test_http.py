"""The HTTP port against networks that misbehave on loopback."""

import asyncio
import gzip
import logging
import traceback
from collections.abc import Mapping
from datetime import timedelta

import pytest

from connectors.http import HttpRequest, HttpResponse
from gateway.outbound.limits import Limits
from schema.model.errors import ConnectorError, CredentialsRefused, TryLater, UpstreamGarbled, UpstreamUnavailable
from tests.gateway.outbound.upstream import Behaviour, answer, drip, endless, hang, reset, truncate, upstream
from tests.gateway.outbound.world import HASTY, world

MIB = 1024 * 1024


async def test_an_answer_comes_with_status_headers_and_body() -> None:
    async with upstream(answer(200, b'{"a":1}', X_Count="7")) as network, world() as its:
        response = await its.http.send(HttpRequest("GET", f"{network.url}/a"))
    assert (response.status, response.headers["x-count"], response.object()) == (200, "7", {"a": 1})
    assert its.counted("answered") == 1
    assert its.registry.get_sample_value("giving_upstream_seconds_count", {"platform": "acme"}) == 1


@pytest.mark.parametrize("status", [201, 302, 400, 401, 404, 409, 418])
async def test_a_status_that_is_the_connectors_matter_is_handed_on(status: int) -> None:
    async with upstream(answer(status, Location="http://127.0.0.1:1/away")) as network, world() as its:
        assert (await its.http.send(HttpRequest("GET", network.url + "/"))).status == status
    assert len(network.asked) == 1


@pytest.mark.parametrize(
    "target",
    [
        "/v3/bill?date=2026-09-01&type=ALL",
        "/a%2Fb%20c/?q=%E5%8D%88%e9%a4%90&x=a+b&y=1%3D2&z",
        "/a/../b//c?d=e?f:g@h",
        "/~%7Ea?[]=1",
    ],
)
async def test_the_address_is_sent_exactly_as_given(target: str) -> None:
    async with upstream(answer(200)) as network, world() as its:
        await its.http.send(HttpRequest("GET", network.url + target))
    assert network.asked[0].line == f"GET {target} HTTP/1.1"


async def test_a_request_carries_its_own_headers_and_body_and_says_who_asks() -> None:
    async with upstream(answer(204)) as network, world() as its:
        await its.http.send(HttpRequest("POST", network.url + "/", {"X-A": "1", "Content-Type": "application/json"}, b"{}"))
    asked = network.asked[0]
    assert (asked.headers["x-a"], asked.headers["content-type"], asked.body) == ("1", "application/json", b"{}")
    assert asked.headers["user-agent"] == "giving-gateway/1.2.3"


async def test_cookies_are_not_kept() -> None:
    async with upstream(answer(200, Set_Cookie="who=you; Path=/")) as network, world() as its:
        for _ in range(2):  # by name: of a bare address no cookie is ever kept
            await its.http.send(HttpRequest("GET", network.url.replace("127.0.0.1", "localhost") + "/"))
    assert "cookie" not in network.asked[1].headers


@pytest.mark.parametrize("failure", [answer(500), answer(503, b"<html>"), answer(429), reset, truncate, b"SMTP ready\r\n\r\n"])
async def test_a_passing_failure_is_tried_again(failure: Behaviour) -> None:
    async with upstream(failure, failure, answer(200, b"ok")) as network, world() as its:
        assert (await its.http.send(HttpRequest("GET", network.url + "/"))).body == b"ok"
    assert len(network.asked) == 3
    assert its.counted("answered") == 1


@pytest.mark.parametrize(
    ("failure", "outcome"),
    [
        (answer(502), "failed"),
        (answer(429), "throttled"),
        (reset, "broken"),
        (truncate, "broken"),
        (b"\x00\x01\r\n\r\n", "broken"),
    ],
)
async def test_after_three_attempts_the_network_counts_as_unavailable(failure: Behaviour, outcome: str) -> None:
    async with upstream(failure) as network, world() as its:
        with pytest.raises(UpstreamUnavailable):
            await its.http.send(HttpRequest("GET", network.url + "/"))
    assert len(network.asked) == 3
    assert its.counted(outcome) == 3


@pytest.mark.parametrize("failure", [answer(500), answer(429, Retry_After="1"), reset, truncate])
async def test_what_must_not_happen_twice_is_sent_once(failure: Behaviour) -> None:
    async with upstream(failure) as network, world() as its:
        with pytest.raises(UpstreamUnavailable):
            await its.http.send(HttpRequest("POST", network.url + "/", body=b"x", idempotent=False))
    assert len(network.asked) == 1


async def test_even_a_get_is_not_repeated_by_the_library_when_a_kept_connection_breaks() -> None:
    async with upstream(answer(200), reset, answer(200)) as network, world() as its:
        await its.http.send(HttpRequest("GET", network.url + "/first"))
        with pytest.raises(UpstreamUnavailable):
            await its.http.send(HttpRequest("GET", network.url + "/second", idempotent=False))
    assert [asked.line.split()[1] for asked in network.asked] == ["/first", "/second"]
    assert network.connections == 1


async def test_while_nothing_was_sent_even_that_is_tried_again() -> None:
    async with upstream(answer(200)) as gone:
        pass
    async with world() as its:
        with pytest.raises(UpstreamUnavailable):
            await its.http.send(HttpRequest("POST", gone.url + "/", body=b"x", idempotent=False))
    assert its.counted("unreachable") == 3


async def test_every_attempt_is_signed_anew() -> None:
    made: list[str] = []

    def sign(request: HttpRequest) -> Mapping[str, str]:
        made.append(f"{request.method} {len(made)}")
        return {"Authorization": made[-1]}

    async with upstream(answer(500), answer(500), answer(200)) as network, world() as its:
        await its.http.send(HttpRequest("GET", network.url + "/", sign=sign))
    assert [asked.headers["authorization"] for asked in network.asked] == ["GET 0", "GET 1", "GET 2"]


def believable(response: HttpResponse) -> None:
    if response.body != b"true":
        raise UpstreamGarbled("a lie")


async def test_an_answer_that_cannot_be_believed_is_asked_for_again() -> None:
    async with upstream(answer(200, b"lie"), answer(200, b"true")) as network, world() as its:
        assert (await its.http.send(HttpRequest("GET", network.url + "/", check=believable))).body == b"true"
    assert its.counted("garbled") == 1


async def test_the_last_lie_is_told_as_such() -> None:
    async with upstream(answer(200, b"lie")) as network, world() as its:
        with pytest.raises(UpstreamGarbled, match="a lie"):
            await its.http.send(HttpRequest("GET", network.url + "/", check=believable))
    assert len(network.asked) == 3


async def test_a_wait_that_fits_is_obeyed() -> None:
    async with upstream(answer(429, Retry_After="3"), answer(200)) as network, world() as its:
        await its.http.send(HttpRequest("GET", network.url + "/"))
    assert 3.0 <= its.time.slept[0] <= 3.2


async def test_a_wait_that_does_not_fit_is_told_and_then_kept_to_without_a_call() -> None:
    async with upstream(answer(429, Retry_After="120"), answer(200)) as network, world(budgets={"default": 99, "b": 99}) as its:
        with pytest.raises(UpstreamUnavailable) as first:
            await its.http.send(HttpRequest("GET", network.url + "/"))
        its.time.seconds += 20
        with pytest.raises(UpstreamUnavailable) as second:
            await its.http.send(HttpRequest("GET", network.url + "/"))
        assert len(network.asked) == 1
        await its.http.send(HttpRequest("GET", network.url + "/", budget="b"))
        its.time.seconds += 101
        await its.http.send(HttpRequest("GET", network.url + "/"))
    assert (first.value.retry_after, second.value.retry_after) == (timedelta(seconds=120), timedelta(seconds=100))
    assert its.counted("held") == 1


async def test_an_absurd_wait_is_cut_to_fifteen_minutes() -> None:
    async with upstream(answer(503, Retry_After="99999999999")) as network, world() as its:
        with pytest.raises(UpstreamUnavailable) as caught:
            await its.http.send(HttpRequest("GET", network.url + "/"))
    assert caught.value.retry_after == timedelta(minutes=15)


async def test_a_used_up_budget_holds_the_call_back() -> None:
    async with upstream(answer(200)) as network, world(HASTY, budgets={"default": 1}) as its:
        await its.http.send(HttpRequest("GET", network.url + "/"))
        with pytest.raises(UpstreamUnavailable):
            await its.http.send(HttpRequest("GET", network.url + "/"))
    assert len(network.asked) == 1
    assert its.counted("held") == 1


async def test_an_undeclared_budget_never_reaches_the_network() -> None:
    async with upstream(answer(200)) as network, world() as its:
        with pytest.raises(ConnectorError):
            await its.http.send(HttpRequest("GET", network.url + "/", budget="posts"))
    assert network.asked == []


@pytest.mark.parametrize("behaviour", [hang, drip])
async def test_silence_ends_with_the_total_deadline(behaviour: Behaviour) -> None:
    async with upstream(behaviour) as network, world(HASTY) as its:
        async with asyncio.timeout(10):
            with pytest.raises(UpstreamUnavailable):
                await its.http.send(HttpRequest("GET", network.url + "/"))
    assert len(network.asked) == 1
    assert its.counted("slow") == 1


async def test_a_body_may_be_as_large_as_the_limit_and_no_larger() -> None:
    limits = Limits(body=100_000)
    async with upstream(answer(200, bytes(100_000)), answer(200, bytes(100_001))) as network, world(limits) as its:
        assert len((await its.http.send(HttpRequest("GET", network.url + "/"))).body) == 100_000
        with pytest.raises(UpstreamGarbled):
            await its.http.send(HttpRequest("GET", network.url + "/"))
    assert len(network.asked) == 2
    assert its.counted("garbled") == 1


async def test_a_body_without_end_is_dropped() -> None:
    async with upstream(endless) as network, world() as its:
        async with asyncio.timeout(15):
            with pytest.raises(UpstreamGarbled):
                await its.http.send(HttpRequest("GET", network.url + "/"))
    assert len(network.asked) == 1


async def test_a_compressed_body_is_bounded_by_what_it_unpacks_to() -> None:
    fair, bomb = gzip.compress(bytes(4 * MIB)), gzip.compress(bytes(100 * MIB))
    assert len(bomb) < MIB
    script = (answer(200, fair, Content_Encoding="gzip"), answer(200, bomb, Content_Encoding="gzip"))
    async with upstream(*script) as network, world() as its:
        assert len((await its.http.send(HttpRequest("GET", network.url + "/"))).body) == 4 * MIB
        with pytest.raises(UpstreamGarbled):
            await its.http.send(HttpRequest("GET", network.url + "/"))


async def test_a_body_that_does_not_unpack_is_a_broken_answer() -> None:
    async with upstream(answer(200, b"no gzip at all", Content_Encoding="gzip")) as network, world() as its:
        with pytest.raises(UpstreamUnavailable):
            await its.http.send(HttpRequest("GET", network.url + "/"))
    assert its.counted("broken") == 3


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://a/b",
        "nonsense",
        "http://",
        "http://a:b@127.0.0.1/",
        "http://h/ü",
        "http://h/a b",
        "http://[::",
    ],
)
async def test_an_address_that_is_none_is_never_asked(url: str) -> None:
    async with world() as its:
        with pytest.raises(UpstreamGarbled):
            await its.http.send(HttpRequest("GET", url))


async def test_a_caller_that_goes_away_closes_the_connection_and_is_counted() -> None:
    async with upstream(hang) as network, world() as its:
        call = asyncio.create_task(its.http.send(HttpRequest("GET", network.url + "/")))
        await network.was_asked.wait()
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        assert its.counted("abandoned") == 1


@pytest.mark.parametrize(
    "failure", [answer(500, b"canary"), answer(429), reset, truncate, hang, answer(200, b"x" * 6 * MIB), b"canary\r\n\r\n"]
)
async def test_nothing_of_a_request_or_answer_is_logged_or_quoted(failure: Behaviour, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with upstream(failure) as network, world(HASTY) as its:
        request = HttpRequest("POST", f"{network.url}/p?access_token=canary", {"Authorization": "canary"}, b"canary")
        with pytest.raises((TryLater, UpstreamGarbled)) as caught:
            await its.http.send(request)
    assert "canary" not in caplog.text
    assert "canary" not in "".join(traceback.format_exception(caught.value))


async def test_refused_credentials_are_told_by_expect() -> None:
    async with upstream(answer(401)) as network, world() as its:
        with pytest.raises(CredentialsRefused):
            (await its.http.send(HttpRequest("GET", network.url + "/"))).expect(200)
