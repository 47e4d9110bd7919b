"""The half of Acme's connector that reads its public square, so that a spoiled variant can change any of its steps."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from connectors.ports import Ports
from schema.model.endorsement import Post
from schema.model.engagement import Engagement
from schema.model.errors import BadUserInput, UpstreamGarbled
from schema.model.text import MAX_MESSAGE, plain
from schema.model.time import read_unix

BATCH = 100


class Garbled:
    """What cannot be read within is garbled."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, KeyError | TypeError | BadUserInput):
            raise UpstreamGarbled("the answer is not as it must be") from error


class PublicSquare:
    """Reads posts and followers, through ``ask``."""

    ports: Ports

    async def ask(self, path: str) -> Any:
        """An answer's JSON."""
        raise NotImplementedError

    async def post(self, native_id: str) -> Post:
        """One post."""
        with Garbled():
            row = await self.ask(f"/posts/{quote(native_id, safe='')}")
            return Post(
                native_id=self.id_of(row),
                text=plain(row["text"], MAX_MESSAGE),
                published_at=read_unix(row["at"]),
                engagement=self.engagement_of(row),
            )

    async def engagement(self, posts: Sequence[str]) -> Mapping[str, Engagement]:
        """Their counters."""
        with Garbled():
            rows = [row for batch in self.batches(posts) for row in await self.rows(f"/counters?posts={','.join(batch)}")]
            return {self.id_of(row): self.engagement_of(row) for row in rows}

    async def followers(self, accounts: Sequence[str]) -> Mapping[str, int]:
        """How many each of them has."""
        with Garbled():
            rows = [r for batch in self.batches(accounts) for r in await self.rows(f"/followers?accounts={','.join(batch)}")]
            return {self.id_of(row): self.counter_of(row["followers"]) for row in rows}

    async def rows(self, path: str) -> list[Any]:
        """The rows of an answer."""
        return list((await self.ask(path))["data"])

    def batches(self, ids: Sequence[str]) -> Iterator[Sequence[str]]:
        """So many as one call takes."""
        for start in range(0, len(ids), BATCH):
            yield ids[start : start + BATCH]

    def id_of(self, row: Any) -> str:
        """An id."""
        if not isinstance(row["id"], str):
            raise TypeError("no text")
        return row["id"]

    def engagement_of(self, row: Any) -> Engagement:
        """The counters of a row."""
        counters = (self.counter_of(row[name]) for name in ("reposts", "comments", "likes"))
        return Engagement(self.ports.clock.now(), *counters)

    def counter_of(self, value: Any) -> int:
        """A counter."""
        if type(value) is not int or value < 0:
            raise TypeError("no counter")
        return value
