"""Automatic documents (APQ) as processes share them, in the cache role: what is lost is sent again by a client."""

from datetime import timedelta
from typing import Final

from gateway.store.cache import Cache

_KIND: Final = "apq"
_PLACES: Final = 1_024
"""A document has one, by its hash, and whichever came last has it: strangers fill some 60 MB of Redis at most, of the largest
documents there can be, in what they can be."""
_KEPT: Final = timedelta(days=1)


class SharedDocuments:
    """``gateway.http.registered.DocumentShelf``. What is found may be another one of the same place."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache

    async def get(self, digest: str) -> str | None:
        """See ``DocumentShelf``."""
        found = await self._cache.get(_KIND, _place(digest))
        return None if found is None else found.decode("utf-8", "replace")

    async def put(self, digest: str, text: str) -> None:
        """See ``DocumentShelf``."""
        await self._cache.put(_KIND, _place(digest), text.encode(), _KEPT)


def _place(digest: str) -> str:
    return str(int(digest, 16) % _PLACES)
