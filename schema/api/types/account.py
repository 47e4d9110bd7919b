"""An account that speaks in public, as clients see it."""

import strawberry

from schema.api.field import Info, field, object_type
from schema.api.scalars import URL, safe_url
from schema.api.types.platform import Platform
from schema.model import endorsement as model


@object_type
class PublicAccount:
    """An account of a public figure or organisation, declared by the organisers."""

    value: strawberry.Private[model.PublicAccount]

    @field
    def platform(self, info: Info) -> Platform | None:
        """The network on which the account is, or null when that network is not connected here."""
        found = None if self.value.platform is None else info.context.reads.platform(self.value.platform)
        return None if found is None else Platform(value=found)

    @field
    def display_name(self) -> str:
        """The name under which the account appears."""
        return self.value.display_name

    @field
    async def follower_count(self, info: Info) -> int | None:
        """How many followers it has, as last read."""
        return await info.context.reads.followers(self.value)

    @field
    def url(self) -> URL | None:
        """The account's page."""
        return safe_url(self.value.url)
