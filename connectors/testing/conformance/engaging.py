"""Rules about public posts and accounts: their counters, and what is left out."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final, TypeAlias, cast

from connectors.contract import ReadsFollowers, ReadsPosts
from connectors.testing.conformance.asking import Silence, another, introduced, published, spoiled
from connectors.testing.conformance.bench import Bench
from connectors.testing.conformance.broken import Broken, expect
from connectors.testing.conformance.grade import Grade
from connectors.testing.conformance.hooks import HasFollowers, HasPosts
from connectors.testing.conformance.rules import Rule
from schema.model.engagement import Engagement
from schema.model.errors import NotFound, UpstreamUnavailable

Counters: TypeAlias = tuple[int, int, int]
"""Reposts, comments, likes."""
COUNTERS: Final[tuple[Counters, ...]] = ((120, 45, 900), (0, 1, 2), (7, 0, 1_000_000))
FOLLOWERS: Final = (0, 12, 30_000_000)
MANY: Final = 205
"""More than any network takes in two calls."""


async def text_ids(bench: Bench) -> str:
    """Posts are told under exactly the text by which they were asked for, so neighbours are not taken for each other."""
    posts, reader = await published(bench, *COUNTERS), _posts(bench)
    told = await reader.engagement(posts)
    expect(all(type(native) is str for native in told), "a post's id is no text")
    expect(set(told) <= set(posts), f"asked for {posts}, told of {sorted(set(told) - set(posts))} too")
    for native in posts:
        expect((await reader.post(native)).native_id == native, f"the post {native} is told under another id")
    return f"{len(posts)} posts are told under their own ids"


async def counted(bench: Bench) -> str:
    """Counters are those that the network has, in batches and of a single post."""
    posts, reader = await published(bench, *COUNTERS), _posts(bench)
    told = await reader.engagement(posts)
    for native, counters in zip(posts, COUNTERS, strict=True):
        expect(native in told, f"the post {native} is left out of engagement")
        _same(told[native], counters, native)
        single = (await reader.post(native)).engagement
        if single is not None:
            _same(single, counters, native)
    return f"the counters of {len(posts)} posts agree, together and alone"


async def falling(bench: Bench) -> str:
    """Counters that have fallen are told as they are now."""
    (post,), reader = await published(bench, COUNTERS[0]), _posts(bench)
    _same((await reader.engagement([post]))[post], COUNTERS[0], post)
    await cast("HasPosts", bench.case).engage(bench.emulator, post, -20, -45, -1)
    _same((await reader.engagement([post]))[post], (100, 0, 899), post)
    return f"{COUNTERS[0]} fell to (100, 0, 899)"


async def gone(bench: Bench) -> str:
    """Deleted and unknown posts are left out of engagement, where they hide no other, and asked for by themselves NotFound."""
    (kept, deleted), reader = await published(bench, *COUNTERS[:2]), _posts(bench)
    await cast("HasPosts", bench.case).take_down(bench.emulator, deleted)
    told = await reader.engagement([deleted, another(kept), kept])
    expect(set(told) == {kept}, f"of a deleted, an unknown and a public post, engagement tells {sorted(told)}")
    for native in (deleted, another(kept)):
        try:
            await reader.post(native)
        except NotFound:
            continue
        raise Broken(f"the post {native} is told, and is not there")
    return "a deleted and an unknown post are left out, and hide no other"


async def many_posts(bench: Bench) -> str:
    """However many posts are asked for, all are counted; and of none, none."""
    posts = await published(bench, *((n, 0, 1) for n in range(MANY)))
    told = await _posts(bench).engagement(posts)
    expect(len(told) == MANY, f"{MANY} posts were asked for, {len(told)} were told")
    for number, native in enumerate(posts):
        _same(told[native], (number, 0, 1), native)
    expect(not await _posts(bench).engagement([]), "of no posts, some are told")
    return f"{len(told)} posts were read in one question"


async def many_posts_whole(bench: Bench) -> str:
    """Where one call of several fails, asking for engagement does: what is left out is gone, never what could not be read."""
    posts = await published(bench, *((1, 1, 1) for _ in range(MANY)))
    return await _all_or_none(bench, lambda: _posts(bench).engagement(posts))


async def followed(bench: Bench) -> str:
    """Followers are as many as the network says."""
    accounts = await introduced(bench, *FOLLOWERS)
    told = await _accounts(bench).followers(accounts)
    expect(dict(told) == dict(zip(accounts, FOLLOWERS, strict=True)), f"followers are {FOLLOWERS}, told are {dict(told)}")
    return f"{len(told)} accounts have as many followers as the network says"


async def unknown_accounts(bench: Bench) -> str:
    """Unknown accounts are left out, and hide no other."""
    (account,) = await introduced(bench, 12)
    told = await _accounts(bench).followers([another(account), account])
    expect(dict(told) == {account: 12}, f"of an unknown account and one with 12 followers, {dict(told)} is told")
    return "an unknown account is left out, and hides no other"


async def many_accounts(bench: Bench) -> str:
    """However many accounts are asked for, all are counted; and of none, none."""
    accounts = await introduced(bench, *range(MANY))
    told = await _accounts(bench).followers(accounts)
    expect(dict(told) == dict(zip(accounts, range(MANY), strict=True)), f"{MANY} accounts were asked for, {len(told)} are told")
    expect(not await _accounts(bench).followers([]), "of no accounts, some are told")
    return f"{len(told)} accounts were read in one question"


async def many_accounts_whole(bench: Bench) -> str:
    """Where one call of several fails, asking for followers does."""
    accounts = await introduced(bench, *range(MANY))
    return await _all_or_none(bench, lambda: _accounts(bench).followers(accounts))


async def _all_or_none(bench: Bench, ask: Callable[[], Awaitable[Mapping[str, object]]]) -> str:
    calls = Silence(MANY)
    await spoiled(bench, calls, ask)
    try:
        told = await spoiled(bench, Silence(calls.heard - 1), ask)
    except UpstreamUnavailable:
        return f"the last of {calls.heard} calls failed, and nothing was told"
    raise Broken(f"the last of {calls.heard} calls failed, and {len(told)} of {MANY} are told as if they were all")


def _same(told: Engagement, counters: Counters, native: str) -> None:
    seen = (told.reposts, told.comments, told.likes)
    expect(any(counter is not None for counter in seen), f"no counter of the post {native} is told")
    agrees = all(each in (None, counter) for each, counter in zip(seen, counters, strict=True))
    expect(agrees, f"the counters of the post {native} are {counters}, told are {seen}")


def _posts(bench: Bench) -> ReadsPosts:
    return cast("ReadsPosts", bench.connector)


def _accounts(bench: Bench) -> ReadsFollowers:
    return cast("ReadsFollowers", bench.connector)


RULES: Final = (
    Rule("posts-are-text-ids", text_ids, Grade.BRONZE, (ReadsPosts,), hooks=(HasPosts,)),
    Rule("engagement-agrees-with-the-network", counted, Grade.BRONZE, (ReadsPosts,), hooks=(HasPosts,)),
    Rule("falling-counters-are-told", falling, Grade.GOLD, (ReadsPosts,), hooks=(HasPosts,)),
    Rule("deleted-posts-are-left-out", gone, Grade.GOLD, (ReadsPosts,), hooks=(HasPosts,)),
    Rule("large-batches-of-posts-are-read-whole", many_posts, Grade.GOLD, (ReadsPosts,), hooks=(HasPosts,)),
    Rule("a-failed-batch-of-posts-is-told", many_posts_whole, Grade.GOLD, (ReadsPosts,), hooks=(HasPosts,)),
    Rule("followers-agree-with-the-network", followed, Grade.BRONZE, (ReadsFollowers,), hooks=(HasFollowers,)),
    Rule("unknown-accounts-are-left-out", unknown_accounts, Grade.GOLD, (ReadsFollowers,), hooks=(HasFollowers,)),
    Rule("large-batches-of-accounts-are-read-whole", many_accounts, Grade.GOLD, (ReadsFollowers,), hooks=(HasFollowers,)),
    Rule("a-failed-batch-of-accounts-is-told", many_accounts_whole, Grade.GOLD, (ReadsFollowers,), hooks=(HasFollowers,)),
)
