"""The books: what is true of each fundraiser, under the names that the gateway uses."""

from urllib.parse import urlsplit

import pytest

from connectors.donordrive.emulator import DonorDriveEmulator
from connectors.testing.emulation import Book
from tests.connectors.donordrive.emulator.client import Client


async def test_a_book_is_named_by_host_kind_and_number(emulator: DonorDriveEmulator) -> None:
    host = urlsplit(emulator.url).netloc

    assert set(emulator.books) == {f"{host}/events/600", f"{host}/teams/7001", f"{host}/participants/900001"}
    assert emulator.participant.native_id == f"{host}/participants/900001"


async def test_who_is_added_while_it_is_served_has_a_book_at_once(emulator: DonorDriveEmulator) -> None:
    added = emulator.add_participant("Second Participant", team=emulator.team)

    assert emulator.books[added.native_id] == Book("USD")
    assert added.path in emulator.account()["fundraisers"]


async def test_a_book_includes_the_money_of_members(emulator: DonorDriveEmulator) -> None:
    second = emulator.add_participant("Second Participant", team=emulator.team)
    lone = emulator.add_participant("Lone Participant")
    for minor, one in ((100, emulator.participant), (20, second), (3, lone), (4_000, emulator.team), (50_000, emulator.event)):
        await emulator.donate(minor, to=one)
    emulator.enter_offline(600_000, to=second)

    raised = {one.path: emulator.books[one.native_id].raised for one in emulator.state.fundraisers}
    assert raised == {
        "events/600": 654_123,
        "teams/7001": 604_120,
        "participants/900001": 100,
        "participants/900002": 600_020,
        "participants/900003": 3,
    }
    assert emulator.books[emulator.event.native_id].count == 5


async def test_pages_say_what_the_books_say(emulator: DonorDriveEmulator, client: Client) -> None:
    for minor in (1_999, 435, 100_000):
        await emulator.donate(minor)
    emulator.enter_offline(-35)

    for native, book in emulator.books.items():
        told = await client.told(native.split("/", 1)[1])
        assert (told["sumDonations"], told["numDonations"]) == ("1023.99", "3")
        assert (book.raised, book.count, book.currency) == (102_399, 3, "USD")


async def test_programs_on_two_hosts_have_the_same_numbers_and_other_names(emulator: DonorDriveEmulator) -> None:
    other = DonorDriveEmulator(seed=2)
    async with other.serve():
        assert other.participant.path == emulator.participant.path
        assert not set(other.books) & set(emulator.books)


async def test_an_account_has_all_that_tell_a_total(emulator: DonorDriveEmulator) -> None:
    assert emulator.account() == {
        "base_url": emulator.url,
        "fundraisers": ["events/600", "teams/7001", "participants/900001"],
    }


async def test_a_fundraiser_is_named_by_itself_by_path_by_native_id_or_by_alias(emulator: DonorDriveEmulator) -> None:
    for name in (emulator.team, "teams/7001", emulator.team.native_id, "teams/sample-team"):
        await emulator.donate(100, to=name)

    assert emulator.team.book.raised == 400
    for unknown in ("teams/1", "else", "", "badges/600"):
        with pytest.raises(LookupError):
            await emulator.donate(100, to=unknown)


def test_a_team_cannot_be_in_another_event_than_its_member(emulator: DonorDriveEmulator) -> None:
    other = emulator.add_event("Other Day")

    with pytest.raises(ValueError, match="another event"):
        emulator.add_participant("Nobody", team=emulator.team, event=other)
    assert emulator.add_participant("Somebody", event=other).event is other
