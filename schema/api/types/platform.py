"""A network, as clients see it."""

from datetime import datetime

import strawberry

from schema.api import ids
from schema.api.field import field, object_type
from schema.api.readings import PlatformReading
from schema.api.scalars import URL
from schema.api.types.freshness import Freshness
from schema.api.types.node import Node


@object_type
class Platform(Node):
    """A network on which campaigns run, served by one connector."""

    reading: strawberry.Private[PlatformReading]

    @field
    def id(self) -> strawberry.ID:
        """The global id."""
        return ids.platform_id(self.reading.key)

    @field
    def key(self) -> str:
        """The short name used in filters and addresses, such as wechat_pay or tiltify. \
        Connectors from outside bring their own."""
        return self.reading.key

    @field
    def name(self) -> str:
        """The name as the network writes it."""
        return self.reading.name

    @field
    def homepage(self) -> URL:
        """The network's front page."""
        return URL(self.reading.homepage)

    @field
    def freshness(self) -> Freshness | None:
        """The worst freshness among the running campaigns of this network, or null when none is running."""
        return self.reading.freshness

    @field
    def as_of(self) -> datetime | None:
        """When the network was last heard of, by any channel. It is null when it never was."""
        return self.reading.as_of
