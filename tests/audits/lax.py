"""An endpoint that does everything wrong at once, so that each probe has been seen to find something."""

import traceback
from typing import Any, Final
from urllib.parse import parse_qsl

from graphql import ExecutionResult, GraphQLError, build_schema, execute_sync, parse, specified_rules, validate
from graphql.validation.specified_rules import recommended_rules
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

TYPES: Final = 30
SCHEMA: Final = build_schema(
    "type Query { a: T0 } type Mutation { a: Int } "
    + " ".join(f"type T{number} {{ next: T{(number + 1) % TYPES} }}" for number in range(TYPES))
)
RULES: Final = [rule for rule in specified_rules if rule not in recommended_rules]  # those bound introspection


def run(asked: dict[str, Any]) -> dict[str, Any]:
    """One operation, whatever it is, with all that is known of how it went."""
    try:
        document = parse(str(asked.get("query")))
        problems = validate(SCHEMA, document, RULES)
        result = ExecutionResult(None, problems) if problems else execute_sync(SCHEMA, document)
    except GraphQLError as error:
        result = ExecutionResult(None, [error])
    errors = [_told(each) for each in result.errors or ()]
    return {"data": result.data, "errors": errors, "extensions": {"tracing": {"duration": 1}}}


def _told(error: GraphQLError) -> dict[str, Any]:
    return {"message": error.message, "extensions": {"exception": {"stacktrace": traceback.format_exception(error)}}}


async def everything(request: Request) -> Response:
    """Whatever comes is run."""
    if "text/html" in request.headers["accept"]:
        return HTMLResponse("<title>GraphiQL</title>")
    if request.method == "GET":
        return JSONResponse(run(dict(request.query_params)))
    if request.headers["content-type"] != "application/json":
        return JSONResponse(run(dict(parse_qsl((await request.body()).decode()))))
    asked = await request.json()
    return JSONResponse([run(each) for each in asked] if isinstance(asked, list) else run(asked))


LAX: Final = Starlette(routes=[Route("/graphql", everything, methods=["GET", "POST"])])
