"""The twelve probes of graphql-cop, written anew: each says whether it has found something.

https://github.com/dolevf/graphql-cop is a program and no package; the one of its name in the index is empty.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, TypeAlias
from urllib.parse import urlsplit

import aiohttp

IDES: Final = ("graphiql.min.css", "GraphQL Playground", "GraphiQL", "graphql-playground")
ROWS: Final = 25
"""Types that an answer to circular introspection has at the least."""
ALIASES: Final = 101
MANY: Final = 10


@dataclass(frozen=True, slots=True)
class Target:
    """An endpoint as a stranger sees it."""

    url: str
    session: aiohttp.ClientSession

    async def post(self, body: object) -> Any:
        """What comes back as JSON, None where it is none."""
        return await self._read("POST", self.url, json=body)

    async def query(self, text: str) -> Any:
        """The same for one document."""
        return await self.post({"query": text})

    async def form(self, text: str) -> Any:
        """The same for a document in a form, as a foreign page may send it."""
        return await self._read("POST", self.url, data={"query": text})

    async def get(self, text: str) -> Any:
        """The same for a document in the address."""
        return await self._read("GET", self.url, params={"query": text})

    async def page(self, path: str) -> str:
        """What a browser is shown there."""
        place = urlsplit(self.url)
        async with self.session.get(f"{place.scheme}://{place.netloc}{path}", headers={"Accept": "text/html"}) as answer:
            return await answer.text()

    async def _read(self, method: str, url: str, **options: Any) -> Any:
        async with self.session.request(method, url, **options) as answer:
            try:
                return await answer.json(content_type=None)
            except ValueError:
                return None


Probe: TypeAlias = Callable[[Target], Awaitable[bool]]


def _data(answer: Any, *path: str) -> Any:
    for name in ("data", *path):
        answer = answer.get(name) if isinstance(answer, dict) else None
    return answer


def _errors(answer: Any) -> list[Any]:
    found = answer.get("errors") if isinstance(answer, dict) else None
    return found if isinstance(found, list) else []


async def field_suggestions(target: Target) -> bool:
    """Misspelt fields are put right."""
    return "Did you mean" in str(_errors(await target.query("query cop { __schema { directive } }")))


async def introspection(target: Target) -> bool:
    """The schema is told."""
    return bool(_data(await target.query("query cop { __schema { types { name fields { name } } } }"), "__schema", "types"))


async def ide(target: Target) -> bool:
    """There is a page to explore the schema with."""
    pages = [await target.page(path) for path in ("/graphiql", "/playground", "/console", "/graphql")]
    return any(word in page for page in pages for word in IDES)


async def get_query(target: Target) -> bool:
    """A document is run that comes in an address."""
    return bool(_data(await target.get("query cop { __typename }"), "__typename"))


async def get_mutation(target: Target) -> bool:
    """A change is made so."""
    return bool(_data(await target.get("mutation cop { __typename }"), "__typename"))


async def form_post(target: Target) -> bool:
    """A document is run that comes in a form."""
    return bool(_data(await target.form("query cop { __typename }"), "__typename"))


async def alias_overloading(target: Target) -> bool:
    """One field is run a hundred times."""
    aliases = " ".join(f"alias{number}: __typename" for number in range(ALIASES))
    return bool(_data(await target.query(f"query cop {{ {aliases} }}"), f"alias{ALIASES - 1}"))


async def batch(target: Target) -> bool:
    """Ten operations are run in one request."""
    answer = await target.post([{"query": "query cop { __typename }"}] * MANY)
    return isinstance(answer, list) and len(answer) >= MANY


async def directive_overloading(target: Target) -> bool:
    """Ten unknown directives on one field are told one by one."""
    return len(_errors(await target.query("query cop { __typename " + "@aa" * MANY + " }"))) == MANY


async def circular_introspection(target: Target) -> bool:
    """The schema is told again and again within itself."""
    inner = "fields { type { " * 4 + "name" + " } }" * 4
    types = _data(await target.query(f"query cop {{ __schema {{ types {{ {inner} }} }} }}"), "__schema", "types")
    return len(types or ()) > ROWS


async def trace(target: Target) -> bool:
    """Answers tell how they were made."""
    answer = await target.query("query cop { __typename }")
    extensions = [answer.get("extensions"), *(each.get("extensions") for each in _errors(answer))] if answer else []
    told = any((each or {}).get("tracing") or (each or {}).get("exception") for each in extensions)
    return told or "stacktrace" in str(answer).lower()


async def unhandled_error(target: Target) -> bool:
    """What is no GraphQL is answered with an exception of the server's."""
    answer = await target.query("qwerty cop { abc }")
    return any("exception" in (each.get("extensions") or {}) for each in _errors(answer))


PROBES: Final[Mapping[str, Probe]] = MappingProxyType(
    {
        each.__name__: each
        for each in (
            *(field_suggestions, introspection, ide, get_query, get_mutation, form_post),
            *(alias_overloading, batch, directive_overloading, circular_introspection, trace, unhandled_error),
        )
    }
)
