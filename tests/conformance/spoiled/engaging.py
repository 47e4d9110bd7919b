"""Acme's connector with one fault each in what it reads of posts and accounts, by the rule that must name it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any, Final

from schema.model.endorsement import Post
from schema.model.engagement import Engagement
from schema.model.errors import NotFound, UpstreamUnavailable
from tests.conformance.acme.connector import AcmeConnector
from tests.conformance.spoiled.faults import Faults


class ReadsIdsAsDoubles(AcmeConnector):
    def id_of(self, row: Any) -> str:
        return str(int(float(super().id_of(row))))


class TakesLikesForReposts(AcmeConnector):
    def engagement_of(self, row: Any) -> Engagement:
        return super().engagement_of({**row, "reposts": row["likes"], "likes": row["reposts"]})


class TellsNoCounters(AcmeConnector):
    def engagement_of(self, row: Any) -> Engagement:
        return Engagement(self.ports.clock.now())


class NeverFalls(AcmeConnector):
    async def engagement(self, posts: Sequence[str]) -> Mapping[str, Engagement]:
        most = vars(self).setdefault("most", {})
        for native, told in (await super().engagement(posts)).items():
            most[native] = max(told, most.get(native, told), key=lambda each: each.likes or 0)
        return {native: most[native] for native in posts if native in most}


class CountsTheDead(AcmeConnector):
    async def engagement(self, posts: Sequence[str]) -> Mapping[str, Engagement]:
        nothing = Engagement(self.ports.clock.now(), 0, 0, 0)
        return {**dict.fromkeys(posts, nothing), **await super().engagement(posts)}


class RemembersTheDead(AcmeConnector):
    async def post(self, native_id: str) -> Post:
        try:
            return await super().post(native_id)
        except NotFound:
            return Post(native_id)


class AsksForTheFirstHundred(AcmeConnector):
    def batches(self, ids: Sequence[str]) -> Iterator[Sequence[str]]:
        return islice(super().batches(ids), 1)


class AsksForAllAtOnce(AcmeConnector):
    def batches(self, ids: Sequence[str]) -> Iterator[Sequence[str]]:
        yield ids


class AsksForNone(AcmeConnector):
    def batches(self, ids: Sequence[str]) -> Iterator[Sequence[str]]:
        return super().batches(ids or ["9300000000000003", "A000001"])


class LeavesOutWhatFails(AcmeConnector):
    async def rows(self, path: str) -> list[Any]:
        try:
            return await super().rows(path)
        except UpstreamUnavailable:
            return []


class RoundsFollowers(AcmeConnector):
    async def followers(self, accounts: Sequence[str]) -> Mapping[str, int]:
        return {native: round(count, -1) for native, count in (await super().followers(accounts)).items()}


class CountsStrangers(AcmeConnector):
    async def followers(self, accounts: Sequence[str]) -> Mapping[str, int]:
        return {**dict.fromkeys(accounts, 0), **await super().followers(accounts)}


class KeepsTricksInPosts(AcmeConnector):
    async def post(self, native_id: str) -> Post:
        return replace(await super().post(native_id), text="Reefs\u202e need friends")


class SwallowsSilence(AcmeConnector):
    async def followers(self, accounts: Sequence[str]) -> Mapping[str, int]:
        try:
            return await super().followers(accounts)
        except UpstreamUnavailable:
            return {}


BY_RULE: Final[Faults] = {
    "posts-are-text-ids": (ReadsIdsAsDoubles,),
    "engagement-agrees-with-the-network": (
        TakesLikesForReposts,
        TellsNoCounters,
    ),
    "falling-counters-are-told": (NeverFalls,),
    "deleted-posts-are-left-out": (
        CountsTheDead,
        RemembersTheDead,
    ),
    "large-batches-of-posts-are-read-whole": (
        AsksForTheFirstHundred,
        AsksForAllAtOnce,
        AsksForNone,
    ),
    "a-failed-batch-of-posts-is-told": (LeavesOutWhatFails,),
    "followers-agree-with-the-network": (RoundsFollowers,),
    "unknown-accounts-are-left-out": (CountsStrangers,),
    "large-batches-of-accounts-are-read-whole": (
        AsksForTheFirstHundred,
        AsksForAllAtOnce,
        AsksForNone,
    ),
    "a-failed-batch-of-accounts-is-told": (LeavesOutWhatFails,),
    # those of everything that can be asked
    "words-are-plain": (KeepsTricksInPosts,),
    "an-unknown-id-is-not-found": (RemembersTheDead,),
    "a-missing-object-is-not-found": (RemembersTheDead,),
    "a-failing-network-is-unavailable": (
        LeavesOutWhatFails,
        SwallowsSilence,
    ),
}
