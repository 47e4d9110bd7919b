"""Tokens over a real server, with two processes that know nothing of each other."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from redis.asyncio import Redis

from connectors.ports import Token
from connectors.testing.fakes import FakeClock
from gateway.outbound.tokens import OutboundTokens, Renewals
from gateway.store import keys
from gateway.store.cache import Cache, TokenShelf
from gateway.store.seal import Sealer, new_data_key
from schema.model.errors import CredentialsRefused, TryLater, Unreadable, UpstreamUnavailable

KEY = new_data_key()
HOUR = timedelta(hours=1)
PAUSE = timedelta(milliseconds=5)


@dataclass
class Network:
    """Grants tokens 1, 2, 3... ``open`` is closed by tests that want a grant to take until they say so."""

    clock: FakeClock
    lives: timedelta = HOUR
    known: list[Token | None] = field(default_factory=list)
    open: asyncio.Event = field(default_factory=asyncio.Event)
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    error: Exception | None = None

    async def renew(self, known: Token | None) -> Token:
        """One call for a token."""
        self.known.append(known)
        self.asked.set()
        number = len(self.known)
        await self.open.wait()
        if self.error:
            raise self.error
        return Token(f"access-{number}", self.clock.now() + self.lives, f"refresh-{number}")


@pytest.fixture
def network() -> Network:
    """A network that grants at once."""
    network = Network(FakeClock())
    network.open.set()
    return network


@asynccontextmanager
async def process(url: str, clock: FakeClock, lease: timedelta = timedelta(seconds=10)) -> AsyncIterator[OutboundTokens]:
    """What one process has."""
    client = Redis.from_url(url)
    renewals = Renewals()
    yield OutboundTokens("lunch", _shelf(client), clock, renewals, lease=lease, pause=PAUSE)
    await renewals.close()
    assert not renewals  # what has ended is not remembered
    await client.aclose()


def _shelf(client: Redis) -> TokenShelf:
    return Cache(client).tokens("lunch", Sealer(KEY))


@pytest.fixture
async def here(redis: Redis, redis_url: str, network: Network) -> AsyncIterator[OutboundTokens]:
    """One process."""
    async with process(redis_url, network.clock) as tokens:
        yield tokens


@pytest.fixture
async def there(redis: Redis, redis_url: str, network: Network) -> AsyncIterator[OutboundTokens]:
    """Another one."""
    async with process(redis_url, network.clock) as tokens:
        yield tokens


async def test_a_token_is_granted_once_and_then_known_to_every_process(
    here: OutboundTokens, there: OutboundTokens, network: Network
) -> None:
    assert [await tokens.token("app", network.renew) for tokens in (here, here, there)] == ["access-1"] * 3
    assert network.known == [None]


async def test_an_expired_one_is_renewed_from_the_last_known(
    here: OutboundTokens, there: OutboundTokens, network: Network
) -> None:
    await here.token("app", network.renew)
    network.clock.turn(HOUR)
    assert await there.token("app", network.renew) == "access-2"
    last = network.known[1]
    assert last is not None
    assert (last.access, last.refresh, last.expires_at) == ("access-1", "refresh-1", network.clock.now())


async def test_a_refused_one_is_renewed(here: OutboundTokens, network: Network) -> None:
    await here.token("app", network.renew)
    assert await here.token("app", network.renew, refused="access-1") == "access-2"
    assert await here.token("app", network.renew) == "access-2"


async def test_a_refused_one_that_was_replaced_meanwhile_is_not_renewed_again(
    here: OutboundTokens, there: OutboundTokens, network: Network
) -> None:
    await here.token("app", network.renew)
    await here.token("app", network.renew, refused="access-1")
    assert await there.token("app", network.renew, refused="access-1") == "access-2"
    assert len(network.known) == 2


async def test_tokens_of_different_names_do_not_mix(here: OutboundTokens, network: Network) -> None:
    assert await here.token("app", network.renew) == "access-1"
    assert await here.token("user", network.renew) == "access-2"
    assert await here.token("app", network.renew) == "access-1"


async def test_many_callers_in_two_processes_cost_one_renewal(
    here: OutboundTokens, there: OutboundTokens, network: Network
) -> None:
    network.open.clear()
    callers = [asyncio.create_task(tokens.token("app", network.renew)) for tokens in (here, there) for _ in range(20)]
    await network.asked.wait()
    network.open.set()
    assert set(await asyncio.gather(*callers)) == {"access-1"}
    assert len(network.known) == 1


async def test_two_processes_that_were_refused_at_once_cost_one_renewal(
    here: OutboundTokens, there: OutboundTokens, network: Network
) -> None:
    await here.token("app", network.renew)
    callers = [tokens.token("app", network.renew, refused="access-1") for tokens in (here, there) for _ in range(5)]
    assert set(await asyncio.gather(*callers)) == {"access-2"}
    assert len(network.known) == 2


async def test_a_leader_that_goes_away_does_not_fail_the_others(here: OutboundTokens, network: Network) -> None:
    network.open.clear()
    leader = asyncio.create_task(here.token("app", network.renew))
    await network.asked.wait()
    follower = asyncio.create_task(here.token("app", network.renew))
    leader.cancel()
    with pytest.raises(asyncio.CancelledError):
        await leader
    network.open.set()
    assert await follower == "access-1"
    assert len(network.known) == 1


async def test_a_renewal_whose_callers_all_went_away_is_still_kept(
    redis: Redis, redis_url: str, there: OutboundTokens, network: Network
) -> None:
    renewals = Renewals()
    network.open.clear()
    only = asyncio.create_task(OutboundTokens("lunch", _shelf(redis), network.clock, renewals).token("app", network.renew))
    await network.asked.wait()
    only.cancel()
    with pytest.raises(asyncio.CancelledError):
        await only
    assert len(renewals) == 1  # also of an account of which nothing else is left
    network.open.set()
    await renewals.close()
    assert await there.token("app", network.renew) == "access-1"
    assert len(network.known) == 1


async def test_accounts_that_come_and_go_leave_nothing_with_the_process(redis: Redis, network: Network) -> None:
    renewals = Renewals()
    for _ in range(3):
        tokens = OutboundTokens("lunch", _shelf(redis), network.clock, renewals, pause=PAUSE)
        assert await tokens.token("app", network.renew) == "access-1"
    assert len(renewals) == 0


async def test_a_failed_renewal_fails_all_who_wait_here_and_is_not_repeated(here: OutboundTokens, network: Network) -> None:
    network.open.clear()
    network.error = CredentialsRefused("no")
    callers = [asyncio.create_task(here.token("app", network.renew)) for _ in range(10)]
    await network.asked.wait()
    network.open.set()
    results = await asyncio.gather(*callers, return_exceptions=True)
    assert [type(result) for result in results] == [CredentialsRefused] * 10
    assert len(network.known) == 1


async def test_after_a_failure_the_next_call_may_renew_at_once_in_either_process(
    here: OutboundTokens, there: OutboundTokens, network: Network
) -> None:
    network.error = UpstreamUnavailable("down")
    with pytest.raises(UpstreamUnavailable):
        await here.token("app", network.renew)
    network.error = None
    assert await there.token("app", network.renew) == "access-2"


async def test_a_network_that_grants_what_it_refused_is_believed_once(here: OutboundTokens, network: Network) -> None:
    async def stubborn(known: Token | None) -> Token:
        network.known.append(known)
        return Token("same", network.clock.now() + HOUR)

    assert await here.token("app", stubborn, refused="same") == "same"
    assert len(network.known) == 1


async def test_a_token_granted_already_expired_is_handed_out_without_a_loop(here: OutboundTokens, network: Network) -> None:
    network.lives = -HOUR
    assert await here.token("app", network.renew) == "access-1"
    assert len(network.known) == 1


async def test_who_is_refused_what_a_renewal_under_way_brings_renews_once_more(
    here: OutboundTokens, there: OutboundTokens, network: Network
) -> None:
    network.open.clear()
    first = asyncio.create_task(here.token("app", network.renew))
    await network.asked.wait()
    second = asyncio.create_task(here.token("app", network.renew, refused="access-1"))
    await asyncio.sleep(0)
    network.open.set()
    assert await first == "access-1"
    assert await second == "access-2"


async def test_a_dead_leaders_lease_is_taken_over(redis: Redis, redis_url: str, network: Network) -> None:
    await _shelf(redis).lease("app", "dead", timedelta(milliseconds=100))
    async with process(redis_url, network.clock) as tokens:
        assert await tokens.token("app", network.renew) == "access-1"


async def test_who_waits_for_another_process_does_not_wait_for_ever(redis: Redis, redis_url: str, network: Network) -> None:
    await _shelf(redis).lease("app", "stuck", HOUR)
    async with process(redis_url, network.clock, timedelta(milliseconds=40)) as tokens, asyncio.timeout(10):
        with pytest.raises(UpstreamUnavailable):
            await tokens.token("app", network.renew)
    assert network.known == []


async def test_a_renewal_ends_before_its_lease_does(redis: Redis, redis_url: str, network: Network) -> None:
    network.open.clear()
    async with process(redis_url, network.clock, timedelta(milliseconds=100)) as tokens, asyncio.timeout(4):
        with pytest.raises(UpstreamUnavailable):
            await tokens.token("app", network.renew)
    assert not await redis.exists(keys.lease(keys.token("lunch", "app")))


async def test_the_lease_is_given_back_after_a_renewal_and_after_a_failure(
    redis: Redis, here: OutboundTokens, network: Network
) -> None:
    await here.token("app", network.renew)
    network.error = CredentialsRefused("no")
    with pytest.raises(CredentialsRefused):
        await here.token("app", network.renew, refused="access-1")
    assert not await redis.exists(keys.lease(keys.token("lunch", "app")))


async def test_what_is_kept_is_sealed(redis: Redis, here: OutboundTokens, network: Network) -> None:
    await here.token("app", network.renew)
    kept = await redis.get(keys.token("lunch", "app"))
    assert isinstance(kept, bytes)
    assert b"access" not in kept
    assert b"refresh" not in kept


async def test_something_else_in_its_place_is_told(redis: Redis, here: OutboundTokens, network: Network) -> None:
    await _shelf(redis).save("app", b"[]")
    with pytest.raises(Unreadable):
        await here.token("app", network.renew)


async def test_without_the_server_it_is_later(network: Network, redis_url: str) -> None:
    async with process(redis_url + ".gone", network.clock) as tokens:
        with pytest.raises(TryLater):
            await tokens.token("app", network.renew)
    assert network.known == []
