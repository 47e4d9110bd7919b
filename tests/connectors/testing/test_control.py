"""The control door of emulators: deeds by name, typed arguments, and nothing changed where something cannot be."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest

from connectors.testing.emulation import Mischief
from tests.connectors.door import Door
from tests.connectors.testing.pond import Fault, Fish, Giver, Pond


@pytest.fixture
async def emulator() -> AsyncIterator[Pond]:
    emulator = Pond()
    async with emulator.serve():
        yield emulator


async def test_a_deed_is_done_by_its_name_and_gives_what_it_gave_as_json(emulator: Pond, door: Door) -> None:
    given = await door.do("give", minor=250, at="2026-09-01T10:00:00+08:00")

    assert given == {
        "minor": 250,
        "fish": "carp",
        "giver": {"name": "Sample Giver", "shown": True},
        "at": "2026-09-01T10:00:00+08:00",
        "keeps": "P1D",
    }
    assert await door.shown("books") == {"pond": {"currency": "EUR", "raised": 250, "refunded": 0, "count": 0, "endorsers": {}}}


async def test_arguments_are_of_the_types_that_are_annotated(emulator: Pond, door: Door) -> None:
    await door.do("give", minor=1, fish="trout", giver={"name": "A"}, at="2026-09-01T02:00:00Z", keeps=90)

    (gift,) = emulator.gifts
    assert (gift.fish, gift.giver) == (Fish.TROUT, Giver("A"))
    assert (gift.at, gift.keeps) == (datetime(2026, 9, 1, 2, tzinfo=UTC), timedelta(seconds=90))
    assert await door.do("count", fishes=["trout", "carp"]) == {"trout": 1, "carp": 0}


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"minor": 0},
        {"minor": 4.5},
        {"minor": 1, "fish": "pike"},
        {"minor": 1, "giver": {"shown": False}},
        {"minor": 1, "at": "yesterday"},
        {"minor": 1, "keeps": "long"},
        {"minor": 1, "tip": 1},
    ],
    ids=str,
)
async def test_what_cannot_be_is_a_problem_and_changes_nothing(emulator: Pond, door: Door, arguments: dict[str, Any]) -> None:
    status, told = await door.ask("give", **arguments)

    assert (status, set(told)) == (400, {"problem"})
    assert told["problem"]
    assert (emulator.gifts, emulator.books) == ([], {})


@pytest.mark.parametrize(("how", "words"), [("lookup", "no such pond"), ("currency", "XXX"), ("gone", "gone")])
async def test_what_a_deed_raises_is_the_problem(door: Door, how: str, words: str) -> None:
    status, told = await door.ask("fail", how=how)

    assert status == 400
    assert words in told["problem"]


@pytest.mark.parametrize("body", [b"[1]", b"{", b'"minor"'])
async def test_a_body_that_is_no_object_is_a_problem(emulator: Pond, body: bytes) -> None:
    async with aiohttp.ClientSession() as http, http.post(f"{emulator.url}/control/give", data=body) as answer:
        assert answer.status == 400


async def test_an_unknown_deed_is_404_and_names_those_there_are(door: Door) -> None:
    status, told = await door.ask("dance")

    assert status == 404
    for deed in await door.shown("deeds"):
        assert deed in told["problem"]


async def test_the_door_tells_its_deeds_and_the_account(emulator: Pond, door: Door) -> None:
    assert await door.shown("deeds") == sorted(
        ["give", "count", "fail", "weather", "outage", "callback", "turn", "mischief", "spoil", "mend"]
    )
    assert await door.shown("account") == {"base_url": emulator.url}


async def test_the_clock_and_the_callback_are_set_at_every_door(emulator: Pond, door: Door) -> None:
    before = emulator.clock.now()
    told = datetime.fromisoformat(await door.do("turn", seconds=86_400))
    await door.do("callback", url="http://127.0.0.1:1/hook")

    assert timedelta(days=1) <= told - before <= emulator.clock.now() - before
    assert emulator.callback == "http://127.0.0.1:1/hook"


async def test_switches_are_set_by_their_names_and_types(emulator: Pond, door: Door) -> None:
    shown = await door.do("weather", rain=1, fog=30, wind="gale", names=["Ada"])

    assert (emulator.weather.rain, emulator.weather.fog) == (1.0, timedelta(seconds=30))
    assert (emulator.weather.wind, emulator.weather.names) == ("gale", frozenset({"Ada"}))
    assert shown == {"rain": 1.0, "fog": "PT30S", "wind": "gale", "names": ["Ada"]}


@pytest.mark.parametrize("values", [{"fog": "much"}, {"wind": "breeze"}, {"snow": 1}], ids=str)
async def test_of_switches_all_are_set_or_none(emulator: Pond, door: Door, values: dict[str, Any]) -> None:
    status, told = await door.ask("weather", rain=0.5, **values)

    assert status == 400
    assert told["problem"]
    assert emulator.weather.rain == 0.0


async def test_the_mischief_that_is_set_is_that_of_the_sender_as_it_is_now(emulator: Pond, door: Door) -> None:
    emulator.sender.mischief = Mischief(lose=0.5)
    await door.do("mischief", duplicate=1, unheard=0.25)

    assert emulator.sender.mischief == Mischief(duplicate=1.0, lose=0.5, unheard=0.25)


async def test_deliveries_are_spoiled_once_or_always_and_mended(emulator: Pond, door: Door) -> None:
    await door.do("spoil", faults=["forged"])
    await door.do("spoil", faults=["late"], always=True)
    assert (emulator.faults.pending, emulator.faults.standing) == ({Fault.FORGED}, {Fault.LATE})

    await door.do("mend")
    assert (emulator.faults.pending, emulator.faults.standing) == (set(), set())


async def test_one_unknown_fault_and_none_is_asked_for(emulator: Pond, door: Door) -> None:
    status, told = await door.ask("spoil", faults=["forged", "gremlins"])

    assert status == 400
    assert "gremlins" in told["problem"]
    assert emulator.faults.pending == set()
