"""Rules about a network that fails: each trouble is told by the error that fits it, and never by another."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, Final, TypeAlias

from connectors.contract import ReadsCampaigns, ReadsDonations, ReadsPosts, ReceivesDeliveries, RefreshesKeys
from connectors.http import HttpResponse
from connectors.testing.conformance.account import secrets_of
from connectors.testing.conformance.asking import Ask, Spoil, another, asks_of, published, spoiled
from connectors.testing.conformance.bench import Bench
from connectors.testing.conformance.broken import Broken, expect
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
)
WRONG: Final[tuple[Any, ...]] = (None, -1, "\x00", [], {}, True, 10**19, "1e400")
MOST_PLACES: Final = 40
SEVERAL: Final = frozenset({"campaigns", "donations", "engagement", "followers"})
"""What gives none where there is none."""
FITTING: Final[Errors] = (UpstreamGarbled, UpstreamUnavailable, CredentialsRefused, NotFound, Unreadable)
"""What may come of an answer that makes no sense: a mapping that meets one is not to blame the caller."""


async def refused_credentials(bench: Bench) -> None:
    """Where the network answers 401 to everything, asking raises CredentialsRefused."""
    for name, ask in (await asks_of(bench)).items():
        await _raises(bench, name, ask, _status(401), (CredentialsRefused,))


async def unavailable(bench: Bench) -> None:
    """Where the network answers 500 or nothing, asking raises UpstreamUnavailable."""
    for name, ask in (await asks_of(bench)).items():
        for status in (429, 500, 503):
            await _raises(bench, name, ask, _status(status), (UpstreamUnavailable,))
        await _raises(bench, name, ask, _silent, (UpstreamUnavailable,))


async def absent(bench: Bench) -> None:
    """What the network does not have is NotFound, or the end of an empty list; a 404 that proves nothing is garbled."""
    for name, ask in (await asks_of(bench)).items():
        await _raises(bench, name, ask, _status(404), (NotFound, UpstreamGarbled), or_nothing=name in SEVERAL)


async def unknown_ids(bench: Bench) -> None:
    """Asking the network for something that it has never had raises NotFound."""
    await asks_of(bench)
    if isinstance(bench.connector, ReadsCampaigns):
        for native in bench.campaigns[:1]:
            connector = bench.connector
            await _raises(bench, "campaign", lambda c=connector, n=native: c.campaign(another(n)), None, (NotFound,))  # type: ignore[misc]
    if isinstance(bench.connector, ReadsDonations):
        for lookup in bench.lookups[:1]:
            reader = bench.connector
            await _raises(bench, "donation", lambda r=reader, n=lookup: r.donation(another(n)), None, (NotFound,))  # type: ignore[misc]
    if isinstance(bench.connector, ReadsPosts):
        posts, (post,) = bench.connector, await published(bench, (1, 1, 1))
        await _raises(bench, "post", lambda: posts.post(another(post)), None, (NotFound,))  # type: ignore[arg-type,return-value]


async def garbled(bench: Bench) -> None:
    """Where the network answers garbage with 200, asking raises UpstreamGarbled (or one as fitting), never another error."""
    for name, ask in (await asks_of(bench)).items():
        for body in GARBAGE:
            await _raises(bench, name, ask, _body(body), FITTING, or_nothing=True)
        await _raises(bench, name, ask, _cut, FITTING, or_nothing=name == "statement")


async def wrong_types(bench: Bench) -> None:
    """Where one value of an answer is of a wrong type, asking gives facts or raises an error that fits."""
    for name, ask in (await asks_of(bench)).items():
        for number in range(MOST_PLACES):
            spoils = [WrongValue(number, wrong) for wrong in WRONG]
            for spoil in spoils:
                await _raises(bench, name, ask, spoil, FITTING, or_anything=True)
            if not any(spoil.found for spoil in spoils):
                break


async def keys_kept(bench: Bench) -> None:
    """Where keys cannot be refreshed, refreshing raises, and the keys known so far go on to be accepted."""
    await bench.give(1_999)
    if isinstance(bench.connector, RefreshesKeys):
        refreshes = bench.connector
        for spoil in (_status(500), _status(404), _body(b"<!doctype html>"), _body(b"{}")):
            try:
                await spoiled(bench, spoil, refreshes.refresh_keys)
            except FITTING:
                pass
            except Exception as error:
                raise Broken(f"refresh_keys raised {type(error).__name__}") from error
            bench.receive(bench.telling[-1][0])


async def _raises(
    bench: Bench,
    name: str,
    ask: Ask,
    spoil: Spoil | None,
    errors: Errors,
    *,
    or_nothing: bool = False,
    or_anything: bool = False,
) -> None:
    wanted = " or ".join(error.__name__ for error in errors)
    try:
        found = await spoiled(bench, spoil, ask) if spoil else await ask()
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
        for holder, key in islice(_places(value), self.number, self.number + 1):
            holder[key] = self.wrong
            self.found = True
        return replace(response, body=json.dumps(value).encode())


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every place in a JSON value: the object or list that holds it, and its key or index."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in list(items):
        yield value, key
        yield from _places(item)


RULES: Final = (
    Rule("refused-credentials-are-told", refused_credentials),
    Rule("a-failing-network-is-unavailable", unavailable),
    Rule("a-missing-object-is-not-found", absent),
    Rule("an-unknown-id-is-not-found", unknown_ids),
    Rule("garbage-is-garbled", garbled),
    Rule("wrong-types-are-garbled", wrong_types),
    Rule("keys-survive-a-failed-refresh", keys_kept, (RefreshesKeys, ReceivesDeliveries)),
)
