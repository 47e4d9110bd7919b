"""One process that is asked twice: over answers that are kept, and over none. What it hears is shown when a test says so."""

import asyncio
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from redis.asyncio import Redis

from connectors.testing.fakes import FakeClock
from gateway.http.answers import Answers
from gateway.http.limits import Limits
from gateway.http.operations import Operation, Operations
from gateway.http.requests import OperationRequest
from gateway.http.results import Result
from gateway.read.noted import noted
from gateway.read.notes import LISTED
from gateway.read.reads import LedgerReads
from gateway.store import keys
from gateway.store.bus import Change, parse
from schema.api import ids
from schema.api.build import build
from schema.api.ports import Context
from schema.model.campaign import Campaign
from schema.model.ids import CampaignId
from tests.gateway.acme import LUNCH, NOW
from tests.gateway.autumn import MEMBER, TEAM, autumn
from tests.gateway.http.keeping import Familiar
from tests.gateway.world import Followed, World, parts

_ROW: Final = "id title status freshness updatedAt total { asOf freshness donationCount raised { amount } } seasons { slug }"
_END: Final = b"that is all"


@dataclass(frozen=True)
class Question:
    """A query whose kept answers may be older than what is visible by less than ``lag``; without any they never are."""

    name: str
    text: str = field(repr=False)
    lag: timedelta = timedelta()


def _campaign(campaign: CampaignId, more: str = "") -> str:
    return f'{{ campaign(id: "{ids.campaign_id(campaign)}") {{ {_ROW} {more} }} }}'


QUESTIONS: Final = (
    Question("lunch", _campaign(LUNCH, "milestones { title }")),
    Question("team", _campaign(TEAM)),
    Question("member", _campaign(MEMBER, f"parent {{ {_ROW} }} platform {{ key freshness asOf }}")),
    Question("gala", _campaign(CampaignId("pond", "gala"))),
    Question("platforms", "{ platforms { key freshness asOf } }"),
    Question("season", '{ season(slug: "autumn") { name currentPhase { slug } } reportingTimeZone }'),
    Question("campaigns", f"{{ campaigns {{ totalCount nodes {{ {_ROW} }} }} }}", LISTED),
    Question("donations", _campaign(LUNCH, "donations { totalCount nodes { id amount { amount } status } }"), LISTED),
    Question("span", _campaign(LUNCH, 'raisedBetween(since: "2026-09-01T00:00:00Z") { raised { amount } until }'), LISTED),
    Question(
        "endorsements",
        _campaign(TEAM, "endorsements { nodes { account { followerCount } posts { engagement { likes } } } }"),
        LISTED,
    ),
    Question("charity", f'{{ charity(id: "{ids.charity_id("meals")}") {{ name campaigns {{ nodes {{ title }} }} }} }}', LISTED),
    Question(
        "sums",
        '{ season(slug: "autumn") { total { asOf freshness raised { money { amount } } } '
        "byPlatform { platform { key freshness } donationCount } } }",
        LISTED,
    ),
)


class Held(LedgerReads):
    """Campaigns that were read are handed on when the gate is open, and what else is asked of them is read then."""

    gate: asyncio.Event

    async def campaign(self, campaign: CampaignId) -> Campaign | None:
        """As it was when it was read."""
        found = await super().campaign(campaign)
        await self.gate.wait()
        return found


class Twins:
    """Made by ``opened``."""

    def __init__(self, world: World, followed: Followed, heard: Any) -> None:
        self.world, self.follower = world, followed.follower
        self._heard = heard
        reads = Held(followed.follower, world.clock, "Asia/Shanghai")
        reads.folds = followed.reads.folds
        reads.gate = self.gate = asyncio.Event()
        self.gate.set()
        self.answers = Answers(Limits(), followed.reads, noted, Familiar())
        self.follower.observers.append(self.answers.on_step)
        self._kept = Operations(build(), lambda: Context(reads, followed.hub), Limits(), answers=self.answers)
        self._plain = Operations(build(), lambda: Context(followed.reads, followed.hub), Limits())
        self._seen: defaultdict[Question, list[tuple[datetime, bytes]]] = defaultdict(list)
        self._under_way: list[asyncio.Task[Result]] = []

    @classmethod
    async def opened(cls, client: Redis) -> "Twins":
        """Over a store that is empty."""
        world = autumn(client, clock=FakeClock(NOW))
        heard = client.pubsub(ignore_subscribe_messages=True)
        await heard.subscribe(keys.CHANNEL)
        followed = parts(world)
        await followed.follower.lost()
        return cls(world, followed, heard)

    async def close(self) -> None:
        """After the last one who asks was answered."""
        await self.open()
        await self._heard.aclose()
        self.follower.catalog.close()

    async def step(self) -> None:
        """What was published becomes visible."""
        await self.world.redis.publish(keys.CHANNEL, _END)
        changes: list[Change] = []
        async with asyncio.timeout(10):
            while (message := await self._heard.get_message(timeout=10)) is None or message["data"] != _END:
                if message is not None and (change := parse(message["data"])) is not None:
                    changes.append(change)
        if changes:
            await self.follower._step(changes, self.follower._losses)

    async def begin(self, question: Question) -> None:
        """Asks, and does not wait: where the gate is closed the answer is half made."""
        self._under_way.append(asyncio.create_task(self._ask(self._kept, question)))
        await asyncio.sleep(0.002)

    async def open(self) -> None:
        """All who asked are answered."""
        self.gate.set()
        await asyncio.gather(*self._under_way)
        self._under_way.clear()

    async def look(self) -> None:
        """Notes what is visible at this moment."""
        for question in QUESTIONS:
            found = (await self._ask(self._plain, question)).body
            self._seen[question].append((self.world.clock.now(), found))

    async def compare(self, question: Question) -> None:
        """What is answered is visible, or was, no longer ago than it may be; and holds no longer elsewhere than it turns."""
        now = self.world.clock.now()
        allowed = {self._seen[question][-1][1]}
        allowed |= {found for at, found in self._seen[question] if now - question.lag < at <= now}
        prepared = self._kept.prepare(OperationRequest(question.text), "r1")
        if isinstance(prepared, Operation) and not self.gate.is_set():
            return  # it would wait
        assert (await self._kept.execute(prepared)).body in allowed, question

    @staticmethod
    async def _ask(operations: Operations, question: Question) -> Result:
        return await operations.execute(operations.prepare(OperationRequest(question.text), "r1"))
