"""The pages that come with the gateway, as raw ASGI: hand an instance to a starlette ``Mount``.

A folder is read once. Only names that were found in it then can be asked for, so no path leads out of it.
Content Security Policy: https://www.w3.org/TR/CSP3/
"""

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from typing import Final, Self

from gateway.http.responses import Receive, Scope, Send

# A file with another ending is not served.
_TYPES: Final = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".ttf": "font/ttf",
    ".txt": "text/plain; charset=utf-8",
}
_INDEX: Final = "index.html"
_PLAIN: Final = "text/plain; charset=utf-8"
_NOT_FOUND: Final = b"There is no such page. The live board is at /, the endpoint at /graphql.\n"
_NOT_ALLOWED: Final = b"Pages are only read here: GET or HEAD. The endpoint is at /graphql.\n"

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: https:; "
    "connect-src {connect}; base-uri 'none'; form-action 'none'; frame-ancestors {ancestors}"
)
_HOST: Final = re.compile(r"[a-z0-9.-]+(:\d{1,5})?|\[[0-9a-f:.]+\](:\d{1,5})?", re.ASCII | re.IGNORECASE)
_ANCESTOR: Final = re.compile(r"'self'|https?://(\*\.)?[a-z0-9.-]+(:(\d{1,5}|\*))?", re.ASCII | re.IGNORECASE)
_TAG: Final = re.compile(r'(?:W/)?("[^"]*")')


@dataclass(frozen=True, slots=True)
class _Page:
    body: bytes
    media_type: str
    tag: str

    @classmethod
    def of(cls, file: Traversable) -> Self:
        body = file.read_bytes()
        return cls(body, _TYPES[_ending(file.name)], f'"{hashlib.sha256(body).hexdigest()[:32]}"')


class Pages:
    """Serves the files of one folder, ``index.html`` at ``/``. Folders within it are not served.

    By the usual ``policy`` nothing inline and nothing from another origin runs in them. ``frame_ancestors`` are the sites that
    may show them in a frame, each as ``https://host``, ``https://*.host`` or ``'self'``; none by default. Raises ValueError for
    another form.
    """

    def __init__(self, folder: Traversable, *, frame_ancestors: Sequence[str] = (), policy: str = POLICY) -> None:
        for each in frame_ancestors:
            if not _ANCESTOR.fullmatch(each):
                raise ValueError(f"{each!r} is no site: write https://host, https://*.host or 'self'")
        self._ancestors = " ".join(frame_ancestors) or "'none'"
        self._policy = policy
        self._pages = {f"/{file.name}": _Page.of(file) for file in folder.iterdir() if _is_page(file)}
        if index := self._pages.get(f"/{_INDEX}"):
            self._pages["/"] = index

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request; a WebSocket is refused."""
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close"})  # before it was accepted: answered with 403
            return
        asked = {name: value.decode("latin-1") for name, value in scope["headers"]}
        status, body, headers = self._answer(scope["method"], _path(scope), asked)
        headers |= {
            "content-security-policy": self._policy_for(asked.get(b"host", "")),
            "x-content-type-options": "nosniff",
            "referrer-policy": "no-referrer",
        }
        encoded = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": status, "headers": encoded})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})

    def _answer(self, method: str, path: str, asked: dict[bytes, str]) -> tuple[int, bytes, dict[str, str]]:
        if method not in ("GET", "HEAD"):
            return 405, _NOT_ALLOWED, {"allow": "GET, HEAD", **_described(_NOT_ALLOWED, _PLAIN)}
        page = self._pages.get(path)
        if page is None:
            return 404, _NOT_FOUND, {"cache-control": "no-store", **_described(_NOT_FOUND, _PLAIN)}
        kept = {"etag": page.tag, "cache-control": "no-cache"}
        if _holds(asked.get(b"if-none-match", ""), page.tag):
            return 304, b"", kept
        return 200, page.body, {**kept, **_described(page.body, page.media_type)}

    def _policy_for(self, host: str) -> str:
        # Safari before 15.4 does not take 'self' for a WebSocket of the same host. A host that is none is not repeated.
        sockets = f" ws://{host} wss://{host}" if _HOST.fullmatch(host) else ""
        return self._policy.format(connect=f"'self'{sockets}", ancestors=self._ancestors)


def _is_page(file: Traversable) -> bool:
    return file.is_file() and _ending(file.name) in _TYPES


def _ending(name: str) -> str:
    return name[name.rfind(".") :] if "." in name else ""


def _path(scope: Scope) -> str:
    """The path below the mount."""
    path: str = scope["path"]
    return path.removeprefix(scope.get("root_path", "")) or "/"


def _described(body: bytes, media_type: str) -> dict[str, str]:
    return {"content-type": media_type, "content-length": str(len(body))}


def _holds(header: str, tag: str) -> bool:
    """Whether ``If-None-Match`` names it. Tags compare weakly: https://www.rfc-editor.org/rfc/rfc9110#section-13.1.2"""
    known: Iterable[str] = _TAG.findall(header)
    return header.strip() == "*" or tag in known
