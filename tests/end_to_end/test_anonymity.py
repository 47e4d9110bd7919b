"""Whoever gives anonymously cannot be told from anybody else who does, by any field, order, page, list or stream."""

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import aclosing
from itertools import pairwise
from pathlib import Path
from typing import Any, Final, cast

import pytest
from redis.asyncio import Redis

from tests.end_to_end.donors import Donors, donors
from tests.end_to_end.viewers import follow, socket
from tests.end_to_end.visitor import SECONDS

FAN, FRIEND = "900100777", "900100888"
TYPES: Final = """
{ __schema { types { name kind inputFields { name } enumValues { name }
    fields { name args { name } type { name ofType { name ofType { name ofType { name } } } } } } } }
"""
OWN: Final = ("id", "donatedAt")
"""What every donation has to itself, anonymous or not."""
PASSING: Final = ("asOf", "updatedAt", "freshness")
"""What a campaign, and no donor, changes between two looks."""


@pytest.fixture
async def world(tmp_path: Path, seed: int) -> AsyncIterator[Donors]:
    async with donors(tmp_path, seed) as made:
        yield made


class Schema:
    """What a client can ask for, as the gateway itself tells."""

    def __init__(self, types: list[dict[str, Any]]) -> None:
        self.types = {each["name"]: each for each in types}

    def selection(self, name: str, depth: int = 1) -> str:
        """Every field of a type, and of what is within, that needs no argument."""
        chosen = []
        for field in self.types[name]["fields"]:
            inner = self._named(field["type"])
            if field["args"] or field["name"] in PASSING:
                continue
            if self.types[inner]["kind"] != "OBJECT":
                chosen.append(field["name"])
            elif depth:
                chosen.append(f"{field['name']} {{ {self.selection(inner, depth - 1)} }}")
        return " ".join(chosen)

    def words(self) -> set[str]:
        """Everything by which can be filtered, ordered or searched: arguments, fields of inputs and values of enumerations."""
        found: set[str] = set()
        for each in self.types.values():
            if each["name"].startswith("__"):
                continue
            found |= {argument["name"] for field in each["fields"] or () for argument in field["args"]}
            found |= {value["name"] for value in [*(each["inputFields"] or ()), *(each["enumValues"] or ())]}
        return found

    def _named(self, of: dict[str, Any]) -> str:
        return str(of["name"] or self._named(of["ofType"]))


async def faces(world: Donors) -> dict[str, list[bytes]]:
    """What Redis keeps to be shown, by network."""
    found: dict[str, list[bytes]] = {}
    address = f"unix://{world.folder / 'data' / 'redis' / 'redis.sock'}"
    async with Redis.from_url(address) as redis:
        async for name in redis.scan_iter("face:*"):
            kept = await cast("Any", redis.hvals(name))
            found.setdefault(name.decode().partition("{")[2].partition(":")[0], []).extend(kept)
    return found


async def test_anonymous_gifts_differ_in_nothing_but_their_own_id_and_time(world: Donors) -> None:
    schema = Schema((await world.query(TYPES))["__schema"]["types"])
    [reef], [gala] = world.twitch.books, world.tiltify.books
    ids = {name: node["id"] for name, node in (await world.balanced()).items()}
    everything = schema.selection("Donation")
    assert {"donorName", "message", "source", "kind"} <= set(everything.split())
    feed = f"subscription ($id: ID!) {{ campaignDonations(id: $id) {{ received {{ {everything} }} }} }}"
    heard: list[dict[str, Any]] = []

    async with socket(world.url) as viewer, aclosing(follow(viewer, feed, id=ids[reef])) as stream:
        await anext(stream)
        # one who gave under a name before and gives under it again, and two whom nobody ever saw
        for name, who in (
            ("Coral_Fan", FAN),
            ("Anonymous", FAN),
            ("anonymous", FRIEND),
            ("Anonymous", None),
            ("Coral_Fan", FAN),
        ):
            await world.twitch.donate(500, user_name=name, user_id=who)
            await world.settle()
        for name in ("Gala Guest", "Anonymous", "ANONYMOUS"):
            await world.tiltify.donate(500, donor_name=name)
        async with asyncio.timeout(SECONDS):
            while len(heard) < 5:
                heard += (await anext(stream))["received"]
    await world.balanced()

    for campaign, anonymous, named in ((reef, 3, 2), (gala, 2, 1)):
        edges = await page(world, ids[campaign], everything, 10)
        nobody = [edge["node"] for edge in edges if edge["node"]["donorName"] is None]
        assert (len(nobody), len(edges)) == (anonymous, anonymous + named)
        alike(nobody)
        for edge, behind in pairwise(edges):
            assert await page(world, ids[campaign], everything, 1, edge["cursor"]) == [behind]
        for gift in nobody:
            opaque(gift["id"])
            document = f"query ($id: ID!) {{ node(id: $id) {{ ... on Donation {{ {everything} }} }} }}"
            assert (await world.query(document, id=gift["id"]))["node"] == gift
    assert [gift["donorName"] for gift in heard] == ["Coral_Fan", None, None, None, "Coral_Fan"]
    alike([gift for gift in heard if gift["donorName"] is None])


async def page(world: Donors, campaign: str, fields: str, first: int, after: str | None = None) -> list[dict[str, Any]]:
    """Some of a campaign's list."""
    told = await world.query(
        f"""query ($id: ID!, $after: String) {{ campaign(id: $id) {{
            donations(first: {first}, after: $after) {{ edges {{ cursor node {{ {fields} }} }} }} }} }}""",
        id=campaign,
        after=after,
    )
    return list(told["campaign"]["donations"]["edges"])


def alike(gifts: list[dict[str, Any]]) -> None:
    """Whether they are the same in every field that is not their own."""
    rest = [{name: value for name, value in gift.items() if name not in OWN} for gift in gifts]
    assert rest == [rest[0]] * len(rest)
    assert len({gift["id"] for gift in gifts}) == len(gifts)


def opaque(identity: str) -> None:
    """Whether an id holds its campaign and a hash, and nobody's id, though Twitch writes that into its own."""
    kind, platform, campaign, digits = base64.urlsafe_b64decode(identity + "=" * (-len(identity) % 4)).decode().split("\n")
    assert (kind, len(digits), len(bytes.fromhex(digits))) == ("Donation", 32, 16)
    assert FAN not in platform + campaign + digits


async def test_nothing_in_the_schema_looks_for_donors_and_nothing_kept_knows_the_anonymous_ones(world: Donors) -> None:
    schema = Schema((await world.query(TYPES))["__schema"]["types"])
    assert not [word for word in schema.words() if "donor" in word.lower() or "giver" in word.lower()]
    assert schema.types["Query"]
    assert not [name for name in schema.types if "donor" in name.lower()]

    for name, who in (("Coral_Fan", FAN), ("Anonymous", FAN), ("Anonymous", FRIEND)):
        await world.twitch.donate(500, user_name=name, user_id=who)
    for name in ("Gala Guest", "Anonymous", "Anonymous"):
        await world.tiltify.donate(500, donor_name=name)
    await world.balanced()

    for platform, kept in (await faces(world)).items():
        nobody = [face for face in kept if b'"n"' not in face]
        assert len(nobody) == 2
        assert set(nobody) == {b'{"c":"EUR","k":"ONE_TIME"}'}, platform
    async with world.session.get(f"{world.url}/metrics") as answer:
        said = await answer.text() + world.gateway.log.read_text()
    assert not [who for who in (FAN, FRIEND, "Coral_Fan", "Gala Guest") if who in said]
