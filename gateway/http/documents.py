"""Documents parsed, held against the limits and validated, once per text."""

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from graphql import (
    ArgumentNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    InlineFragmentNode,
    Node,
    NoSchemaIntrospectionCustomRule,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    parse,
    validate,
)
from graphql.validation.specified_rules import recommended_rules, specified_rules

from gateway.http.cost import Costs
from gateway.http.executors import Ready
from gateway.http.limits import Limits, check_document, check_text, exceeded
from schema.execution.compiled import CompiledOperation, Programs
from schema.execution.nodes import nodes
from schema.execution.shortcuts import Shortcuts
from schema.model.errors import GivingError, LimitExceeded

MAX_PROBLEMS: Final = 1
"""More would be a way to learn of the schema, and to have much written for little."""
_MAX_MESSAGE: Final = 500


@dataclass(frozen=True, slots=True)
class Document:
    """A valid document within the limits. What it costs is not held against them here, since variables decide it too."""

    ast: DocumentNode
    costs: Costs
    ready: dict[str | None, Ready] = field(default_factory=dict)
    """Its operations by the names under which they were asked for."""
    _programs: Programs = field(default_factory=Programs)
    _shortcuts: Shortcuts | None = None
    _free: dict[tuple[str, int], str | None] = field(default_factory=dict)
    _compiled: dict[int, CompiledOperation] = field(default_factory=dict)

    def operation(self, name: str | None) -> OperationDefinitionNode | None:
        """The operation of that name, or the only one; None where the choice is not clear."""
        found = [each for each in self.ast.definitions if isinstance(each, OperationDefinitionNode)]
        if name is not None:
            found = [each for each in found if each.name and each.name.value == name]
        return found[0] if len(found) == 1 else None

    def compiled(self, operation: OperationDefinitionNode) -> CompiledOperation:
        """One of its operations, to be compiled when it is worth it."""
        known = self._compiled.get(id(operation))  # a part of ``ast``, which is as old as this
        if known is None:
            fragments = [each for each in self.ast.definitions if isinstance(each, FragmentDefinitionNode)]
            known = self._compiled[id(operation)] = CompiledOperation(operation, fragments, self._programs, self._shortcuts)
        return known

    def drop(self) -> None:
        """It is not asked for any more."""
        for each in self._compiled.values():
            self._programs.drop(each)

    def variable_of(self, argument: str, operation: OperationDefinitionNode) -> str | None:
        """The variable that feeds this argument of the operation's first root field, if one does."""
        for root in self._fields(operation.selection_set):
            return next(
                (name for each in root.arguments or () if (name := _variable(each)) and each.name.value == argument), None
            )
        return None

    def only_use(self, argument: str, operation: OperationDefinitionNode) -> str | None:
        """That variable where it feeds nothing else."""
        known = argument, id(operation)
        if known not in self._free:
            self._free[known] = self._only_use(argument, operation)
        return self._free[known]

    def _only_use(self, argument: str, operation: OperationDefinitionNode) -> str | None:
        name = self.variable_of(argument, operation)
        if name is None:
            return None
        # a fragment that is spread elsewhere may use another operation's variable of that name: then it is as if it were ours
        fragments = [each for each in self.ast.definitions if isinstance(each, FragmentDefinitionNode)]
        alone = _names(operation).count(name) == len(("defined", "used"))
        return name if alone and not any(name in _names(each) for each in fragments) else None

    def _fields(self, selections: SelectionSetNode) -> Iterator[FieldNode]:
        for node in selections.selections:
            if isinstance(node, FieldNode):
                yield node
            elif isinstance(node, FragmentSpreadNode):
                for each in self.ast.definitions:  # valid, so there are no circles
                    if isinstance(each, FragmentDefinitionNode) and each.name.value == node.name.value:
                        yield from self._fields(each.selection_set)
            elif isinstance(node, InlineFragmentNode):
                yield from self._fields(node.selection_set)


class Documents:
    """Valid documents by their text, the least lately used given up first.

    Without ``introspection`` the schema is told in no other way either: of one that does not fit it is said where, and not why.
    """

    def __init__(
        self, schema: GraphQLSchema, limits: Limits, shortcuts: Shortcuts | None = None, *, introspection: bool
    ) -> None:
        self._schema = schema
        self._shortcuts = shortcuts
        self._programs = Programs()
        self._limits = limits
        self._introspection = introspection
        self._rules = [*specified_rules, *recommended_rules, *(() if introspection else (NoSchemaIntrospectionCustomRule,))]
        self._known: OrderedDict[str, Document] = OrderedDict()
        self._characters = 0

    def get(self, text: str) -> Document:
        """The document of a text. Raises GraphQLError with the first problem, in words that a caller may see."""
        known = self._known.get(text)
        if known is not None:
            self._known.move_to_end(text)
            return known
        document = self._make(text)
        self._known[text] = document
        self._characters += len(text)
        while self._characters > self._limits.cached_characters:
            oldest, given_up = self._known.popitem(last=False)
            self._characters -= len(oldest)
            given_up.drop()
        return document

    def __len__(self) -> int:
        return len(self._known)

    def _make(self, text: str) -> Document:
        try:
            check_text(text, self._limits)
            ast = self._parse(text)
            check_document(ast, self._limits)
        except LimitExceeded as error:
            raise GraphQLError(str(error), original_error=error) from error
        problems = validate(self._schema, ast, self._rules, max_errors=MAX_PROBLEMS, hide_suggestions=True)
        if problems:
            told = for_caller(problems[0])
            raise told if self._introspection or told.original_error else _unfit(told)
        return Document(ast, Costs(self._schema, ast), _programs=self._programs, _shortcuts=self._shortcuts)

    def _parse(self, text: str) -> DocumentNode:
        try:
            return parse(text, max_tokens=self._limits.document_tokens)
        except GraphQLSyntaxError as error:
            # graphql-core tells its own limits apart in words only.
            if error.message.endswith("tokens. Parsing aborted."):
                raise exceeded(self._limits, "document_tokens") from None
            if error.message.endswith("nested too deeply. Parsing aborted."):
                raise exceeded(self._limits, "depth") from None
            error.message = error.message[:_MAX_MESSAGE]  # it quotes the token at fault, however long that is
            raise


def _unfit(problem: GraphQLError) -> GraphQLError:
    """The same where the schema is not told: validation names types and fields, and who guesses learns one after the other."""
    return GraphQLError("The document does not fit the schema.", problem.nodes, problem.source, problem.positions)


def for_caller(error: GraphQLError) -> GraphQLError:
    """A problem found before execution, as one of the caller: our own errors as they are, foreign exceptions without words.

    graphql-core puts the text of an exception that a scalar raised into its message.
    """
    cause: BaseException | None = error
    while isinstance(cause, GraphQLError):
        cause = cause.original_error
    if isinstance(cause, GivingError):
        return GraphQLError(str(cause), error.nodes, original_error=cause)
    message = "A value is not of its type." if cause else error.message
    return GraphQLError(message[:_MAX_MESSAGE], error.nodes, error.source, error.positions)


def _names(root: Node) -> list[str]:
    return [node.name.value for node in nodes(root) if isinstance(node, VariableNode)]


def _variable(argument: ArgumentNode) -> str | None:
    return argument.value.name.value if isinstance(argument.value, VariableNode) else None
