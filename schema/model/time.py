"""Moments are aware datetimes in UTC. The readers take the forms that networks write; none guesses a zone."""

import re
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final

from schema.model.errors import BadTime

EARLIEST: Final = datetime(2000, 1, 1, tzinfo=UTC)
LATEST: Final = datetime(2100, 1, 1, tzinfo=UTC)

_RFC3339 = re.compile(r"(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}:\d{2})(?:\.(\d{1,9})\d*)?([Zz]|[+-]\d{2}:[0-5]\d)", re.ASCII)
_LOCAL = re.compile(r"\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}:\d{2}", re.ASCII)


def read_rfc3339(text: object) -> datetime:
    """A moment with its offset, such as 2026-09-01T10:20:30+08:00. Digits beyond microseconds are cut off."""
    found = _RFC3339.fullmatch(text) if isinstance(text, str) and len(text) <= 64 else None
    if found is None:
        raise BadTime("a moment is written as 2026-09-01T10:20:30+08:00, with its offset")
    fraction = (found[3] or "").ljust(6, "0")[:6]
    offset = "+00:00" if found[4] in "Zz" else found[4]
    return _checked(f"{found[1]}T{found[2]}.{fraction}{offset}", None)


def read_local(text: object, zone: tzinfo) -> datetime:
    """A wall-clock time without an offset, such as 2026-09-01 10:20:30, in the zone that the network documents."""
    if not isinstance(text, str) or not _LOCAL.fullmatch(text):
        raise BadTime("a wall-clock time is written as 2026-09-01 10:20:30")
    return _checked(text, zone)


def read_unix(seconds: object) -> datetime:
    """Unix seconds as an int or as its plain decimal digits."""
    if isinstance(seconds, str) and re.fullmatch(r"[0-9]{1,12}", seconds, re.ASCII):
        seconds = int(seconds)
    if type(seconds) is not int or not EARLIEST.timestamp() <= seconds < LATEST.timestamp():
        raise BadTime("a moment in Unix seconds is a whole number of this century")
    return datetime.fromtimestamp(seconds, UTC)


def _checked(text: str, zone: tzinfo | None) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
        moment = (moment if zone is None else moment.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadTime("there is no such moment") from None
    if not EARLIEST <= moment < LATEST:
        raise BadTime("the moment lies outside of this century")
    return moment


def micros(moment: datetime) -> int:
    """Microseconds since 1970: the version of a state that its network dates."""
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def from_micros(microseconds: int) -> datetime:
    """The reverse of ``micros``. Raises OverflowError beyond any calendar."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)


def rfc3339(moment: datetime) -> str:
    """A moment in UTC as clients get it: whole seconds, or milliseconds where there are any. Raises BadTime without a zone."""
    if moment.tzinfo is None:
        raise BadTime("a moment carries its zone")  # astimezone would guess that of this machine
    if moment.tzinfo is not UTC:
        moment = moment.astimezone(UTC)
    spec = "milliseconds" if moment.microsecond >= 1000 else "seconds"
    return moment.isoformat("T", spec)[: -len("+00:00")] + "Z"
