"""Words of strangers: plain, printable, cut at a stated length."""

import unicodedata
from typing import Final

MAX_MESSAGE: Final = 500
MAX_NAME: Final = 80
MAX_TITLE: Final = 300
MAX_SUMMARY: Final = 5_000
MAX_MARKS: Final = 3
"""Combining marks kept on one character; more is the "zalgo" joke."""

# Directional overrides and isolates can make a text read as another one (Unicode TR 36); NUL and surrogates break storage.
_DROPPED: Final = frozenset({"Cc", "Cs", "Co", "Cn"})
_DIRECTION: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def plain(text: object, limit: int) -> str | None:
    """Printable text of at most ``limit`` characters with white space folded, or None when nothing is left.

    Markup is not interpreted: ``<script>`` stays nine harmless characters, which pages must escape.
    """
    if not isinstance(text, str):
        return None
    kept, marks = [], 0
    for char in text[: 4 * limit]:
        category = unicodedata.category(char)
        marks = marks + 1 if category in ("Mn", "Me") else 0
        if marks > MAX_MARKS or char in _DIRECTION:
            continue
        if char.isspace():
            kept.append(" ")
        elif category not in _DROPPED:
            kept.append(char)
    return " ".join("".join(kept).split())[:limit].rstrip() or None


def link(text: object) -> str | None:
    """An absolute http or https address, or None: nothing else is safe to use as a link."""
    if not isinstance(text, str) or len(text) > 2_000 or not text.isprintable() or any(c in text for c in ' <>"\\^`{|}'):
        return None
    scheme, _, rest = text.partition("://")
    return text if scheme.lower() in ("http", "https") and rest.partition("/")[0] else None
