"""Times as Tiltify writes them: ISO 8601 in UTC, with microseconds and a Z."""

from datetime import UTC, datetime


def iso(moment: datetime) -> str:
    """``2026-05-02T18:30:00.250000Z``."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}Z"


def iso_or_none(moment: datetime | None) -> str | None:
    """The same, and null for what has not happened."""
    return None if moment is None else iso(moment)


def read_iso(text: str) -> datetime:
    """A moment that a client wrote. Raises ValueError, also where it has no zone."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a time without a zone")
    return moment
