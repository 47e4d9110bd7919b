"""Plain words out of HTML. Pure."""

import re
from html.parser import HTMLParser
from typing import Final

from schema.model.text import plain

# These are within a word; every other tag parts words, as <p> and <br> do.
_WITHIN: Final = frozenset(
    {"a", "abbr", "b", "bdi", "bdo", "cite", "code", "del", "em", "font", "i", "ins", "mark", "s", "small", "span", "strong"}
    | {"strike", "sub", "sup", "u", "wbr"}
)
_UNSEEN: Final = frozenset({"script", "style"})
"""What they enclose is no text."""
_MARKED_SECTION: Final = re.compile(r"<!\[+")
_BEGINS_TAG: Final = re.compile(r"<[A-Za-z/!?]")


def words(html: object, limit: int) -> str | None:
    """Printable text of at most ``limit`` characters, or None when nothing is left: see ``schema.model.text.plain``.

    Tags are gone, entities decoded, once. A tag that does not end takes the rest with it. Only the first characters are
    looked at, four for each of ``limit``: story editors write much markup, and a stranger may write nothing else.
    """
    if not isinstance(html, str):
        return None
    reader = _Words()
    # A browser takes a marked section, as word processors write it, for a comment; for some the parser raises AssertionError.
    reader.feed(_finished(_MARKED_SECTION.sub("<?", html[: 4 * limit])))
    reader.close()
    return plain("".join(reader.found), limit)


def _finished(html: str) -> str:
    """All before a tag that does not end: at each of many the parser would look for the end anew."""
    tag = _BEGINS_TAG.search(html, html.rfind(">") + 1)
    return html if tag is None else html[: tag.start()]


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._unseen = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._unseen = tag in _UNSEEN
        self._part(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._part(tag)

    def handle_endtag(self, tag: str) -> None:
        self._unseen = False
        self._part(tag)

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.found.append(data)

    def _part(self, tag: str) -> None:
        if tag not in _WITHIN:
            self.found.append(" ")
