"""Requests, read strictly."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.http.limits import Limits
from gateway.http.requests import OperationRequest, read_json
from schema.model.errors import BadUserInput, LimitExceeded


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"\xff\xfe",
        b'{"query": "\xc3\x28"}',
        b"\xef\xbb\xbf{}",
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'{"operationName": "\\ud800"}',
        b"NaN",
        b"{'a': 1}",
        b'{"a": 1} {"b": 2}',
        b"1e999",
    ],
)
def test_what_is_not_json_is_refused(text: bytes) -> None:
    with pytest.raises(BadUserInput, match=r"^This is not JSON\.$"):
        read_json(text, Limits())


@given(st.binary() | st.text().map(str.encode) | st.text('[]{}\\",:0123456789eE.-').map(str.encode))
def test_no_text_of_any_kind_breaks_it(text: bytes) -> None:
    with suppress(BadUserInput, LimitExceeded):
        OperationRequest.from_json(read_json(text, Limits()))


def test_a_number_of_thousands_of_digits_is_never_read() -> None:
    with pytest.raises(LimitExceeded):
        read_json(b'{"variables": {"v": ' + b"9" * 5_000 + b"}}", Limits())


@pytest.mark.parametrize(
    ("value", "argument"),
    [
        (None, None),
        (7, None),
        ("x", None),
        ([], None),
        ([{"query": "{a}"}], None),
        ({}, "query"),
        ({"query": None}, "query"),
        ({"query": 7}, "query"),
        ({"query": ["{a}"]}, "query"),
        ({"query": "{a}", "operationName": 7}, "operationName"),
        ({"query": "{a}", "operationName": {}}, "operationName"),
        ({"query": "{a}", "variables": []}, "variables"),
        ({"query": "{a}", "variables": "{}"}, "variables"),
        ({"query": "{a}", "extensions": []}, "extensions"),
    ],
)
def test_a_request_of_another_form_is_refused_by_the_name_of_what_is_wrong(value: object, argument: str | None) -> None:
    with pytest.raises(BadUserInput) as refused:
        OperationRequest.from_json(value)
    assert refused.value.argument == argument


def test_what_a_client_leaves_out_or_gives_as_null_is_nothing() -> None:
    bare = OperationRequest.from_json({"query": "{a}"})
    assert bare == OperationRequest.from_json({"query": "{a}", "operationName": None, "variables": None, "extensions": None})
    assert (bare.operation_name, dict(bare.variables)) == (None, {})
