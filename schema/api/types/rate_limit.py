"""What an operation costs, as clients see it."""

from datetime import datetime

import strawberry

from schema.api.field import object_type


@object_type
class RateLimit:
    """What an operation costs, and what is left of the caller's budget."""

    cost: int = strawberry.field(description="The cost of this operation.")
    limit: int = strawberry.field(description="The budget of one window.")
    remaining: int = strawberry.field(description="What is left of it.")
    reset_at: datetime = strawberry.field(description="When the budget is whole again.")
