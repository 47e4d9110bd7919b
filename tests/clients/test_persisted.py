"""Apollo Client asks a gateway in production by hashes alone, over GET, and registers a document by itself, once."""

import asyncio
import json
from pathlib import Path
from typing import Any, Final

from tests.audits.serving import served
from tests.clients.following import HERE
from tests.npm import demand

TEXT: Final = "query Networks { platforms { key name } }"


async def told(url: str, times: int) -> list[dict[str, Any]]:
    """All that a client tells that asks so often."""
    process = await asyncio.create_subprocess_exec(
        *("node", str(HERE / "persisted.mjs"), url, TEXT, str(times)),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    said, complained = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 0, complained.decode()
    return [json.loads(line) for line in said.splitlines()]


async def test_a_document_is_sent_once_and_asked_for_by_its_hash_from_then_on(
    tmp_path: Path, seed: int, node_modules: None
) -> None:
    demand("node", "npm")
    asked_by_hash = {"method": "GET", "status": 200, "withText": False}
    answer: dict[str, Any] = {"data": {"platforms": []}}
    async with served(tmp_path, seed, profile="production") as gateway:
        first, second = [await told(f"{gateway.url}/graphql", times) for times in (2, 1)]

    unknown, registered, *others = first
    assert (unknown["method"], unknown["withText"]) == ("GET", False)
    assert registered == {"method": "POST", "status": 200, "withText": True}
    assert others == [answer, asked_by_hash, answer]
    assert second == [asked_by_hash, answer]
