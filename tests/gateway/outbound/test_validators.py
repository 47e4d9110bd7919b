"""What came with an ETag is asked for conditionally, and what has not changed need not be sent again."""

import asyncio

import pytest

from connectors.http import Headers, HttpRequest, HttpResponse
from gateway.outbound.validators import LARGEST, Validators
from schema.model.errors import UpstreamGarbled
from tests.gateway.outbound.upstream import answer, upstream
from tests.gateway.outbound.world import world

FIRST = answer(200, b'{"sum": 1}', ETag='"one"', Num_Records="7")
SAME = b'HTTP/1.1 304 X\r\nETag: "one"\r\nDate: now\r\n\r\n'
SECOND = answer(200, b'{"sum": 2}', ETag='"two"')


async def test_an_unchanged_answer_is_the_one_that_was_sent_before() -> None:
    async with upstream(FIRST, SAME) as network, world() as given:
        asked = HttpRequest("GET", f"{network.url}/team")
        first, again = await given.http.send(asked), await given.http.send(asked)
    assert [request.headers.get("if-none-match") for request in network.asked] == [None, '"one"']
    assert (again.status, again.body) == (200, first.body)
    assert (again.headers["num-records"], again.headers["date"]) == ("7", "now")


async def test_a_changed_answer_takes_the_place_of_the_old_one() -> None:
    async with upstream(FIRST, SECOND, SAME.replace(b"one", b"two")) as network, world() as given:
        asked = HttpRequest("GET", f"{network.url}/team")
        bodies = [(await given.http.send(asked)).body for _ in range(3)]
    assert bodies == [b'{"sum": 1}', b'{"sum": 2}', b'{"sum": 2}']
    assert network.asked[2].headers["if-none-match"] == '"two"'


async def test_other_addresses_and_other_forms_of_an_answer_are_not_mixed_up() -> None:
    async with upstream(FIRST) as network, world() as given:
        await given.http.send(HttpRequest("GET", f"{network.url}/team"))
        await given.http.send(HttpRequest("GET", f"{network.url}/team?page=2"))
        await given.http.send(HttpRequest("GET", f"{network.url}/team", {"Accept": "text/csv"}))
        await given.http.send(HttpRequest("POST", f"{network.url}/team"))
    assert [request.headers.get("if-none-match") for request in network.asked] == [None] * 4


async def test_a_304_that_nobody_asked_for_is_garbled() -> None:
    async with upstream(SAME) as network, world() as given:
        response = await given.http.send(HttpRequest("GET", f"{network.url}/team"))
    with pytest.raises(UpstreamGarbled):
        response.expect(200)


async def test_an_answer_that_is_not_believed_is_not_kept() -> None:
    def check(_: HttpResponse) -> None:
        raise UpstreamGarbled("not to be believed")

    async with upstream(FIRST) as network, world() as given:
        with pytest.raises(UpstreamGarbled):
            await given.http.send(HttpRequest("GET", f"{network.url}/team", check=check))
        await given.http.send(HttpRequest("GET", f"{network.url}/team"))
    assert all("if-none-match" not in request.headers for request in network.asked)


async def test_a_304_means_the_answer_by_which_was_asked_also_where_another_took_its_place_meanwhile() -> None:
    held, may_go = asyncio.Event(), asyncio.Event()

    async def hold(writer: asyncio.StreamWriter) -> None:
        held.set()
        await may_go.wait()
        writer.write(SAME)
        await writer.drain()

    async with upstream(FIRST, hold, answer(404)) as network, world() as given:
        asked = HttpRequest("GET", f"{network.url}/team")
        first = await given.http.send(asked)
        waiting = asyncio.create_task(given.http.send(asked))
        await held.wait()
        assert (await given.http.send(asked)).status == 404  # after which nothing is kept
        may_go.set()
        again = await waiting
    assert (again.status, again.body) == (200, first.body)


async def test_an_unchanged_answer_that_is_not_believed_is_asked_for_whole() -> None:
    def check(response: HttpResponse) -> None:
        if "date" in response.headers:  # the 304 carries one
            raise UpstreamGarbled("not to be believed")

    async with upstream(FIRST, SAME, FIRST) as network, world() as given:
        asked = HttpRequest("GET", f"{network.url}/team", check=check)
        bodies = [(await given.http.send(asked)).body for _ in range(2)]
    assert bodies == [b'{"sum": 1}'] * 2
    assert [request.headers.get("if-none-match") for request in network.asked] == [None, '"one"', None]


async def test_the_next_question_is_whole_where_the_same_one_may_not_be_tried_again() -> None:
    def check(response: HttpResponse) -> None:
        if "date" in response.headers:
            raise UpstreamGarbled("not to be believed")

    async with upstream(FIRST, SAME, SECOND) as network, world() as given:
        asked = HttpRequest("GET", f"{network.url}/team", check=check, idempotent=False)
        await given.http.send(asked)
        with pytest.raises(UpstreamGarbled):
            await given.http.send(asked)
        assert (await given.http.send(asked)).body == b'{"sum": 2}'
    assert [request.headers.get("if-none-match") for request in network.asked] == [None, '"one"', None]


def _kept(validators: Validators, address: str, size: int = 2) -> bool:
    request = HttpRequest("GET", address)
    validators.keep(request, HttpResponse(200, Headers({"ETag": '"1"'}), b"x" * size))
    return validators.question(request).kept is not None


def test_a_body_of_the_largest_size_is_kept_and_a_larger_one_is_not() -> None:
    validators = Validators()
    assert _kept(validators, "https://a.example/1", LARGEST)
    assert not _kept(validators, "https://a.example/2", LARGEST + 1)


def test_of_more_answers_than_fit_the_ones_asked_for_longest_ago_go() -> None:
    validators = Validators(entries=2)
    assert all(_kept(validators, f"https://a.example/{number}") for number in range(3))
    asked = [validators.question(HttpRequest("GET", f"https://a.example/{number}")) for number in range(3)]
    assert [question.kept is not None for question in asked] == [False, True, True]
