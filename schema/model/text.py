"""Words of strangers: plain, printable, cut at a stated length."""

import unicodedata
from typing import Final
from urllib.parse import urlsplit

MAX_MESSAGE: Final = 500
MAX_NAME: Final = 80
MAX_TITLE: Final = 300
MAX_SUMMARY: Final = 5_000
MAX_LINK: Final = 2_000
MAX_MARKS: Final = 3
"""Combining marks kept on one character; more is the "zalgo" joke."""

# NUL and surrogates break storage. Of the invisible format characters (Cf) directional ones can make a text read as another
# one and the rest can hide words (Unicode TR 36); only the two joiners are needed, by Persian and by emoji.
_DROPPED: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_JOINERS: Final = "\u200c\u200d"


def plain(text: object, limit: int) -> str | None:
    """Printable text of at most ``limit`` characters with white space folded, or None when nothing is left.

    Markup is not interpreted: ``<script>`` stays eight harmless characters, which pages must escape.
    """
    if not isinstance(text, str):
        return None
    kept, marks = [], 0
    for char in text[: 4 * limit]:
        category = unicodedata.category(char)
        if char.isspace():
            kept.append(" ")
            marks = 0
        elif char in _JOINERS:
            kept.append(char)  # does not begin a new character, so marks go on counting
        elif category in ("Mn", "Me"):
            marks += 1
            if marks <= MAX_MARKS:
                kept.append(char)
        elif category not in _DROPPED:
            kept.append(char)
            marks = 0
    folded = " ".join("".join(kept).split())[:limit].rstrip()
    return folded if folded.strip(_JOINERS + " ") else None


def link(text: object) -> str | None:
    """An absolute http or https address, or None: nothing else is safe to use as a link.

    Nor is one with a user's name in it, as https://network.example@evil.example leads to the latter.
    """
    if not isinstance(text, str) or len(text) > MAX_LINK or not text.isprintable() or any(c in text for c in ' <>"\\^`{|}'):
        return None
    try:
        parts = urlsplit(text)
        safe = parts.scheme in ("http", "https") and parts.hostname and "@" not in parts.netloc and parts.port != 0
    except ValueError:  # a port that is no number, a broken IPv6 address
        return None
    return text if safe else None
