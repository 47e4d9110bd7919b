"""A gateway in a process of its own, for suites that hold it against a specification or try to break in."""

import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.end_to_end.configuration import basics, free_port
from tests.end_to_end.gateway_process import GatewayProcess


@asynccontextmanager
async def served(folder: Path, seed: int, **settings: Any) -> AsyncIterator[GatewayProcess]:
    """One with these settings, no account, and all else as it is by default. It must not have met a fault of its own."""
    port = free_port(random.Random(seed))
    path = folder / "giving.toml"
    path.write_text("\n".join(basics(folder, port, {}, **settings)) + "\n", "utf-8")
    process = GatewayProcess(path, port, folder / "gateway.log")
    await process.start()
    try:
        yield process
        assert [event for event in process.events() if event["level"] in ("error", "critical")] == []
        assert "Traceback" not in process.log.read_text()
    finally:
        await process.kill()
