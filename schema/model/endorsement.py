"""Endorsements: public accounts that urge their followers to give to one campaign."""

from dataclasses import dataclass
from datetime import datetime

from schema.model.engagement import Engagement
from schema.model.ids import CampaignId, check_native
from schema.model.money import Money


@dataclass(frozen=True, slots=True)
class PublicAccount:
    """An account of a public figure or organisation, declared by the organisers. ``native_id`` is the network's, if known."""

    display_name: str
    platform: str | None = None
    native_id: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Post:
    """One public post. ``text`` is plain and perhaps shortened; None is what was never read."""

    native_id: str
    url: str | None = None
    text: str | None = None
    published_at: datetime | None = None
    engagement: Engagement | None = None

    def __post_init__(self) -> None:
        check_native(self.native_id, "native_id")


@dataclass(frozen=True, slots=True)
class Endorsement:
    """One account speaking for one campaign. ``raised`` and ``count`` are None where donations cannot name it.

    ``endorser`` is the configuration's name for the account; ``posts`` are native ids on the account's network.
    """

    campaign: CampaignId
    endorser: str
    account: PublicAccount
    posts: tuple[str, ...] = ()
    raised: Money | None = None
    count: int | None = None
