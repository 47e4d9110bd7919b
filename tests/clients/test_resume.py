"""Unmodified clients of others, cut at random while gifts come, see what the server has logged: no gap, no repeat."""

from collections import Counter
from typing import Final

import pytest
import pytest_asyncio

from tests.clients.evening import GIFTS, REFUNDED, Evening, Told, spent
from tests.clients.following import READERS, Following, Reader
from tests.clients.server_log import donations_differ, totals_differ

pytestmark = pytest.mark.asyncio(loop_scope="module")

CUTS: Final = 2
"""How often each reader is cut in each way at the least: a browser is away for three seconds after each cut of its line."""
READ_BY: Final = pytest.mark.parametrize("reader", READERS, ids=str)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def evening(tmp_path_factory: pytest.TempPathFactory, seed: int, node_modules: None) -> Evening:
    """One for all readers."""
    print(f"seed {seed} (TEST_SEED={seed} tells this run again)")  # noqa: T201 (pytest shows it when a test fails)
    return await spent(tmp_path_factory.mktemp("evening"), seed, [reader for reader in READERS if not reader.lacks])


def by(reader: Reader, told: Told) -> Following:
    """What a reader was told. Skips the test where it cannot run."""
    reader.demand()
    found = told[reader]
    if isinstance(found, BaseException):
        raise found
    return found


async def test_the_log_holds_every_gift_of_the_list_and_every_refund(evening: Evening) -> None:
    kinds = Counter(entry.kind for entry in evening.log)

    assert kinds == {"received": GIFTS, "changed": (GIFTS - 1) // REFUNDED}
    assert {entry.donation for entry in evening.log} == evening.listed.keys()


@READ_BY
async def test_a_reader_that_is_cut_again_and_again_is_told_each_gift_once_and_in_order(
    evening: Evening, reader: Reader
) -> None:
    told = by(reader, evening.told)

    assert donations_differ(evening.log, evening.began, told.messages["donations"]) == []
    amounts = {gift["id"]: gift["amount"]["amount"] for each in told.messages["donations"] for gift in each["received"]}
    assert amounts.items() <= evening.listed.items()
    assert min(told.cut_on_the_line, told.cut_by_itself) >= CUTS


@READ_BY
async def test_the_total_it_is_shown_never_goes_back_and_is_what_was_logged(evening: Evening, reader: Reader) -> None:
    told = by(reader, evening.told)

    assert totals_differ(evening.log, evening.began, told.messages["total"]) == []


@READ_BY
async def test_a_position_that_never_was_gives_a_start_and_not_a_partial_replay(evening: Evening, reader: Reader) -> None:
    messages, end = by(reader, evening.lost).messages, evening.log[-1]
    [start], [state] = messages["donations"], messages["total"]

    assert [start[name] for name in ("received", "changed", "missed", "recovered")] == [[], [], None, False]
    total = state["campaign"]["total"]
    assert (total["raised"]["amount"], total["donationCount"], state["recovered"]) == (end.raised, end.count, False)
    assert start["position"] == state["position"] == end.position
