"""Answers that a network dated with an ETag, kept so that an unchanged one need not be sent again.

In memory and bounded: bodies may name donors, and what lies in Redis would have to be found by whoever erases one.
Source: https://www.rfc-editor.org/rfc/rfc9110#name-conditional-requests
"""

from collections import OrderedDict
from dataclasses import dataclass, replace
from typing import Final

from connectors.http import Headers, HttpRequest, HttpResponse

NOT_MODIFIED: Final = 304
ENTRIES: Final = 1_000
LARGEST: Final = 256 * 1024
"""Bytes of one body; larger ones are asked for whole each time."""


class Validators:
    """The newest answers of one account by their addresses; of more than ``entries`` the ones asked for longest ago go."""

    def __init__(self, entries: int = ENTRIES) -> None:
        self._entries = entries
        self._kept: OrderedDict[tuple[str, str], HttpResponse] = OrderedDict()

    def question(self, request: HttpRequest) -> "Question":
        """How to ask: by the answer that is kept, or in full, also where the connector asks conditionally itself."""
        kept = self._kept.get(_key(request))
        own = {name.lower() for name in request.headers}
        if kept is None or request.method != "GET" or "if-none-match" in own:
            return Question(request, None)
        return Question(replace(request, headers={**request.headers, "If-None-Match": kept.headers["etag"]}), kept)

    def keep(self, request: HttpRequest, response: HttpResponse) -> None:
        """Keeps an answer that was believed, in place of the one before."""
        key = _key(request)
        self._kept.pop(key, None)
        if request.method == "GET" and response.status == 200 and "etag" in response.headers and len(response.body) <= LARGEST:
            self._kept[key] = response
            if len(self._kept) > self._entries:
                self._kept.popitem(last=False)

    def drop(self, request: HttpRequest) -> None:
        """Keeps no answer, so that the next question is a whole one."""
        self._kept.pop(_key(request), None)


@dataclass(frozen=True, slots=True)
class Question:
    """A request as it is sent, and the answer by which it asks: whatever is kept meanwhile, a 304 means that one."""

    request: HttpRequest
    kept: HttpResponse | None

    def answer(self, response: HttpResponse) -> HttpResponse:
        """The answer to hand on: the kept one, with the headers sent now, where the network says that it has not changed."""
        if response.status != NOT_MODIFIED or self.kept is None:
            return response
        return replace(self.kept, headers=Headers({**self.kept.headers, **response.headers}))


def _key(request: HttpRequest) -> tuple[str, str]:
    return request.url, next((value for name, value in request.headers.items() if name.lower() == "accept"), "")
