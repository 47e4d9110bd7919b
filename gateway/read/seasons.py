"""Seasons with their phases, as the configuration declares them."""

from functools import reduce
from operator import or_

from gateway.declared import SeasonSettings
from gateway.settings import Settings
from schema.model.campaign import Campaign
from schema.model.money import Money
from schema.model.season import Members, Phase, Season


class Seasons:
    """All seasons, latest start first."""

    def __init__(self, settings: Settings) -> None:
        found = [_season(entry) for entry in settings.seasons]
        self.all = tuple(sorted(found, key=lambda season: (-season.starts_at.timestamp(), season.slug)))
        self._by_slug = {season.slug: season for season in self.all}

    def get(self, slug: str) -> Season | None:
        """One of them."""
        return self._by_slug.get(slug)

    def of(self, campaign: Campaign) -> tuple[Season, ...]:
        """Those to which a campaign belongs."""
        return tuple(season for season in self.all if belongs(campaign, season.members))


def belongs(campaign: Campaign, members: Members) -> bool:
    """Whether a campaign is one of these."""
    return campaign.id in members.campaigns or campaign.account in members.accounts


def _season(entry: SeasonSettings) -> Season:
    phases = sorted(
        (Phase(entry.slug, phase.slug, phase.name, phase.starts_at, phase.ends_at, phase.members) for phase in entry.phases),
        key=lambda phase: (phase.starts_at, phase.slug),
    )
    return Season(
        slug=entry.slug,
        name=entry.name,
        starts_at=entry.starts_at,
        ends_at=entry.ends_at,
        currency=entry.currency,
        phases=tuple(phases),
        members=reduce(or_, (phase.members for phase in phases), Members()),
        goal=Money.of_decimal(entry.goal, entry.currency) if entry.goal else None,
        actions=tuple(action.action for action in entry.actions),
    )
