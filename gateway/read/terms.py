"""Words of a text as the catalogue compares them, and what a search asks of them: the text of a stranger, never a language.

Letters are compared without case, accents and width. Of scripts that put no spaces between words every two neighbours are a
term, so that any piece of a text is found; the last character of a piece stands alone as well, so that each one is found.
"""

import re
import unicodedata
from typing import Final

# Blocks of https://www.unicode.org/Public/UCD/latest/ucd/Blocks.txt: the scripts of India and South East Asia, whose vowels are
# marks; Han, kana, hangul, which glues particles to words; and pictures, which people write in titles
_RUNNING: Final = (
    "\u0900-\u0963\u0966-\u109f\u1100-\u11ff\u1780-\u17d3\u2600-\u27bf\u2e80-\u2fdf\u3005-\u3007\u3021-\u302f\u3031-\u3035"
    "\u3038-\u303c\u3041-\u318f\u31a0-\u31ff\u3400-\u9fff\ua000-\ua4cf\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff"
    "\U0001f1e6-\U0001f1ff\U0001f300-\U0001faff\U00020000-\U0003ffff"
)
_PIECE: Final = re.compile(rf"([{_RUNNING}]+)|([^\W_{_RUNNING}]+)")
# accents, and the vowel points of Hebrew and Arabic: ordinary writing leaves them out; and what makes a picture coloured
_MARKS: Final = re.compile("[\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u064b-\u065f\u0670\u200c\u200d\ufe00-\ufe0f]+")
# letters of which Unicode takes the stroke or the bond for no accent
_LETTERS: Final = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"})


def terms(text: str) -> str:
    """What is written into the index for a text."""
    return " ".join(term for piece, is_running in _pieces(text) for term in (_pairs(piece) if is_running else [piece]))


def expression(search: str) -> str | None:
    """What finds the texts in which every word of ``search`` occurs, in SQLite's full-text language, or None without a word.

    A word of letters is found at the beginning of words, a piece of a running script wherever it stands. No character of
    ``search`` has a meaning in that language: what is quoted here are letters, digits and pictures alone.
    """
    found = dict.fromkeys(_asked(piece, is_running) for piece, is_running in _pieces(search))
    return " AND ".join(found) or None


def _asked(piece: str, is_running: bool) -> str:  # noqa: FBT001
    if is_running and len(piece) > 1:
        return f'"{" ".join(_pairs(piece)[:-1])}"'
    return f'"{piece}"*'


def _pieces(text: str) -> list[tuple[str, bool]]:
    return [(running or word, bool(running)) for running, word in _PIECE.findall(_folded(text))]


def _pairs(piece: str) -> list[str]:
    """Every two neighbours, and the last one alone."""
    return [piece[place : place + 2] for place in range(len(piece))]


def _folded(text: str) -> str:
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    return unicodedata.normalize("NFC", _MARKS.sub("", decomposed)).translate(_LETTERS)
