"""Another reading of the configuration while the gateway runs: taken over whole, or not at all."""

import asyncio
import gc
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Final, cast

import pytest
from redis.asyncio import Redis
from structlog.testing import capture_logs

from gateway.observe import Metrics
from gateway.outbound.http import OutboundHttp
from gateway.outbound.tokens import OutboundTokens
from gateway.read.follower import Step
from gateway.reload import RELOADED, Reload
from gateway.settings import Settings
from gateway.store import keys
from tests.gateway.acme import NOW
from tests.gateway.reloading import account, campaign, edited, installed
from tests.gateway.world import PATIENCE

LUNCH: Final = campaign("lunch", "lunch*")
TILL: Final = {"till": account("till", "s")}
REEF: Final = {"reef": account("pond", "reef")}


def season(*campaigns: str) -> dict[str, Any]:
    """A season of these."""
    phase = {"slug": "one", "name": "One", "starts_at": NOW, "campaigns": list(campaigns)}
    return {"slug": "autumn", "name": "Autumn", "starts_at": NOW - timedelta(days=1), "currency": "CNY", "phases": [phase]}


def said(logs: list[Any]) -> list[Any]:
    """What the reading and its showing said. Others log beside it, whenever they are done."""
    return [line for line in logs if line["event"].startswith(("reload.", "follower."))]


async def first_due(redis: Redis) -> float:
    """When the payment that waits is tried again."""
    [[_, due]] = cast("Any", await redis.zrange(keys.held("till")[1], 0, -1, withscores=True))
    return float(due)


async def test_a_network_that_is_added_is_listed_and_asked(redis: Redis, redis_url: str, tmp_path: Path) -> None:
    async with edited(redis_url, tmp_path, accounts=TILL) as gateway:
        assert await gateway.platforms() == {"till": None}
        assert await gateway.reload(accounts={**TILL, **REEF})
        await gateway.until_listed(reef=("LIVE", "42.00"))
        assert await gateway.platforms() == {"pond": "LIVE", "till": None}


async def test_a_campaign_with_its_rule_charity_and_season_is_there_at_once(
    redis: Redis, redis_url: str, tmp_path: Path
) -> None:
    async with edited(redis_url, tmp_path, accounts=TILL) as gateway:
        meals = {"id": "meals", "name": "Free meals"}
        star = {"id": "star", "name": "A star", "campaigns": ["till:lunch"]}
        declared = {"charities": [meals], "endorsers": [star], "seasons": [season("till:lunch")], "rates": {"EUR": "8"}}
        assert await gateway.reload(campaigns=[{**LUNCH, "charity": "meals"}], **declared)
        assert await gateway.pay(1, "lunch") == 204
        await gateway.until_listed(lunch=("LIVE", "1.00"))
        told = await gateway.ask(
            """{ season(slug: "autumn") { total(in: "EUR") { raised { money { amount } } } campaigns { nodes {
            charity { name } endorsements { nodes { account { displayName } } } } } } }"""
        )
        [node] = told["season"]["campaigns"]["nodes"]
        assert node == {"charity": {"name": "Free meals"}, "endorsements": {"nodes": [{"account": {"displayName": "A star"}}]}}
        assert told["season"]["total"]["raised"]["money"] == {"amount": "0.12"}


async def test_a_payment_that_waited_for_its_rule_is_due_at_once(redis: Redis, redis_url: str, tmp_path: Path) -> None:
    async with edited(redis_url, tmp_path, accounts=TILL, campaigns=[campaign("other")]) as gateway:
        assert await gateway.pay(1, "lunch") == 204
        assert gateway.figure("giving_held_total", account="till", reason="unplaced") == 1
        due = await first_due(redis)
        assert await gateway.reload(campaigns=[LUNCH])
        async with asyncio.timeout(PATIENCE):
            while await first_due(redis) >= due:
                await asyncio.sleep(0.005)


async def test_accounts_that_did_not_change_work_on_with_what_they_have(redis: Redis, redis_url: str, tmp_path: Path) -> None:
    async with edited(redis_url, tmp_path, accounts=TILL | REEF, campaigns=[LUNCH]) as gateway:
        reef, till = gateway.connector("reef"), gateway.connector("till")
        await gateway.until(lambda: bool(reef.polls and reef.lines and till.refreshed))
        with capture_logs() as logs:
            assert await gateway.reload(
                campaigns=[LUNCH, campaign("other")], accounts=TILL | REEF | {"a": account("pond", "a")}
            )
        await gateway.until_listed(a=("LIVE", "42.00"))
        polls = reef.polls
        await gateway.until(lambda: reef.polls > polls)
        assert (gateway.connector("reef"), gateway.connector("till")) == (reef, till)
        assert (reef.lines, till.refreshed) == (1, 1)
        assert logs == [{"event": "reload.done", "log_level": "info", "added": ["a"], "changed": [], "removed": []}]


async def test_an_account_that_changed_is_built_anew_and_the_former_one_is_asked_no_more(
    redis: Redis, redis_url: str, tmp_path: Path
) -> None:
    async with edited(redis_url, tmp_path, accounts=TILL | REEF) as gateway:
        former, till = gateway.connector("reef"), gateway.connector("till")
        await gateway.until_listed(reef=("LIVE", "42.00"))
        with capture_logs() as logs:
            assert await gateway.reload(accounts={"till": account("till", "new"), "reef": account("pond", "atoll")})
        await gateway.until_listed(atoll=("LIVE", "42.00"))
        assert logs[-1]["changed"] == ["reef", "till"]
        polls = former.polls
        await gateway.until(lambda: gateway.connector("reef").polls > 3)
        assert former.polls == polls
        assert (await gateway.pay(1, "lunch", signed="s"), await gateway.pay(1, "x", signed="new")) == (401, 204)
        await gateway.until(lambda: gateway.connector("till").refreshed == 1)
        assert till.refreshed == 1


async def test_a_secret_whose_file_has_another_content_makes_another_account(
    redis: Redis, redis_url: str, tmp_path: Path
) -> None:
    secret = tmp_path / "secret"
    secret.write_text("s")
    till = {"till": {"connector": "till", "secret_file": str(secret)}}
    async with edited(redis_url, tmp_path / "var", accounts=till) as gateway:
        assert await gateway.pay(1, "x", signed="s") == 204
        secret.write_text("new")
        assert await gateway.reload()
        assert [await gateway.pay(2, "x", signed=each) for each in ("s", "new")] == [401, 204]


async def test_what_a_removed_account_told_stays_and_grows_old(redis: Redis, redis_url: str, tmp_path: Path) -> None:
    async with edited(redis_url, tmp_path, accounts=TILL | REEF, campaigns=[LUNCH]) as gateway:
        assert await gateway.pay(1, "lunch") == 204
        reef = gateway.connector("reef")
        await gateway.until_listed(reef=("LIVE", "42.00"), lunch=("LIVE", "1.00"))
        assert gateway.figure("giving_feed_stopped", account="reef") == 0
        assert await gateway.reload(accounts={}, campaigns=[campaign("lunch")])
        polls = reef.polls
        assert await gateway.pay(2, "lunch") == 404
        await gateway.until_listed(reef=("STALE", "42.00"), lunch=("STALE", "1.00"))
        assert await gateway.platforms() == {"pond": "STALE", "till": "STALE"}
        assert reef.polls <= polls + 1
        assert gateway.figure("giving_feed_stopped", account="reef") is None
        assert await gateway.reload(accounts=TILL | REEF)
        await gateway.until_listed(reef=("LIVE", "42.00"), lunch=("LIVE", "1.00"))


async def test_a_campaign_that_is_declared_no_more_is_listed_no_more(redis: Redis, redis_url: str, tmp_path: Path) -> None:
    async with edited(redis_url, tmp_path, accounts=TILL, campaigns=[LUNCH, campaign("other")]) as gateway:
        assert (await gateway.campaigns()).keys() == {"lunch", "other"}
        assert await gateway.reload(campaigns=[LUNCH])
        assert (await gateway.campaigns()).keys() == {"lunch"}


async def test_every_problem_is_told_and_nothing_has_changed(redis: Redis, redis_url: str, tmp_path: Path) -> None:
    async with edited(redis_url, tmp_path, accounts=TILL | REEF, campaigns=[LUNCH]) as gateway:
        before = gateway.gateway.base.current.now
        broken = {"a": account("pond", "crooked"), "b": {"connector": "pond"}, "c": {"connector": "nothing"}}
        with capture_logs() as logs:
            assert not await gateway.reload(accounts=broken, campaigns=[LUNCH | {"match": []}], seasons=[season("till:x")])
        assert gateway.gateway.base.current.now is before
        assert gateway.figure("giving_reload_failed") == 1
        assert {(line["event"], line["log_level"]) for line in said(logs)} == {("reload.refused", "error")}
        problems = [line["problem"].partition(":")[0] for line in said(logs)]
        assert problems == ["seasons[0].phases[0].campaigns[0]"]  # the parts of the file do not even fit together
        with capture_logs() as logs:
            assert not await gateway.reload(seasons=[])
        assert [line["problem"].partition(":")[0] for line in said(logs)] == [
            "accounts.b.secret",
            "accounts.c.connector",
            "accounts.a.secret",
        ]
        assert await gateway.pay(1, "lunch") == 204
        assert await gateway.reload(accounts=TILL)
        assert gateway.figure("giving_reload_failed") == 0


async def test_a_connector_that_fails_on_being_built_is_a_fault_that_changes_nothing(
    redis: Redis, redis_url: str, tmp_path: Path
) -> None:
    async with edited(redis_url, tmp_path, accounts=TILL) as gateway:
        with capture_logs() as logs:
            assert not await gateway.reload(accounts=TILL | {"odd": account("pond", "fault")}, campaigns=[LUNCH])
        assert [line["event"] for line in said(logs)] == ["reload.fault"]
        assert gateway.figure("giving_reload_failed") == 1
        assert (await gateway.campaigns(), await gateway.platforms()) == ({}, {"till": None})


async def test_an_observer_that_fails_does_not_make_a_reading_that_holds_one_that_was_refused(
    redis: Redis, redis_url: str, tmp_path: Path
) -> None:
    async with edited(redis_url, tmp_path, accounts=TILL) as gateway:
        follower, told = gateway.gateway.follower, []

        def observer(step: Step) -> None:
            if step.configured:
                raise KeyError("a fault")
            told.append(step)

        follower.observers.insert(0, observer)  # before those who would have been told
        with capture_logs() as logs:
            assert await gateway.reload(accounts=TILL | REEF, campaigns=[LUNCH])
        assert [line["event"] for line in said(logs)] == ["follower.fault", "reload.done"]
        assert gateway.figure("giving_reload_failed") == 0
        assert gateway.gateway.base.accounts.keys() == {"till", "reef"}
        await gateway.until(lambda: any(step.reset for step in told))  # all is read and told again
        await gateway.until_listed(reef=("LIVE", "42.00"))


async def test_a_fault_after_the_reading_holds_is_told_as_such(redis: Redis, redis_url: str, tmp_path: Path) -> None:
    class Unforgetting(Metrics):
        def forget(self, account: str) -> None:
            raise KeyError(account)

    async with edited(redis_url, tmp_path, accounts=TILL | REEF) as gateway:
        running = gateway.gateway
        metrics = Unforgetting()
        gateway.gateway = replace(
            running, reload=Reload(replace(running.base, metrics=metrics), running.follower, lambda *_, **__: None, installed)
        )
        with capture_logs() as logs:
            assert await gateway.reload(accounts=TILL)
        assert [line["event"] for line in said(logs)] == ["reload.done", "reload.untold"]
        assert metrics.registry.get_sample_value("giving_reload_failed") == 0
        assert running.base.accounts.keys() == {"till"}


async def test_accounts_that_come_and_go_leave_nothing_behind(redis: Redis, redis_url: str, tmp_path: Path) -> None:
    def kept() -> int:
        gc.collect()
        return sum(isinstance(each, OutboundTokens | OutboundHttp) for each in gc.get_objects())

    async with edited(redis_url, tmp_path, accounts=TILL) as gateway:
        before = kept()
        for number in range(5):
            assert await gateway.reload(accounts={"till": account("till", f"s{number}")})
            assert not await gateway.reload(accounts={"till": account("till", "other"), "b": account("pond", "crooked")})
        assert kept() == before


async def test_a_ledger_that_does_not_answer_leaves_everything_as_it_was(redis: Redis, redis_url: str, tmp_path: Path) -> None:
    async with edited(redis_url, tmp_path, accounts=TILL) as gateway:
        shelf = gateway.gateway.follower.shelf
        answering, shelf.redis = shelf.redis, Redis.from_url("redis://127.0.0.1:1")
        with capture_logs() as logs:
            assert not await gateway.reload(accounts=TILL | REEF, campaigns=[LUNCH])
        shelf.redis = answering
        assert [line["problem"].partition(":")[0] for line in said(logs)] == ["LEDGER_UNAVAILABLE"]
        assert (await gateway.campaigns(), await gateway.platforms()) == ({}, {"till": None})
        assert await gateway.reload()
        await gateway.until_listed(reef=("LIVE", "42.00"))


async def test_what_only_a_restart_can_change_is_named_and_the_rest_is_taken(
    redis: Redis, redis_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path.parent)
    async with edited(redis_url, tmp_path, accounts=TILL) as gateway:
        with capture_logs() as logs:
            assert await gateway.reload(campaigns=[LUNCH], port=9_999, profile="production", reporting_currency="EUR")
        [named, done] = said(logs)
        assert named == {"event": "reload.needs_restart", "log_level": "warning", "settings": ["port", "profile"]}
        assert done["event"] == "reload.done"
        settings = gateway.gateway.base.current.now.settings
        assert (settings.port, settings.profile, settings.reporting_currency) == (8_000, "development", "EUR")
        assert (await gateway.campaigns()).keys() == {"lunch"}
        with capture_logs() as logs:  # a path is the same one however it is written
            assert await gateway.reload(port=8_000, profile="development", data_dir=tmp_path.name)
        assert [line["event"] for line in said(logs)] == ["reload.done"]


async def test_a_delivery_under_way_is_finished_by_the_account_that_took_it(
    redis: Redis, redis_url: str, tmp_path: Path
) -> None:
    async with edited(redis_url, tmp_path, accounts=TILL, campaigns=[LUNCH]) as gateway:
        till = gateway.connector("till")
        delivered = asyncio.create_task(gateway.pay(1, "ask:"))
        await asyncio.wait_for(till.asked.wait(), PATIENCE)
        assert await gateway.reload(accounts={"till": account("till", "new")})
        till.may_answer.set()
        assert await delivered == 204
        await gateway.until_listed(lunch=("LIVE", "1.00"))


async def test_what_an_account_under_way_tells_after_it_was_removed_is_kept_and_fails_nobody(
    redis: Redis, redis_url: str, tmp_path: Path
) -> None:
    async with edited(redis_url, tmp_path, accounts=TILL, campaigns=[LUNCH]) as gateway:
        till = gateway.connector("till")
        delivered = asyncio.create_task(gateway.pay(1, "ask:"))
        await asyncio.wait_for(till.asked.wait(), PATIENCE)
        assert await gateway.reload(accounts={}, campaigns=[])
        till.may_answer.set()
        assert await delivered == 204
        assert gateway.figure("giving_held_total", account="till", reason="unplaced") == 1


async def test_it_reads_whenever_it_is_asked_and_goes_on_after_a_refusal(redis: Redis, redis_url: str, tmp_path: Path) -> None:
    async with edited(redis_url, tmp_path, accounts=TILL) as gateway:
        asked = asyncio.Event()
        asked.set()  # before it runs, as when the signal came early
        task = asyncio.create_task(gateway.gateway.reload.run(asked, gateway.read))
        gateway.values["accounts"] = {"b": {"connector": "nothing"}}
        await gateway.until(lambda: gateway.figure("giving_reload_failed") == 1)
        gateway.values["accounts"] = TILL | REEF
        asked.set()
        await gateway.until(lambda: gateway.figure("giving_reload_failed") == 0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert gateway.gateway.base.accounts.keys() == {"till", "reef"}


def test_settings_that_are_taken_over_exist() -> None:
    assert Settings.model_fields.keys() > RELOADED
