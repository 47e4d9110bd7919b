"""Where, when and of what figures were taken."""

import json
import os
import platform
import shutil
import subprocess
from collections.abc import Iterable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Final

LOCKED: Final = Path(__file__).parent / "package.json"


def conditions(peers: Iterable[str], packages: Iterable[str]) -> str:
    """In one sentence, with the versions of what was used from npm and of Python's packages."""
    locked = json.loads(LOCKED.read_text("utf-8"))["dependencies"]
    node = subprocess.run([shutil.which("node") or "node", "--version"], capture_output=True, text=True, check=True)
    programs = [f"Python {platform.python_version()}", f"node {node.stdout.strip().removeprefix('v')}"]
    programs += [f"{name} {locked[name]}" for name in peers] + [f"{name} {version(name)}" for name in packages]
    load, _, _ = os.getloadavg()
    machine = f"{len(os.sched_getaffinity(0))} cores ({platform.machine()}), load {load:.1f} before"
    return f"Taken on {datetime.now(UTC):%Y-%m-%d}: {machine}; {', '.join(programs)}."
