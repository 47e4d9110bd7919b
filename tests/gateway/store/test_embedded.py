"""The private server: one owner a folder, data kept, gone with its gateway."""

import importlib.metadata
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from redis.asyncio import Redis

from gateway.store.embedded import binary, embedded
from schema.model.errors import StoreUnsuitable

HOLDER = """
import asyncio, os, sys
from pathlib import Path
from gateway.store.embedded import embedded

async def main():
    async with embedded(Path(sys.argv[1])) as url:
        print("up", flush=True)
        await asyncio.sleep(60)

asyncio.run(main())
"""


async def test_what_was_written_is_there_after_a_restart(tmp_path: Path) -> None:
    for expected in (None, b"kept"):
        async with embedded(tmp_path) as url:
            client = Redis.from_url(url)
            assert await client.get("a") == expected
            await client.set("a", "kept")
            await client.aclose()


async def test_it_persists_every_write_and_never_evicts(tmp_path: Path) -> None:
    async with embedded(tmp_path) as url:
        client = Redis.from_url(url)
        settings = {**await client.config_get("append*"), **await client.config_get("maxmemory-policy")}
        await client.aclose()
    assert settings["appendonly"] == "yes"
    assert settings["appendfsync"] == "always"
    assert settings["maxmemory-policy"] == "noeviction"


async def test_a_long_folder_name_is_no_obstacle(tmp_path: Path) -> None:
    async with embedded(tmp_path / ("deep" * 40)) as url:
        client = Redis.from_url(url)
        assert await client.ping()
        await client.aclose()


async def test_a_killed_gateway_takes_its_server_with_it_and_the_next_one_finds_the_data(tmp_path: Path) -> None:
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, str(tmp_path)], stdout=subprocess.PIPE, cwd=Path.cwd())
    assert holder.stdout is not None
    assert holder.stdout.readline() == b"up\n"
    with pytest.raises(StoreUnsuitable, match="Another gateway"):
        async with embedded(tmp_path):
            pass
    os.kill(holder.pid, signal.SIGKILL)
    holder.wait(10)
    holder.stdout.close()
    async with embedded(tmp_path) as url:
        client = Redis.from_url(url)
        assert await client.ping()
        await client.aclose()


def test_without_any_server_the_ways_out_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(importlib.metadata, "distribution", _missing)
    with pytest.raises(StoreUnsuitable, match="GIVING_LEDGER_URL"):
        binary()


def _missing(name: str) -> None:
    raise importlib.metadata.PackageNotFoundError(name)
