"""Rules about a network that fails: each trouble is told by the error that fits it, and never by another."""

import json
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from typing import Any, Final, TypeAlias

from connectors.contract import ReadsCampaigns, ReadsDonations, ReadsMilestones, ReadsPosts, ReceivesDeliveries, RefreshesKeys
from connectors.http import HttpResponse
from connectors.testing.conformance.account import secrets_of
from connectors.testing.conformance.asking import ASKED, Ask, Spoil, another, asks_of, published, spoiled
from connectors.testing.conformance.bench import Bench
from connectors.testing.conformance.broken import Broken, expect
from connectors.testing.conformance.grade import Grade
from connectors.testing.conformance.rules import Rule
from schema.model.errors import CredentialsRefused, GivingError, NotFound, Unreadable, UpstreamGarbled, UpstreamUnavailable

Errors: TypeAlias = tuple[type[GivingError], ...]

GARBAGE: Final = (
    b"<!doctype html><title>Sorry</title>",
    b"",
    b"\xff\xfe",
    b"null",
    b"7",
    b'"text"',
    b"[]",
    b"{}",
    b'{"data": 7}',
    b'{"data": [7, null, []]}',
    b'{"data": [{}]}',
    b"[" * 100_000,
    b'{"a": ' + b"9" * 5_000 + b"}",
    b'{"a": NaN}',
    b'{"data": ' + b"[" * 500 + b"]" * 500 + b"}",
)
WRONG: Final[tuple[Any, ...]] = (None, -1, "\x00", [], {}, True, 10**19, "1e400")
MOST_PLACES: Final = 40
SEVERAL: Final = frozenset({"campaigns", "donations", "milestones", "engagement", "followers"})
"""What gives none where there is none."""
FITTING: Final[Errors] = (UpstreamGarbled, UpstreamUnavailable, CredentialsRefused, NotFound, Unreadable)
"""What may come of an answer that makes no sense: a mapping that meets one is not to blame the caller."""


async def refused_credentials(bench: Bench) -> str:
    """Where the network answers 401 or 403 to everything, asking raises CredentialsRefused."""
    asks = await asks_of(bench)
    for name, ask in asks.items():
        for status in (401, 403):
            await _raises(bench, name, ask, _status(status), (CredentialsRefused,))
    return f"{len(asks)} questions, each answered 401 and 403"


async def unavailable(bench: Bench) -> str:
    """Where the network answers 500 or nothing, asking raises UpstreamUnavailable."""
    asks = await asks_of(bench)
    for name, ask in asks.items():
        for status in (429, 500, 503):
            await _raises(bench, name, ask, _status(status), (UpstreamUnavailable,))
        await _raises(bench, name, ask, _silent, (UpstreamUnavailable,))
    return f"{len(asks)} questions, each answered 429, 500, 503 and not at all"


async def absent(bench: Bench) -> str:
    """What the network does not have is NotFound, or the end of an empty list; a 404 that proves nothing is garbled."""
    asks = await asks_of(bench)
    for name, ask in asks.items():
        await _raises(bench, name, ask, _status(404), (NotFound, UpstreamGarbled), or_nothing=name in SEVERAL)
    return f"{len(asks)} questions, each answered 404"


async def unknown_ids(bench: Bench) -> str:
    """Asking the network for something that it has never had raises NotFound."""
    await asks_of(bench)
    connector, asks = bench.connector, dict[str, Callable[[], Awaitable[object]]]()
    for native in bench.campaigns[:1]:
        if isinstance(connector, ReadsCampaigns):
            asks["campaign"] = partial(connector.campaign, another(native))
        if isinstance(connector, ReadsMilestones):
            asks["milestones"] = partial(connector.milestones, another(native))
    for lookup in bench.lookups[:1]:
        if isinstance(connector, ReadsDonations):
            asks["donation"] = partial(connector.donation, another(lookup))
    if isinstance(connector, ReadsPosts):
        (post,) = await published(bench, (1, 1, 1))
        asks["post"] = partial(connector.post, another(post))
    for name, ask in asks.items():
        try:
            await ask()
        except NotFound:
            continue
        except Exception as error:
            raise Broken(f"asking for a {name} that never was raised {type(error).__name__}, not NotFound") from error
        raise Broken(f"a {name} is told that never was")
    return f"never was, and NotFound: {', '.join(asks) or 'nothing, as nothing is asked for by its id'}"


async def garbled(bench: Bench) -> str:
    """Where the network answers garbage with 200, asking raises UpstreamGarbled (or one as fitting), never another error."""
    asks = await asks_of(bench)
    for name, ask in asks.items():
        for body in GARBAGE:
            await _raises(bench, name, ask, _body(body), FITTING, or_nothing=True)
        await _raises(bench, name, ask, _cut, FITTING, or_nothing=name == "statement")
        await _raises(bench, name, ask, _huge, FITTING)
    return f"{len(asks)} questions, each answered with {len(GARBAGE) + 2} kinds of garbage"


async def wrong_types(bench: Bench) -> str:
    """Where one value of an answer is of a wrong type, asking gives facts or raises an error that fits."""
    asks, count = await asks_of(bench), 0
    for name, ask in asks.items():
        for number in range(MOST_PLACES):
            spoils = [WrongValue(number, wrong) for wrong in WRONG]
            for spoil in spoils:
                await _raises(bench, name, ask, spoil, FITTING, or_anything=True)
            if not any(spoil.found for spoil in spoils):
                break
            count += len(spoils)
    return f"{count} wrong values in the answers to {len(asks)} questions"


async def keys_kept(bench: Bench) -> str:
    """Where keys cannot be refreshed, refreshing raises, and the keys known so far go on to be accepted."""
    await bench.give(1_999)
    spoils = (_status(500), _status(404), _body(b"<!doctype html>"), _body(b"{}"))
    if isinstance(bench.connector, RefreshesKeys):
        refreshes = bench.connector
        for spoil in spoils:
            try:
                await spoiled(bench, spoil, refreshes.refresh_keys)
            except FITTING:
                pass
            except Exception as error:
                raise Broken(f"refresh_keys raised {type(error).__name__}") from error
            bench.receive(bench.telling[-1][0])
    return f"after {len(spoils)} failed refreshes the old key is accepted"


async def _raises(
    bench: Bench,
    name: str,
    ask: Ask,
    spoil: Spoil,
    errors: Errors,
    *,
    or_nothing: bool = False,
    or_anything: bool = False,
) -> None:
    wanted = " or ".join(error.__name__ for error in errors)
    try:
        found = await spoiled(bench, spoil, ask)
    except errors as error:
        shown = repr(error) + str(error)
        expect(not any(secret in shown for secret in secrets_of(bench.settings)), f"an error of {name} quotes a secret")
        return
    except Exception as error:
        raise Broken(f"asking for {name} raised {type(error).__name__} ({error!s:.60}), not {wanted}") from error
    expect(or_anything or (or_nothing and not found), f"asking for {name} gave {len(found)} facts instead of {wanted}")


def _status(status: int) -> Spoil:
    return lambda response: replace(response, status=status, body=b'{"status": %d, "message": "no"}' % status)


def _silent(_: HttpResponse) -> HttpResponse:
    raise UpstreamUnavailable("no answer within the deadline")


def _body(body: bytes) -> Spoil:
    return lambda response: replace(response, status=200, body=body)


def _huge(_: HttpResponse) -> HttpResponse:
    raise UpstreamGarbled("the body is over 5242880 bytes")  # as the port says it


def _cut(response: HttpResponse) -> HttpResponse:
    return replace(response, body=response.body[: len(response.body) // 2])


@dataclass
class WrongValue:
    """Puts a wrong value in one place of a JSON answer, counted from the outermost; other answers stay as they are."""

    number: int
    wrong: Any
    found: bool = False
    """Whether there was such a place."""

    def __call__(self, response: HttpResponse) -> HttpResponse:
        """The answer with the wrong value in it."""
        try:
            value = json.loads(response.body)
        except ValueError:
            return response
        for holder, key in islice(places(value), self.number, self.number + 1):
            holder[key] = self.wrong
            self.found = True
        return replace(response, body=json.dumps(value).encode())


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every place in a JSON value, the outermost first: the object or list that holds it, and its key or index."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in list(items):
        yield value, key
        yield from places(item)


RULES: Final = (
    Rule("refused-credentials-are-told", refused_credentials, Grade.SILVER, some=ASKED),
    Rule("a-failing-network-is-unavailable", unavailable, Grade.GOLD, some=ASKED),
    Rule("a-missing-object-is-not-found", absent, Grade.GOLD, some=ASKED),
    Rule("an-unknown-id-is-not-found", unknown_ids, Grade.GOLD, some=ASKED),
    Rule("garbage-is-garbled", garbled, Grade.PLATINUM, some=ASKED),
    Rule("wrong-types-are-garbled", wrong_types, Grade.PLATINUM, some=ASKED),
    Rule(
        "keys-survive-a-failed-refresh",
        keys_kept,
        Grade.GOLD,
        (
            RefreshesKeys,
            ReceivesDeliveries,
        ),
    ),
)
