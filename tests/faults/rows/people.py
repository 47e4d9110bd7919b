"""What may be known of people, and by whom: rows 56 and 57."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing, asynccontextmanager, suppress
from typing import Any, Final

import aiohttp
from redis.asyncio import Redis

from connectors.testing.emulation import Mischief
from tests.end_to_end.commands import command
from tests.end_to_end.test_anonymity import OWN, PASSING, TYPES, Schema
from tests.end_to_end.viewers import events, follow, socket
from tests.faults.canary import Canaries, kept_in_clear, written_to_disk
from tests.faults.eager import eagerly
from tests.faults.fault import Fault, Stage, Told, expect
from tests.faults.givers import GIVE, wechat_pay
from tests.faults.ill import altered
from tests.faults.rows import forgetting
from tests.faults.sim import Sim
from tests.gateway.outbound.upstream import answer, upstream

QUICK: Final = ("wechat_pay", "weibo", "alipay", "tencent_gongyi", "twitch", "tiltify", "justgiving")
ALL: Final = (*QUICK, "donordrive")
FORGED_AT: Final = ("wechat_pay", "weibo", "alipay", "twitch", "tiltify")

# ----------------------------------------------------------------------------------------------------------------- sweep

WAY: Final = "source"
"""By which way a gift was heard of, a list or a delivery, says nothing of who gave."""
Heard = list[tuple[str, bytes]]
"""What came out of the gateway, by where."""


async def canary_sweep(stage: Stage) -> Told:
    """Strings in every personal and secret field of all networks, all that can go wrong with them, and then a search."""
    canaries, heard = Canaries(stage.rng), Heard()
    async with eagerly(stage, *(QUICK if stage.quick else ALL)) as sim:
        for player in sim.players.values():
            canaries.hide_secrets(player.account())
            player.emulator.sender.mischief = Mischief(duplicate=0.3, reorder=0.2)
        await _given(sim, canaries)  # campaigns are known from the first gift on
        await sim.hand_over()
        await sim.even(within=240)
        async with _overheard(sim, heard):
            for number in range(stage.times(8, 1)):
                stage.say(f"gifts {number}")
                await _given(sim, canaries)
            stage.say("what goes wrong")
            await _trouble(sim, canaries, heard)
            await sim.restart()
            await sim.hand_over()
            balance, healed = await sim.even(within=240)
            await _looked(sim, heard)
        for place, said in heard:
            leaks = canaries.leaks(place, said, to_viewers=place.startswith("viewers"))
            expect(not leaks, f"leaked: {leaks[:5]}")
        kept = await _kept(sim, canaries)
        tries = len(canaries.hidden) + len(canaries.shown)
        says = f"{len(canaries.hidden)} hidden, {len(canaries.shown)} shown strings; {len(heard)} texts, {kept} keys and files"
        return Told(tries, balance.lost, balance.doubled, healed, says)


async def _given(sim: Sim, canaries: Canaries) -> None:
    for name, player in sim.players.items():
        await GIVE[name](player.emulator, canaries)
    await sim.settle()


async def _trouble(sim: Sim, canaries: Canaries, heard: Heard) -> None:
    """Deliveries that are held, that cannot be read and that are forged; networks that fail; commands and their output."""
    networks: dict[str, Any] = {name: player.emulator for name, player in sim.players.items()}
    who = canaries.number("buyer of what cannot be read")
    unknown = {"pay_id": canaries.hide("unreadable"), "buyer_id": who, "notify_type": "trade.pay"}
    await sim.send("/webhooks/weibo/weibo", networks["weibo"].notifications.outgoing(unknown))
    await networks["alipay"].tell({"trade_no": canaries.hide("unreadable"), "buyer_id": who, "total_amount": "much"})
    await wechat_pay(networks["wechat_pay"], canaries, attach="campaign=nowhere")
    networks["wechat_pay"].books.pop("nowhere")  # no rule takes it
    await networks["alipay"].sender.settle()
    for name in FORGED_AT:
        body = json.dumps({"openid": canaries.hide("forged body")}).encode()
        signature = {"Wechatpay-Signature": canaries.hide("forged header"), "Content-Type": "application/json"}
        told = await sim.post(f"/webhooks/{name}/{name}?openid={canaries.hide('forged query')}", signature, body)
        heard.append((f"answer to a forged delivery of {name}", told.body))
        expect(told.status in (200, 401), f"a forged delivery of {name} was answered {told.status}")
    for name in ("tiltify", "justgiving"):
        strange = canaries.hide("text in place of an amount")

        def spoiled(path: str, words: Any, text: str = strange) -> Any:
            return _spoiled(words, text) if "donations" in path else words

        async with altered(sim.egress[name], sim.players[name], spoiled):
            await asyncio.sleep(1)  # it is read some times
        sim.players[name].emulator.outage.fail_next = 3  # type: ignore[attr-defined]
    async with upstream(answer(500, canaries.hide("page of an error").encode())) as ill:
        sim.egress["twitch"].port, well = int(ill.url.rpartition(":")[2]), sim.egress["twitch"].port
        sim.egress["twitch"].cut()
        ended = await command("reconcile", "--json", "--config", str(sim.folder / "giving.toml"))
        sim.egress["twitch"].port = well
        sim.egress["twitch"].cut()
    heard += [("output of reconcile", (ended.out + ended.err).encode())]
    for words in (("quarantine", "list"), ("check",), ("erase", "--platform", "twitch", "--donor", canaries.number("nobody"))):
        ended = await command(*words, "--config", str(sim.folder / "giving.toml"))
        heard.append((f"output of {words[0]}", (ended.out + ended.err).encode()))


def _spoiled(words: Any, text: str) -> Any:
    if isinstance(words, list):
        return [_spoiled(each, text) for each in words]
    if isinstance(words, dict):
        return {key: text if key in ("amount", "value") else _spoiled(value, text) for key, value in words.items()}
    return words


@asynccontextmanager
async def _overheard(sim: Sim, heard: Heard) -> AsyncIterator[None]:
    """Follows every campaign's donations and total, over both transports, for as long as the context is open."""
    schema = Schema((await sim.query(TYPES))["__schema"]["types"])
    gift = schema.selection("Donation")
    feed = (
        f"subscription Feed($id: ID!) {{ campaignDonations(id: $id) {{ missed received {{ {gift} }} changed {{ {gift} }} }} }}"
    )
    ids = [node["id"] for node in (await sim.campaigns()).values()]

    async def over_socket(campaign: str) -> None:
        async with socket(sim.url) as viewer, aclosing(follow(viewer, feed, id=campaign)) as told:
            async for message in told:
                heard.append(("viewers: socket", json.dumps(message).encode()))

    async def over_events(campaign: str) -> None:
        async with aiohttp.ClientSession() as session, aclosing(events(session, sim.url, feed, id=campaign)) as told:
            async for place, message in told:
                heard.append(("viewers: stream", json.dumps([place, message]).encode()))

    following = [asyncio.create_task(way(campaign)) for campaign in ids for way in (over_socket, over_events)]
    try:
        yield
    finally:
        for task in following:
            task.cancel()
        await asyncio.gather(*following, return_exceptions=True)
    expect(any(place.startswith("viewers") for place, _ in heard), "no stream said anything")


async def _looked(sim: Sim, heard: Heard) -> None:
    """Everything that can be asked of the gateway, and what it told networks and operators."""
    schema = Schema((await sim.query(TYPES))["__schema"]["types"])
    campaign, gift = schema.selection("Campaign"), schema.selection("Donation")
    document = f"{{ campaigns(first: 100) {{ edges {{ cursor node {{ {campaign} }} }} }} }}"
    listed = f"""query ($id: ID!) {{ campaign(id: $id) {{
        donations(first: 50) {{ totalCount edges {{ cursor node {{ {gift} }} }} }} }} }}"""
    told = [await sim.query(document)]
    for node in (await sim.campaigns()).values():
        told.append(await sim.query(listed, id=node["id"]))
    heard += [("viewers: query", json.dumps(each, ensure_ascii=False).encode()) for each in told]
    for path in ("/metrics", "/readyz", "/livez"):
        heard.append((path, (await sim.ask("GET", path)).body))
    for network in sim.networks:
        heard += [(f"answer to {network.key}", attempt.body) for attempt in network.sender.attempts]
    heard.append(("log", sim.gateway.log.read_bytes()))


async def _kept(sim: Sim, canaries: Canaries) -> int:
    """What the ledger and the data directory hold. Gives how many keys and files that are."""
    places = 0
    leaks: list[str] = []
    async with Redis.from_url(f"unix://{sim.folder / 'data' / 'redis' / 'redis.sock'}") as redis:
        async for name, held in kept_in_clear(redis):
            places += 1
            # names and messages are kept to be shown, there and nowhere else
            leaks += canaries.leaks(f"Redis: {name}", held, to_viewers=name.startswith("face:"))
    for name, said in written_to_disk(sim.folder / "data"):
        places += 1
        leaks += canaries.leaks(f"disk: {name}", said, to_viewers=name.endswith((".aof", ".rdb")))
    expect(not leaks, f"kept in clear: {leaks[:5]}")
    return places


# ------------------------------------------------------------------------------------------------------------- anonymity

LISTED_WITHIN: Final = 20.0
"""Seconds within which lists are read, after a total has moved."""


async def anonymity(stage: Stage) -> Told:
    """Many give the same amount, some of them anonymously: those differ in nothing but their own id and time, in lists and in
    streams.
    """
    async with eagerly(stage, "twitch", "tiltify", "justgiving") as sim:
        anonymous, heard = 0, Heard()
        for network in sim.networks:  # campaigns are known from the first gift on
            anonymous += await _given_by_anybody(stage, network, 0)
        await sim.even()
        schema = Schema((await sim.query(TYPES))["__schema"]["types"])
        async with _overheard(sim, heard):
            for number in range(1, stage.times(300, 24)):
                anonymous += await _given_by_anybody(stage, stage.rng.choice(sim.networks), number)
            balance, healed = await sim.even()
            kinds, found = await _alike(sim, schema)
            with suppress(TimeoutError):
                async with asyncio.timeout(LISTED_WITHIN):
                    while found < anonymous:
                        kinds, found = await _alike(sim, schema)
            expect(found == anonymous, f"{anonymous} gave anonymously, and {found} are shown so")
        words = [word for word in schema.words() if "donor" in word.lower() or "giver" in word.lower()]
        expect(not words, f"donors can be looked for by {words}")
        streamed = {_kind(gift) for gift in _told_of(heard) if gift["donorName"] is None}
        expect(streamed and streamed <= kinds, f"anonymous gifts are told apart in streams: {list(streamed - kinds)[:2]}")
        said = sim.gateway.log.read_text() + (await sim.ask("GET", "/metrics")).body.decode()
        expect("Hidden Name" not in said and "Donor 1" not in said, "names are in the log or the figures")
        return Told(anonymous, balance.lost, balance.doubled, healed)


async def _given_by_anybody(stage: Stage, network: Any, number: int) -> bool:
    """A gift; whether it is an anonymous one."""
    nobody = stage.rng.random() < 0.5
    name = stage.rng.choice(("Anonymous", "anonymous", "ANONYMOUS")) if nobody else f"Donor {number}"
    if network.key == "twitch":
        await network.donate(500, user_name=name, user_id=f"9{stage.rng.randrange(20):08}")
    elif network.key == "tiltify":
        await network.donate(500, donor_name=name)
    elif nobody and stage.rng.random() < 0.5:
        await network.donate(500, donor_name="Hidden Name", anonymous=True)
    else:
        await network.donate(500, donor_name=name)
    return nobody


def _told_of(heard: Heard) -> Iterator[dict[str, Any]]:
    """The gifts in what streams said: messages, by one way with their places."""
    for _, said in heard:
        told = json.loads(said)
        message = told if isinstance(told, dict) else told[1]
        yield from (*message["received"], *message["changed"])


def _kind(gift: dict[str, Any]) -> str:
    """All that is shown of a gift but what is its own."""
    return json.dumps({key: gift[key] for key in gift if key not in (*OWN, *PASSING, WAY)}, sort_keys=True)


async def _alike(sim: Sim, schema: Schema) -> tuple[set[str], int]:
    """What gifts that show nobody look like, and how many there are. Raises Broken where two of them, on one campaign, differ
    in more than is their own.
    """
    gift, every, count = schema.selection("Donation"), set[str](), 0
    listed = f"""query ($id: ID!, $after: String) {{ campaign(id: $id) {{ donations(first: 50, after: $after) {{
        pageInfo {{ hasNextPage endCursor }} nodes {{ {gift} }} }} }} }}"""
    for name, node in (await sim.campaigns()).items():
        kinds: set[str] = set()
        after, more = None, True
        while more:
            page = (await sim.query(listed, id=node["id"], after=after))["campaign"]["donations"]
            more, after = page["pageInfo"]["hasNextPage"], page["pageInfo"]["endCursor"]
            nobodys = [each for each in page["nodes"] if each["donorName"] is None]
            kinds |= set(map(_kind, nobodys))
            count += len(nobodys)
        expect(len(kinds) <= 1, f"anonymous gifts to {name} can be told apart: {list(kinds)[:2]}")
        every |= kinds
    return every, count


FAULTS: Final = (
    Fault("56", "canary sweep", canary_sweep, ci=True),
    Fault("57", "anonymity", anonymity),
    *forgetting.FAULTS,
)
