"""``scripts/again.py``: runs once more, alone and with the same seed, what has just failed; else ends with 1.

Ten thousand tests, many of them with processes and deadlines, run for 40 minutes on a machine that others use: one in some runs
waits in vain for its turn. What fails twice has failed. Nothing is tried again where many failed, where the run itself broke,
or where a fault of the matrix, a soak or a connector did: what loses money once in ten runs loses money.
"""

import json
import os
import sys
from collections.abc import Collection
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parent.parent
FAILED: Final = ROOT / ".pytest_cache/v/cache/lastfailed"
MOST: Final = 3
NEVER: Final = ("tests/faults/", "tests/soak/", "tests/connectors/")


def refused(failed: Collection[str]) -> str | None:
    """Why these are not tried again, or None."""
    if not failed:
        return "no test failed, so that the run itself did"
    if len(failed) > MOST:
        return f"{len(failed)} tests failed, and at most {MOST} are tried again"
    for test in sorted(failed):
        if "::" not in test:
            return f"{test} could not be read"
        if test.startswith(NEVER):
            return f"{test} is never tried again"
    return None


def main() -> int:
    """The command."""
    failed = json.loads(FAILED.read_text("utf-8")) if FAILED.exists() else {}
    if why := refused(failed):
        sys.stderr.write(f"not tried again: {why}\n")
        return 1
    os.chdir(ROOT)
    sys.stderr.write(f"failed, and tried once more: {', '.join(sorted(failed))}\n")
    return pytest.main(["-v", *sorted(failed)])


if __name__ == "__main__":
    sys.exit(main())
