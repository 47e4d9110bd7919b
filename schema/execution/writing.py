"""Resolvers written out in the text of a program, and objects of which only what they hold is asked for."""

import ast
from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Final, TypeAlias, cast

from schema.execution.arguments import Arguments
from schema.execution.inlining import Body, Refusal, Substitution, Whole, attributes_of, body_of
from schema.execution.plan import Answer, Many, Object, Selection, Shape
from schema.execution.shapes import Shapes
from schema.execution.shortcuts import Attribute, Call
from schema.execution.text import Into, Text, Unmade

MAX_BLOCKS: Final = 8
"""Within each other in the text: Python takes 20 loops, and what is deeper is a function of its own."""

Fields: TypeAlias = Callable[[Selection, str | Unmade, str, int], list[str]]
"""``fields(selection, source, container, depth)`` gives the lines that answer an object, within so many blocks."""


class Inliner:
    """Gives None for what is to be called. Raises Whole where a source that was not made is needed as such."""

    def __init__(self, text: Text, shapes: Shapes, fields: Fields) -> None:
        self._text = text
        self._shapes = shapes
        self._fields = fields

    def inlined(
        self, answer: Answer, short: Attribute | Call | None, source: str | Unmade, into: Into, depth: int
    ) -> list[str] | None:
        """The lines that put one field into the data."""
        if isinstance(short, Attribute):
            if not isinstance(source, Unmade):
                return None
            if short.name not in source.held:
                raise Whole
            return self._shapes.tried(source.held[short.name], answer.shape, answer, into)
        if not isinstance(short, Call) or (body := body_of(short.function)) is None:
            return None
        constant = Arguments(answer.definition, answer.nodes[0], short.keywords).constant()
        if constant is None:
            return None
        given: dict[str, str | Unmade] = {name: self._text.name("k", value) for name, value in constant.items()}
        if short.takes_source:
            given[body.parameters[0]] = source
        if short.info is not None:
            given[short.info] = self._text.given(answer, short.make_info)
        return self._written_out(body, given, answer, answer.shape, into, depth)

    def _written_out(
        self, body: Body, given: Mapping[str, str | Unmade], answer: Answer, shape: Shape, into: Into, depth: int
    ) -> list[str] | None:
        missing = {name: self._text.name("k", value) for name, value in body.defaults.items() if name not in given}
        if {*given, *missing} != {*body.parameters}:
            return None
        held = {name: value.held for name, value in given.items() if isinstance(value, Unmade)}
        others = {name: _expression(value) for name, value in {**given, **missing}.items() if isinstance(value, str)}
        lines: list[str] = []
        for statement in body.statements:
            if isinstance(statement, Refusal):
                test, error = (self._substituted(body, each, held, others) for each in (statement.test, statement.error))
                lines += [f"if {ast.unparse(test)}:", f"    raise {ast.unparse(error)}"]
            elif statement.name in held:
                return None
            else:
                value = self._local(self._substituted(body, statement.value, held, others), lines)
                others[statement.name] = _expression(value)
        if isinstance(body.result, ast.ListComp):
            rows = self._rows(body, body.result, held, others, answer, shape, into, depth)
            return None if rows is None else [*lines, *rows]
        result = self._substituted(body, body.result, held, others)
        return [*lines, *self._result(result, answer, shape, into, depth)]

    def _result(self, result: ast.expr, answer: Answer, shape: Shape, into: Into, depth: int) -> list[str]:
        """The lines that put what an expression gives where it belongs."""
        written: list[str] | None = None
        if isinstance(shape, Object) and depth < MAX_BLOCKS:
            match result:
                case ast.IfExp(test=test, body=ast.Constant(value=None), orelse=other) if shape.nullable:
                    none = [into.put("None")]
                    return _either(ast.unparse(test), none, self._result(other, answer, shape, into, depth + 1))
                case ast.Call(func=ast.Name(id=name), args=[]):
                    written = self._object(name, result, shape, into, depth)
                case ast.Call(func=ast.Name(id=name), keywords=[]):
                    written = self._in_turn(name, result, answer, shape, into, depth)
        return self._shapes.tried(ast.unparse(result), shape, answer, into) if written is None else written

    def _object(self, name: str, call: ast.Call, shape: Object, into: Into, depth: int) -> list[str] | None:
        """The lines for an object that needs not be made."""
        cls = self._text.names.get(name)
        if cls is None or cls is not self._text.shortcuts.class_of(shape.selection.type):
            return None
        given = {each.arg: each.value for each in call.keywords if each.arg is not None}
        if attributes_of(cls) != frozenset(given) or len(given) < len(call.keywords):
            return None
        lines: list[str] = []
        source = Unmade(name, {each: self._local(value, lines) for each, value in given.items()})
        container = self._text.free("d")
        lines += [f"{container} = {{}}", *self._fields(shape.selection, source, container, depth)]
        return [*lines, into.put(container)]

    def _in_turn(self, name: str, call: ast.Call, answer: Answer, shape: Shape, into: Into, depth: int) -> list[str] | None:
        """The lines for what a function gives that is called last of all. It may be the same one."""
        body = body_of(self._text.names.get(name))
        if body is None or len(call.args) != len(body.parameters):
            return None
        lines: list[str] = []
        given = {each: self._local(value, lines) for each, value in zip(body.parameters, call.args, strict=True)}
        written = self._written_out(body, given, answer, shape, into, depth + 1)
        return None if written is None else [*lines, *written]

    def _rows(
        self,
        body: Body,
        loop: ast.ListComp,
        held: Mapping[str, Mapping[str, str]],
        others: Mapping[str, ast.expr],
        answer: Answer,
        shape: Shape,
        into: Into,
        depth: int,
    ) -> list[str] | None:
        """The lines for a list of objects, none of which is made."""
        if not isinstance(shape, Many) or not isinstance(shape.item, Object) or depth >= MAX_BLOCKS:
            return None
        [each] = loop.generators
        targets = each.target.elts if isinstance(each.target, ast.Tuple) else [each.target]
        own = {cast("ast.Name", target).id: self._text.free("x") for target in targets}
        rows = ast.unparse(self._substituted(body, each.iter, held, others))
        known = {name: value for name, value in held.items() if name not in own}
        row = self._substituted(body, loop.elt, known, {**others, **{name: _expression(new) for name, new in own.items()}})
        container = self._text.free("r")
        lines = self._result(row, answer, shape.item, Into.row(container), depth + 1)
        target = ", ".join(own.values()) + ("," if isinstance(each.target, ast.Tuple) else "")
        return [f"{container} = []", f"for {target} in {rows}:", *_within(lines), into.put(container)]

    def _local(self, value: ast.expr, lines: list[str]) -> str:
        """A name for the value of an expression."""
        if isinstance(value, ast.Name):
            return value.id
        name = self._text.free("x")
        lines.append(f"{name} = {ast.unparse(value)}")
        return name

    def _substituted(
        self, body: Body, node: ast.expr, held: Mapping[str, Mapping[str, str]], others: Mapping[str, ast.expr]
    ) -> ast.expr:
        def outside(name: str) -> str:
            return self._text.name("g", body.outside(name))

        return cast("ast.expr", Substitution(held, others, outside).visit(deepcopy(node)))


def _expression(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


def _either(test: str, lines: list[str], others: list[str]) -> list[str]:
    return [f"if {test}:", *_within(lines), "else:", *_within(others)]


def _within(lines: list[str]) -> list[str]:
    return ["    " + line for line in lines]
