"""Operations over any schema, drawn: variables, named and inline fragments, aliases and conditions occur in all of them.

Every response name means one field with one set of arguments, so that whatever is drawn may be merged; fields are drawn again
under names that they already have.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar, cast

import hypothesis.strategies as st
from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_composite_type,
    is_list_type,
    is_non_null_type,
)
from hypothesis import HealthCheck, Phase, seed, settings

Draw = st.DrawFn
Run = TypeVar("Run", bound=Callable[..., None])
Scalars = Mapping[str, st.SearchStrategy[Any]]
"""Values by the name of an argument or a field of an input, else of a scalar."""

EXAMPLES: Final = int(os.environ.get("EXECUTION_EXAMPLES", "60"))
"""How many operations a test tries."""
SHARES: Final = EXAMPLES >= 1_000
"""Whether these are enough to say what share of them is answered in which way: few may be much alike."""


def drawn(number: int) -> Callable[[Run], Run]:
    """Has a test try so many, which are others with another number."""
    print(f"seed {number} (TEST_SEED={number} draws the same again)")  # noqa: T201 (pytest shows it when the test fails)
    tries = settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        phases=[Phase.generate],  # a smaller case is found faster by hand than by drawing hundreds of documents again
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    return lambda run: seed(number)(tries(run))


BUILT_IN: Final[Scalars] = {
    "Int": st.integers(0, 5),
    "Float": st.one_of(st.integers(1, 9), st.floats(0.5, 9, width=16)),
    "String": st.sampled_from(["", "a", 'quoted "text"', "名字", "\\ \n"]),
    "Boolean": st.booleans(),
    "ID": st.sampled_from(["a", "7"]),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """An operation, alone in its document, with its variables."""

    text: str
    variables: dict[str, Any]
    field: str = ""
    """The field of a subscription."""


@dataclass
class _Drawing:
    draw: Draw
    schema: GraphQLSchema
    scalars: Scalars
    left: int
    """How many fields may still be drawn."""
    fragments: dict[str, tuple[GraphQLNamedType, str]] = field(default_factory=dict)
    declared: dict[str, str] = field(default_factory=dict)
    """Variables as they are declared."""
    variables: dict[str, Any] = field(default_factory=dict)
    meanings: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    """What response names mean."""

    def chance(self, one_in: int) -> bool:
        return self.draw(st.integers(1, one_in)) == 1

    def selections(self, parent: GraphQLNamedType, depth: int) -> str:
        """A selection set of a type that has fields, or may be one that has."""
        drawn = [self.one(parent, depth) for _ in range(self.draw(st.integers(1, 4)))]
        return "{ " + " ".join(drawn) + " __typename }"

    def one(self, parent: GraphQLNamedType, depth: int) -> str:
        self.left -= 1
        if self.left < 0:
            return "__typename"
        kind = self.draw(st.integers(0, 9))
        if kind == 0:
            return f"... {self.condition()} {self.selections(parent, depth)}"
        if kind <= 2:
            return self.fragment(parent, depth)
        if kind == 3:
            return f"t{self.draw(st.integers(0, 1))}: __typename"
        fields = [
            (name, each)
            for name, each in getattr(parent, "fields", {}).items()
            if depth > 0 or not is_composite_type(get_named_type(each.type))
        ]
        if not fields:
            return self.fragment(parent, depth)
        name, known = self.draw(st.sampled_from(fields))
        return self.answered(name, known, depth)

    def fragment(self, parent: GraphQLNamedType, depth: int) -> str:
        """One on a type that meets the parent's, written here, or by its name, drawn before or now."""
        known = [name for name, (type_, _) in self.fragments.items() if self.meets(type_, parent)]
        if known and self.chance(2):
            return f"...{self.draw(st.sampled_from(known))} {self.condition()}"
        types = [each for each in self.schema.type_map.values() if is_composite_type(each) and self.meets(each, parent)]
        type_ = self.draw(st.sampled_from([each for each in types if not each.name.startswith("__")]))
        inner = self.selections(type_, depth)
        if self.chance(2):
            return f"... on {type_.name} {self.condition()} {inner}"
        name = f"F{len(self.fragments)}"
        self.fragments[name] = type_, inner
        return f"...{name} {self.condition()}"

    def meets(self, one: GraphQLNamedType, other: GraphQLNamedType) -> bool:
        """Whether an object can be of both types."""
        return not self.possible(one).isdisjoint(self.possible(other))

    def possible(self, type_: GraphQLNamedType) -> set[str]:
        if isinstance(type_, GraphQLObjectType):
            return {type_.name}
        return {each.name for each in self.schema.get_possible_types(cast("Any", type_))}

    def answered(self, name: str, known: GraphQLField, depth: int, *, always: bool = False) -> str:
        signature = ", ".join([str(known.type), *(f"{each}: {of.type}" for each, of in known.args.items())])
        again = [
            (key, meaning[1])
            for key, meaning in self.meanings.items()
            if (meaning[0], meaning[2]) == (name, signature) and (meaning[1] or not known.args)
        ]
        if again and self.chance(3):
            key, arguments = self.draw(st.sampled_from(again))
        else:
            arguments = self.arguments(known.args)
            key = self.key(name, arguments, signature)
        inner = self.selections(get_named_type(known.type), depth - 1) if is_composite_type(get_named_type(known.type)) else ""
        written = f"{key}: {name}" if key != name else name
        return f"{written}{arguments} {'' if always else self.condition()} {inner}"

    def key(self, *meaning: str) -> str:
        """A response name for this field with these arguments: its own where that is free."""
        name = meaning[0] if not self.chance(3) else f"a{self.draw(st.integers(0, 9))}"
        while self.meanings.setdefault(name, cast("tuple[str, str, str]", meaning)) != meaning:
            name = f"b{len(self.meanings)}"
        return name

    def condition(self) -> str:
        """None mostly, else one or two, of constants or variables."""
        if not self.chance(4):
            return ""
        names = self.draw(st.sampled_from([("skip",), ("include",), ("skip", "include"), ("include", "skip")]))
        return " ".join(f"@{name}(if: {self.boolean()})" for name in names)

    def boolean(self) -> str:
        value = self.draw(st.booleans())
        if self.chance(3):
            return "true" if value else "false"
        name = f"if{self.draw(st.integers(0, 2))}"
        if name not in self.declared:
            if self.chance(3):
                self.declared[name] = "Boolean = " + ("true" if value else "false")
            else:
                self.declared[name] = "Boolean!"
                self.variables[name] = value
        return f"${name}"

    def arguments(self, known: Mapping[str, GraphQLArgument]) -> str:
        given = [
            f"{name}: {self.value(name, each.type, has_default=each.default is not None)}"
            for name, each in known.items()
            if (is_non_null_type(each.type) and each.default is None) or self.chance(2)
        ]
        return f"({', '.join(given)})" if given else ""

    def value(self, name: str, type_: GraphQLInputType, *, has_default: bool = False) -> str:
        """A literal, or a variable somewhere in it."""
        if self.chance(3):
            return self.variable(name, type_, has_default=has_default)
        if is_non_null_type(type_):
            type_ = type_.of_type
        elif self.chance(8):
            return "null"
        if is_list_type(type_):
            return "[" + ", ".join(self.value(name, type_.of_type) for _ in range(self.draw(st.integers(0, 3)))) + "]"
        if isinstance(type_, GraphQLInputObjectType):
            fields = ", ".join(
                f"{name}: {self.value(name, each.type, has_default=each.default is not None)}"
                for name, each in type_.fields.items()
                if (is_non_null_type(each.type) and each.default is None) or self.chance(2)
            )
            return "{" + fields + "}"
        return literal(self.plain(name, GraphQLNonNull(cast("Any", type_))), type_)

    def variable(self, argument: str, type_: GraphQLInputType, *, has_default: bool) -> str:
        name = f"v{len(self.declared)}"
        declared, value = str(type_), self.plain(argument, type_)
        if is_non_null_type(type_) and (has_default or self.chance(3)) and not is_list_type(type_.of_type):
            bare = type_.of_type
            if not isinstance(bare, GraphQLInputObjectType):
                self.declared[name] = f"{bare} = {literal(value, bare)}"
                if self.chance(2):
                    self.variables[name] = self.plain(argument, type_)
                return f"${name}"
        self.declared[name] = declared
        if is_non_null_type(type_) or not self.chance(3):
            self.variables[name] = value
        return f"${name}"

    def plain(self, name: str, type_: GraphQLInputType) -> Any:
        """A value as JSON has it."""
        if is_non_null_type(type_):
            type_ = type_.of_type
        elif self.chance(8):
            return None
        if is_list_type(type_):
            return [self.plain(name, type_.of_type) for _ in range(self.draw(st.integers(0, 3)))]
        if isinstance(type_, GraphQLInputObjectType):
            return {
                name: self.plain(name, each.type)
                for name, each in type_.fields.items()
                if (is_non_null_type(each.type) and each.default is None) or self.chance(2)
            }
        if isinstance(type_, GraphQLEnumType):
            return self.draw(st.sampled_from(sorted(type_.values)))
        return self.draw(self.scalars[name if name in self.scalars else cast("Any", type_).name])


def literal(value: Any, type_: GraphQLInputType) -> str:
    """A value of a scalar or an enum as it is written in a document."""
    if value is None:
        return "null"
    if isinstance(get_named_type(type_), GraphQLEnumType):
        return str(value)
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
    return str(value).lower()


@st.composite
def operations(
    draw: Draw, schema: GraphQLSchema, scalars: Scalars, *, kind: str = "query", fields: int = 40, depth: int = 5
) -> Asked:
    """A valid operation of at most so many fields as written."""
    drawing = _Drawing(draw, schema, {**BUILT_IN, **scalars}, fields)
    root = schema.query_type if kind == "query" else schema.subscription_type
    assert root is not None
    followed = "" if kind == "query" else draw(st.sampled_from(sorted(root.fields)))
    body = (
        f"{{ {drawing.answered(followed, root.fields[followed], depth, always=True)} }}"
        if followed
        else drawing.selections(root, depth)
    )
    declared = ", ".join(f"${name}: {type_}" for name, type_ in drawing.declared.items())
    text = f"{kind} Drawn{f'({declared})' if declared else ''} {body}"
    for name, (type_, inner) in drawing.fragments.items():
        if f"...{name} " in text or any(f"...{name} " in other for _, other in drawing.fragments.values()):
            text += f"\nfragment {name} on {type_.name} {inner}"
    return Asked(text, drawing.variables, followed)
