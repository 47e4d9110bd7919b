"""What is said to the front door of a gateway, and what came of it: answers, operations that were run, time of its process."""

import asyncio
import json
import os
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import aiohttp
from prometheus_client.parser import text_string_to_metric_families

JSON: Final = "application/json"
GRAPHQL: Final = "application/graphql-response+json"
PATIENCE: Final = 15.0


@dataclass(frozen=True, slots=True)
class Answered:
    """What came back."""

    status: int
    body: Any

    @property
    def codes(self) -> list[str]:
        """Of its errors."""
        return [each["extensions"]["code"] for each in self.body.get("errors", [])]

    @property
    def limits(self) -> list[str | None]:
        """Those that its errors name."""
        return [each["extensions"].get("limit") for each in self.body.get("errors", [])]


@dataclass(frozen=True, slots=True)
class Door:
    """A gateway's, which is process ``pid``."""

    url: str
    pid: int
    session: aiohttp.ClientSession

    async def ask(self, method: str = "POST", *, accept: str = GRAPHQL, **options: Any) -> Answered:
        """One request to the endpoint, whose answer is JSON."""
        headers = {"Accept": accept, **options.pop("headers", {})}
        async with self.session.request(method, f"{self.url}/graphql", headers=headers, **options) as answer:
            return Answered(answer.status, json.loads(await answer.read()))

    async def post(self, body: bytes, content_type: str = JSON, **headers: str) -> Answered:
        """One of these bytes."""
        return await self.ask(data=body, headers={"Content-Type": content_type, **headers})

    async def query(self, document: str, **variables: Any) -> Answered:
        """One operation."""
        return await self.ask(json={"query": document, "variables": variables})

    async def figure(self, metric: str, **labels: str) -> float:
        """One of ``/metrics``, added up."""
        async with self.session.get(f"{self.url}/metrics") as answer:
            families = text_string_to_metric_families(await answer.text())
        samples = [sample for family in families for sample in family.samples if sample.name == metric]
        return sum(sample.value for sample in samples if labels.items() <= sample.labels.items())

    async def ran(self) -> float:
        """How many operations and messages were executed so far."""
        return await self.figure("giving_operations_total")

    def seconds(self) -> float:
        """The processor's time that the process has taken so far, to a hundredth."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    async def said(self, *pieces: bytes, drip: bytes = b"") -> bytes:
        """All that is answered to these bytes, and to one more now and then, up to the end of the connection."""
        place = urlsplit(self.url)
        reader, writer = await asyncio.open_connection(place.hostname, place.port)

        async def drop() -> None:
            while drip:
                writer.write(drip)
                await asyncio.sleep(0.05)

        with closing(writer):
            for piece in pieces:
                writer.write(piece)
            dropping = asyncio.create_task(drop())
            answer = b""
            try:
                async with asyncio.timeout(PATIENCE):
                    while piece := await reader.read(65_536):
                        answer += piece
            except ConnectionError:
                pass  # what comes after the end is answered with a reset
            finally:
                dropping.cancel()
            return answer
