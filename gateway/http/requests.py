"""What a client asks for, read strictly from JSON. The same for every transport."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

import orjson

from gateway.http.limits import Limits, check_numbers
from schema.model.errors import BadUserInput


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
    operation_name: str | None = None
    variables: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @classmethod
    def from_json(cls, value: object) -> Self:
        """The request that a decoded JSON value makes. Raises BadUserInput naming the member that is wrong."""
        if isinstance(value, list):
            raise BadUserInput("Several operations in one request are not accepted.")
        if not isinstance(value, dict):
            raise BadUserInput("A request is a JSON object.")
        query, name, variables = value.get("query"), value.get("operationName"), value.get("variables")
        if not isinstance(query, str):
            raise BadUserInput("The document is missing, or is not text.", argument="query")
        if not isinstance(name, str | None):
            raise BadUserInput("The name of an operation is text.", argument="operationName")
        if not isinstance(variables, dict | None):
            raise BadUserInput("Variables are a JSON object.", argument="variables")
        if not isinstance(value.get("extensions"), dict | None):
            raise BadUserInput("Extensions are a JSON object.", argument="extensions")
        return cls(sys.intern(query), name, variables or {})  # thousands may follow the same document
