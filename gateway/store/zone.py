"""The reporting time zone in the form that the ledger's scripts read."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

_FIRST: Final = datetime(2000, 1, 1, tzinfo=UTC)


@lru_cache(maxsize=8)
def offsets(name: str, until_year: int) -> str:
    """Every change of the zone's offset from 2000 on as "since offset since offset ...", in seconds, earliest first."""
    zone = ZoneInfo(name)

    def offset(moment: datetime) -> int:
        shift = moment.astimezone(zone).utcoffset() or timedelta()
        return int(shift.total_seconds())

    found = [f"0 {offset(_FIRST)}"]
    day, end = _FIRST, datetime(until_year, 1, 1, tzinfo=UTC)
    while day < end:
        following = day + timedelta(days=1)
        if offset(following) != offset(day):
            low, high = day, following
            while high - low > timedelta(seconds=1):
                middle = low + (high - low) // 2
                low, high = (middle, high) if offset(middle) == offset(day) else (low, middle)
            found.append(f"{int(high.timestamp())} {offset(high)}")
        day = following
    return " ".join(found)
