"""A public post, as clients see it."""

from datetime import datetime

import strawberry

from schema.api.field import field, object_type
from schema.api.readings import EngagementReading, PostReading
from schema.api.scalars import URL, safe_url
from schema.api.types.engagement import Engagement


@object_type
class Post:
    """One public post for a campaign."""

    reading: strawberry.Private[PostReading]

    @field
    def url(self) -> URL | None:
        """The post's page."""
        return safe_url(self.reading.post.url)

    @field
    def text(self) -> str | None:
        """Its text, plain and perhaps shortened."""
        return self.reading.post.text

    @field
    def published_at(self) -> datetime | None:
        """When it was published."""
        return self.reading.post.published_at

    @field
    def engagement(self) -> Engagement | None:
        """Its counters, or null while they were never read."""
        counters = self.reading.post.engagement
        return None if counters is None else Engagement(reading=EngagementReading(counters, self.reading.freshness))
