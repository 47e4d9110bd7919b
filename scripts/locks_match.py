"""Every requirement of the .in files is in its lock, at a version that fits, with hashes, and no address is in a lock."""

import re
import sys
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

FOLDER = Path(__file__).parent.parent / "requirements"


REQUIRED = {"run": ("run",), "dev": ("run", "testing", "dev"), "clairvoyance": ("clairvoyance",)}
"""The .in files that each lock takes in."""


def problems(name: str) -> list[str]:
    """What is wrong with one lock."""
    lock = (FOLDER / f"{name}.lock").read_text("utf-8")
    locked = {canonicalize_name(found[1]): found[2] for found in re.finditer(r"^([A-Za-z0-9._-]+)==(\S+)", lock, re.MULTILINE)}
    lines = [line for line in lock.splitlines() if not line.lstrip().startswith("#")]
    found = [f"{name}.lock holds an address" for line in lines if "://" in line]
    for block in re.split(r"\n(?=[A-Za-z0-9])", lock):
        if re.match(r"[A-Za-z0-9._-]+==", block) and "--hash=sha256:" not in block:
            found.append(f"{name}.lock: {block.split()[0]} has no hash")
    for line in [line for each in REQUIRED[name] for line in (FOLDER / f"{each}.in").read_text("utf-8").splitlines()]:
        if not line or line.startswith(("#", "-")):
            continue
        wanted = Requirement(line)
        version = locked.get(canonicalize_name(wanted.name))
        if version is None or not wanted.specifier.contains(version):
            found.append(f"{name}.lock: {line} is not in it: run make lock")
    return found


def main() -> int:
    """Prints what is wrong."""
    found = [problem for name in REQUIRED for problem in problems(name)]
    sys.stdout.writelines(f"{problem}\n" for problem in found)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
