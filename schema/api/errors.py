"""One of the two translators of errors: to GraphQL. (The other is ``gateway/http/responses.py``.)

What is not meant for callers leaves as INTERNAL with the request id and nothing else.
"""

from typing import Any, Final

from graphql import GraphQLError, GraphQLSyntaxError, Token, TokenKind, VariableDefinitionNode

from schema.model.errors import BadUserInput, CallerError, LimitExceeded, TryLater

PARSE_FAILED: Final = "GRAPHQL_PARSE_FAILED"
VALIDATION_FAILED: Final = "GRAPHQL_VALIDATION_FAILED"
INTERNAL: Final = "INTERNAL"


def describe(error: GraphQLError, request_id: str) -> dict[str, Any]:
    """The entry for ``errors``, with ``extensions.code`` and ``extensions.requestId``; anything unforeseen is masked."""
    cause = _cause(error)
    code, message, more = _parts(error, cause)
    entry: dict[str, Any] = {"message": message}
    if error.locations:
        entry["locations"] = [{"line": place.line, "column": place.column} for place in error.locations]
    if error.path is not None:
        entry["path"] = list(error.path)
    entry["extensions"] = {"code": code, **more, "requestId": request_id}
    return entry


def _cause(error: GraphQLError) -> BaseException | None:
    """What was raised behind an error, or None where graphql-core itself found the caller's mistake."""
    cause = error.original_error
    # A wrong variable or argument comes as one error around another; a value of ours that cannot be written has no nodes.
    if isinstance(cause, GraphQLError) and (error.path is None or cause.nodes):
        return _cause(cause)
    return cause


def _parts(error: GraphQLError, cause: BaseException | None) -> tuple[str, str, dict[str, Any]]:
    if isinstance(error, GraphQLSyntaxError):
        return PARSE_FAILED, error.message, {}
    if isinstance(cause, LimitExceeded):
        return cause.code, str(cause), {"limit": cause.limit}
    if isinstance(cause, BadUserInput):
        argument = cause.argument or _argument(error)
        more = {"argument": argument, "limit": cause.limit}
        return BadUserInput.code, str(cause), {name: value for name, value in more.items() if value}
    if isinstance(cause, CallerError):
        return cause.code, str(cause), {}
    if isinstance(cause, TryLater):
        wait = {"retryAfter": int(cause.retry_after.total_seconds())} if cause.retry_after else {}
        return "UPSTREAM_UNAVAILABLE", "This cannot be answered at the moment. Try again later.", wait
    if cause is None and isinstance(error.original_error, GraphQLError):
        return BadUserInput.code, error.message, {}
    if cause is None:
        return str((error.extensions or {}).get("code", VALIDATION_FAILED)), error.message, {}
    return INTERNAL, "Something went wrong on our side. Quote the request id when you report it.", {}


def _argument(error: GraphQLError) -> str | None:
    """The argument, or the field of an input, for which a value was written that a scalar refused: nothing was executed.

    Of a value that came as a variable it is the first one below the variable's definition for which that is used.
    """
    node = error.nodes[0] if error.path is None and error.nodes else None
    if node is None or node.loc is None:
        return None
    token: Token | None = node.loc.start_token
    if isinstance(node, VariableDefinitionNode):
        token = _use(node.loc.end_token, node.variable.name.value)
    colon = token.prev if token else None
    return colon.prev.value if colon and colon.prev and colon.kind is TokenKind.COLON else None


def _use(token: Token, variable: str) -> Token | None:
    later = token.next
    while later and not (later.kind is TokenKind.DOLLAR and later.next and later.next.value == variable):
        later = later.next
    return later
