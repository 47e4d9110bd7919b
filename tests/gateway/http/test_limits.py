"""The limits, each at its number and at one more."""

import time
from collections.abc import Callable
from dataclasses import fields

import pytest
from graphql import parse

from gateway.http.limits import Limits, check_document, check_numbers, check_text, check_variables
from schema.model.errors import LimitExceeded

LIMITS = Limits()


def exceeded(check: Callable[[], None]) -> str | None:
    """The name of the limit that a check finds exceeded."""
    try:
        check()
    except LimitExceeded as error:
        return error.limit
    return None


def of_document(text: str) -> str | None:
    """The limit that a document is over."""
    return exceeded(lambda: check_document(parse(text), LIMITS))


def deep(levels: int) -> str:
    """A document of that many fields within each other."""
    return "{" + "a{" * (levels - 1) + "a" + "}" * levels


def nested(levels: int) -> dict[str, object]:
    """Variables of that many objects and lists within each other."""
    value: object = []
    for level in range(levels - 2):
        value = [value] if level % 2 else {"a": value}
    return {"v": value}


@pytest.mark.parametrize(
    ("limit", "make"),
    [
        ("depth", deep),
        ("depth", lambda n: f"{{...F}} fragment F on T {deep(n)}"),
        ("depth", lambda n: f"{{...on T {deep(n)}}}"),
        ("aliases", lambda n: "{x{" + " ".join(f"a{i}: a" for i in range(n)) + "}}"),
        ("aliases", lambda n: "{x{" + "a " * (n + 1) + "}}"),
        ("aliases", lambda n: "{x{" + "...on T{a} " * (n + 1) + "}}"),
        ("aliases", lambda n: "{x{...F}} fragment F on T {" + " ".join(f"a{i}: a" for i in range(n)) + "}"),
        ("root_fields", lambda n: "{" + " ".join(f"a{i}" for i in range(n)) + "}"),
        ("root_fields", lambda n: "{...F} fragment F on T {" + " ".join(f"a{i}" for i in range(n)) + "}"),
        ("directives", lambda n: "{a" + " @x" * n + "}"),
        ("directives", lambda n: "query($v: T @x) @x {...F @x} fragment F on T @x {a" + " @x" * (n - 4) + "}"),
        ("number_digits", lambda n: "{a(v: [-" + "9" * n + "])}"),
        ("number_digits", lambda n: "{a(v: 1." + "9" * (n - 3) + "e-10)}"),
    ],
)
def test_a_document_may_go_up_to_its_limits_and_no_further(limit: str, make: Callable[[int], str]) -> None:
    number = getattr(LIMITS, limit)
    assert of_document(make(number)) is None
    assert of_document(make(number + 1)) == limit


def test_repeats_of_a_field_on_different_types_are_no_aliases() -> None:
    assert of_document("{x{" + " ".join(f"...on T{i}{{a}}" for i in range(30)) + "}}") is None


def test_a_document_may_be_so_long_and_no_longer() -> None:
    assert exceeded(lambda: check_text("x" * 15_000, LIMITS)) is None
    assert exceeded(lambda: check_text("x" * 15_001, LIMITS)) == "document_characters"


def test_variables_may_nest_up_to_the_limit_and_no_further() -> None:
    assert exceeded(lambda: check_variables({}, LIMITS)) is None
    assert exceeded(lambda: check_variables(nested(32), LIMITS)) is None
    assert exceeded(lambda: check_variables(nested(33), LIMITS)) == "variables_nesting"


@pytest.mark.parametrize("form", ['{"a": %s}', "[-%s]", '{"1234567890123456789012": %s}', "%s", '"\\\\" %s', '{"a": %s'])
def test_a_number_in_json_may_have_so_many_digits_and_no_more(form: str) -> None:
    assert exceeded(lambda: check_numbers((form % ("9" * 20)).encode(), LIMITS)) is None
    assert exceeded(lambda: check_numbers((form % ("9" * 21)).encode(), LIMITS)) == "number_digits"


@pytest.mark.parametrize("number", ["1.23456789012345678901", "123456789012345678e901", "1234567890123456789012e-1"])
def test_digits_of_all_parts_of_a_number_count(number: str) -> None:
    assert exceeded(lambda: check_numbers(number.encode(), LIMITS)) == "number_digits"


@pytest.mark.parametrize("text", ['"%s"', '"\\"%s"', '{"%s": 1}', '"a', '"%s'])
def test_digits_in_texts_do_not_count(text: str) -> None:
    assert exceeded(lambda: check_numbers(text.replace("%s", "9" * 100).encode(), LIMITS)) is None


def doubling(levels: int) -> str:
    """Fragments that each spread the next one twice: two to the power of the levels, written out."""
    links = [f"fragment F{i} on T {{ a: x {{ ...F{i + 1} }} b: x {{ ...F{i + 1} }} }}" for i in range(levels)]
    return " ".join(["{ ...F0 }", *links, f"fragment F{levels} on T {{ x }}"])


@pytest.mark.parametrize(
    "text",
    [
        doubling(70),
        "{ x { ...F } } fragment F on T { x { ...F } ...F a { ...F } }",
        "{ ...A } fragment A on T { ...B ...B } fragment B on T { ...A ...A }",
        "{ x { " + "...F " * 400 + "} } fragment F on T { x }",
    ],
)
def test_fragments_in_circles_and_doubling_cost_nothing(text: str) -> None:
    document = parse(text)
    began = time.process_time()
    exceeded(lambda: check_document(document, LIMITS))
    assert time.process_time() - began < 0.05


def test_doubling_through_fragments_is_counted_as_if_written_out() -> None:
    assert of_document(doubling(3)) is None  # 2 + 4 + 8 aliases
    assert of_document(doubling(4)) == "aliases"


def test_a_spread_of_nothing_counts_nothing() -> None:
    assert of_document("{ x { ...Unknown } }") is None


def test_introspection_is_not_measured_in_depth_but_in_aliases() -> None:
    inside = "{".join(["ofType"] * 12) + "{name" + "}" * 12
    assert of_document("{__schema{types{fields{type{" + inside + "}}}}}") is None
    assert of_document("{__schema{" + " ".join(f"a{i}: types{{name}}" for i in range(16)) + "}}") == "aliases"


@pytest.mark.parametrize("name", [each.name for each in fields(Limits)])
def test_a_limit_of_nothing_is_a_mistake(name: str) -> None:
    with pytest.raises(ValueError, match=name):
        Limits(**{name: 0})
