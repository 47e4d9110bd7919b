"""Who speaks for which campaign, as the configuration declares it: by name, by posts, and by rules that payments meet."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gateway.declared import EndorserSettings
from gateway.settings import Settings
from schema.model.endorsement import Endorsement, PublicAccount
from schema.model.ids import CampaignId
from schema.model.money import Currency, Money


@dataclass(frozen=True, slots=True)
class DeclaredPost:
    """A post that speaks for a campaign."""

    platform: str
    native_id: str
    campaign: CampaignId
    url: str | None


class Endorsers:
    """Looks up by campaign. ``posts`` are those on networks that are named; the others cannot be read."""

    def __init__(self, settings: Settings) -> None:
        self._entries = {entry.id: entry for entry in settings.endorsers}
        self._named: defaultdict[CampaignId, set[str]] = defaultdict(set)
        """Endorsers that donations to a campaign can name."""
        speaks: defaultdict[CampaignId, dict[str, list[str]]] = defaultdict(dict)
        for campaign in settings.campaigns:
            for rule in campaign.match:
                if rule.endorser is not None:
                    self._named[campaign.campaign_id].add(rule.endorser)
                    speaks[campaign.campaign_id].setdefault(rule.endorser, [])
        posts = []
        for entry in settings.endorsers:
            for reference in entry.campaigns:
                speaks[CampaignId.parse(reference)].setdefault(entry.id, [])
            for post in entry.posts:
                target = CampaignId.parse(post.campaign)
                speaks[target].setdefault(entry.id, []).append(post.id)
                if entry.platform is not None:
                    posts.append(DeclaredPost(entry.platform, post.id, target, post.url))
        self._speaks = dict(speaks)
        self.posts: Sequence[DeclaredPost] = tuple(posts)
        self.accounts = [(entry.platform, entry.account) for entry in settings.endorsers if entry.platform and entry.account]
        """Networks and native ids of the accounts whose followers can be counted."""

    def __bool__(self) -> bool:
        """Whether there are any."""
        return bool(self._entries)

    def of(self, campaign: CampaignId, currency: Currency | None, sums: Mapping[str, tuple[int, int]]) -> list[Endorsement]:
        """Its endorsements. ``sums`` are what donations that name each endorser gave, and how many; in minor units.

        Without a ``currency`` nothing is told of them.
        """
        # a rule that is gone since does not take back what was placed under it
        posts = {name: list[str]() for name in sums.keys() & self._entries.keys()} | self._speaks.get(campaign, {})
        return [
            Endorsement(
                campaign,
                name,
                _account(self._entries[name]),
                tuple(posts[name]),
                *self._sum(campaign, name, currency, sums),
            )
            for name in sorted(posts)
        ]

    def _sum(
        self, campaign: CampaignId, name: str, currency: Currency | None, sums: Mapping[str, tuple[int, int]]
    ) -> tuple[Money | None, int | None]:
        if currency is None or (name not in self._named[campaign] and name not in sums):
            return None, None
        raised, count = sums.get(name, (0, 0))
        return Money(raised, currency), count


def _account(entry: EndorserSettings) -> PublicAccount:
    return PublicAccount(entry.name, entry.platform, entry.account, entry.url)
