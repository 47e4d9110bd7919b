"""What is shown and should not stay so, for operators: totals that are held, and accounts that have to catch up."""

from gateway.observe import Metrics
from gateway.read.follower import Follower, Step
from schema.model.ids import CampaignId


class Alarms:
    """Sets the figures with every step. Every process tells the same."""

    def __init__(self, follower: Follower, metrics: Metrics) -> None:
        self._follower = follower
        self._metrics = metrics
        self._held: set[CampaignId] = set()
        follower.observers.append(self._on_step)

    def _on_step(self, step: Step) -> None:
        before = {campaign.platform for campaign in self._held}
        for campaign in step.moved:
            row = self._follower.totals[campaign]
            held = row is not None and row.stated_at is not None and campaign in self._follower.campaigns
            (self._held.add if held else self._held.discard)(campaign)
        for platform in before | {campaign.platform for campaign in self._held}:
            count = sum(campaign.platform == platform for campaign in self._held)
            self._metrics.totals_held.labels(platform).set(count)
        for name, entry in self._follower.directory.accounts.items():
            if not entry.is_gone and entry.finds_for is None and name in self._follower.health:
                self._metrics.behind.labels(name).set(self._follower.health[name].is_behind)
