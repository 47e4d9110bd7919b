"""How what we print is compared with the contract: definition by definition, in GraphQL's own printed form."""

from collections.abc import Iterator
from typing import Any

from graphql import DefinitionNode, parse, print_ast


def differences(printed: str, contract: str) -> Iterator[str]:
    """Every definition or member that is printed and is not the same in the contract, by its name.

    A member is compared with all that belongs to it: description, type, arguments with their defaults, directives.
    """
    promised = _named(parse(contract).definitions)
    for name, ours in _named(parse(printed).definitions).items():
        theirs = promised.get(name)
        if theirs is None or _head(ours) != _head(theirs):
            yield name
            continue
        members = _members(theirs)
        yield from (f"{name}.{member}" for member, text in _members(ours).items() if members.get(member) != text)


def members_left_out(printed: str, contract: str, name: str) -> set[str]:
    """The members of one definition that the contract has and that are not printed."""
    return (
        _members(_named(parse(contract).definitions)[name]).keys() - _members(_named(parse(printed).definitions)[name]).keys()
    )


def _named(definitions: tuple[DefinitionNode, ...]) -> dict[str, Any]:
    return {node.name.value: node for node in definitions if hasattr(node, "name")}


def _head(node: Any) -> tuple[Any, ...]:
    described = node.description.value if node.description else None
    interfaces = sorted(print_ast(one) for one in getattr(node, "interfaces", None) or ())
    return node.kind, described, interfaces, [print_ast(one) for one in node.directives or ()]


def _members(node: Any) -> dict[str, str]:
    members = getattr(node, "fields", None) or getattr(node, "values", None) or ()
    return {member.name.value: print_ast(member) for member in members}
