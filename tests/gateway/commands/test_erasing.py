"""``giving-gateway erase``, as whoever gives the command sees it."""

import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import structlog
from rich.console import Console

from gateway.commands.erasing import Outcome, Wanted, for_machines, run, told
from gateway.foundation import founded
from gateway.settings import Settings
from schema.api.ids import donation_id
from schema.model.errors import OperatorError, SettingsInvalid
from schema.model.facts import Clues
from schema.model.ids import CampaignId, entity
from tests.gateway.acme import given
from tests.gateway.reloading import KEY, account, campaign, installed

LUNCH, TEA = CampaignId("till", "lunch"), CampaignId("till", "tea")


@pytest.fixture(autouse=True)
def _logs() -> Iterator[None]:
    yield
    structlog.reset_defaults()


@pytest.fixture
async def settings(tmp_path: Path, redis_url: str, redis: object) -> Settings:
    """Two gifts of one donor for lunch, one of them for tea, and one of another donor."""
    made = Settings.of(
        {
            "data_dir": tmp_path,
            "ledger_url": redis_url,
            "data_key": KEY,
            "pepper": KEY,
            "accounts": {"till": account("till", "s")},
            "campaigns": [campaign("lunch", "lunch*"), campaign("tea", "tea*")],
        }
    )
    texts = {1: "lunch", 2: "lunch", 3: "tea", 4: "tea"}
    async with founded(made, registry=installed()) as base:
        for number, text in texts.items():
            fact = given(number, 400, Clues(attach=text), name="Coral fan")
            gift = replace(fact, donor="7" if number < 4 else "8")
            assert await base.ingest.apply(base.accounts["till"], [gift]) == []
    return made


def console(*, terminal: bool) -> Console:
    return Console(file=io.StringIO(), force_terminal=terminal, width=100)


def shown(by: Console) -> str:
    assert isinstance(by.file, io.StringIO)
    return by.file.getvalue()


async def test_a_donor_is_found_in_all_campaigns_and_what_was_found_is_told(settings: Settings) -> None:
    wanted, plain = Wanted("till", donor="7"), console(terminal=False)
    found = await run(settings, wanted, console=plain, registry=installed())

    assert found == Outcome({LUNCH: 2, TEA: 1}, compacted=True)
    assert list(told(wanted, found)) == [
        "3 donations lost name and message; no total moves.",
        "  till:lunch: 2",
        "  till:tea: 1",
    ]
    assert for_machines(wanted, found) == {
        "platform": "till",
        "dry_run": False,
        "donations": 3,
        "campaigns": [{"campaign": "till:lunch", "donations": 2}, {"campaign": "till:tea", "donations": 1}],
        "compacted": True,
    }
    assert shown(plain).splitlines() == [
        "till: 0 of 2 campaigns, 0 found",
        "till: 1 of 2 campaigns, 2 found",
        "till: 2 of 2 campaigns, 3 found",
    ]
    again = await run(settings, wanted, console=None, registry=installed())
    assert again.found == {}
    first, hint = told(wanted, again)
    assert first.startswith("No name or message of the donor is kept. What still comes")
    assert hint.endswith("If till shows none, erase by --donation.")


async def test_on_a_terminal_there_is_a_bar(settings: Settings) -> None:
    bar = console(terminal=True)
    await run(settings, Wanted("till", donor="7"), console=bar, registry=installed())

    assert "till" in shown(bar)


async def test_a_dry_run_says_what_would_be(settings: Settings) -> None:
    wanted = Wanted("till", donor="8", dry=True)
    for _ in range(2):
        found = await run(settings, wanted, console=None, registry=installed())
        assert not found.compacted
        assert next(told(wanted, found)) == "1 donation would lose name and message; no total moves."


@pytest.mark.parametrize("named", ["d1", str(donation_id(LUNCH, entity("till", "d1")))], ids=["the network's", "the API's"])
async def test_a_donation_is_named_by_either_of_its_ids(settings: Settings, named: str) -> None:
    wanted = Wanted("till", donation=named)
    found = await run(settings, wanted, console=None, registry=installed())

    assert found.found == {LUNCH: 1}
    assert "1 donation lost" in next(told(wanted, found))
    assert named not in " ".join([*told(wanted, found), repr(for_machines(wanted, found))])


@pytest.mark.parametrize(
    ("wanted", "says"),
    [
        (Wanted("till"), "Name either --donor or --donation."),
        (Wanted("till", donor="7", donation="d1"), "Name either --donor or --donation."),
        (Wanted("till", donor=""), "That is no id"),
        (Wanted("till", donation="a\nb"), "That is no id"),
        (Wanted("till*", donor="7"), "There is no account of 'till*'"),
        (Wanted("pond", donor="7"), "There is no account of 'pond'"),
        (Wanted("till", donation=str(donation_id(CampaignId("pond", "x"), b"e" * 16))), "That donation is one of pond."),
    ],
)
async def test_what_cannot_be_meant_is_said_and_nothing_is_done(settings: Settings, wanted: Wanted, says: str) -> None:
    with pytest.raises(OperatorError) as caught:
        await run(settings, wanted, console=None, registry=installed())

    assert str(caught.value).startswith(says)


async def test_without_a_pepper_nothing_begins(settings: Settings) -> None:
    with pytest.raises(SettingsInvalid, match="pepper: is missing"):
        await run(settings.model_copy(update={"pepper": None}), Wanted("till", donor="7"), console=None, registry=installed())


def test_where_redis_keeps_its_old_file_that_is_said() -> None:
    *_, last = told(Wanted("till", donor="7"), Outcome({LUNCH: 2}, compacted=False))

    assert "BGREWRITEAOF" in last
