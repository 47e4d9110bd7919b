"""Texts as the catalogue compares them, and searches as SQLite is asked."""

import sqlite3
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.read.terms import expression, terms
from schema.model.page import MAX_SEARCH

SYNTAX = [
    '"',
    '""',
    "*",
    "lunch*",
    "^lunch",
    "-lunch",
    "title:lunch",
    "{title}:a",
    "a AND b",
    "a OR b",
    "a NOT b",
    "NEAR(a b, 2)",
]
SYNTAX += ["(", "a + b", "'; DROP TABLE words; --", "\x00a\x00", "a:b", ":search", "%", "_", "\\", "\ud800"]
RUNNING = "免费午餐儿童がんばれ학교โรงเรียน𠮷🎮"


@pytest.fixture
def index() -> Iterator[sqlite3.Connection]:
    database = sqlite3.connect(":memory:")
    database.execute("CREATE VIRTUAL TABLE words USING fts5(text, content='', tokenize='ascii')")
    yield database
    database.close()


def has(index: sqlite3.Connection, text: str, search: str) -> bool:
    """Whether the one text of an index is found."""
    index.execute("INSERT INTO words (words) VALUES ('delete-all')")
    index.execute("INSERT INTO words (rowid, text) VALUES (1, ?)", (terms(text),))
    wanted = expression(search)
    assert wanted is not None
    return bool(index.execute("SELECT 1 FROM words WHERE words MATCH ?", (wanted,)).fetchall())


@pytest.mark.parametrize(
    ("text", "search"),
    [
        ("School lunch", "LUNCH"),
        ("School lunch", "lun sch"),
        ("Café für Łódź", "cafe FUR lodz"),
        ("Cafe fur Lodz", "café für łódź"),
        ("STRASSE", "straße"),
        ("ＬＵＮＣＨ　２０１３", "lunch 2013"),
        ("Lunch 2013", "ｌｕｎｃｈ"),
        ("ﬁre", "fire"),
        ("İstanbul", "istanbul"),
        ("Игра", "игр"),
        ("مَدْرَسَة", "مدرسة"),
        ("免费午餐", "午餐"),
        ("免费午餐", "免"),
        ("免费午餐", "餐"),
        ("免费午餐 2013 lunch", "lunch免费午"),
        ("Love免费午餐", "餐 love"),
        ("がっこう", "っこ"),
        ("서울학교에서", "학교"),
        ("हिन्दी विद्यालय", "विद्या"),
        ("โรงเรียน", "เรียน"),
        ("𠮷野家", "𠮷野"),
        ("ｶﾞｯｺｳ", "ガッコウ"),
        ("Game 🎮 night", "🎮"),
        ("24/7 C++", "24 7 c"),
    ],
)
def test_a_word_is_found_whatever_its_case_accents_and_width(index: sqlite3.Connection, text: str, search: str) -> None:
    assert has(index, text, search)


@pytest.mark.parametrize(
    ("text", "search"),
    [
        ("School lunch", "chool"),
        ("School lunch", "school lunches"),
        ("免费午餐", "费餐"),
        ("免费 午餐", "费午"),
        ("免费午餐", "午餐会"),
        ("がっこう", "かっこ"),
        ("lunch", "午"),
    ],
)
def test_what_does_not_occur_is_not_found(index: sqlite3.Connection, text: str, search: str) -> None:
    assert not has(index, text, search)


@given(text=st.text(RUNNING, min_size=1, max_size=12), data=st.data())
def test_any_piece_of_a_text_without_spaces_is_found_and_nothing_else(text: str, data: st.DataObject) -> None:
    database = sqlite3.connect(":memory:")
    database.execute("CREATE VIRTUAL TABLE words USING fts5(text, content='', tokenize='ascii')")
    piece = data.draw(st.text(RUNNING, min_size=1, max_size=4))
    assert has(database, text, text)
    assert has(database, text, piece) == (piece in text)
    start = data.draw(st.integers(0, len(text) - 1))
    assert has(database, text, text[start : start + data.draw(st.integers(1, 12))])
    database.close()


@given(st.text(max_size=MAX_SEARCH) | st.lists(st.sampled_from(SYNTAX), max_size=6).map(" ".join))
def test_whatever_a_stranger_writes_is_text(search: str) -> None:
    database = sqlite3.connect(":memory:")
    database.execute("CREATE VIRTUAL TABLE words USING fts5(title, charity, content='', tokenize='ascii')")
    if (wanted := expression(search)) is not None:
        assert database.execute("SELECT COUNT(*) FROM words WHERE words MATCH ?", (wanted,)).fetchone() == (0,)
    database.close()


@given(st.text(max_size=60))
def test_what_is_compared_is_the_same_when_it_is_written_as_it_is_compared(text: str) -> None:
    once = terms(text).split()
    for term in once:
        assert terms(term).split()[0] == term


@pytest.mark.parametrize("search", SYNTAX)
def test_operators_are_words_or_nothing(index: sqlite3.Connection, search: str) -> None:
    if expression(search) is None:
        return
    assert has(index, f"the title says {search} as it is", search)
    assert not has(index, "something else", search)


@pytest.mark.parametrize("search", ["", " ", "　", "\t\n", "!?", "-*\"'", "\u0301", "\u200d", "\x00"])
def test_a_text_without_a_word_asks_for_nothing(search: str) -> None:
    assert expression(search) is None
