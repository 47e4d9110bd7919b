"""What makes an answer to GET one that browsers and a CDN may keep, and be told of that it is still the same.

https://www.rfc-editor.org/rfc/rfc9110#section-13 and https://www.rfc-editor.org/rfc/rfc9111. There is no
``stale-while-revalidate``: an answer says itself how fresh its figures are, and that holds for no longer than its ``max-age``.
"""

from dataclasses import replace
from hashlib import blake2b

from gateway.http.responses import Answer
from gateway.http.results import Result


def kept(result: Result, made: Answer, if_none_match: str | None) -> Answer:
    """The answer to a query by GET, of which ``result`` is the content, or the word that what is kept is still the same.

    What holds an error is kept by nobody: it names its request, and may be over at once.
    """
    if not result.executed or result.errors:
        return made
    tag = _tag(made)
    cached = f"public, max-age={result.max_age}" if result.max_age else "no-cache"  # which is kept, and asked about each time
    unchanged = if_none_match is not None and _names(if_none_match, tag)
    return replace(
        made, status=304 if unchanged else made.status, headers={**made.headers, "etag": tag, "cache-control": cached}
    )


def _tag(made: Answer) -> str:
    """A strong one: two answers of different media types are not the same, although their bytes may be."""
    digest = blake2b(made.body, digest_size=16, key=made.media_type.encode())
    return f'"{digest.hexdigest()}"'


def _names(if_none_match: str, tag: str) -> bool:
    """Weak ones are compared too, as a compressing proxy weakens ours: RFC 9110, section 13.1.2."""
    named = [each.strip() for each in if_none_match.split(",")]
    return "*" in named or tag in (each.removeprefix("W/") for each in named)
