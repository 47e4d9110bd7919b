"""Counters of posts, as clients see them. They are never money."""

from datetime import datetime

import strawberry

from schema.api.field import field, object_type
from schema.api.readings import EngagementReading
from schema.api.types.freshness import Freshness
from schema.model import engagement as model


@object_type
class Engagement:
    """Counters of posts at one moment. They are approximate, they may fall, and they are never money."""

    reading: strawberry.Private[EngagementReading]

    @field
    def reposts(self) -> int | None:
        """How often it was passed on."""
        return self.reading.engagement.reposts

    @field
    def comments(self) -> int | None:
        """How many comments it has."""
        return self.reading.engagement.comments

    @field
    def likes(self) -> int | None:
        """How many people liked it."""
        return self.reading.engagement.likes

    @field
    def as_of(self) -> datetime:
        """When the counters were read; of a sum, the oldest reading in it."""
        return self.reading.engagement.as_of

    @field
    def freshness(self) -> Freshness:
        """How fresh the counters are."""
        return self.reading.freshness


@object_type
class EngagementSample:
    """Counters of posts at a past moment."""

    value: strawberry.Private[model.Engagement]

    @field
    def at(self) -> datetime:
        """When the counters were read."""
        return self.value.as_of

    @field
    def reposts(self) -> int | None:
        """How often it was passed on."""
        return self.value.reposts

    @field
    def comments(self) -> int | None:
        """How many comments it had."""
        return self.value.comments

    @field
    def likes(self) -> int | None:
        """How many people liked it."""
        return self.value.likes
