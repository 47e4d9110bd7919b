"""What an answer is made of, as the reads behind it note it: whoever keeps the answer knows from that until when it holds."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from gateway.read.follower import Step
from schema.model.ids import CampaignId

LISTED: Final = timedelta(seconds=1)
"""How long an answer holds that was made from lists, from the ledger, or from what is so far at the present."""
DESCRIBED: Final = timedelta(seconds=60)
"""How long any other does. What a step moves, and what becomes another by time alone, ends it sooner."""

Tag: TypeAlias = CampaignId | str
"""A campaign, a network by its key, or one of the words below, which are no keys."""
ANY: Final = "(any)"
"""Sums over many campaigns: every step may move them."""
POSTS: Final = "(posts)"


@dataclass(slots=True)
class Notes:
    """Of one answer, which was begun at a moment. ``max_age`` is for whoever keeps it outside: no step is heard there."""

    began: datetime
    tags: set[Tag] = field(default_factory=set)
    life: timedelta = DESCRIBED
    max_age: timedelta = DESCRIBED
    turns_at: datetime | None = None
    """The first of the dates after which it would be another one."""

    def figures(self, *tags: Tag) -> None:
        """Money, counts, or how fresh they are is in it. That holds until a step moves it, and elsewhere for a second."""
        self.tags.update(tags)
        self.max_age = LISTED

    def listed(self, *tags: Tag) -> None:
        """Something is in it that no step tells of."""
        self.figures(*tags)
        self.life = min(self.life, LISTED)

    def summed(self) -> None:
        """Sums over many campaigns are in it, which are folded again with each step and each second."""
        self.listed(ANY)
        self.life = min(self.life, LISTED - timedelta(microseconds=self.began.microsecond))

    def dated(self, *moments: datetime | None) -> None:
        """It depends on whether these are over."""
        for moment in moments:
            if moment is not None and moment > self.began and (self.turns_at is None or moment < self.turns_at):
                self.turns_at = moment


def moved(step: Step) -> tuple[frozenset[Tag], ...]:
    """The tags of all that a step moves."""
    return step.moved, step.networks, frozenset((ANY, POSTS) if step.posts else (ANY,))
