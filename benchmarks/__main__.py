"""Takes the figures of ``benchmarks/README.md``: ``make bench``."""

import asyncio
import os
import platform

from benchmarks.facts import facts
from benchmarks.intake import intake
from benchmarks.latency import latency
from benchmarks.process import two_cores
from benchmarks.world import world


async def main() -> None:
    """Prints one table in the form of the README."""
    core, other = two_cores()
    os.sched_setaffinity(0, {other})
    async with world(core=core) as started:
        await intake(started, 300)  # warm
        counted = await intake(started, 3_000)
        followed = await latency(started, 150)
    os.sched_setaffinity(0, {core, other})
    told = await facts(10)
    print(f"Python {platform.python_version()}, {platform.machine()}\n")
    print("| what | figure |\n| --- | --- |")
    print(f"| notifications accepted in a second, wall clock | {counted.notifications / counted.seconds:,.0f} |")
    print(f"| notifications in a second of the gateway's CPU, Redis apart | {counted.per_core:,.0f} |")
    print(
        f"| gateway CPU, Redis CPU for one | {counted.gateway_cpu / counted.notifications * 1e6:.0f} us, "
        f"{counted.redis_cpu / counted.notifications * 1e6:.0f} us |"
    )
    print(f"| that CPU in units of one RSA verification | {counted.gateway_cpu / counted.verify_cpu:.1f} |")
    ours, bare = told.ingested, told.bare
    print(f"| facts ingested, and bare `EVALSHA` calls, in a second | {ours.per_second:,.0f}, {bare.per_second:,.0f} |")
    print(f"| ratio of the two by the clock | {ours.per_second / bare.per_second:.2f} |")
    print(
        f"| the same by CPU, of the client and of Redis | {bare.client_cpu / ours.client_cpu:.2f}, "
        f"{bare.redis_cpu / ours.redis_cpu:.2f} |"
    )
    print(f"| notification to its own answer, p50 | {followed.answered_p50:.1f} ms |")
    print(f"| notification to one viewer's frame, p50 and p99 | {followed.shown_p50:.1f} ms, {followed.shown_p99:.1f} ms |")


asyncio.run(main())
