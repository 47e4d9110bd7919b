"""Words of strangers come out printable and short, and links lead where they seem to."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schema.model.text import MAX_LINK, MAX_MARKS, link, plain

FAMILY = "\U0001f469\u200d\U0001f469\u200d\U0001f467"


@given(st.text(st.characters()), st.integers(1, 40))
def test_any_text_comes_out_short_storable_and_stable(text: str, limit: int) -> None:
    found = plain(text, limit)

    if found is not None:
        assert 0 < len(found) <= limit
        assert found.replace("\u200c", "").replace("\u200d", "").isprintable()
        assert found == found.strip()
        assert json.loads(json.dumps(found).encode()) == found
        assert plain(found, limit) == found


@given(st.text(st.characters(categories=("L", "N", "P", "S")), min_size=1, max_size=40))
def test_ordinary_text_is_kept_as_it_is(text: str) -> None:
    assert plain(text, 40) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("加油，孩子们！", "加油，孩子们！"),
        ("  two\n\t words\u2028here\u00a0 ", "two words here"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("a\x00b\x1b[31mc", "ab[31mc"),
        ("a\ud800b", "ab"),
        ("pay \u202efdp.exe\u202c", "pay fdp.exe"),
        ("\u2066left\u2069\u200e\u200f", "left"),
        ("\ufeffbom\u00ad", "bom"),
        ("\U000e0041\U000e0042hidden", "hidden"),
        (FAMILY, FAMILY),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("e\u0301", "e\u0301"),
    ],
    ids=ascii,
)
def test_what_can_deceive_or_break_is_left_out_and_the_rest_is_kept(text: str, shown: str) -> None:
    assert plain(text, 80) == shown


@pytest.mark.parametrize(
    "text",
    ["", "   ", "\n", "\x00", "\ud800\udfff", "\u202e", "\u200b\u200b", "\u200d", " \u200c \u200d ", "\ue000"],
    ids=ascii,
)
def test_a_text_of_which_nothing_can_be_seen_is_none(text: str) -> None:
    assert plain(text, 80) is None


@pytest.mark.parametrize("value", [None, 5, 1.5, True, b"text", ["text"], {"text": 1}])
def test_what_is_no_text_is_none(value: Any) -> None:
    assert plain(value, 80) is None
    assert link(value) is None


@pytest.mark.parametrize("between", ["", "\u200d", "\u202e", "\x00", "\ud800"], ids=ascii)
def test_marks_cannot_be_piled_up_even_with_invisible_characters_between(between: str) -> None:
    found = plain("Z" + ("\u0301" + between) * 60 + "algo", 80)

    assert found is not None
    assert found.count("\u0301") == MAX_MARKS
    assert found.endswith("algo")


def test_a_text_is_cut_at_its_limit_and_not_before() -> None:
    assert plain("x" * 80, 80) == "x" * 80
    assert plain("x" * 81, 80) == "x" * 80
    assert plain("名" * 81, 80) == "名" * 80


def test_a_megabyte_costs_no_more_than_a_few_lines() -> None:
    assert plain("x" * 10**6, 80) == "x" * 80
    assert plain("\u0301" * 10**6, 80) == "\u0301" * MAX_MARKS
    assert link("https://example.org/" + "x" * 10**6) is None


@pytest.mark.parametrize(
    "text",
    [
        "https://example.org",
        "http://example.org/",
        "HTTPS://Example.org/a?b=c&d=e#f",
        "https://example.org:8443/x",
        "https://[2001:db8::1]/",
        "https://例子.example/午餐",
        "https://example.org/@name",
        "https://example.org/it's",
        "http://127.0.0.1:9001/logo.png",
    ],
)
def test_an_absolute_web_address_is_a_link(text: str) -> None:
    assert link(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "example.org",
        "//example.org",
        "/path",
        "https:",
        "https://",
        "https:///path",
        "https://?q",
        "https://#f",
        "https://:80/",
        "javascript:alert(1)",
        "javascript://example.org/%0aalert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "ftp://example.org",
        "ｈttps://example.org",
        " https://example.org",
        "https://example.org ",
        "https://exa mple.org",
        "https://example.org/\n",
        "https://example.org/\x00",
        "https://example.org/\ud800",
        'https://example.org/"><script>',
        "https://example.org/\\evil",
        "https://network.example@evil.example/",
        "https://user:pw@example.org/",
        "https://example.org:port/",
        "https://example.org:99999/",
        "https://[::1/",
        "https://example.org/\u202egnp.exe",
        "https://example.org/\u200b",
    ],
    ids=ascii,
)
def test_anything_else_is_no_link(text: str) -> None:
    assert link(text) is None


def test_a_link_has_a_limit() -> None:
    start = "https://example.org/"

    assert link(start.ljust(MAX_LINK, "x")) is not None
    assert link(start.ljust(MAX_LINK + 1, "x")) is None


@given(st.text(st.characters()))
def test_no_text_breaks_the_reading_of_links(text: str) -> None:
    for form in (text, f"https://{text}", f"https://example.org/{text}", f"https://[{text}]/"):
        assert link(form) in (None, form)
