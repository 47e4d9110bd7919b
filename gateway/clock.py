"""The wall clock."""

from datetime import UTC, datetime


class SystemClock:
    """``connectors.contract.Clock``."""

    def now(self) -> datetime:
        """This moment, aware, in UTC."""
        return datetime.now(UTC)
