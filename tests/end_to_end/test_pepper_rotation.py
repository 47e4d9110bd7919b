"""A new pepper while donations flow: nothing is lost or counted twice, and a donor is found under both."""

import base64
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.end_to_end.donors import Donors, donors, report
from tests.end_to_end.notices import twitch_message
from tests.end_to_end.world import REEF

FAN, FRIEND = "900100777", "900100888"


@pytest.fixture
async def world(tmp_path: Path, seed: int) -> AsyncIterator[Donors]:
    async with donors(tmp_path, seed) as made:
        yield made


async def rotated(world: Donors, *kept: str) -> str:
    """A new pepper is put before these, and the gateway told; gives it. Nobody's id is needed for that."""
    fresh = base64.b64encode(os.urandom(32)).decode()
    world.pepper.write_text("\n".join((fresh, *kept)) + "\n", "ascii")
    await world.reload()
    return fresh


async def gives(world: Donors, minor: int, who: str = FAN) -> None:
    """A donor gives under the name that Twitch shows."""
    await world.twitch.donate(minor, user_name="Coral_Fan" if who == FAN else "Friend", user_id=who)


async def test_a_donor_is_found_under_both_peppers_and_nothing_counts_twice(world: Donors) -> None:
    [campaign] = world.twitch.books
    await gives(world, 100)
    first = world.pepper.read_text("ascii").strip()
    second = await rotated(world, first)
    await gives(world, 200)
    await gives(world, 300, FRIEND)
    for message in list(world.twitch.mail.kept):  # all that was told before and since is delivered once more
        assert await world.send(REEF, twitch_message(message, world.twitch)) in (200, 204)
    before = await world.balanced()
    assert await world.named(campaign) == ["Coral_Fan", "Coral_Fan", "Friend"]

    ended = await world.erase("--platform", "twitch", "--donor", FAN, "--json")
    assert (ended.code, report(ended)["donations"]) == (0, 2)
    await world.sees(campaign, None, None, "Friend")
    assert (await world.balanced())[campaign]["total"] == before[campaign]["total"]

    # seen once under both, the donor stays forgotten when the first pepper is gone
    await gives(world, 400)
    await world.balanced()
    await rotated(world, second)
    await gives(world, 500)
    await gives(world, 600, FRIEND)
    await world.balanced()
    await world.sees(campaign, None, None, "Friend", None, None, "Friend")


async def test_a_file_that_holds_no_pepper_changes_nothing_while_the_gateway_runs(world: Donors) -> None:
    [campaign] = world.twitch.books
    await gives(world, 100)
    good = world.pepper.read_text("ascii")
    world.pepper.write_text("no pepper\n", "ascii")
    with pytest.raises(AssertionError):
        await world.reload()
    await gives(world, 200)
    await world.balanced()
    world.pepper.write_text(good, "ascii")

    ended = await world.erase("--platform", "twitch", "--donor", FAN, "--json")
    assert report(ended)["donations"] == 2
    await world.sees(campaign, None, None)
