"""Plays one fault, within bounds, in a folder that is gone afterwards."""

import asyncio
import random
import tempfile
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Final

from tests.faults.fault import Fault, Stage
from tests.faults.table import Line

ROWS: Final = Path(__file__).parent / "rows"
MOST_SECONDS: Final = 900.0
"""For one fault."""


async def play(fault: Fault, seed: int, *, quick: bool = False, say: Callable[[str], None] = lambda _: None) -> Line:
    """What came of it. Its chance is the seed's and its own, so that it plays alone as it does among others."""
    own = random.Random(f"{seed}:{fault.key}").randrange(10**6)
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="giving-fault-") as folder:
        whole = asyncio.timeout(MOST_SECONDS)
        try:
            async with whole:
                told = await fault.run(Stage(Path(folder), own, quick, say))
        except TimeoutError as error:
            problem = f"not done within {MOST_SECONDS:.0f} s" if whole.expired() else f"waited in vain {_place(error)}"
            return Line(fault, None, time.monotonic() - began, problem)
        except Exception as error:  # the others are to be played all the same
            return Line(fault, None, time.monotonic() - began, f"{type(error).__name__}: {error!s:.2000}")
    return Line(fault, told, time.monotonic() - began)


def _place(error: BaseException) -> str:
    """Where in the fault that was."""
    frames = traceback.extract_tb(error.__traceback__)
    mine = [frame for frame in frames if Path(frame.filename).is_relative_to(ROWS)] or frames
    return f"in {mine[-1].name}: {mine[-1].line}"
