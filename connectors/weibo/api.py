"""Questions to Weibo's Open API: https://open.weibo.com/wiki/API

One token, that of one person. There is no refresh token: when it ends, a person must authorise again.
"""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from connectors.http import HttpRequest
from connectors.ports import Clock, Ports
from connectors.weibo import sheet
from connectors.weibo.errors import answered, error_of
from connectors.weibo.settings import ApiAccount
from schema.model.errors import UpstreamUnavailable

_ALL: Final = ""
"""Stands for every call."""


class OpenApi:
    """One account's calls. All of them only read."""

    def __init__(self, account: ApiAccount, ports: Ports) -> None:
        self._account, self._http = account, ports.http
        self._pauses = Pauses(ports.clock)

    async def get(self, base: str, call: str, query: Mapping[str, str]) -> Any:
        """The JSON that a call answers. Raises the error that fits; over a limit the call is not made before its reset."""
        self._pauses.check(call)
        headers = {"Authorization": f"{sheet.SCHEME} {self._account.access_token.reveal()}", "Accept": "application/json"}
        url = f"{base}/{call}.json?{urlencode(query, safe=',')}"
        answer, code = answered(await self._http.send(HttpRequest("GET", url, headers)))
        if code is None:
            return answer
        self._pauses.begin(call, code)
        self._pauses.check(call)
        raise error_of(code)


class Pauses:
    """Until when which calls are not to be made, by what Weibo answered.

    ``account/rate_limit_status`` is not asked: it is known to tell of calls that are left while data calls are refused.
    No answer names the moment of the reset. 10022 counts an address by the hour, so its reset is the next full hour.
    *Assumed*: 10023 and 10024 count by the day, as the current table of limits does, and a day begins in Beijing.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._until: dict[str, datetime] = {}

    def check(self, call: str) -> None:
        """Raises UpstreamUnavailable, with what is left of the pause, while this call is not to be made."""
        now = self._clock.now()
        until = max((self._until[name] for name in (_ALL, call) if name in self._until), default=now)
        if until > now:
            raise UpstreamUnavailable("Weibo answered that its limit of calls is reached", retry_after=until - now)

    def begin(self, call: str, code: int) -> None:
        """Begins a pause where that is what the code of an answer means. None ends earlier than one that runs."""
        now = self._clock.now()
        if code == sheet.ADDRESS_LIMIT:
            name, until = _ALL, now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
        elif code in (sheet.USER_LIMIT, sheet.CALL_LIMIT):
            tomorrow = now.astimezone(sheet.BEIJING).date() + timedelta(days=1)
            name, until = _ALL if code == sheet.USER_LIMIT else call, datetime.combine(tomorrow, time(), sheet.BEIJING)
        else:
            return
        self._until[name] = max(until, self._until.get(name, until))
