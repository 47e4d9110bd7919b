"""Where, when and of what figures were taken."""

import json
import os
import platform
import shutil
import subprocess
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Final

from benchmarks.fanout.peer import FOLDER

PEERS: Final = ("mercurius", "graphql-jit", "graphql-yoga", "graphql-ws")
PACKAGES: Final = ("strawberry-graphql", "uvicorn")


def conditions() -> str:
    """In one sentence."""
    locked = json.loads((FOLDER / "package.json").read_text("utf-8"))["dependencies"]
    node = subprocess.run([shutil.which("node") or "node", "--version"], capture_output=True, text=True, check=True)
    programs = [f"Python {platform.python_version()}", f"node {node.stdout.strip().removeprefix('v')}"]
    programs += [f"{name} {locked[name]}" for name in PEERS] + [f"{name} {version(name)}" for name in PACKAGES]
    load, _, _ = os.getloadavg()
    machine = f"{len(os.sched_getaffinity(0))} cores ({platform.machine()}), load {load:.1f} before"
    return f"Taken on {datetime.now(UTC):%Y-%m-%d}: {machine}; {', '.join(programs)}."
