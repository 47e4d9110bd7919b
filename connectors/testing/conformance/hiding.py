"""Rules about what nobody is to read: secrets and persons, in logs, in what is printed, and in errors."""

import traceback
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Final

from connectors.contract import KeepsFeed, ReceivesDeliveries, RefreshesKeys
from connectors.http import HttpResponse
from connectors.testing.conformance.account import secrets_of
from connectors.testing.conformance.asking import Ask, Spoil, asks_of, spoiled
from connectors.testing.conformance.bench import Bench
from connectors.testing.conformance.broken import expect
from connectors.testing.conformance.failing import WrongValue
from connectors.testing.conformance.grade import Grade
from connectors.testing.conformance.hooks import SaysPoison, SaysUnknown
from connectors.testing.conformance.rules import Rule
from connectors.testing.conformance.watching import overheard

STATUSES: Final = (200, 400, 401, 403, 404, 409, 500)
WRONG: Final = 12
"""Places of an answer that are spoiled."""


async def unsaid(bench: Bench) -> str:
    """No secret and no personal identifier is in a log, a warning, an error or its chain, while all goes well or wrong."""
    with overheard() as said:
        errors = await _whole_life(bench)
    said.texts += ["".join(traceback.format_exception(error)) + repr(error) for error in errors]
    secrets = [*secrets_of(bench.settings), *(token.access for token in bench.tokens.known.values())]
    for text in said.texts:
        expect(not any(secret in text for secret in secrets), "a secret is in a log, in what is printed, or in an error")
        expect(not any(who in text for who in bench.case.canaries), "a personal identifier is in a log or in an error")
    return f"{len(secrets)} secrets and {len(bench.case.canaries)} canaries are in none of {len(errors)} errors and their logs"


async def _whole_life(bench: Bench) -> list[BaseException]:
    """Deliveries, good, forged, unknown and absurd; questions, answered well, badly and not at all. Gives what was raised."""
    asks: dict[str, Ask | Callable[[], Awaitable[object]]] = dict(await asks_of(bench))
    if isinstance(bench.case, SaysUnknown) and isinstance(bench.connector, ReceivesDeliveries):
        await bench.case.say_unknown(bench.emulator)
    if isinstance(bench.case, SaysPoison) and isinstance(bench.connector, ReceivesDeliveries):
        await bench.case.say_poison(bench.emulator)
    await bench.settle()
    errors: list[BaseException] = [heard.error for heard in bench.heard if heard.error is not None]
    for heard in list(bench.heard):
        for body in (heard.delivery.body[:-1], heard.delivery.body + b" ", b"{"):
            try:
                bench.receive(replace(heard.delivery, body=body))
            except Exception as error:
                errors.append(error)
    if isinstance(bench.connector, RefreshesKeys):
        asks["keys"] = bench.connector.refresh_keys
    if isinstance(bench.connector, KeepsFeed):
        feeds = bench.connector
        asks["the feed"] = lambda: feeds.keep_feed(bench.campaigns, bench.callback)
    spoils: list[Spoil] = [*map(_status, STATUSES), _cut, *(WrongValue(number, "\x00") for number in range(WRONG))]
    for ask in asks.values():
        for spoil in spoils:
            try:
                await spoiled(bench, spoil, ask)
            except Exception as error:
                errors.append(error)
    return errors


def _status(status: int) -> Spoil:
    """The answer as it is, under another status: what is in it must not be quoted either."""
    return lambda response: replace(response, status=status)


def _cut(response: HttpResponse) -> HttpResponse:
    return replace(response, body=response.body[: len(response.body) // 2])


RULES: Final = (Rule("nothing-private-is-said", unsaid, Grade.SILVER),)
