"""Strawberry as it comes, under uvicorn as it comes: beside it one sees what the gateway does better.

It is the program that the benchmark measures, in a process of its own.
"""

import os
from contextlib import AbstractAsyncContextManager

from benchmarks.fanout.peer import STRAWBERRY
from benchmarks.fanout.server import Server


def plain_strawberry() -> AbstractAsyncContextManager[Server]:
    """One that holds a single total."""
    core = min(os.sched_getaffinity(0))
    return STRAWBERRY(1, core, core)


def address(server: Server) -> str:
    """Of its endpoint."""
    return f"http://127.0.0.1:{server.place.port}{server.place.path}"
