"""What all refetchable objects share."""

import strawberry

from schema.api.field import field, interface_type


@interface_type
class Node:
    """An object that can be fetched again by its id."""

    @field
    def id(self) -> strawberry.ID:
        """The global id. It is opaque and stable, and holds nothing by which a network could identify a person."""
        raise NotImplementedError
