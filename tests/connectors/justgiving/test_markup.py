"""Plain words out of what stories and messages hold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.justgiving.markup import words
from schema.model.text import MAX_MESSAGE, plain


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("Made-up message", "Made-up message"),
        ("<p>One</p><p>two<br/>three</p>", "One two three"),
        ("<b>Sam</b>ple <a href='https://x.example'>link</a>", "Sample link"),
        ("<ul><li>a<li>b</ul>", "a b"),
        ("Fish &amp; chips &#163;5&nbsp;&lt;3", "Fish & chips £5 <3"),
        ("&amp;lt;b&amp;gt;", "&lt;b&gt;"),
        ("I <3 you, 2 < 3 > 1", "I <3 you, 2 < 3 > 1"),
        ("a<script>alert(1)</script>b<style>p {}</style>c", "a b c"),
        ("a<!-- hidden <b>x</b> -->b", "ab"),
        ("<![if !supportLists]>a<![endif]>b<![CDATA[c]]>d<![[e[f]]>g", "abdg"),
        ("text <img src='https://cdn.example/x.jp", "text"),
        ("text </p", "text"),
        ("<div\nclass='x'>a\n\n  b</div>", "a b"),
        ("<p></p>", None),
        ("", None),
        (None, None),
        (7, None),
        ({"html": "a"}, None),
    ],
)
def test_tags_go_and_entities_are_decoded_once(html: object, expected: str | None) -> None:
    assert words(html, MAX_MESSAGE) == expected


def test_a_long_story_is_cut() -> None:
    assert words("<p>" + "word " * 1_000 + "</p>", 22) == "word word word word wo"


@pytest.mark.parametrize("unit", ["<a ", "<a b=", '<a "', "</", "<!--", "<![x[", "<?", "&#", "<script>"])
def test_what_is_nothing_but_markup_is_read_at_once(unit: str) -> None:
    assert len(words(unit * 20_000, 5_000) or "") <= 5_000


PIECES = (
    "<",
    "<!",
    "<![",
    "[x[",
    "<!--",
    "-->",
    "]]>",
    "<?",
    ">",
    "/",
    "</",
    "script",
    "p",
    " ",
    "&",
    "&#",
    "x",
    ";",
    '"',
    "'",
)


@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=12))
def test_whatever_a_stranger_writes_gives_plain_words(pieces: list[str]) -> None:
    found = words("".join(pieces), MAX_MESSAGE)
    assert found == plain(found, MAX_MESSAGE)
