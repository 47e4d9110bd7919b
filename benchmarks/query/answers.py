"""Whether all servers answer the same: nothing is timed before that is known."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

import aiohttp

from benchmarks.query.documents import Request
from benchmarks.query.server import Place


class AnswersDiffer(Exception):
    """A server does not say what the gateway says."""


def normal(body: bytes) -> bytes:
    """A JSON text with its names in order and without spaces. 1 and 1.0 are one number, as JSON has it."""
    value = json.loads(body, parse_int=float)
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


async def answer(place: Place, request: Request) -> bytes:
    """As it came. Raises RuntimeError for one that is not 200, or that has errors in it."""
    address = f"http://127.0.0.1:{place.port}{place.path}"
    headers = {"content-type": "application/json", "accept": "application/json"}
    async with (
        aiohttp.ClientSession() as session,
        session.post(address, data=request.body.encode(), headers=headers) as told,
    ):
        body = await told.read()
        if told.status != 200 or "errors" in json.loads(body):
            raise RuntimeError(f"{address}: {told.status} {body[:500]!r}")
        return body


async def compare(places: Mapping[str, Place], requests: Iterable[Request]) -> None:
    """Holds the answers of all against the first one's, byte for byte. Raises AnswersDiffer with the first that differs."""
    (first, ours), *others = places.items()
    for request in requests:
        said = normal(await answer(ours, request))
        for name, place in others:
            other = normal(await answer(place, request))
            if other != said:
                raise AnswersDiffer(f"{request.body}\n{first}: {_part(said, other)}\n{name}: {_part(other, said)}")


async def amounts(place: Place, request: Request) -> list[tuple[str, str, int]]:
    """Of each campaign on a page of the list its id, and what was raised by how many donations."""
    told: dict[str, Any] = json.loads(await answer(place, request))
    nodes = [edge["node"] for edge in told["data"]["campaigns"]["edges"]]
    return [(node["id"], node["total"]["raised"]["amount"], node["total"]["donationCount"]) for node in nodes]


def _part(said: bytes, other: bytes) -> str:
    """What it says where the two begin to differ."""
    place = next((at for at, (one, two) in enumerate(zip(said, other, strict=False)) if one != two), min(len(said), len(other)))
    return said[max(0, place - 60) : place + 60].decode(errors="replace")
