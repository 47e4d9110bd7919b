"""The sums of seasons and phases as they stand, folded once for everybody who asks."""

from dataclasses import dataclass

from gateway.read.known import Known
from schema.model.campaign import CampaignStatus
from schema.model.fold import Row, Sum, by_platform, counted, fold
from schema.model.ids import CampaignId
from schema.model.platform import Platform
from schema.model.season import Members


@dataclass(frozen=True, slots=True)
class Folded:
    """The campaigns of a season or a phase at one moment.

    ``members`` are those that are listed here. ``summed`` are in the sum: what lies within another one is counted there.
    """

    members: tuple[CampaignId, ...]
    summed: tuple[CampaignId, ...]
    whole: Sum
    shares: tuple[tuple[Platform, Sum], ...]

    @property
    def state(self) -> object:
        """What is worth a message when it changes: amounts and freshness. A newer ``as_of`` alone is not."""
        shares = [
            (platform.key, found.raised, found.count, found.campaigns, found.freshness) for platform, found in self.shares
        ]
        return shares, self.whole.freshness


class Folds:
    """Each is kept until the follower's next step, and never beyond the second in which it was made: dates and freshness
    change by time alone.
    """

    def __init__(self, known: Known) -> None:
        self._known = known
        self._kept: dict[Members, Folded] = {}
        self._moment: object = None

    def of(self, members: Members) -> Folded:
        """As they stand at this moment. Raises BadAmount."""
        follower = self._known.follower
        moment = follower.steps, follower.connected, int(self._known.now().timestamp())
        if moment != self._moment:
            self._kept.clear()
            self._moment = moment
        found = self._kept.get(members)
        if found is None:
            found = self._kept[members] = self.fold(members)
        return found

    def fold(self, members: Members) -> Folded:
        """The same, made anew."""
        known, now = self._known, self._known.now()
        listed = self._listed(members)
        rows = [self._row(campaign) for campaign in listed]
        return Folded(
            listed,
            tuple(total.campaign for total in counted(rows)),
            fold(rows, now),
            tuple((known.network(key), found) for key, found in by_platform(rows, now).items()),
        )

    def _listed(self, members: Members) -> tuple[CampaignId, ...]:
        follower = self._known.follower
        found = {campaign for campaign in members.campaigns if campaign in follower.campaigns}
        for account in members.accounts:
            found |= follower.by_account.get(account, set())
        return tuple(sorted(found))

    def _row(self, campaign: CampaignId) -> Row:
        now, known = self._known.now(), self._known.follower.campaigns[campaign]
        total = self._known.total(campaign)
        return Row(
            campaign,
            known.part_of,
            None if total is None else total.total,
            self._known.freshness(known) if total is None else total.freshness,
            now if total is None else total.as_of,
            known.status(now) is CampaignStatus.ACTIVE,
        )
