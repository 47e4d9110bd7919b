"""Somebody asks to be forgotten: the operator's command beside a running gateway, and all that may come again afterwards."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterable
from contextlib import aclosing
from pathlib import Path
from typing import Any, Final

import pytest

from schema.model.ids import CampaignId
from tests.end_to_end.commands import BAD_SETTINGS, command
from tests.end_to_end.donors import FEED, Donors, donors, report
from tests.end_to_end.notices import twitch_message
from tests.end_to_end.viewers import events, follow, socket
from tests.end_to_end.visitor import SECONDS
from tests.end_to_end.world import REEF

FAN, FRIEND = "900100777", "900100888"
NOTHING_FOUND: Final = 1


@pytest.fixture
async def world(tmp_path: Path, seed: int) -> AsyncIterator[Donors]:
    async with donors(tmp_path, seed) as made:
        yield made


def without_names(shown: dict[str, Any], *campaigns: str) -> dict[str, Any]:
    """What viewers saw, as it is once the gifts to these campaigns name nobody."""
    listed = {name: [{**gift, "donorName": None, "message": None} for gift in _gifts(shown, name)] for name in campaigns}
    return {name: {**node, "donations": _listed(node, listed.get(name))} for name, node in shown.items()}


def _gifts(shown: dict[str, Any], campaign: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = shown[campaign]["donations"]["nodes"]
    return found


def _listed(node: dict[str, Any], gifts: list[dict[str, Any]] | None) -> Any:
    return node["donations"] if gifts is None else {**node["donations"], "nodes": gifts}


async def changed(
    feed: AsyncGenerator[dict[str, Any], None], number: int, shown: Iterable[dict[str, Any]] = ()
) -> list[dict[str, Any]]:
    """The next donations that a viewer is told to have changed, so many of them. New are none but those shown before: a list is
    read from the ledger, and may be a step ahead of the feed.
    """
    known = {gift["id"] for gift in shown}
    found: dict[str, dict[str, Any]] = {}
    async with asyncio.timeout(SECONDS):
        while len(found) < number:
            message = await anext(feed)
            assert known.issuperset(gift["id"] for gift in message["received"])
            found |= {gift["id"]: gift for gift in message["changed"]}
    return list(found.values())


async def streamed(world: Donors, campaign: str) -> AsyncGenerator[dict[str, Any], None]:
    """The same feed over server-sent events."""
    document = FEED.replace("subscription", "subscription Feed", 1)
    async with aclosing(events(world.session, world.url, document, id=campaign)) as told:
        async for _, message in told:
            yield message


async def test_all_gifts_of_one_donor_lose_their_names_and_nothing_else_and_nothing_brings_them_back(world: Donors) -> None:
    first = world.twitch.state.current(world.twitch.broadcaster.id)
    assert first is not None
    for minor, who in ((100, FAN), (200, FAN), (300, FRIEND)):
        await world.twitch.donate(minor, user_name="Coral_Fan" if who == FAN else "Friend", user_id=who)
    await world.balanced()
    world.twitch.stop()
    second = world.twitch.start_campaign(currency="EUR")
    await world.twitch.donate(400, user_name="Coral_Fan", user_id=FAN)
    before = await world.balanced()
    assert await world.named(first.id) == ["Coral_Fan", "Coral_Fan", "Friend"]

    async with socket(world.url) as viewer, aclosing(follow(viewer, FEED, id=before[first.id]["id"])) as feed:
        async with aclosing(streamed(world, before[second.id]["id"])) as stream:
            assert (await anext(feed))["received"] == (await anext(stream))["received"] == []

            dry = await world.erase("--platform", "twitch", "--donor", FAN, "--dry-run", "--json")
            assert (dry.code, report(dry)["donations"], report(dry)["dry_run"]) == (0, 3, True)
            assert await world.shown() == before

            ended = await world.erase("--platform", "twitch", "--donor", "-", "--json", typed=f"{FAN}\n")
            assert (ended.code, ended.err) == (0, "")
            found = {each["campaign"]: each["donations"] for each in report(ended)["campaigns"]}
            assert found == {str(CampaignId("twitch", first.id)): 2, str(CampaignId("twitch", second.id)): 1}
            assert FAN not in ended.out

            told = await changed(feed, 2, _gifts(before, first.id)) + await changed(stream, 1, _gifts(before, second.id))
            assert [(gift["donorName"], gift["message"]) for gift in told] == [(None, None)] * 3

    after = await world.balanced()
    expected = without_names(before, first.id, second.id)
    friend = [gift for gift in _gifts(before, first.id) if gift["donorName"] == "Friend"]
    kept = [gift if gift["id"] != friend[0]["id"] else friend[0] for gift in _gifts(expected, first.id)]
    expected[first.id]["donations"]["nodes"] = kept
    assert after == expected
    await world.gone_from_disk("Coral_Fan", FAN)

    # a redelivery, a list that is read again, another start, and more gifts
    again = [twitch_message(message, world.twitch) for message in world.twitch.mail.kept]
    assert {await world.send(REEF, each) for each in again} <= {200, 204}
    await command("reconcile", "reef", "--config", str(world.folder / "giving.toml"))
    await world.restart()
    await world.twitch.donate(500, user_name="Coral_Fan_again", user_id=FAN)
    await world.twitch.donate(600, user_name="Friend", user_id=FRIEND)
    await world.balanced()
    await world.sees(second.id, None, None, "Friend")
    await world.sees(first.id, None, None, "Friend")
    assert (await world.shown())[first.id] == after[first.id]

    twice = await world.erase("--platform", "twitch", "--donor", FAN)
    assert twice.code == NOTHING_FOUND
    assert twice.out.startswith("No name or message of the donor is kept.")
    assert "Coral_Fan" not in world.gateway.log.read_text()


async def test_one_donation_is_forgotten_where_the_network_has_no_id_of_its_donor(world: Donors) -> None:
    [campaign] = world.tiltify.books
    gift = await world.tiltify.donate(1_000, donor_name="Gala Guest", comment="For my aunt")
    other = await world.tiltify.donate(2_000, donor_name="Gala Guest", comment="For my uncle")
    before = await world.balanced()
    shown = {each["amount"]["amount"]: each["id"] for each in _gifts(before, campaign)}

    async with socket(world.url) as viewer, aclosing(follow(viewer, FEED, id=before[campaign]["id"])) as feed:
        await anext(feed)
        ended = await world.erase("--platform", "tiltify", "--donation", str(gift.id))
        assert ended.code == 0
        assert ended.out.splitlines()[0] == "1 donation lost name and message; no total moves."
        assert [told["id"] for told in await changed(feed, 1, _gifts(before, campaign))] == [shown["10.00"]]

    await world.sees(campaign, None, "Gala Guest")
    # the network tells it again, as a newer state and under another name
    await world.tiltify.moderate(gift, donor_name="Guest of the gala", comment="Still for my aunt")
    await world.tiltify.moderate(other, donor_name="Guest", comment=None)
    await world.balanced()
    await world.sees(campaign, None, "Guest")

    # the other one is named by its id in the API
    assert (await world.erase("--platform", "tiltify", "--donation", shown["20.00"])).code == 0
    await world.sees(campaign, None, None)
    after = await world.balanced()
    assert after[campaign]["total"] == before[campaign]["total"]
    await world.gone_from_disk("Gala Guest", "my aunt", "Guest of the gala")


async def test_a_gift_that_comes_after_its_erasure_is_nobodys_from_the_beginning(world: Donors) -> None:
    assert (await world.erase("--platform", "twitch", "--donor", FAN)).code == NOTHING_FOUND
    running = world.twitch.state.current(world.twitch.broadcaster.id)
    assert running is not None
    campaign = (await world.balanced())[running.id]["id"]

    async with socket(world.url) as viewer, aclosing(follow(viewer, FEED, id=campaign)) as feed:
        await anext(feed)
        await world.twitch.donate(700, user_name="Coral_Fan", user_id=FAN)
        async with asyncio.timeout(SECONDS):
            message = await anext(feed)
    assert [gift["donorName"] for gift in message["received"]] == [None]
    await world.balanced()
    await world.gone_from_disk("Coral_Fan")


async def test_what_cannot_be_meant_is_a_sentence_and_an_exit_code(world: Donors) -> None:
    for arguments, says in (
        (("--platform", "twitch"), "Name either --donor or --donation."),
        (("--platform", "twich", "--donor", "1"), "There is no account of 'twich', and nothing of it in the ledger."),
        (("--platform", "twitch", "--donor", "-"), "That is no id: it has 1 to 200 printable characters."),
    ):
        ended = await world.erase(*arguments)
        assert (ended.code, ended.out, ended.err.strip()) == (BAD_SETTINGS, "", says)
