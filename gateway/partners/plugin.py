"""The plug-in for pytest (extra ``testing``): brings the gateway's ledger, on a real Redis, to the conformance suite."""

import asyncio
import logging
import tempfile
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import pytest
import structlog

from connectors.spec import ConnectorSpec
from connectors.testing.conformance.ledger import Counts, Opens
from gateway.partners.ledger import ledgers
from gateway.store.embedded import embedded


@pytest.fixture(scope="session")
def giving_redis() -> Iterator[str]:
    """The address of a private Redis that lives as long as the test process."""
    started, stop = threading.Event(), asyncio.Event()
    found: list[str | BaseException] = []
    with tempfile.TemporaryDirectory() as folder:

        async def run() -> None:
            try:
                async with embedded(Path(folder) / "redis") as url:
                    found.append(url)
                    started.set()
                    await stop.wait()
            except BaseException as error:
                found.append(error)
                started.set()

        loop = asyncio.new_event_loop()
        thread = threading.Thread(target=loop.run_until_complete, args=(run(),))
        thread.start()
        started.wait(20)
        if isinstance(found[0], BaseException):
            raise found[0]
        yield found[0]
        loop.call_soon_threadsafe(stop.set)
        thread.join(20)
        loop.close()


@pytest.fixture(scope="session")
def giving_ledger(giving_redis: str) -> Opens:
    """What opens an empty ledger for a rule of the suite."""
    opens = ledgers(giving_redis)

    @asynccontextmanager
    async def quietly(spec: ConnectorSpec, currency: str) -> AsyncIterator[Counts]:
        with _unheard():
            async with opens(spec, currency) as counts:
                yield counts

    return quietly


@contextmanager
def _unheard() -> Iterator[None]:
    """Without the gateway's log: a rule says by itself why facts are held, and would be lost under a line for each."""
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    try:
        yield
    finally:
        structlog.configure(**before)
