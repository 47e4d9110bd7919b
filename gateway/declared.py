"""What organisers declare in ``giving.toml``: campaigns with their rules, charities, endorsers, seasons and actions."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationInfo, field_validator

from schema.model.errors import GivingError
from schema.model.ids import CampaignId, check_native
from schema.model.money import Currency, Money
from schema.model.season import Action, ActionKind, Members
from schema.model.text import link
from schema.model.total import Basis

ACCOUNT = "account"
"""In a list of campaigns ``account:NAME`` stands for all that are heard of through that account."""


def ours(check: Callable[[], Any]) -> str:
    """What ``check`` gives, as text. Our errors become those that pydantic collects."""
    try:
        return str(check())
    except GivingError as error:
        raise ValueError(str(error)) from None


def _zoned(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError("needs a time zone, such as 2026-09-01T00:00:00+08:00")
    return value


def _link(value: str) -> str:
    if link(value) is None:
        raise ValueError("is no absolute http or https address")
    return value


def _currency(value: str) -> str:
    return ours(lambda: Currency.of(value).code)


def _native(value: str) -> str:
    ours(lambda: check_native(value, "id"))
    return value


def _platform(value: str) -> str:
    return ours(lambda: CampaignId(value, "any").platform)


def _campaign(value: str) -> str:
    if value.partition(":")[0] == ACCOUNT:
        raise ValueError("is one campaign as platform:id; an account may stand only in a season")
    return _member(value)


def _member(value: str) -> str:
    return ours(lambda: CampaignId.parse(value))


def _slug(value: str) -> str:
    if not value.isascii() or not value.replace("-", "").replace("_", "").isalnum() or len(value) > 64:
        raise ValueError("is 1 to 64 letters, digits, - and _")
    return value


Moment = Annotated[datetime, AfterValidator(_zoned)]
Link = Annotated[str, AfterValidator(_link)]
Code = Annotated[str, AfterValidator(_currency)]
Native = Annotated[str, AfterValidator(_native)]
Platform = Annotated[str, AfterValidator(_platform)]
Slug = Annotated[str, AfterValidator(_slug)]
Reference = Annotated[str, AfterValidator(_campaign)]
"""A campaign as ``platform:id``."""
Member = Annotated[str, AfterValidator(_member)]
"""The same, or ``account:NAME``."""


class Part(BaseModel):
    """A table of the file: no surplus names, and nothing changes after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def after_start(value: datetime | None, info: ValidationInfo) -> datetime | None:
    """An end after its start."""
    start = info.data.get("starts_at")
    if value is not None and start is not None and value <= start:
        raise ValueError("is not after starts_at")
    return value


def checked_goal(value: str | None, info: ValidationInfo) -> str | None:
    """An amount above zero in the currency beside it."""
    currency = info.data.get("currency")  # absent when it is wrong itself
    if value is not None and currency is not None:
        ours(lambda: Money.of_decimal(value, currency))
        if Money.of_decimal(value, currency).minor <= 0:
            raise ValueError("is an amount above 0")
    return value


class Rule(Part):
    """What a payment must carry to belong to a campaign. Only ``*`` and ``?`` are special. All given ones must match."""

    account: str
    attach: str | None = None
    order: str | None = None
    app: str | None = None
    merchant: str | None = None
    endorser: str | None = None


class ActionSettings(Part):
    """Something that people can do. What has a place is not online unless it says so."""

    kind: ActionKind
    title: str
    url: Link | None = None
    online: bool | None = None
    place: str | None = None
    starts_at: Moment | None = None
    ends_at: Moment | None = None

    _end = field_validator("ends_at")(after_start)

    @property
    def action(self) -> Action:
        """The value for readers."""
        online = self.place is None if self.online is None else self.online
        return Action(self.kind, self.title, online, self.url, self.place, self.starts_at, self.ends_at)


class CampaignSettings(Part):
    """A declared campaign; or, for a network with campaigns of its own, words that replace the network's."""

    platform: Platform
    id: Native
    title: str
    currency: Code
    basis: Basis | None = None
    summary: str | None = None
    url: Link | None = None
    donate_url: Link | None = None
    image: Link | None = None
    starts_at: Moment | None = None
    ends_at: Moment | None = None
    charity: str | None = None
    categories: tuple[str, ...] = ()
    goal: str | None = None
    match: tuple[Rule, ...] = ()
    actions: tuple[ActionSettings, ...] = ()

    _end = field_validator("ends_at")(after_start)

    _goal = field_validator("goal")(checked_goal)

    @property
    def campaign_id(self) -> CampaignId:
        """Its id."""
        return CampaignId(self.platform, self.id)

    @property
    def goal_money(self) -> Money | None:
        """Its goal."""
        return Money.of_decimal(self.goal, self.currency) if self.goal else None


class CharitySettings(Part):
    """A charity that campaigns name by ``id``. ``names`` are what networks call it, by their keys: so it is one everywhere."""

    id: Native
    name: str
    registration_number: str | None = None
    website: Link | None = None
    logo: Link | None = None
    names: dict[Platform, str] = {}


class PostSettings(Part):
    """A post of an endorser for one campaign."""

    id: Native
    campaign: Reference
    url: Link | None = None


class EndorserSettings(Part):
    """A public account that urges its followers to give: for the campaigns named here, by its posts, and by rules."""

    id: Slug
    name: str
    platform: Platform | None = None
    account: Native | None = None
    url: Link | None = None
    campaigns: tuple[Reference, ...] = ()
    posts: tuple[PostSettings, ...] = ()

    @field_validator("account", "posts")
    @classmethod
    def _somewhere(cls, value: Any, info: ValidationInfo) -> Any:
        if value and info.data.get("platform", "") is None:
            raise ValueError("needs the platform on which it is")
        return value


class PhaseSettings(Part):
    """A dated part of a season, with its campaigns as ``platform:id`` or ``account:NAME``."""

    slug: Slug
    name: str
    starts_at: Moment
    ends_at: Moment | None = None
    campaigns: tuple[Member, ...] = ()

    _end = field_validator("ends_at")(after_start)

    @property
    def members(self) -> Members:
        """Its campaigns."""
        split = [CampaignId.parse(text) for text in self.campaigns]
        accounts = frozenset(each.native for each in split if each.platform == ACCOUNT)
        return Members(frozenset(each for each in split if each.platform != ACCOUNT), accounts)


class SeasonSettings(Part):
    """Campaigns across networks that belong together. Those of its phases are in it."""

    slug: Slug
    name: str
    starts_at: Moment
    ends_at: Moment | None = None
    currency: Code
    goal: str | None = None
    phases: tuple[PhaseSettings, ...] = ()
    actions: tuple[ActionSettings, ...] = ()

    _end = field_validator("ends_at")(after_start)
    _goal = field_validator("goal")(checked_goal)

    @field_validator("phases")
    @classmethod
    def _phases(cls, value: tuple[PhaseSettings, ...], info: ValidationInfo) -> tuple[PhaseSettings, ...]:
        start, end = info.data.get("starts_at"), info.data.get("ends_at")
        for phase in value:
            if start is not None and phase.starts_at < start:
                raise ValueError(f"has {phase.slug}, which begins before the season")
            if end is not None and max(phase.starts_at, phase.ends_at or phase.starts_at) > end:
                raise ValueError(f"has {phase.slug}, which lasts beyond the season")
        slugs = [phase.slug for phase in value]
        if twice := sorted({slug for slug in slugs if slugs.count(slug) > 1}):
            raise ValueError(f"has {', '.join(twice)} twice")
        return value
