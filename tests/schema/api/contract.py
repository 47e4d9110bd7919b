"""How what we print is compared with the contract: definition by definition, in GraphQL's own printed form."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from graphql import DefinitionNode, FieldDefinitionNode, parse, print_ast


def differences(printed: str, contract: str) -> Iterator[str]:
    """Every definition or member that is printed and is not the same in the contract, by its name.

    A member is compared with all that belongs to it: description, type, arguments with their order and defaults, directives.
    Arguments that are left out are no difference here.
    """
    promised = _named(parse(contract).definitions)
    for name, ours in _named(parse(printed).definitions).items():
        theirs = promised.get(name)
        if theirs is None or _head(ours) != _head(theirs):
            yield name
            continue
        members = _members(theirs)
        for member, node in _members(ours).items():
            promise = members.get(member)
            if promise is None or print_ast(node) != print_ast(_with_arguments_of(node, promise)):
                yield f"{name}.{member}"


def left_out(printed: str, contract: str) -> set[str]:
    """Every definition, member and argument that the contract has and that is not printed, the outermost of them."""
    ours = _named(parse(printed).definitions)
    missing = set()
    for name, theirs in _named(parse(contract).definitions).items():
        if name not in ours:
            missing.add(name)
            continue
        members = _members(ours[name])
        for member, node in _members(theirs).items():
            if member not in members:
                missing.add(f"{name}.{member}")
                continue
            missing |= {f"{name}.{member}({argument})" for argument in _arguments(node) - _arguments(members[member])}
    return missing


def _named(definitions: tuple[DefinitionNode, ...]) -> dict[str, Any]:
    return {node.name.value: node for node in definitions if hasattr(node, "name")}


def _head(node: Any) -> tuple[Any, ...]:
    described = node.description.value if node.description else None
    interfaces = sorted(print_ast(one) for one in getattr(node, "interfaces", None) or ())
    return node.kind, described, interfaces, [print_ast(one) for one in node.directives or ()]


def _members(node: Any) -> dict[str, Any]:
    members = getattr(node, "fields", None) or getattr(node, "values", None) or ()
    return {member.name.value: member for member in members}


def _arguments(node: Any) -> set[str]:
    return {argument.name.value for argument in getattr(node, "arguments", None) or ()}


def _with_arguments_of(ours: Any, theirs: Any) -> Any:
    if not isinstance(theirs, FieldDefinitionNode):
        return theirs
    return replace(theirs, arguments=tuple(each for each in theirs.arguments or () if each.name.value in _arguments(ours)))
