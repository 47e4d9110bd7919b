"""``python -m benchmarks.imports ROWS`` writes an export, imports it twice, and holds the ledger against its books."""

import asyncio
import resource
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console

from benchmarks.world import cpu_seconds
from connectors.tencent_gongyi.emulator import write_export
from gateway.commands.importing import run, told
from gateway.settings import Settings
from gateway.store.connection import connect
from gateway.store.embedded import joined
from gateway.store.shelf import Shelf
from schema.model.ids import CampaignId


async def main(rows: int) -> None:
    """Prints the figures of one import, and of the same file again."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "export.csv"
        books = write_export(file, rows, seed=1)
        campaigns = [{"platform": "tencent_gongyi", "id": each, "title": each, "currency": "CNY"} for each in books]
        accounts = {"gongyi": {"connector": "tencent_gongyi"}}
        settings = Settings.of({"data_dir": f"{folder}/data", "accounts": accounts, "campaigns": campaigns})
        async with joined(settings.data_dir / "redis") as url, connect(url) as redis:
            server = (await redis.info("server"))["process_id"]
            for _ in range(2):
                began, before = time.perf_counter(), cpu_seconds(server)
                report = await run(settings, "gongyi", file, console=Console(stderr=True))
                seconds, spent = time.perf_counter() - began, cpu_seconds(server) - before
                peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
                print(f"{told(file, report)}; {seconds:.0f} s, {rows / seconds:,.0f} rows a second, peak {peak:.0f} MiB, ")
                print(f"Redis {spent:.0f} s of CPU and {(await redis.info('memory'))['used_memory'] / 2**20:.0f} MiB")
            for native, book in books.items():
                [head] = await Shelf(redis).heads([CampaignId("tencent_gongyi", native)])
                same = head is not None and (int(head.raised or 0), int(head.refunded or 0)) == (book.raised, book.refunded)
                print(f"{native}: {'as its book says' if same else 'DIFFERS'}")
    own = resource.getrusage(resource.RUSAGE_SELF)
    print(f"CPU of this process, with writing the file: {own.ru_utime + own.ru_stime:.0f} s")


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000))
