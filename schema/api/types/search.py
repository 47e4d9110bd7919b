"""Text that is searched for."""

from schema.api.pagination import present
from schema.model.errors import BadUserInput
from schema.model.page import MAX_SEARCH


def searched(text: str | None) -> str:
    """The text, empty where there is none. Raises BadUserInput for one that is longer than anybody needs."""
    text = present(text) or ""
    if len(text) > MAX_SEARCH:
        raise BadUserInput(f"at most {MAX_SEARCH} characters are searched for", argument="search", limit="search_characters")
    return text
