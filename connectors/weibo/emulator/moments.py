"""Times as Weibo writes them: always of Beijing, and in three forms."""

from datetime import datetime, timedelta, timezone
from typing import Final

BEIJING: Final = timezone(timedelta(hours=8), "Beijing")
_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def post_text(moment: datetime) -> str:
    """``Tue Sep 01 10:20:30 +0800 2026``: the names are English whatever the locale is."""
    local = moment.astimezone(BEIJING)
    return f"{_DAYS[local.weekday()]} {_MONTHS[local.month - 1]} {local:%d %H:%M:%S} +0800 {local.year}"


def local_text(moment: datetime | None) -> str:
    """``2026-09-01 10:20:30``, without a zone; nothing for what has not happened."""
    return f"{moment.astimezone(BEIJING):%Y-%m-%d %H:%M:%S}" if moment else ""


def iso_text(moment: datetime) -> str:
    """``2026-09-01T10:20:30+08:00``."""
    return moment.astimezone(BEIJING).isoformat(timespec="seconds")
