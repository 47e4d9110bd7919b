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

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from inspect import iscoroutinefunction
from keyword import iskeyword
from typing import Any, Final

from graphql import GraphQLEnumType
from graphql.execution.executor import default_field_resolver

from schema.execution import completion
from schema.execution.arguments import NONE, Arguments, Keywords
from schema.execution.classes import PLAIN
from schema.execution.completion import Completer
from schema.execution.leaves import Members, as_it_is
from schema.execution.plan import Abstract, Answer, Leaf, Many, Object, Selection, Shape
from schema.execution.shortcuts import Attribute, Call, ResolveInfo, Shortcuts
from schema.execution.waiting import Complete, State

FIRST_SLOT: Final = 2


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

    def selection(self, selection: Selection) -> str:
        """The name of the function that answers an object with its fields."""
        if id(selection) in self._written:
            return self._written[id(selection)]
        lines = ["d = {}"]
        for key, answer in selection.answers:
            if isinstance(answer, str):
                lines.append(f"d[{key!r}] = {answer!r}")
            else:
                lines += self._answer(answer)
        name = self._written[id(selection)] = self._free("o")
        self.lines.append("\n    ".join([f"def {name}(s, o):", *lines, "return d"]))
        return name

    def _answer(self, answer: Answer) -> list[str]:
        """The lines that put one field into the data."""
        called, is_async = self._called(answer)
        _, expression = self._shape(answer.shape, answer, is_async=is_async)
        if is_async:
            name = self._free("a")
            self.lines.append(f"def {name}(s, d, k, v):\n    return {expression.format(key='k', at='d')}")
            return [f"d[{answer.key!r}] = s[0]({called}, {name}, s, d, {answer.key!r})"]
        return [f"v = {called}", f"d[{answer.key!r}] = " + expression.format(key=repr(answer.key), at="d")]

    def _called(self, answer: Answer) -> tuple[str, bool]:
        """An expression that resolves a field of ``o``, and whether it is sure to give an awaitable."""
        short = self._shortcuts.field(answer.definition)
        if isinstance(short, Attribute) and _is_name(short.name):
            return f"o.{short.name}", False
        if isinstance(short, Call):
            given = ["o"] if short.takes_source else []
            if short.info is not None:
                given.append(f"{short.info}=s[{self._made(answer, short.make_info)}]")
            return self._call(short.function, given, Arguments(answer.definition, answer.nodes[0], short.keywords))
        given = ["o", f"s[{self._made(answer, lambda info: info)}]"]
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
        slot = len(self.slots)
        self.slots.made[slot] = answer, make
        return slot

    def _name(self, kind: str, value: Any) -> str:
        name = self._free(kind)
        self.names[name] = value
        return name

    def _free(self, kind: str) -> str:
        name = f"{kind}{len(self.names)}"
        self.names[name] = None
        return name


def _is_name(text: str) -> bool:
    """Whether Python reads it as this very name."""
    return text.isascii() and text.isidentifier() and not iskeyword(text)


def info_of(executor: Any, answer: Answer) -> ResolveInfo:
    """What graphql-core tells a resolver, but for the indices of lists in the path."""
    info: ResolveInfo = executor.build_resolve_info(answer.definition, answer.nodes, answer.parent, answer.path)
    return info
