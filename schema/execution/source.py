"""The Python text of a plan, and what stands behind the names in it.

A function is written for each selection of fields and for each list. All take ``s``, the state of one run: what begins an
awaitable, the executor, and then what ``Slots`` says. Of a document only response names get into the text, as literals, and of
a schema names of attributes and keywords; all else is behind names made here.

    def o1(s, o):                                           # Campaign, 3 fields
        d = {}
        v = o.value.title                                   # which is all that the resolver does
        d['title'] = v if type(v) is str else c3(s, d, 'title', v)
        v = f4(o, info=s[2])
        d['status'] = w if (w := n5(id(v))) is not None else None if v is None else c6(s, d, 'status', v)
        d['total'] = s[0](f7(o, info=s[3]), a8, s, d, 'total')
        return d
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from inspect import iscoroutinefunction
from keyword import iskeyword
from typing import Any

from graphql.execution.executor import default_field_resolver

from schema.execution.arguments import NONE, Arguments, Keywords
from schema.execution.inlining import Whole
from schema.execution.plan import Answer, Selection
from schema.execution.shapes import Shapes
from schema.execution.shortcuts import Attribute, Call, Shortcuts
from schema.execution.text import Into, Slots, Text, Unmade
from schema.execution.waiting import State
from schema.execution.writing import Inliner


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
    text = Text(shortcuts)
    root = _Writer(text).selection(selection)
    text.lines.append(f"answer = {root}")
    return Source("\n".join(text.lines), text.names, text.tables, text.slots)


class _Writer:
    def __init__(self, text: Text) -> None:
        self._text = text
        self._shapes = Shapes(text, self.selection)
        self._inliner = Inliner(text, self._shapes, self._fields)
        self._written: dict[int, str] = {}
        """Functions by their selections, which the plan holds."""

    def selection(self, selection: Selection) -> str:
        """The name of the function that answers an object with its fields."""
        if id(selection) in self._written:
            return self._written[id(selection)]
        lines = ["d = {}", *self._fields(selection, "o", "d", 0), "return d"]
        name = self._written[id(selection)] = self._text.free("o")
        self._text.lines.append("\n    ".join([f"def {name}(s, o):", *lines]))
        return name

    def _fields(self, selection: Selection, source: str | Unmade, container: str, depth: int) -> list[str]:
        """The lines that put the fields of an object into the data, within so many blocks."""
        lines: list[str] = []
        for key, answer in selection.answers:
            into = Into.field(container, key)
            if isinstance(answer, str):
                lines.append(into.put(repr(answer)))
            else:
                lines += self._answer(answer, source, into, depth)
        return lines

    def _answer(self, answer: Answer, source: str | Unmade, into: Into, depth: int) -> list[str]:
        """The lines that put one field into the data."""
        short = self._text.shortcuts.field(answer.definition)
        with suppress(Whole):
            written = self._inliner.inlined(answer, short, source, into, depth)
            if written is not None:
                return written
        if isinstance(source, Unmade):
            lines = [] if source.name is not None else self._make(source)
            return [*lines, *self._answer(answer, source.name or "", into, depth)]
        called, is_async = self._called(answer, short, source)
        if is_async:
            name = self._text.free("a")
            expression = self._shapes.completed(answer.shape, answer, "d", "k", is_async=True)
            self._text.lines.append(f"def {name}(s, d, k, v):\n    return {expression}")
            return [into.put(f"s[0]({called}, {name}, s, {into.container}, {into.key})")]
        return self._shapes.tried(called, answer.shape, answer, into)

    def _make(self, made: Unmade) -> list[str]:
        made.name = self._text.free("m")
        return [f"{made.name} = {made.cls}({', '.join(f'{name}={value}' for name, value in made.held.items())})"]

    def _called(self, answer: Answer, short: Attribute | Call | None, source: str) -> tuple[str, bool]:
        """An expression that resolves a field of a source, and whether it is sure to give an awaitable."""
        if isinstance(short, Attribute) and _is_name(short.name):
            return f"{source}.{short.name}", False
        if isinstance(short, Call):
            given = [source] if short.takes_source else []
            if short.info is not None:
                given.append(f"{short.info}={self._text.given(answer, short.make_info)}")
            return self._call(short.function, given, Arguments(answer.definition, answer.nodes[0], short.keywords))
        given = [source, self._text.given(answer, lambda info: info)]
        function = answer.definition.resolve or default_field_resolver
        return self._call(function, given, Arguments(answer.definition, answer.nodes[0], dict))

    def _call(self, function: Callable[..., Any], given: list[str], arguments: Arguments) -> tuple[str, bool]:
        constant = arguments.constant()
        if constant is None:
            given.append(f"**{self._text.decided(arguments)}")
        elif constant is not NONE:
            given += self._keywords(constant)
        return f"{self._text.name('f', function)}({', '.join(given)})", iscoroutinefunction(function)

    def _keywords(self, constant: Keywords) -> list[str]:
        if not all(map(_is_name, constant)):
            return [f"**{self._text.name('k', constant)}"]
        return [f"{name}={self._text.name('k', value)}" for name, value in constant.items()]


def _is_name(text: str) -> bool:
    """Whether Python reads it as this very name."""
    return text.isascii() and text.isidentifier() and not iskeyword(text)
