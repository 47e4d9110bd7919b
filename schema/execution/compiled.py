"""Operations, compiled when they have been asked for often enough, and what is run of them."""

from collections import OrderedDict
from collections.abc import Awaitable, Collection, Iterator
from typing import Any, Final, TypeAlias

from graphql import (
    DirectiveNode,
    Executor,
    FragmentDefinitionNode,
    GraphQLIncludeDirective,
    GraphQLSkipDirective,
    Node,
    OperationDefinitionNode,
    Undefined,
    VariableNode,
)
from graphql.execution.executor import default_field_resolver, default_type_resolver
from graphql.pyutils import is_async_iterable, is_awaitable

from schema.execution.nodes import nodes
from schema.execution.program import Bound, Data, Program
from schema.execution.shortcuts import NoShortcuts, Shortcuts
from schema.execution.unanswered import NotCompiled

MAX_VARIANTS: Final = 16
"""States of the conditions of one operation that are compiled."""

_CONDITIONS: Final = frozenset({GraphQLSkipDirective.name, GraphQLIncludeDirective.name})
_Variant: TypeAlias = tuple[Any, ...]
_NEVER: Final = -1


class Programs:
    """What is compiled of many operations, the least lately used given up first.

    Together they have at most so many fields, each of which takes some 3 kB.
    """

    def __init__(self, fields: int = 10_000) -> None:
        self._most = fields
        self._fields = 0
        self._held: OrderedDict[tuple[CompiledOperation, _Variant], Program] = OrderedDict()

    def __len__(self) -> int:
        return len(self._held)

    def find(self, operation: "CompiledOperation", variant: _Variant) -> Program | None:
        """One that is held still."""
        found = self._held.get((operation, variant))
        if found is not None:
            self._held.move_to_end((operation, variant))
        return found

    def hold(self, operation: "CompiledOperation", variant: _Variant, program: Program) -> None:
        """A new one."""
        self._held[operation, variant] = program
        self._fields += program.fields
        while self._fields > self._most:
            _, oldest = self._held.popitem(last=False)
            self._fields -= oldest.fields

    def drop(self, operation: "CompiledOperation") -> None:
        """Gives up those of an operation that is not asked for any more."""
        for variant in operation.variants:
            gone = self._held.pop((operation, variant), None)
            self._fields -= gone.fields if gone is not None else 0


class CompiledOperation:
    """An operation of a valid document. It is compiled on its run number ``patience`` + 1, for each state of its conditions,
    and again where ``programs`` has given it up. What cannot be compiled is tried once.
    """

    def __init__(
        self,
        operation: OperationDefinitionNode,
        fragments: list[FragmentDefinitionNode],
        programs: Programs,
        shortcuts: Shortcuts | None = None,
        *,
        patience: int = 1,
    ) -> None:
        self._programs = programs
        self._shortcuts = shortcuts or NoShortcuts()
        self._patience = patience
        self._asked: dict[_Variant, int] = {}
        directives = [each for root in (operation, *fragments) for each in _directives(root)]
        self._conditions = tuple(dict.fromkeys(name for each in directives for name in _variables(each)))
        conditions_only = all(each.name.value in _CONDITIONS for each in directives)
        self._is_known = conditions_only and not any(each.variable_definitions for each in fragments)

    @property
    def variants(self) -> Collection[_Variant]:
        """The states of its conditions that were met."""
        return self._asked.keys()

    def program(self, executor: Executor[Any]) -> Program | None:
        """The program for the variables of ``executor``, which executes this operation, or None where there is none yet."""
        if not self._is_known or not _is_usual(executor):
            return None
        values = executor.variable_values.coerced
        variant = tuple(values.get(name, Undefined) for name in self._conditions)
        return self._programs.find(self, variant) or self._compiled(executor, variant)

    def _compiled(self, executor: Executor[Any], variant: _Variant) -> Program | None:
        asked = self._asked.get(variant, 0)
        if asked == _NEVER or (variant not in self._asked and len(self._asked) >= MAX_VARIANTS):
            return None
        if asked < self._patience:
            self._asked[variant] = asked + 1
            return None
        try:
            program = Program(executor, self._shortcuts)
        except NotCompiled:
            self._asked[variant] = _NEVER
            return None
        self._asked[variant] = 0  # it has to be earned again where it is given up
        self._programs.hold(self, variant, program)
        return program


class Execution:
    """A compiled operation with one set of variables, run once or for each event of a subscription."""

    def __init__(self, operation: CompiledOperation) -> None:
        self._operation = operation
        self._bound: Bound | None = None

    def run(self, executor: Executor[Any]) -> Data | Awaitable[Data] | None:
        """As ``Bound.run``, or None where it is not compiled. All executors are of the same operation and variables."""
        if self._bound is None:
            program = self._operation.program(executor)
            if program is None:
                return None
            self._bound = program.bind(executor)
        return self._bound.run(executor)


def _is_usual(executor: Executor[Any]) -> bool:
    """Whether nothing was asked of it that is not known here."""
    return (
        executor.middleware_manager is None
        and executor.abort_signal is None
        and executor.hooks is None
        and executor.field_resolver is default_field_resolver
        and executor.type_resolver is default_type_resolver
        and executor.is_awaitable is is_awaitable
        and executor.is_async_iterable is is_async_iterable
    )


def _directives(root: Node) -> Iterator[DirectiveNode]:
    return (each for each in nodes(root) if isinstance(each, DirectiveNode))


def _variables(root: Node) -> Iterator[str]:
    return (each.name.value for each in nodes(root) if isinstance(each, VariableNode))
