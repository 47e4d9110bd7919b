"""The ids by which requests and operations are found again in the log."""

import random
from typing import Final

_DRAWN: Final = random.Random()  # noqa: S311 (no secret; the system's own costs each request as much as all else of a kept answer)


def new_request_id() -> str:
    """Sixteen hexadecimal digits, drawn anew by each process."""
    return f"{_DRAWN.getrandbits(64):016x}"
