"""To which campaign a payment belongs: decided once, by the rules of the configuration, and kept for good.

A rule edited later moves nothing, so that a bill that is read again cannot count twice.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

from redis.asyncio import Redis

from gateway.declared import Rule
from gateway.settings import Settings
from gateway.store import keys
from gateway.store.connection import guarded
from schema.model.facts import Clues
from schema.model.ids import CampaignId


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a donation belongs. ``endorser`` is empty where it names none."""

    campaign: CampaignId
    endorser: str = ""


class Rules:
    """The rules of ``giving.toml`` in file order; the first that matches wins, else the account's general campaign."""

    def __init__(self, settings: Settings, platforms: Mapping[str, str]) -> None:
        self._rules: Sequence[tuple[Rule, CampaignId]] = [
            (rule, campaign.campaign_id) for campaign in settings.campaigns for rule in campaign.match
        ]
        self._platforms = platforms
        self._declared = {(campaign.platform, campaign.id): campaign.campaign_id for campaign in settings.campaigns}
        self._general = {
            name: CampaignId(platforms[name], account["general"])
            for name, account in settings.accounts.items()
            if account.get("general") and name in platforms
        }

    def fed(self, account: str) -> dict[CampaignId, frozenset[str]]:
        """The campaigns to which payments on an account may belong, each with all accounts of which that is true."""
        feeders: dict[CampaignId, set[str]] = {}
        pairs = [(rule.account, campaign) for rule, campaign in self._rules]
        for name, campaign in (*pairs, *self._general.items()):
            feeders.setdefault(campaign, set()).add(name)
        return {campaign: frozenset(names) for campaign, names in feeders.items() if account in names}

    def place(self, account: str, clues: Clues) -> Placed | None:
        """Where the clues of a payment on this account lead, or None: then it waits in quarantine.

        So it is with what still came on an account that is in the configuration no more.
        """
        for rule, campaign in self._rules:
            named = clues.campaign is None or clues.campaign == campaign.native
            if rule.account == account and named and _matches(rule, clues):
                return Placed(campaign, rule.endorser or "")
        if clues.campaign is not None:  # rules only tell the endorser of what names its campaign outright
            found = self._declared.get((self._platforms.get(account, ""), clues.campaign))
            return None if found is None else Placed(found)
        return Placed(self._general[account]) if account in self._general else None


def _matches(rule: Rule, clues: Clues) -> bool:
    wanted = ((rule.attach, clues.attach), (rule.order, clues.order), (rule.app, clues.app), (rule.merchant, clues.merchant))
    return all(pattern is None or (text is not None and _pattern(pattern).fullmatch(text)) for pattern, text in wanted)


@lru_cache(maxsize=10_000)
def _pattern(text: str) -> re.Pattern[str]:
    first, *rest = ("".join("." if char == "?" else re.escape(char) for char in part) for part in text.split("*"))
    # the leftmost place of each part will do, so no match is taken back: many stars stay cheap, whatever a stranger sends
    middle = "".join(f"(?>.*?{part})" for part in rest[:-1])
    return re.compile(first + middle + "".join(f".*{part}" for part in rest[-1:]), re.DOTALL)


class Placements:
    """Keeps the first placement of each donation for good."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def get(self, platform: str, entity: bytes) -> Placed | None:
        """Where a donation was placed, if it was."""
        async with guarded("a placement could not be read"):
            kept = await cast("Any", self._redis.hget(keys.placement(platform, entity), cast("Any", entity)))
        if kept is None:
            return None
        native, _, endorser = kept.decode().partition("\n")
        return Placed(CampaignId(platform, native), endorser)

    async def keep(self, platform: str, entity: bytes, placed: Placed) -> Placed:
        """Places a donation unless it was placed before; gives the placement that holds."""
        key, value = keys.placement(platform, entity), f"{placed.campaign.native}\n{placed.endorser}"
        async with guarded("a placement could not be kept"):
            if await cast("Any", self._redis.hsetnx(key, cast("Any", entity), value)):
                return placed
        return await self.get(platform, entity) or placed
