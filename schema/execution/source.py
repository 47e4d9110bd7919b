"""The Python text of a plan, and what stands behind the names in it.

A function is written for each selection of fields and for each list. All take ``s``, the state of one run: what begins an
awaitable, the executor, and then what ``Slots`` says. Of a document only response names get into the text, as literals, and of
a schema names of attributes and keywords; all else is behind names made here.

    def o1(s, o):                                           # Campaign, 3 fields
        d = {}
        v = f2(o)
        d['title'] = v if type(v) is str else c3(s, d, 'title', v)
        v = f4(o, info=s[2])
        d['status'] = w if (w := n5(id(v))) is not None else None if v is None else c6(s, d, 'status', v)
        d['total'] = s[0](f7(o, info=s[3]), a8, s, d, 'total')
        return d
"""

import ast
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from functools import partial
from inspect import iscoroutinefunction
from keyword import iskeyword
from typing import Any, Final, cast

from graphql import GraphQLEnumType
from graphql.execution.executor import default_field_resolver

from schema.execution import completion
from schema.execution.arguments import NONE, Arguments, Keywords
from schema.execution.classes import PLAIN
from schema.execution.completion import Completer
from schema.execution.inlining import Body, Refusal, Substitution, Whole, attributes_of, body_of
from schema.execution.leaves import Members, as_it_is
from schema.execution.plan import Abstract, Answer, Leaf, Many, Object, Selection, Shape
from schema.execution.shortcuts import Attribute, Call, ResolveInfo, Shortcuts
from schema.execution.waiting import Complete, State

FIRST_SLOT: Final = 2
MAX_BLOCKS: Final = 8
"""Within each other in the text: Python takes 20 loops, and what is deeper is a function of its own."""


@dataclass(slots=True)
class Slots:
    """What a state holds from ``FIRST_SLOT`` on: ``infos`` and made ones by their slot, arguments by theirs."""

    infos: dict[int, Answer] = field(default_factory=dict)
    """Resolve infos that are made when they are first asked for."""
    made: dict[int, tuple[Answer, Callable[[ResolveInfo], Any]]] = field(default_factory=dict)
    """What resolvers get, made at the start of a run."""
    arguments: dict[int, Arguments] = field(default_factory=dict)
    """What variables decide."""

    def __len__(self) -> int:
        return FIRST_SLOT + len(self.infos) + len(self.made) + len(self.arguments)


@dataclass(slots=True)
class Source:
    """Text that defines ``answer(s, o)``, with the namespace that it needs."""

    text: str
    names: dict[str, Any]
    tables: list[dict[type, Any]]
    """Functions of the text by classes, as names as long as there are none."""
    slots: Slots

    def executed(self) -> Callable[[State, Any], dict[str, Any]]:
        """What the text defines."""
        exec(compile(self.text, "<compiled operation>", "exec"), self.names)  # noqa: S102 (of our own making: see above)
        for table in self.tables:
            table.update({cls: self.names[name] for cls, name in table.items()})
        answer: Callable[[State, Any], dict[str, Any]] = self.names["answer"]
        return answer


def write(selection: Selection, shortcuts: Shortcuts) -> Source:
    """The source of a plan."""
    writer = _Writer(shortcuts)
    root = writer.selection(selection)
    writer.lines.append(f"answer = {root}")
    return Source("\n".join(writer.lines), writer.names, writer.tables, writer.slots)


@dataclass(slots=True)
class _Made:
    """An object that is not made as long as only what it holds is asked for. ``held`` are names by attribute."""

    cls: str
    held: Mapping[str, str]
    name: str | None = None
    """Of the object itself, once it is there."""


@dataclass(frozen=True, slots=True)
class _Into:
    """Where a value belongs: ``container[key]``, and the line that puts it there."""

    container: str
    key: str
    line: str

    @classmethod
    def field(cls, container: str, key: str) -> "_Into":
        """A field of an object."""
        return cls(container, repr(key), f"{container}[{key!r}] = ".replace("{", "{{").replace("}", "}}") + "{value}")

    @classmethod
    def row(cls, container: str) -> "_Into":
        """The next one of a list."""
        return cls(container, f"len({container})", f"{container}.append({{value}})")

    def put(self, value: str) -> str:
        """The line for an expression."""
        return self.line.format(value=value)


class _Writer:
    def __init__(self, shortcuts: Shortcuts) -> None:
        self._shortcuts = shortcuts
        self._written: dict[int, str] = {}
        """Functions by their selections, which the plan holds."""
        self._members: dict[GraphQLEnumType, Members] = {}
        self.lines: list[str] = []
        self.names: dict[str, Any] = {"plain": PLAIN, "dispose": completion.dispose}
        self.tables: list[dict[type, Any]] = []
        self.slots = Slots()
        self._slots: dict[int, int] = {}
        """Of what resolvers get, by answers, which the plan holds."""

    def selection(self, selection: Selection) -> str:
        """The name of the function that answers an object with its fields."""
        if id(selection) in self._written:
            return self._written[id(selection)]
        lines = ["d = {}", *self._fields(selection, "o", "d", 0), "return d"]
        name = self._written[id(selection)] = self._free("o")
        self.lines.append("\n    ".join([f"def {name}(s, o):", *lines]))
        return name

    def _fields(self, selection: Selection, source: str | _Made, container: str, depth: int) -> list[str]:
        """The lines that put the fields of an object into the data, within so many blocks."""
        lines: list[str] = []
        for key, answer in selection.answers:
            into = _Into.field(container, key)
            if isinstance(answer, str):
                lines.append(into.put(repr(answer)))
            else:
                lines += self._answer(answer, source, into, depth)
        return lines

    def _answer(self, answer: Answer, source: str | _Made, into: _Into, depth: int) -> list[str]:
        """The lines that put one field into the data."""
        short = self._shortcuts.field(answer.definition)
        if isinstance(source, _Made):
            try:
                written = self._inlined(answer, short, source, into, depth)
            except Whole:
                written = None
            if written is not None:
                return written
            lines = [] if source.name is not None else self._make(source)
            return [*lines, *self._answer(answer, source.name or "", into, depth)]
        written = self._inlined(answer, short, source, into, depth)
        if written is not None:
            return written
        called, is_async = self._called(answer, short, source)
        if is_async:
            name = self._free("a")
            expression = self._completed(answer.shape, answer, "d", "k", is_async=True)
            self.lines.append(f"def {name}(s, d, k, v):\n    return {expression}")
            return [into.put(f"s[0]({called}, {name}, s, {into.container}, {into.key})")]
        return self._tried(called, answer.shape, answer, into)

    def _tried(self, called: str, shape: Shape, answer: Answer, into: _Into) -> list[str]:
        return [f"v = {called}", into.put(self._completed(shape, answer, into.container, into.key))]

    def _completed(self, shape: Shape, answer: Answer, container: str, key: str, *, is_async: bool = False) -> str:
        _, expression = self._shape(shape, answer, is_async=is_async)
        return expression.format(key=key, at=container)

    def _make(self, made: _Made) -> list[str]:
        made.name = self._free("m")
        return [f"{made.name} = {made.cls}({', '.join(f'{name}={value}' for name, value in made.held.items())})"]

    # --------------------------------------------------------------------------------------------------------- inlining

    def _inlined(
        self, answer: Answer, short: Attribute | Call | None, source: str | _Made, into: _Into, depth: int
    ) -> list[str] | None:
        """The same where what the resolver does is written here instead of a call. Raises Whole."""
        if isinstance(short, Attribute):
            if not isinstance(source, _Made):
                return None
            if short.name not in source.held:
                raise Whole
            return self._tried(source.held[short.name], answer.shape, answer, into)
        if not isinstance(short, Call) or (body := body_of(short.function)) is None:
            return None
        constant = Arguments(answer.definition, answer.nodes[0], short.keywords).constant()
        if constant is None:
            return None
        given: dict[str, str | _Made] = {name: self._name("k", value) for name, value in constant.items()}
        if short.takes_source:
            given[body.parameters[0]] = source
        if short.info is not None:
            given[short.info] = f"s[{self._made(answer, short.make_info)}]"
        return self._written_out(body, given, answer, answer.shape, into, depth)

    def _written_out(
        self, body: Body, given: Mapping[str, str | _Made], answer: Answer, shape: Shape, into: _Into, depth: int
    ) -> list[str] | None:
        missing = {name: self._name("k", value) for name, value in body.defaults.items() if name not in given}
        if {*given, *missing} != {*body.parameters}:
            return None
        held = {name: value.held for name, value in given.items() if isinstance(value, _Made)}
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

    def _result(self, result: ast.expr, answer: Answer, shape: Shape, into: _Into, depth: int) -> list[str]:
        """The lines that put what an expression gives where it belongs."""
        if isinstance(shape, Object) and depth < MAX_BLOCKS:
            match result:
                case ast.IfExp(test=test, body=ast.Constant(value=None), orelse=other) if shape.nullable:
                    none = [into.put("None")]
                    return _either(ast.unparse(test), none, self._result(other, answer, shape, into, depth + 1))
                case ast.Call(func=ast.Name(id=name)):
                    cls = self.names.get(name)
                    if isinstance(cls, type) and cls is self._shortcuts.class_of(shape.selection.type):
                        made = self._constructed(name, cls, result)
                        if made is not None:
                            container = self._free("d")
                            lines, source = made
                            lines += [f"{container} = {{}}", *self._fields(shape.selection, source, container, depth)]
                            return [*lines, into.put(container)]
                    elif (
                        (body := body_of(cls)) is not None and not result.keywords and len(result.args) == len(body.parameters)
                    ):
                        lines = []
                        given = {
                            each: self._local(value, lines) for each, value in zip(body.parameters, result.args, strict=True)
                        }
                        written = self._written_out(body, given, answer, shape, into, depth + 1)  # it may call itself
                        if written is not None:
                            return [*lines, *written]
        return self._tried(ast.unparse(result), shape, answer, into)

    def _rows(
        self,
        body: Body,
        loop: ast.ListComp,
        held: Mapping[str, Mapping[str, str]],
        others: Mapping[str, ast.expr],
        answer: Answer,
        shape: Shape,
        into: _Into,
        depth: int,
    ) -> list[str] | None:
        """The lines for a list of objects, none of which is made."""
        if not isinstance(shape, Many) or not isinstance(shape.item, Object) or depth >= MAX_BLOCKS:
            return None
        [each] = loop.generators
        rows = ast.unparse(self._substituted(body, each.iter, held, others))
        own = [
            cast("ast.Name", name).id for name in (each.target.elts if isinstance(each.target, ast.Tuple) else [each.target])
        ]
        names = {name: self._free("x") for name in own}
        row = self._substituted(
            body,
            loop.elt,
            {name: value for name, value in held.items() if name not in names},
            {**others, **{name: _expression(new) for name, new in names.items()}},
        )
        container = self._free("r")
        lines = self._result(row, answer, shape.item, _Into.row(container), depth + 1)
        target = ", ".join(names.values()) + ("," if isinstance(each.target, ast.Tuple) else "")
        return [f"{container} = []", f"for {target} in {rows}:", *_within(lines), into.put(container)]

    def _constructed(self, name: str, cls: type, call: ast.Call) -> tuple[list[str], _Made] | None:
        """An object that needs not be made, with the lines for what it would hold."""
        given = {each.arg: each.value for each in call.keywords if each.arg is not None}
        if call.args or len(given) < len(call.keywords) or attributes_of(cls) != frozenset(given):
            return None
        lines: list[str] = []
        return lines, _Made(name, {each: self._local(value, lines) for each, value in given.items()})

    def _local(self, value: ast.expr, lines: list[str]) -> str:
        """A name for the value of an expression."""
        if isinstance(value, ast.Name):
            return value.id
        name = self._free("x")
        lines.append(f"{name} = {ast.unparse(value)}")
        return name

    def _substituted(
        self, body: Body, node: ast.expr, held: Mapping[str, Mapping[str, str]], others: Mapping[str, ast.expr]
    ) -> ast.expr:
        def outside(name: str) -> str:
            return self._name("g", body.outside(name))

        return cast("ast.expr", Substitution(held, others, outside).visit(deepcopy(node)))

    # --------------------------------------------------------------------------------------------------------- calling

    def _called(self, answer: Answer, short: Attribute | Call | None, source: str) -> tuple[str, bool]:
        """An expression that resolves a field of a source, and whether it is sure to give an awaitable."""
        if isinstance(short, Attribute) and _is_name(short.name):
            return f"{source}.{short.name}", False
        if isinstance(short, Call):
            given = [source] if short.takes_source else []
            if short.info is not None:
                given.append(f"{short.info}=s[{self._made(answer, short.make_info)}]")
            return self._call(short.function, given, Arguments(answer.definition, answer.nodes[0], short.keywords))
        given = [source, f"s[{self._made(answer, lambda info: info)}]"]
        function = answer.definition.resolve or default_field_resolver
        return self._call(function, given, Arguments(answer.definition, answer.nodes[0], dict))

    def _call(self, function: Callable[..., Any], given: list[str], arguments: Arguments) -> tuple[str, bool]:
        constant = arguments.constant()
        if constant is None:
            slot = len(self.slots)
            self.slots.arguments[slot] = arguments
            given.append(f"**s[{slot}]")
        elif constant is not NONE:
            given += self._keywords(constant)
        return f"{self._name('f', function)}({', '.join(given)})", iscoroutinefunction(function)

    def _keywords(self, constant: Keywords) -> list[str]:
        if not all(map(_is_name, constant)):
            return [f"**{self._name('k', constant)}"]
        return [f"{name}={self._name('k', value)}" for name, value in constant.items()]

    def _shape(self, shape: Shape, answer: Answer, *, is_async: bool = False) -> tuple[Completer, str]:
        """What completes a ``v`` of a shape, and an expression that does so for ``{at}[{key}]``, shorter where it can."""
        completer, test, value = self._tested(shape, answer)
        otherwise = f"{self._name('c', completer.settled if is_async else completer.any)}(s, {{at}}, {{key}}, v)"
        if shape.nullable:
            otherwise = f"None if v is None else {otherwise}"
        return completer, f"{value} if {test} else {otherwise}" if test else otherwise

    def _tested(self, shape: Shape, answer: Answer) -> tuple[Completer, str, str]:
        """What completes it, a test of ``v``, and its value where the test holds."""
        match shape:
            case Leaf():
                return self._leaf(shape)
            case Many():
                return self._many(shape, answer)
            case Object():
                return self._object(shape, answer)
            case Abstract():
                return self._abstract(shape, answer)

    def _leaf(self, shape: Leaf) -> tuple[Completer, str, str]:
        if isinstance(shape.type, GraphQLEnumType):
            members = self._members.setdefault(shape.type, Members(shape.type))
            names = self._name("n", members.names.get)
            completer = Completer.of(completion.leaf(members.coerce), nullable=shape.nullable)
            return completer, f"(w := {names}(id(v))) is not None", "w"
        completer = Completer.of(completion.leaf(shape.type.coerce_output_value), nullable=shape.nullable)
        test = as_it_is(shape.type)
        if test is not None:
            return completer, test, "v"
        body = body_of(shape.type.coerce_output_value)
        if body is not None and body.is_identity:
            return completer, "type(v) in plain", "v"
        coerce = self._name("x", shape.type.coerce_output_value)
        return completer, f"type(v) in plain and type(w := {coerce}(v)) in plain", "w"

    def _many(self, shape: Many, answer: Answer) -> tuple[Completer, str, str]:
        item, expression = self._shape(shape.item, answer)
        name = self._free("l")
        row = expression.format(key="len(r)", at="r")
        self.lines.append(
            f"def {name}(s, o):\n    r = []\n    try:\n        for v in o:\n            r.append({row})\n"
            "    except BaseException:\n        dispose(o)\n        raise\n    return r"
        )
        completer = Completer.of(completion.many(item.any), nullable=shape.nullable)
        return completer, "type(v) is list or type(v) is tuple", f"{name}(s, v)"

    def _object(self, shape: Object, answer: Answer) -> tuple[Completer, str, str]:
        object_type = shape.selection.type
        name, complete = self._complete(shape.selection, answer)
        completer = Completer.of(complete, nullable=shape.nullable)
        cls = self._shortcuts.class_of(object_type)
        if cls is not None:
            return completer, f"type(v) is {self._name('t', cls)}", f"{name}(s, v)"
        return completer, "" if object_type.is_type_of else "type(v) in plain", f"{name}(s, v)"

    def _abstract(self, shape: Abstract, answer: Answer) -> tuple[Completer, str, str]:
        objects: dict[str, Complete] = {}
        by_class: dict[type, Any] = {}
        for type_name, selection in shape.selections.items():
            name, objects[type_name] = self._complete(selection, answer)
            cls = self._shortcuts.class_of(selection.type)
            if cls is not None:
                by_class[cls] = name
        completer = Completer.of(completion.abstract(shape, objects, self._info(answer)), nullable=shape.nullable)
        if not by_class:
            return completer, "", ""
        self.tables.append(by_class)
        found = self._name("b", by_class.get)
        return completer, f"(w := {found}(type(v))) is not None", "w(s, v)"

    def _complete(self, selection: Selection, answer: Answer) -> tuple[str, Complete]:
        name = self.selection(selection)
        return name, completion.an_object(selection.type, partial(self._run, name), self._info(answer))

    def _run(self, name: str, state: State, value: Any) -> Any:
        return self.names[name](state, value)  # which is there once the text was executed

    def _info(self, answer: Answer) -> Callable[[State], ResolveInfo]:
        """What gives the resolve info of a field in a run."""
        slot = len(self.slots)
        self.slots.infos[slot] = answer

        def info(state: State) -> ResolveInfo:
            if state[slot] is None:
                state[slot] = info_of(state[1], answer)
            found: ResolveInfo = state[slot]
            return found

        return info

    def _made(self, answer: Answer, make: Callable[[ResolveInfo], Any]) -> int:
        if id(answer) not in self._slots:
            slot = self._slots[id(answer)] = len(self.slots)
            self.slots.made[slot] = answer, make
        return self._slots[id(answer)]

    def _name(self, kind: str, value: Any) -> str:
        name = self._free(kind)
        self.names[name] = value
        return name

    def _free(self, kind: str) -> str:
        name = f"{kind}{len(self.names)}"
        self.names[name] = None
        return name


def _expression(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


def _either(test: str, lines: list[str], others: list[str]) -> list[str]:
    return [f"if {test}:", *_within(lines), "else:", *_within(others)]


def _within(lines: list[str]) -> list[str]:
    return ["    " + line for line in lines]


def _is_name(text: str) -> bool:
    """Whether Python reads it as this very name."""
    return text.isascii() and text.isidentifier() and not iskeyword(text)


def info_of(executor: Any, answer: Answer) -> ResolveInfo:
    """What graphql-core tells a resolver, but for the indices of lists in the path."""
    info: ResolveInfo = executor.build_resolve_info(answer.definition, answer.nodes, answer.parent, answer.path)
    return info
