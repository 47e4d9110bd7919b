"""How often may be asked, and how often was. https://open.weibo.com/wiki/Rate-limiting"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from connectors.weibo.emulator.errors import Refused
from connectors.weibo.emulator.moments import BEIJING


@dataclass(slots=True)
class Limits:
    """Calls: of a user per day, of an address per hour, and of a user per hour for one API by its name."""

    user_day: int
    address_hour: int = 15_000
    api_hour: dict[str, int] = field(default_factory=dict)


class Calls:
    """Counts calls. Days and hours are those of Beijing's clock: *assumed*. What is refused does not count: *assumed*."""

    def __init__(self, limits: Limits, now: Callable[[], datetime]) -> None:
        self.limits = limits
        self._now = now
        self._hour = self._day = now()
        self._of_address: Counter[str] = Counter()
        self._of_user: Counter[str] = Counter()
        self._of_api: Counter[tuple[str, str]] = Counter()

    def admit(self, address: str, user: str, api: str) -> None:
        """Counts a call. Raises Refused with 10022, 10023 or 10024."""
        if self.left_of_address(address) <= 0:
            raise Refused(10022)
        if self.left_of_user(user) <= 0:
            raise Refused(10023)
        if api in self.limits.api_hour and self._of_api[user, api] >= self.limits.api_hour[api]:
            raise Refused(10024, api)
        self._of_address[address] += 1
        self._of_user[user] += 1
        self._of_api[user, api] += 1

    def left_of_address(self, address: str) -> int:
        """How many calls an address has left in this hour."""
        self._turn()
        return max(0, self.limits.address_hour - self._of_address[address])

    def left_of_user(self, user: str) -> int:
        """How many calls a user has left on this day."""
        self._turn()
        return max(0, self.limits.user_day - self._of_user[user])

    def left_of_api(self, user: str, api: str) -> int:
        """How many calls of an API that is limited a user has left in this hour."""
        self._turn()
        return max(0, self.limits.api_hour[api] - self._of_api[user, api])

    @property
    def next_hour(self) -> datetime:
        """When addresses and single APIs begin anew."""
        self._turn()
        return self._hour + timedelta(hours=1)

    @property
    def next_day(self) -> datetime:
        """When users begin anew."""
        self._turn()
        return self._day + timedelta(days=1)

    def _turn(self) -> None:
        hour = self._now().astimezone(BEIJING).replace(minute=0, second=0, microsecond=0)
        if hour != self._hour:
            self._hour = hour
            self._of_address.clear()
            self._of_api.clear()
        if (day := hour.replace(hour=0)) != self._day:
            self._day = day
            self._of_user.clear()
