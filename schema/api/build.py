"""The schema, put together."""

import strawberry
from strawberry.schema.config import StrawberryConfig

from schema.api.query import Query
from schema.api.scalars import SCALARS
from schema.api.subscription import Subscription


def build() -> strawberry.Schema:
    """A new schema over ``schema.api.ports.Context``.

    It does not suggest the right name for a misspelt field. For arguments and values that is up to whoever validates and
    executes: graphql-core's ``hide_suggestions``.
    """
    return strawberry.Schema(
        query=Query,
        subscription=Subscription,
        config=StrawberryConfig(disable_field_suggestions=True, scalar_map=SCALARS),
    )
