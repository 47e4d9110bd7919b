"""The door of the Open API: who calls, how often, what went wrong.

Errors: https://open.weibo.com/wiki/Error_code
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import cycle
from typing import Any, Final
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from connectors.testing.emulation import Outage
from connectors.weibo.emulator.errors import Refused
from connectors.weibo.emulator.faults import ApiFaults
from connectors.weibo.emulator.limits import Calls
from connectors.weibo.emulator.society import User
from connectors.weibo.emulator.tokens import Tokens

UNCOUNTED: Final = frozenset({"account/rate_limit_status"})
"""*Assumed*: asking what is left takes nothing away."""

Parameters = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Call:
    """A call whose token was good. ``name`` is the API's, without ``.json``."""

    name: str
    parameters: Parameters
    user: User
    address: str

    def text(self, name: str) -> str:
        """An obligatory text. Raises Refused."""
        if not self.parameters.get(name):
            raise Refused(10016, name)
        return self.parameters[name]

    def number(self, name: str, default: int, most: int | None = None) -> int:
        """A number of zero or more. Raises Refused."""
        text = self.parameters.get(name) or str(default)
        if not (text.isascii() and text.isdigit()) or (most is not None and int(text) > most):
            raise Refused(10017, name)
        return int(text)

    def ids(self, name: str, most: int) -> Sequence[str]:
        """Ids between commas. Raises Refused; that too many are refused and not cut is *assumed*."""
        ids = self.text(name).split(",")
        if len(ids) > most or not all(each.isascii() and each.isdigit() for each in ids):
            raise Refused(10017, name)
        return ids


Handler = Callable[[Call], Awaitable[Any]]
"""Gives what is answered, as JSON."""


@dataclass
class Gate:
    """Sends calls on to their handlers by name."""

    handlers: Mapping[str, Handler]
    tokens: Tokens
    calls: Calls
    outage: Outage
    faults: ApiFaults
    _forms: "cycle[type[int] | type[str]]" = field(default_factory=lambda: cycle((int, str)))

    async def data(self, request: Request) -> Response:
        """Every address under ``/2/``."""
        if (broken := await self.outage.meet()) is not None:
            return broken
        try:
            return JSONResponse(await self._answer(request))
        except Refused as refused:
            # the documentation shows the code as text, live answers carry a number
            told = {"error": refused.message, "error_code": next(self._forms)(refused.code), "request": request.url.path}
            return JSONResponse(told, 200 if self.faults.error_as_200 else refused.status)

    async def _answer(self, request: Request) -> Any:
        path = request.path_params["name"]
        name = path.removesuffix(".json")
        if name == path or name not in self.handlers:
            raise Refused(10020)
        if request.method != "GET":
            raise Refused(10021)
        if (code := self.faults.errors.get(name, self.faults.errors.get("*"))) is not None:
            raise Refused(code)
        parameters = await parameters_of(request)
        token = self.tokens.valid(access_of(request, parameters))
        address = request.client.host if request.client else ""
        if name not in UNCOUNTED:
            self.calls.admit(address, token.user.id, name)
        return await self.handlers[name](Call(name, parameters, token.user, address))


async def parameters_of(request: Request) -> Parameters:
    """Those of the query and of the form together."""
    return dict(parse_qsl(request.url.query) + parse_qsl((await request.body()).decode("utf-8", "replace")))


def access_of(request: Request, parameters: Parameters) -> str:
    """The token of a call: a parameter, or ``Authorization: OAuth2``. Raises Refused when there is none."""
    scheme, _, access = request.headers.get("authorization", "").partition(" ")
    found = parameters.get("access_token") or (access if scheme == "OAuth2" else "")
    if not found:
        raise Refused(10006)
    return found
