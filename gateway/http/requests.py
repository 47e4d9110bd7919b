"""What a client asks for, read strictly from JSON. The same for every transport."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple, Self

import orjson

from gateway.http.limits import Limits, check_numbers
from schema.model.errors import BadUserInput

MAX_DOCUMENT_ID: Final = 128
"""Characters; a hash with its prefix has 71."""
MAX_OPERATIONS: Final = 1
"""In a request: a batch would be a way around all limits of one operation."""
_IDS: Final = ("documentId", "doc_id")
"""Of the draft for persisted documents, and of Relay: https://relay.dev/docs/guides/persisted-queries/."""


def read_json(text: bytes, limits: Limits) -> object:
    """A JSON text as plain values. Raises BadUserInput for anything else, LimitExceeded for a number of too many digits.

    Duplicate keys: the last one counts. Refused are bad UTF-8, a byte order mark, lone surrogates, NaN, and 1,025 levels.
    """
    check_numbers(text, limits)
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        # The parser's own words would tell which parser it is, and quote the input.
        raise BadUserInput("This is not JSON.") from None


@dataclass(frozen=True, slots=True)
class OperationRequest:
    """One document with what belongs to it. Nothing in it has been checked against the schema or the limits."""

    query: str
    """Empty where the document is asked for by its id alone."""
    operation_name: str | None = None
    variables: Mapping[str, Any] = field(default_factory=dict, repr=False)
    document_id: str | None = None
    """Under which it is registered, or is to be."""
    is_settled: bool = False
    """Whether its document was found, and may run, whatever list holds by now: what runs goes on."""

    @classmethod
    def from_json(cls, value: object) -> Self:
        """The request that a decoded JSON value makes. Raises BadUserInput naming the member that is wrong."""
        if isinstance(value, list):
            over = "operations_per_request" if len(value) > MAX_OPERATIONS else None
            raise BadUserInput("Several operations in one request are not accepted.", limit=over)
        if not isinstance(value, dict):
            raise BadUserInput("A request is a JSON object.")
        query, name, variables = value.get("query"), value.get("operationName"), value.get("variables")
        document_id = _document_id(value)
        if query is None and document_id is not None:
            query = ""
        if not isinstance(query, str):
            raise BadUserInput("The document is missing, or is not text.", argument="query")
        if not isinstance(name, str | None):
            raise BadUserInput("The name of an operation is text.", argument="operationName")
        if not isinstance(variables, dict | None):
            raise BadUserInput("Variables are a JSON object.", argument="variables")
        return cls(sys.intern(query), name, variables or {}, document_id)  # thousands may follow the same document


class Key(NamedTuple):
    """What makes two queries equal. Nothing is shared between two scopes: there is no key without one."""

    scope: str
    query: str
    operation_name: str | None
    variables: bytes

    @classmethod
    def of(cls, scope: str, request: OperationRequest) -> Self:
        """Variables are as they were told, in whatever order."""
        variables = orjson.dumps(request.variables, option=orjson.OPT_SORT_KEYS) if request.variables else b""
        return cls(scope, request.query, request.operation_name, variables)


def _document_id(value: Mapping[str, Any]) -> str | None:
    """The id that a request names its document by, in any of the ways in which clients do. Raises BadUserInput."""
    extensions = value.get("extensions")
    if not isinstance(extensions, dict | None):
        raise BadUserInput("Extensions are a JSON object.", argument="extensions")
    named = {name: value[name] for name in _IDS if value.get(name) is not None}
    persisted = (extensions or {}).get("persistedQuery")
    if persisted is not None:
        if not isinstance(persisted, dict) or persisted.get("version") != 1:
            raise BadUserInput("Persisted queries are those of version 1.", argument="persistedQuery")
        named["sha256Hash"] = persisted.get("sha256Hash")
    for name, document_id in named.items():
        if not isinstance(document_id, str) or not 0 < len(document_id) <= MAX_DOCUMENT_ID:
            raise BadUserInput(f"The id of a document is text of up to {MAX_DOCUMENT_ID} characters.", argument=name)
    if len(named) > 1:
        raise BadUserInput("A document has one id.", argument=next(iter(named)))
    return next(iter(named.values()), None)
