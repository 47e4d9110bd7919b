"""A network, as clients see it."""

from datetime import datetime

import strawberry

from schema.api import ids
from schema.api.field import Info, field, object_type
from schema.api.scalars import URL
from schema.api.types.freshness import Freshness
from schema.api.types.node import Node
from schema.model import platform as model


@object_type
class Platform(Node):
    """A network on which campaigns run, served by one connector."""

    value: strawberry.Private[model.Platform]

    @field
    def id(self) -> strawberry.ID:
        """The global id."""
        return ids.platform_id(self.value.key)

    @field
    def key(self) -> str:
        """The short name used in filters and addresses, such as wechat_pay or tiltify. \
        Connectors from outside bring their own."""
        return self.value.key

    @field
    def name(self) -> str:
        """The name as the network writes it."""
        return self.value.name

    @field
    def homepage(self) -> URL:
        """The network's front page."""
        return URL(self.value.homepage)

    @field
    def freshness(self, info: Info) -> Freshness | None:
        """The worst freshness among the running campaigns of this network, or null when none is running."""
        return info.context.reads.platform_standing(self.value.key).freshness

    @field
    def as_of(self, info: Info) -> datetime | None:
        """When the network was last heard of, by any channel. It is null when it never was."""
        return info.context.reads.platform_standing(self.value.key).as_of
