"""What the configuration says about accounts, campaigns and charities, in the form in which it is read."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from connectors.contract import KeepsFeed, ListensToFeed, ReceivesDeliveries
from connectors.spec import ConnectorSpec
from gateway.declared import CampaignSettings
from gateway.read.endorsers import Endorsers
from gateway.read.seasons import Seasons
from gateway.settings import Settings
from gateway.store.health import Noted
from schema.model.campaign import Campaign
from schema.model.charity import Charity
from schema.model.freshness import Health
from schema.model.ids import CampaignId
from schema.model.money import Currency
from schema.model.rates import Rate
from schema.model.season import Action
from schema.model.total import Basis

LISTENING_EVERY: Final = timedelta(seconds=10)
"""How often a connection that we hold open is confirmed."""
KEPT_EVERY: Final = timedelta(minutes=2)
"""How often the subscriptions at a network are confirmed."""
GONE: Final = "removed"
"""Why the feed of an account is stopped that is in the configuration no more."""


@dataclass(frozen=True, slots=True)
class AccountEntry:
    """One account as far as reading needs it."""

    name: str
    spec: ConnectorSpec
    pushes: bool
    feed_interval: timedelta | None = None
    """How often upkeep confirms that the feed is healthy; None where a network just sends."""
    is_gone: bool = False
    """Whether a later reading of the configuration has it no more: what it told stays, and nothing new comes."""
    finds_for: str | None = None
    """The account for which this one stands: see ``gateway.accounts.finder``."""

    @property
    def interval(self) -> timedelta:
        """How long it is from one asking to the next where that takes no time: the pause, and the turn of the next call."""
        pace = self.spec.pace
        return timedelta() if pace.poll is None else pace.poll + max(pace.spacing.values(), default=timedelta())

    @property
    def overdue_after(self) -> timedelta:
        """How long what a finder found is as it says, when nobody has looked again."""
        return 2 * self.interval

    def health(self, noted: Noted) -> Health:
        """Its health from what was written about it."""
        return Health(
            pushes=self.pushes or self.is_gone,
            polls=self.spec.pace.poll is not None,
            # where calls wait for their turns, several fundraisers or a list of donations take longer than the pause
            interval=self.interval + noted.poll_took,
            feed_stopped=GONE if self.is_gone else noted.feed_stopped,
            polled_at=noted.polled_at,
            heard_at=noted.heard_at,
            feed_interval=self.feed_interval,
            feed_ok_at=noted.feed_ok_at,
            is_behind=noted.is_behind,
        )

    @classmethod
    def of(cls, name: str, spec: ConnectorSpec, connector: object) -> "AccountEntry":
        """``pushes`` when the network tells changes of its own accord."""
        interval = LISTENING_EVERY if isinstance(connector, ListensToFeed) else None
        if isinstance(connector, KeepsFeed):
            interval = KEPT_EVERY
        return cls(name, spec, isinstance(connector, ReceivesDeliveries | KeepsFeed | ListensToFeed), interval)


class Directory:
    """Looks up by id. ``loaded_at`` is the moment at which the configuration was read.

    Accounts and networks of ``former``, which held before, stay known for what they have told.
    """

    def __init__(
        self,
        settings: Settings,
        accounts: Mapping[str, AccountEntry],
        loaded_at: datetime,
        former: "Directory | None" = None,
    ) -> None:
        before = {} if former is None else former.accounts
        gone = {name: replace(entry, is_gone=True) for name, entry in before.items() if name not in accounts}
        self.accounts: Mapping[str, AccountEntry] = {**accounts, **gone}
        self.lookups = _lookups(accounts)
        """By network the names of the accounts by which campaigns are found that nobody has seen."""
        self.platforms: dict[str, ConnectorSpec] = {} if former is None else dict(former.platforms)
        self.platforms |= {entry.spec.key: entry.spec for entry in accounts.values()}
        self.loaded_at = loaded_at
        self.reporting_currency = settings.reporting_currency
        self.charities = {
            entry.id: Charity(entry.id, entry.name, entry.registration_number, entry.website, entry.logo)
            for entry in settings.charities
        }
        self._one = {(platform, name): entry.id for entry in settings.charities for platform, name in entry.names.items()}
        """Declared charities by what a network calls them."""
        self.rates = tuple(
            Rate.of_configuration(code, value, settings.reporting_currency, loaded_at) for code, value in settings.rates.items()
        )
        """The fixed ones."""
        self.seasons = Seasons(settings)
        self.endorsers = Endorsers(settings)
        self._declared = {campaign.campaign_id: campaign for campaign in settings.campaigns}

    def declared(self) -> list[Campaign]:
        """The campaigns of networks that have none of their own."""
        return [
            campaign
            for entry in self._declared.values()
            if self._declares(entry.platform) and (campaign := self.overlay(entry.campaign_id, None)) is not None
        ]

    def shows(self, campaign: Campaign) -> bool:
        """Whether it was told by an account of its network that is known here."""
        entry = self.accounts.get(campaign.account)
        return entry is not None and entry.spec.key == campaign.id.platform

    def was_found(self, campaign: Campaign) -> bool:
        """Whether it is here because somebody asked for it, and not by any account's settings."""
        entry = self.accounts.get(campaign.account)
        return entry is not None and entry.finds_for is not None

    def is_declared(self, campaign: CampaignId) -> bool:
        """Whether it exists because the configuration says so."""
        return campaign in self._declared and self._declares(campaign.platform)

    def basis(self, campaign: CampaignId) -> Basis:
        """How its total comes about: as declared, else as its connector says."""
        entry = self._declared.get(campaign)
        stated = None if entry is None else entry.basis
        return stated or self.platforms[campaign.platform].basis

    def overlay(self, campaign: CampaignId, told: Campaign | None) -> Campaign | None:
        """A campaign as its network tells it, with the words of the configuration in front; None where neither knows it."""
        entry = self._declared.get(campaign)
        if told is not None and told.charity is not None:
            same = self._one.get((campaign.platform, told.charity.name))
            told = told if same is None else replace(told, charity=self.charities[same])
        if entry is None:
            return told
        if told is None:
            if not self._declares(campaign.platform):
                return None
            told = Campaign(campaign, entry.title, Currency.of(entry.currency), self._account_of(entry), self.loaded_at)
        said: dict[str, Any] = {
            "title": entry.title,
            "summary": entry.summary,
            "url": entry.url,
            "donate_url": entry.donate_url,
            "image": entry.image,
            "starts_at": entry.starts_at,
            "ends_at": entry.ends_at,
            "charity": self.charities.get(entry.charity or ""),
            "categories": entry.categories or None,
            "goal": entry.goal_money,
        }
        return replace(told, **{name: value for name, value in said.items() if value is not None})

    def actions(self, campaign: CampaignId) -> tuple[Action, ...]:
        """What people can do for it."""
        entry = self._declared.get(campaign)
        return () if entry is None else tuple(action.action for action in entry.actions)

    def _declares(self, platform: str) -> bool:
        return platform in self.platforms and self.platforms[platform].declares_campaigns

    def _account_of(self, entry: CampaignSettings) -> str:
        if entry.match:
            return entry.match[0].account
        return next((name for name, account in self.accounts.items() if account.spec.key == entry.platform), "")


def _lookups(accounts: Mapping[str, AccountEntry]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for entry in accounts.values():
        if entry.finds_for is not None:
            found.setdefault(entry.spec.key, []).append(entry.finds_for)
    return found
