"""The schema as a file for front-end teams: ``schema/schema.graphql`` is this text, committed."""

from schema.api.build import build


def printed() -> str:
    """The whole schema in GraphQL's own language, sorted by type, with a line end at the end."""
    return build().as_str() + "\n"
