"""How values of each shape are completed in the text: by a short test of what they nearly always are, else by a function."""

from collections.abc import Callable
from functools import partial
from typing import Any

from graphql import GraphQLEnumType

from schema.execution import completion
from schema.execution.completion import Completer
from schema.execution.inlining import body_of
from schema.execution.leaves import Members, as_it_is
from schema.execution.plan import Abstract, Answer, Leaf, Many, Object, Selection, Shape
from schema.execution.text import Into, Text
from schema.execution.waiting import Complete, State


class Shapes:
    """``selection`` gives the name of the function that answers an object."""

    def __init__(self, text: Text, selection: Callable[[Selection], str]) -> None:
        self._text = text
        self._selection = selection
        self._members: dict[GraphQLEnumType, Members] = {}

    def tried(self, value: str, shape: Shape, answer: Answer, into: Into) -> list[str]:
        """The lines that complete what an expression gives."""
        return [f"v = {value}", into.put(self.completed(shape, answer, into.container, into.key))]

    def completed(self, shape: Shape, answer: Answer, container: str, key: str, *, is_async: bool = False) -> str:
        """An expression that completes ``v`` for ``container[key]``."""
        _, expression = self._shape(shape, answer, is_async=is_async)
        return expression.format(key=key, at=container)

    def _shape(self, shape: Shape, answer: Answer, *, is_async: bool = False) -> tuple[Completer, str]:
        """What completes a ``v`` of a shape, and an expression that does so for ``{at}[{key}]``, shorter where it can."""
        completer, test, value = self._tested(shape, answer)
        otherwise = f"{self._text.name('c', completer.settled if is_async else completer.any)}(s, {{at}}, {{key}}, v)"
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
            names = self._text.name("n", members.names.get)
            completer = Completer.of(completion.leaf(members.coerce), nullable=shape.nullable)
            return completer, f"(w := {names}(id(v))) is not None", "w"
        completer = Completer.of(completion.leaf(shape.type.coerce_output_value), nullable=shape.nullable)
        test = as_it_is(shape.type)
        if test is not None:
            return completer, test, "v"
        body = body_of(shape.type.coerce_output_value)
        if body is not None and body.is_identity:
            return completer, "type(v) in plain", "v"
        coerce = self._text.name("x", shape.type.coerce_output_value)
        return completer, f"type(v) in plain and type(w := {coerce}(v)) in plain", "w"

    def _many(self, shape: Many, answer: Answer) -> tuple[Completer, str, str]:
        item, expression = self._shape(shape.item, answer)
        name = self._text.free("l")
        row = expression.format(key="len(r)", at="r")
        self._text.lines.append(
            f"def {name}(s, o):\n    r = []\n    try:\n        for v in o:\n            r.append({row})\n"
            "    except BaseException:\n        dispose(o)\n        raise\n    return r"
        )
        completer = Completer.of(completion.many(item.any), nullable=shape.nullable)
        return completer, "type(v) is list or type(v) is tuple", f"{name}(s, v)"

    def _object(self, shape: Object, answer: Answer) -> tuple[Completer, str, str]:
        object_type = shape.selection.type
        name, complete = self._complete(shape.selection, answer)
        completer = Completer.of(complete, nullable=shape.nullable)
        cls = self._text.shortcuts.class_of(object_type)
        if cls is not None:
            return completer, f"type(v) is {self._text.name('t', cls)}", f"{name}(s, v)"
        return completer, "" if object_type.is_type_of else "type(v) in plain", f"{name}(s, v)"

    def _abstract(self, shape: Abstract, answer: Answer) -> tuple[Completer, str, str]:
        objects: dict[str, Complete] = {}
        by_class: dict[type, Any] = {}
        for type_name, selection in shape.selections.items():
            name, objects[type_name] = self._complete(selection, answer)
            cls = self._text.shortcuts.class_of(selection.type)
            if cls is not None:
                by_class[cls] = name
        completer = Completer.of(completion.abstract(shape, objects, self._text.info(answer)), nullable=shape.nullable)
        if not by_class:
            return completer, "", ""
        self._text.tables.append(by_class)
        found = self._text.name("b", by_class.get)
        return completer, f"(w := {found}(type(v))) is not None", "w(s, v)"

    def _complete(self, selection: Selection, answer: Answer) -> tuple[str, Complete]:
        name = self._selection(selection)
        return name, completion.an_object(selection.type, partial(self._run, name), self._text.info(answer))

    def _run(self, name: str, state: State, value: Any) -> Any:
        return self._text.names[name](state, value)  # which is there once the text was executed
