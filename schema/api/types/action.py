"""What people can do beside giving, as clients see it."""

from datetime import datetime

import strawberry

from schema.api.field import enum_type, field, object_type
from schema.api.scalars import URL, safe_url
from schema.model import season as model
from schema.model.season import ActionKind

enum_type(
    ActionKind,
    "What an action asks people to do.",
    {
        ActionKind.DONATE: "To give money.",
        ActionKind.LEARN: "To learn about the cause.",
        ActionKind.SHARE: "To tell others.",
        ActionKind.VOLUNTEER: "To give time.",
        ActionKind.ATTEND: "To come to an event.",
    },
)


@object_type
class Action:
    """A way to get engaged, online or at a place and time. All of it is declared by the organisers."""

    value: strawberry.Private[model.Action]

    @field
    def kind(self) -> ActionKind:
        """What it asks people to do."""
        return self.value.kind

    @field
    def title(self) -> str:
        """Its title."""
        return self.value.title

    @field
    def url(self) -> URL | None:
        """Where to do it or read more."""
        return safe_url(self.value.url)

    @field
    def is_online(self) -> bool:
        """Whether it can be done online. It can have a place as well."""
        return self.value.is_online

    @field
    def place(self) -> str | None:
        """Where it takes place, as an address or a description."""
        return self.value.place

    @field
    def starts_at(self) -> datetime | None:
        """When it begins."""
        return self.value.starts_at

    @field
    def ends_at(self) -> datetime | None:
        """When it ends."""
        return self.value.ends_at
