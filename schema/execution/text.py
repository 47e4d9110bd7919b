"""What all parts of the text of a program share: names, slots, and the places where values belong."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from schema.execution import completion
from schema.execution.arguments import Arguments
from schema.execution.classes import PLAIN
from schema.execution.plan import Answer
from schema.execution.shortcuts import ResolveInfo, Shortcuts
from schema.execution.waiting import State

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
class Unmade:
    """An object that is not made as long as only what it holds is asked for. ``held`` are names by attribute."""

    cls: str
    held: Mapping[str, str]
    name: str | None = None
    """Of the object itself, once it is there."""


@dataclass(frozen=True, slots=True)
class Into:
    """Where a value belongs: ``container[key]``, and the line that puts it there."""

    container: str
    key: str
    line: str

    @classmethod
    def field(cls, container: str, key: str) -> "Into":
        """A field of an object."""
        return cls(container, repr(key), f"{container}[{key!r}] = ".replace("{", "{{").replace("}", "}}") + "{value}")

    @classmethod
    def row(cls, container: str) -> "Into":
        """The next one of a list."""
        return cls(container, f"len({container})", f"{container}.append({{value}})")

    def put(self, value: str) -> str:
        """The line for an expression."""
        return self.line.format(value=value)


class Text:
    """Functions that were written, and what stands behind the names in them."""

    def __init__(self, shortcuts: Shortcuts) -> None:
        self.shortcuts = shortcuts
        self.lines: list[str] = []
        self.names: dict[str, Any] = {"plain": PLAIN, "dispose": completion.dispose}
        self.tables: list[dict[type, Any]] = []
        self.slots = Slots()
        self._given: dict[int, int] = {}
        """Slots of what resolvers get, by answers, which the plan holds."""

    def name(self, kind: str, value: Any) -> str:
        """A name for a value."""
        name = self.free(kind)
        self.names[name] = value
        return name

    def free(self, kind: str) -> str:
        """A name that nothing has yet."""
        name = f"{kind}{len(self.names)}"
        self.names[name] = None
        return name

    def given(self, answer: Answer, make: Callable[[ResolveInfo], Any]) -> str:
        """An expression for what the resolver of a field gets, which is made at the start of a run."""
        if id(answer) not in self._given:
            slot = self._given[id(answer)] = len(self.slots)
            self.slots.made[slot] = answer, make
        return f"s[{self._given[id(answer)]}]"

    def decided(self, arguments: Arguments) -> str:
        """An expression for arguments that variables decide."""
        slot = len(self.slots)
        self.slots.arguments[slot] = arguments
        return f"s[{slot}]"

    def info(self, answer: Answer) -> Callable[[State], ResolveInfo]:
        """What gives the resolve info of a field in a run."""
        slot = len(self.slots)
        self.slots.infos[slot] = answer

        def info(state: State) -> ResolveInfo:
            if state[slot] is None:
                state[slot] = info_of(state[1], answer)
            found: ResolveInfo = state[slot]
            return found

        return info


def info_of(executor: Any, answer: Answer) -> ResolveInfo:
    """What graphql-core tells a resolver, but for the indices of lists in the path."""
    info: ResolveInfo = executor.build_resolve_info(answer.definition, answer.nodes, answer.parent, answer.path)
    return info
