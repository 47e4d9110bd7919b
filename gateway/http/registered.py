"""Documents that are asked for by an id, and those that may be run at all.

There are two kinds. *Trusted* documents are in files that the operator names, under whatever ids their build gave them, and
under their hashes.
*Automatic* ones (APQ) are registered by clients: whoever knows the hash of a document alone asks by it, and is told
PERSISTED_QUERY_NOT_FOUND once, whereupon it sends the text as well. Clients look for that very message, or for the code:
https://www.apollographql.com/docs/apollo-server/performance/apq. An id may come as ``documentId`` too, with a prefix:
https://github.com/graphql/graphql-over-http/blob/main/spec/Appendix%20A%20--%20Persisted%20Documents.md
"""

import re
from collections import OrderedDict
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from hashlib import sha256
from types import MappingProxyType
from typing import Final, Protocol

from gateway.http.limits import Limits
from gateway.http.requests import OperationRequest
from schema.model.errors import CallerError, TryLater

_NONE: Final[Mapping[str, str]] = MappingProxyType({})
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_PREFIX: Final = "sha256:"


class DocumentNotFound(CallerError):
    """No document is registered under an id. Who knows the text may send it with its hash."""

    code = "PERSISTED_QUERY_NOT_FOUND"

    def __init__(self) -> None:
        super().__init__("PersistedQueryNotFound")


class DocumentMismatch(CallerError):
    """A text came with an id that is not its own."""

    code = "PERSISTED_QUERY_HASH_MISMATCH"

    def __init__(self) -> None:
        super().__init__("provided sha does not match query")


class DocumentNotTrusted(CallerError):
    """Only trusted documents run here, and this is none."""

    code = "PERSISTED_QUERY_NOT_IN_LIST"

    def __init__(self) -> None:
        super().__init__("Only documents of this gateway's list run here, and this is not one of them.")


class DocumentShelf(Protocol):
    """What all processes know of automatic documents. It may forget any of them at any time; what it gives is checked."""

    async def get(self, digest: str) -> str | None:
        """The text with this hash, perhaps. Raises TryLater."""
        ...

    async def put(self, digest: str, text: str) -> None:
        """Keeps it for the others. Raises TryLater."""
        ...


class RegisteredDocuments:
    """Those of a process: trusted ones, and automatic ones, of which the least lately used are given up first."""

    def __init__(
        self,
        limits: Limits,
        trusted: Mapping[str, str] = _NONE,
        shelf: DocumentShelf | None = None,
        *,
        only_trusted: bool = False,
    ) -> None:
        self._limits = limits
        self._shelf = shelf
        self._automatic: OrderedDict[str, str] = OrderedDict()
        self._characters = 0
        self.trust(trusted, only=only_trusted)

    def __len__(self) -> int:
        """How many automatic ones are known here."""
        return len(self._automatic)

    def trust(self, documents: Mapping[str, str], *, only: bool) -> None:
        """From now on these are the trusted ones, by their ids. With ``only`` no other document begins to run, by its text or
        otherwise, and nobody registers any. What runs already goes on.
        """
        self._trusted = {digest_of(text): text for text in documents.values()} | dict(documents)
        self._texts = frozenset(documents.values()) if only else None
        if only:
            self._automatic.clear()
            self._characters = 0

    def written_out(self, request: OperationRequest) -> OperationRequest:
        """The request with the text of its document. Raises what refuses it."""
        if request.document_id is None:
            self._check(request.query)
            return request
        text = self._text(request.document_id)
        if not request.query:
            if text is None:
                raise DocumentNotFound if self._texts is None else DocumentNotTrusted
            return replace(request, query=text)
        if text != request.query and digest_of(request.query) != _bare(request.document_id):
            raise DocumentMismatch
        self._check(request.query)
        return request

    async def fetch(self, request: OperationRequest) -> None:
        """Learns from other processes what is asked for by its id alone and not known here. It may stay unknown."""
        digest = _bare(request.document_id or "")
        if request.query or self._shelf is None or self._texts is not None or not _DIGEST.fullmatch(digest):
            return
        if self._text(digest) is not None:
            return
        with suppress(TryLater):  # then the client sends the text
            text = await self._shelf.get(digest)
            if text is not None and digest_of(text) == digest:
                self._keep(digest, text)

    async def register(self, request: OperationRequest) -> None:
        """Keeps the text of a request that could be run, where it came with its id, for this process and the others."""
        if request.document_id is None or not request.query or self._text(request.document_id) is not None:
            return
        digest = _bare(request.document_id)
        self._keep(digest, request.query)
        if self._shelf is not None:
            with suppress(TryLater):  # another process will be told by the client
                await self._shelf.put(digest, request.query)

    def _check(self, text: str) -> None:
        if self._texts is not None and text not in self._texts:
            raise DocumentNotTrusted

    def _text(self, document_id: str) -> str | None:
        for name in (document_id, _bare(document_id)):
            if name in self._trusted:
                return self._trusted[name]
        digest = _bare(document_id)
        if digest in self._automatic:
            self._automatic.move_to_end(digest)
        return self._automatic.get(digest)

    def _keep(self, digest: str, text: str) -> None:
        if digest in self._automatic or self._texts is not None:  # by another request, or another list, meanwhile
            return
        self._automatic[digest] = text
        self._characters += len(text)
        while self._characters > self._limits.registered_characters:
            self._characters -= len(self._automatic.popitem(last=False)[1])


def digest_of(text: str) -> str:
    """The hash by which an automatic document is known."""
    return sha256(text.encode()).hexdigest()


def _bare(document_id: str) -> str:
    return document_id.removeprefix(_PREFIX)
