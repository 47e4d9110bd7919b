"""Rules about what lies between an answer and none: patience, lists that break off, patience that ends, and new words."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from connectors.contract import KeepsFeed, ListsDonations, RefreshesKeys
from connectors.http import HttpResponse
from connectors.testing.conformance.asking import ASKED, Ask, Silence, asks_of, spoiled
from connectors.testing.conformance.bench import Bench
from connectors.testing.conformance.broken import Broken, expect
from connectors.testing.conformance.case import AnyCase
from connectors.testing.conformance.comparing import essence
from connectors.testing.conformance.grade import Grade
from connectors.testing.conformance.hooks import HasPages
from connectors.testing.conformance.rules import Rule
from schema.model.errors import GivingError, UpstreamUnavailable

FORMS: Final[dict[str, timedelta | None]] = {
    "Retry-After: 30": timedelta(seconds=30),
    "Retry-After: Sun, 22 Nov 2026 10:00:00 GMT": timedelta(hours=3, seconds=1),
    "Retry-After: soon": None,
    "no Retry-After": None,
}
"""What a 429 may say, and what the port makes of it."""
MOST_ANSWERS: Final = 10
"""Of one question that are withheld in turn."""
PROMPTLY: Final = 5.0
"""Seconds within which a question must have been asked, and have ended."""
UNHEARD_OF: Final[Any] = {"unheard_of": [{"value": "1e400", "currency": None}], "deep": {"deeper": [[True]]}}


async def patience(bench: Bench) -> str:
    """Where the network asks for patience, asking raises UpstreamUnavailable with just the wait that the network named."""
    asks = await asks_of(bench)
    for name, ask in asks.items():
        for form, wait in FORMS.items():
            try:
                found = await spoiled(bench, _patient(wait), ask)
            except UpstreamUnavailable as error:
                told = error.retry_after
                expect(told == wait, f"429 with {form} to {name}: the wait is {wait}, told is {told}")
            else:
                raise Broken(f"429 with {form} to {name} gave {len(found)} facts")
    return f"{len(FORMS)} forms of Retry-After over {len(asks)} questions"


async def in_the_middle(bench: Bench) -> str:
    """Where an answer fails to come in the middle of several, asking fails: what was told so far is not taken for all."""
    asks = await asks_of(bench)
    if isinstance(bench.case, HasPages) and isinstance(bench.connector, ListsDonations):
        await bench.case.fill_pages(bench.emulator)
        await bench.settle()
    withheld, several = 0, 0
    for name, ask in asks.items():
        await ask()  # so that a token is there, and only what is asked anew counts
        calls = Silence(10_000)
        await spoiled(bench, calls, ask)
        several += calls.heard > 1
        for left in range(1, min(calls.heard, MOST_ANSWERS)):
            try:
                found = await spoiled(bench, Silence(left), ask)
            except UpstreamUnavailable:
                withheld += 1
                continue
            raise Broken(f"of {calls.heard} answers to {name} all after the first {left} failed; {len(found)} facts are told")
    return f"{len(asks)} questions, {several} of which take several answers; {withheld} answers were withheld"


async def cancelled(bench: Bench) -> str:
    """Where the network hangs and the gateway's patience ends, what was asked ends at once, and tells nothing."""
    asks: dict[str, Callable[[], Awaitable[object]]] = dict(await asks_of(bench))
    if isinstance(bench.connector, RefreshesKeys):
        asks["keys"] = bench.connector.refresh_keys
    if isinstance(bench.connector, KeepsFeed):
        feeds = bench.connector
        asks["the feed"] = lambda: feeds.keep_feed(bench.campaigns, bench.callback)
    hung = [name for name, ask in asks.items() if await _hangs(bench, name, ask)]
    return f"ended while they hung: {', '.join(hung) or 'none, as nothing is asked'}"


async def _hangs(bench: Bench, name: str, ask: Callable[[], Awaitable[object]]) -> bool:
    """Whether it asks anything. Raises Broken where it goes on after it was ended."""
    bench.port.hung.clear()
    bench.port.hangs = True
    task, reached = asyncio.ensure_future(ask()), asyncio.ensure_future(bench.port.hung.wait())
    try:
        await asyncio.wait({task, reached}, timeout=PROMPTLY, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            return False
        task.cancel()
        await asyncio.wait({task}, timeout=PROMPTLY)
        expect(task.done(), f"asking for {name} goes on after it was ended")
        expect(task.cancelled(), f"asking for {name} was ended, and answered or blamed the network all the same")
    finally:
        bench.port.hangs = False
        reached.cancel()
        task.cancel()
    return True


async def new_fields(bench: Bench) -> str:
    """Fields that nobody has heard of, anywhere in an answer, change nothing: networks add them without a word."""
    asks: dict[str, Ask] = await asks_of(bench)
    count = 0
    for name, ask in asks.items():
        before = [essence(fact) for fact in await ask()]
        added = Added()
        try:
            after = [essence(fact) for fact in await spoiled(bench, added, ask)]
        except GivingError as error:
            raise Broken(f"asked for {name}, {added.count} fields more in the answer raised {error.code}") from error
        expect(before == after, f"asked for {name}, with {added.count} fields more in the answer other facts are told")
        count += added.count
    return f"{count} new fields in the answers to {len(asks)} questions"


class Added:
    """Spoils answers: puts a field that nobody has heard of into every object of their JSON. ``count`` is how many."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, response: HttpResponse) -> HttpResponse:
        """The answer with them; one that is no JSON as it is."""
        try:
            value = json.loads(response.body)
        except ValueError:
            return response
        return replace(response, body=json.dumps(self._grown(value)).encode())

    def _grown(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._grown(item) for item in value]
        if not isinstance(value, dict):
            return value
        self.count += 1
        return {"a_field_unheard_of": UNHEARD_OF, **{name: self._grown(item) for name, item in value.items()}}


def _answers_signed(_: AnyCase) -> bool:
    """answers are signed"""
    return True  # a case does not say


def _patient(wait: timedelta | None) -> Callable[[HttpResponse], HttpResponse]:
    def spoil(_: HttpResponse) -> HttpResponse:
        raise UpstreamUnavailable("the network answered 429", retry_after=wait)

    return spoil


RULES: Final = (
    Rule("patience-is-passed-on", patience, Grade.GOLD, some=ASKED),
    Rule("a-failure-in-the-middle-is-told", in_the_middle, Grade.GOLD, some=ASKED),
    Rule("what-hangs-can-be-ended", cancelled, Grade.GOLD, some=ASKED),
    Rule("new-fields-change-nothing", new_fields, Grade.GOLD, some=ASKED, spare=_answers_signed),
)
