"""Rules about a polite guest: what is asked, of whom, how often, and when it ends."""

from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Final
from urllib.parse import unquote, urlsplit

from connectors.contract import KeepsFeed, ListsCampaigns, ListsDonations, RefreshesKeys
from connectors.paging import MAX_PAGES
from connectors.testing.conformance.account import secrets_of
from connectors.testing.conformance.asking import ASKED, asks_of
from connectors.testing.conformance.bench import Bench, donations_of
from connectors.testing.conformance.broken import Broken, expect
from connectors.testing.conformance.grade import Grade
from connectors.testing.conformance.hooks import HasPages
from connectors.testing.conformance.rules import Rule
from connectors.testing.conformance.ways import campaigns, drain, listed
from schema.model.errors import GivingError, UpstreamGarbled

GIFTS: Final = (1_999, 435, 100_000)
METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"})
A_CAMPAIGN: Final = 4
"""Questions that a quiet cycle may cost for each campaign, and once more for all."""
MOST: Final = MAX_PAGES + 200
"""Questions after which a list without end is taken to be asked for ever."""


async def budgets(bench: Bench) -> str:
    """Every request names a budget of the spec and a method of HTTP."""
    await _everything(bench)
    known, asked = bench.case.spec.pace.budgets, Counter(request.budget for request in bench.port.asked)
    unknown = sorted(set(asked) - set(known))
    expect(not unknown, f"requests name the budgets {unknown}; the spec has {sorted(known)}")
    strange = sorted({request.method for request in bench.port.asked} - METHODS)
    expect(not strange, f"{strange} are no methods")
    return f"{len(bench.port.asked)} requests on {', '.join(f'{name} ({count})' for name, count in asked.items()) or 'none'}"


async def addresses(bench: Bench) -> str:
    """Every request goes to an absolute http(s) address of the account's own, and carries no credentials in it."""
    await _everything(bench)
    urls = {str(value) for value in bench.settings.values() if isinstance(value, str) and "://" in value} | {bench.emulator.url}
    own = {urlsplit(url).netloc for url in urls}
    asked = set[str]()
    for request in bench.port.asked:
        parts = urlsplit(request.url)
        asked.add(parts.netloc)
        expect(parts.scheme in ("http", "https"), f"a request goes to an address with the scheme {parts.scheme!r}")
        expect("@" not in parts.netloc, "a request carries credentials in its address")
        expect(parts.netloc in own, f"a request goes to {parts.netloc}, which is none of the account's addresses")
        expect(request.url.isascii() and request.url.isprintable() and " " not in request.url, "an address is not encoded")
    return f"{len(bench.port.asked)} requests went to {len(asked)} addresses, all of them the account's own"


async def no_secret(bench: Bench) -> str:
    """No secret and no token is in the address of a request, as addresses are logged on the way."""
    await _everything(bench)
    secrets = [*secrets_of(bench.settings), *(token.access for token in bench.tokens.known.values())]
    for request in bench.port.asked:
        shown = request.url + unquote(request.url)
        expect(not any(secret in shown for secret in secrets), f"a secret is in the address of a {request.method}")
    return f"{len(secrets)} secrets are in none of {len(bench.port.asked)} addresses"


async def quiet(bench: Bench) -> str:
    """Where nothing has changed, a cycle costs few requests, to addresses that were asked before."""
    await bench.give(*GIFTS)
    await _cycle(bench)
    before = {request.url for request in bench.port.asked if request.method == "GET"}
    del bench.port.asked[:]
    await _cycle(bench)
    asked = bench.port.asked
    most = A_CAMPAIGN * (len(bench.campaigns) + 1)
    expect(len(asked) <= most, f"nothing has changed, and a cycle costs {len(asked)} requests, not {most}")
    new = sum(request.method == "GET" and request.url not in before for request in asked)
    expect(not new, f"nothing has changed, and {new} addresses are new, so that no ETag can be of use")
    return f"a quiet cycle costs {len(asked)} requests for {len(bench.campaigns)} campaigns"


async def long_lists(bench: Bench) -> str:
    """A list of several pages is read whole, and tells each donation once."""
    given = await _filled(bench)
    del bench.port.asked[:]
    found = donations_of(await listed(bench))
    pages, ids = len(bench.port.asked), {state.native_id for state in found}
    expect(len(ids) == given, f"{given} donations were given, {len(ids)} are listed")
    expect(pages > 1, "the list came in one answer, so nothing is proven")
    return f"{given} donations are listed, over {pages} requests"


async def endless_lists(bench: Bench) -> str:
    """Pages that name each other for ever are asked for a bounded number of times, and are garbled."""
    await _filled(bench)
    counts = []
    for repeating in (True, False):
        if isinstance(bench.case, HasPages):
            await bench.case.page_for_ever(bench.emulator, repeating=repeating)
        del bench.port.asked[:]
        bench.port.most = MOST
        kind = "name each other in a circle" if repeating else "never end"
        try:
            for native in bench.campaigns:
                if isinstance(bench.connector, ListsDonations):
                    await drain(bench.connector.donations(native, since=None))
        except UpstreamGarbled:
            counts.append(len(bench.port.asked))
        except GivingError as error:
            raise Broken(
                f"pages that {kind} were asked for {len(bench.port.asked)} times, then {type(error).__name__}"
            ) from error
        else:
            raise Broken(f"pages that {kind} are taken for a list that is whole")
    return f"garbled after {counts[0]} pages in a circle, and after {counts[1]} without end"


async def _filled(bench: Bench) -> int:
    if not isinstance(bench.case, HasPages):
        return 0
    given = await bench.case.fill_pages(bench.emulator)
    await bench.settle()
    return given


async def _cycle(bench: Bench) -> None:
    """What the gateway asks in turn while nothing happens."""
    if isinstance(bench.connector, ListsCampaigns):
        await drain(bench.connector.campaigns())
    if isinstance(bench.connector, KeepsFeed):
        await bench.connector.keep_feed(bench.campaigns, bench.callback)


async def _everything(bench: Bench) -> None:
    """Asks all that can be asked."""
    asks: dict[str, Callable[[], Awaitable[object]]] = dict(await asks_of(bench))
    if isinstance(bench.connector, RefreshesKeys):
        asks["keys"] = bench.connector.refresh_keys
    for ask in asks.values():
        await ask()
    await campaigns(bench)
    await _cycle(bench)


RULES: Final = (
    Rule("requests-keep-to-budgets", budgets, Grade.SILVER, some=ASKED),
    Rule("requests-stay-with-the-account", addresses, Grade.SILVER, some=ASKED),
    Rule("no-secret-is-in-an-address", no_secret, Grade.SILVER, some=ASKED),
    Rule("a-quiet-cycle-is-cheap", quiet, Grade.GOLD, (ListsCampaigns,)),
    Rule("long-lists-are-read-whole", long_lists, Grade.GOLD, (ListsDonations,), (HasPages,)),
    Rule("endless-pages-are-garbled", endless_lists, Grade.PLATINUM, (ListsDonations,), (HasPages,)),
)
