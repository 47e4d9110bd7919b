"""The variables of an operation: which ones it runs with, which ones tell it from others, and what is wrong with them."""

from typing import Any

from graphql import GraphQLError, OperationDefinitionNode, OperationType, VariableDefinitionNode

from gateway.http.documents import Document, for_caller
from gateway.http.requests import OperationRequest
from schema.model.errors import BadUserInput


def resumed(request: OperationRequest, document: Document, after: str | None) -> dict[str, Any]:
    """Those that it runs with: as the request has them, but for where a subscription goes on, if that was said otherwise."""
    variables = dict(request.variables)
    operation = document.operation(request.operation_name) if after is not None else None
    if operation and operation.operation is OperationType.SUBSCRIPTION and (name := document.variable_of("after", operation)):
        variables[name] = after
    return variables


def declared(operation: OperationDefinitionNode, variables: dict[str, Any], free: str | None) -> dict[str, Any]:
    """Those that can make a difference, without the one that is ``free``."""
    names = {each.variable.name.value for each in operation.variable_definitions or ()} - {free}
    return {name: value for name, value in variables.items() if name in names}


def bad_input(error: GraphQLError) -> GraphQLError:
    """A problem with the variables, or with the choice of the operation, as BAD_USER_INPUT with the name of what is wrong."""
    node = error.nodes[0] if error.nodes else None
    name = node.variable.name.value if isinstance(node, VariableDefinitionNode) else "operationName"
    problem = for_caller(error)
    if problem.original_error:
        return problem
    return GraphQLError(problem.message, problem.nodes, original_error=BadUserInput(problem.message, argument=name))
