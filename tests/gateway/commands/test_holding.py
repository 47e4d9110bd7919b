"""What an operator sees of quarantine, and does about it, on the data that a gateway left."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from connectors.contract import Delivery
from connectors.http import Headers
from gateway.clock import SystemClock
from gateway.commands.holding import REMOVED, Replayed, Wanted, listed, opened, replayed
from gateway.commands.making import Told
from gateway.foundation import founded
from gateway.intake.evidence import Evidence
from gateway.intake.quarantine import Quarantine
from gateway.settings import Settings
from schema.model.errors import OperatorError
from schema.model.facts import Clues
from tests.gateway.acme import NOW, back, given
from tests.gateway.reloading import account, campaign, installed

SECRET = "canary-secret"
LUNCH = campaign("lunch", "lunch")


def settings(folder: Path, *, till: bool = True, campaigns: Sequence[object] = (LUNCH,)) -> Settings:
    """A till, or after it was removed a pond."""
    accounts = {"till": account("till", SECRET)} if till else {"pond": account("pond", SECRET)}
    return Settings.of({"data_dir": folder, "accounts": accounts, "campaigns": list(campaigns) if till else []})


def sent(text: str, number: int = 1, secret: str = SECRET) -> Delivery:
    return Delivery("POST", f"{number}", Headers({"Secret": secret}), text.encode(), SystemClock().now())


async def hold(folder: Path, *held: tuple[Evidence, str], name: str = "till") -> None:
    """What a gateway left in quarantine."""
    async with founded(settings(folder), registry=installed()) as base:
        for evidence, reason in held:
            await Quarantine(base.redis, base.sealer, base.clock).hold(name, evidence, reason)


async def keys_of(folder: Path, **wanted: str) -> list[str]:
    return [held.key for held in (await listed(settings(folder), Wanted(**wanted), registry=installed())).held]


async def test_what_is_held_is_listed_the_oldest_first_by_account_and_reason(tmp_path: Path) -> None:
    await hold(tmp_path, (sent("tea", 1), "unplaced"), (sent("x", 2), "clash"))
    await hold(tmp_path, (sent("y", 3), "clash"), name="other")
    first, second, third = await keys_of(tmp_path)
    assert await keys_of(tmp_path, account="till") == [first, second]
    assert await keys_of(tmp_path, reason="clash") == [second, third]
    assert await keys_of(tmp_path, account="other", reason="unplaced") == []


@pytest.mark.parametrize(
    ("evidence", "told"),
    [
        (sent("lunch"), Told("donation", "1.00 CNY", "COMPLETED", campaign="till:lunch", clues=(("attach", "lunch"),))),
        (sent("tea"), Told("donation", "1.00 CNY", "COMPLETED", clues=(("attach", "tea"),))),
        (given(1, 400, Clues(order="o")), Told("donation", "4.00 CNY", "COMPLETED", clues=(("order", "o"),))),
        (given(1, None, "reef", name="canary-name"), Told("donation", None, "COMPLETED", campaign="till:reef")),
        (back(1, 100), Told("refund", "1.00 CNY", "COMPLETED")),
    ],
)
async def test_it_is_told_what_is_made_of_it_now_and_nothing_of_a_person(
    tmp_path: Path, evidence: Evidence, told: Told
) -> None:
    await hold(tmp_path, (evidence, "unplaced"))
    [key] = await keys_of(tmp_path)
    found = await opened(settings(tmp_path), Wanted(key[:6]), registry=installed())
    [fact] = found.made.facts
    assert (found.evidence, found.made.problem) == (evidence, None)
    assert (fact.kind, fact.amount, fact.stage, fact.campaign, fact.clues) == (
        (told.kind, told.amount, told.stage, told.campaign, told.clues)
    )
    assert "canary" not in repr(found.made)
    assert len(await keys_of(tmp_path)) == 1


async def test_what_its_network_must_be_asked_for_is_told_and_not_asked(tmp_path: Path) -> None:
    await hold(tmp_path, (sent("ask:"), "unconfirmed"))
    [key] = await keys_of(tmp_path)
    made = (await opened(settings(tmp_path), Wanted(key), registry=installed())).made
    assert (made.facts, made.questions, made.problem) == ((), 1, None)


async def test_a_delivery_that_is_refused_now_says_why_with_a_stable_code(tmp_path: Path) -> None:
    await hold(tmp_path, (sent("lunch", secret="canary-old"), "decryption"))
    [key] = await keys_of(tmp_path)
    made = (await opened(settings(tmp_path), Wanted(key), registry=installed())).made
    assert (made.problem, made.code) == ("signature", "DELIVERY_REJECTED")
    [done] = await replayed(settings(tmp_path), Wanted(key), lambda _: None, registry=installed())
    assert (done.tried.reason, done.tried.problem) == ("decryption", "signature")


async def test_a_fault_of_a_connector_is_told_and_keeps_none_behind_it_waiting(tmp_path: Path) -> None:
    broken = Delivery("POST", "no number", Headers({"Secret": SECRET}), b"lunch", SystemClock().now())
    await hold(tmp_path, (broken, "unplaced"), (sent("lunch", 2), "unplaced"))
    first, _ = await keys_of(tmp_path)
    made = (await opened(settings(tmp_path), Wanted(first), registry=installed())).made
    assert (made.problem, made.code) == ("ValueError", "FAULT")
    told: list[Replayed] = []
    done = await replayed(settings(tmp_path), Wanted("all"), told.append, registry=installed())
    assert told == done
    assert [(each.tried.reason, each.tried.problem) for each in done] == [("unplaced", "fault"), (None, None)]
    assert await keys_of(tmp_path) == [first]


async def test_of_an_account_that_was_removed_it_is_listed_and_stays(tmp_path: Path) -> None:
    await hold(tmp_path, (sent("lunch"), "unplaced"))
    without = settings(tmp_path, till=False)
    [held] = (await listed(without, Wanted(account="till"), registry=installed())).held
    assert (await opened(without, Wanted(held.key), registry=installed())).made.problem == REMOVED
    [done] = await replayed(without, Wanted("all"), lambda _: None, registry=installed())
    assert (done.tried.reason, done.tried.problem) == ("unplaced", REMOVED)
    assert len(await keys_of(tmp_path)) == 1


async def test_what_a_connection_told_is_applied_again_as_well(tmp_path: Path) -> None:
    await hold(tmp_path, (given(1, 400, Clues(attach="lunch"), at=NOW), "unplaced"))
    [done] = await replayed(settings(tmp_path), Wanted(account="till"), lambda _: None, registry=installed())
    assert done.tried.reason is None


async def test_the_same_on_two_accounts_is_named_with_its_account(tmp_path: Path) -> None:
    await hold(tmp_path, (sent("tea"), "unplaced"))
    await hold(tmp_path, (sent("tea"), "unplaced"), name="other")
    [key, _] = await keys_of(tmp_path)
    with pytest.raises(OperatorError, match="2 in quarantine begin with"):
        await opened(settings(tmp_path), Wanted(key), registry=installed())
    found = await opened(settings(tmp_path), Wanted(key, "till"), registry=installed())
    assert found.held.account == "till"
    [done] = await replayed(settings(tmp_path), Wanted(key, "till"), lambda _: None, registry=installed())
    assert done.held == found.held


async def test_too_little_of_a_key_names_none(tmp_path: Path) -> None:
    await hold(tmp_path, (sent("tea"), "unplaced"))
    [key] = await keys_of(tmp_path)
    with pytest.raises(OperatorError, match="at least 6 characters of the key"):
        await opened(settings(tmp_path), Wanted(key[:5]), registry=installed())
