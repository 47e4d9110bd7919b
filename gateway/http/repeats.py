"""The short way to answers that are kept: a request like one before is answered without being read once more.

What reading one takes (a route, CORS, headers, JSON, limits, the document's text) comes to the same each time for the same
bytes, and costs several times what it costs to send a kept answer. So it is remembered which answer such a request got and
under which head. Whether that answer still holds is asked each time.
"""

from collections import OrderedDict
from typing import Final, NamedTuple

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.http.answers import SHARE, Answers
from gateway.http.limits import Limits
from gateway.http.request_ids import new_request_id
from gateway.http.requests import Key

METHOD: Final = b"POST"
PATH: Final = b"/graphql"
READ: Final = frozenset(
    {b"accept", b"content-type", b"content-encoding", b"origin", b"last-event-id", b"x-graphql-event-stream-token"}
)
"""Headers that can make a difference to a request of this method. Its app sees no others, so that none is forgotten here."""
MOST_BYTES: Final = 8_192
"""Of a body: longer documents have an id, or take the usual way."""
FORM: Final = "form"
"""The extension of a scope under which a server hands over the form of a request that it found no answer for."""
REPEATABLE: Final = "repeatable"
"""The one which an app calls with the key of a kept answer, before it sends that."""
OVERHEAD: Final = 1_000
"""Bytes that a request takes beside what it says."""
HEADER: Final = 130
"""The same of each of its headers, which may be many and short."""
_ANEW: Final = frozenset({b"content-length", b"x-request-id"})


class Form(NamedTuple):
    """All of a request that can make a difference to its answer."""

    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes

    @classmethod
    def of(cls, headers: list[tuple[bytes, bytes]], body: bytes) -> "Form":
        """Names of headers are in lower case."""
        return cls(tuple([each for each in headers if each[0] in READ]), body)

    @property
    def size(self) -> int:
        """Bytes, about."""
        return len(self.body) + sum(len(name) + len(value) + HEADER for name, value in self.headers)


class _Known(NamedTuple):
    key: Key
    head: bytes


class Repeats:
    """An ASGI app around another, from which it learns, and what a server asks before it begins a request.

    What is remembered takes at most a part of ``kept_answer_bytes``; the least lately asked is forgotten first.
    """

    def __init__(self, app: ASGIApp, answers: Answers, limits: Limits) -> None:
        self._app = app
        self._answers = answers
        self._most = limits.kept_answer_bytes // SHARE
        self._known: OrderedDict[Form, _Known] = OrderedDict()
        self._bytes = 0
        self.forgotten = 0
        """How often all was forgotten."""

    def __len__(self) -> int:
        """Requests that are remembered."""
        return len(self._known)

    def answer(self, form: Form) -> bytes | None:
        """The whole answer as HTTP/1.1 has it, with an id of its own, where there is one that holds at this moment."""
        known = self._known.get(form)
        if known is None or (result := self._answers.find(known.key)) is None:
            return None
        self._known.move_to_end(form)
        self._answers.served.repeated += 1
        body = result.body
        anew = f"content-length: {len(body)}\r\nx-request-id: {new_request_id()}\r\n\r\n"
        return b"".join((known.head, anew.encode(), body))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, by the usual way."""
        form = scope.get("extensions", {}).get(FORM)
        if form is None:
            await self._app(scope, receive, send)
            return
        scope["headers"] = [*form.headers]
        lesson = _Lesson(self, form, send)
        scope["extensions"][REPEATABLE] = lesson.kept_as
        try:
            await self._app(scope, receive, lesson.send)
        finally:  # what sends refers to the scope: both would stay until Python looks for such circles
            del scope["extensions"][REPEATABLE]

    def forget(self) -> None:
        """Forgets all, as requests may mean something else from now on; those that are under way are not learned."""
        self._known.clear()
        self._bytes = 0
        self.forgotten += 1

    def learn(self, form: Form, known: _Known) -> None:
        """From now on such a request is answered with what is kept so."""
        if form not in self._known and form.size <= self._most // SHARE:
            self._known[form] = known
            self._bytes += form.size + OVERHEAD
            while self._bytes > self._most:
                forgotten, _ = self._known.popitem(last=False)
                self._bytes -= forgotten.size + OVERHEAD


class _Lesson:
    """One request that is answered in the usual way."""

    def __init__(self, repeats: Repeats, form: Form, send: Send) -> None:
        self._repeats = repeats
        self._form = form
        self._send = send
        self._key: Key | None = None
        self._begun = repeats.forgotten

    def kept_as(self, key: Key) -> None:
        """Its answer is kept so."""
        self._key = key

    async def send(self, message: Message) -> None:
        """Sends it, and learns the head."""
        begins = message["type"] == "http.response.start" and message["status"] == 200
        if begins and self._key is not None and self._begun == self._repeats.forgotten:
            self._repeats.learn(self._form, _Known(self._key, _head(message)))
        await self._send(message)


def _head(message: Message) -> bytes:
    headers: list[tuple[bytes, bytes]] = message["headers"]
    lines = [b"%b: %b\r\n" % (name, value) for name, value in headers if name not in _ANEW]
    return b"HTTP/1.1 200 OK\r\n" + b"".join(lines)
