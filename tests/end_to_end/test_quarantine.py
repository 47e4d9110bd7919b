"""What is held, as an operator meets it: listed, opened, and applied again after a fix, beside the gateway that holds it."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families

from connectors.testing.emulation import ScaledClock
from connectors.wechat_pay.emulator import WeChatPayEmulator
from gateway.commands.holding import SHORTEST
from tests.end_to_end.commands import BAD_SETTINGS, Ended, command
from tests.end_to_end.merchants import SECONDS, Shop, shop

LUNCH, RIVER = "school-lunch", "clean-river"
RULES = {LUNCH: f'attach = "campaign={LUNCH}*"', RIVER: f'attach = "campaign={RIVER}*"'}
RULE = f'match = [{{ account = "shop", attach = "campaign={RIVER}*" }}]'
NEW_RULE = f'match = [{{ account = "shop", attach = "campaign={RIVER}*" }}, {{ account = "shop", attach = "canary*" }}]'


@pytest.fixture
async def wechat(tmp_path: Path, seed: int) -> AsyncIterator[Shop[WeChatPayEmulator]]:
    """A shop of which every payment is answered well."""
    network = WeChatPayEmulator(clock=ScaledClock(), seed=seed % 10**6)
    async with shop(tmp_path, seed, network, RULES) as made:
        yield made


async def quarantine(shop: Shop[Any], *arguments: str) -> Ended:
    return await command("quarantine", *arguments, "--config", str(shop.file))


async def listed(shop: Shop[Any], *arguments: str) -> list[dict[str, Any]]:
    ended = await quarantine(shop, "list", *arguments, "--json")
    assert (ended.code, ended.err) == (0, ""), ended
    found: list[dict[str, Any]] = json.loads(ended.out)["held"]
    return found


async def unplaced(wechat: Shop[WeChatPayEmulator], count: int = 3) -> None:
    """Payments that no rule takes, counted by the network in a book of its own."""
    for number in range(count):
        await wechat.network.pay(100 + number, attach=f"canary-{number}", book=RIVER)
    await wechat.network.sender.settle()
    assert {attempt.status for attempt in wechat.network.sender.attempts} == {200}


async def figure(shop: Shop[Any], name: str, **labels: str) -> float | None:
    async with aiohttp.ClientSession() as session, session.get(f"{shop.gateway.url}/metrics") as answer:
        families = list(text_string_to_metric_families(await answer.text()))
    samples = [each for family in families for each in family.samples]
    return next((each.value for each in samples if each.name == name and each.labels == labels), None)


async def test_what_no_rule_takes_is_listed_opened_and_counts_after_a_rule_was_added(wechat: Shop[WeChatPayEmulator]) -> None:
    await unplaced(wechat)
    assert await wechat.raised() == {}
    held = await listed(wechat)
    assert [(each["account"], each["reason"]) for each in held] == [("shop", "unplaced")] * 3
    assert await listed(wechat, "shop", "--reason", "clash") == []

    shown = await quarantine(wechat, "show", held[0]["key"][:12])
    assert (shown.code, shown.err) == (0, "")
    assert "no rule takes it" in shown.out
    assert "attach = 'canary-" in shown.out

    again = await quarantine(wechat, "replay", "all")
    assert again.code == 1
    assert again.out.count("stays held: unplaced") == 3
    assert again.out.splitlines()[-1] == "0 count now, 3 stay held."

    wechat.file.write_text(wechat.file.read_text("utf-8").replace(RULE, NEW_RULE), "utf-8")
    seen = json.loads((await quarantine(wechat, "show", held[0]["key"], "--json")).out)
    assert [fact["campaign"] for fact in seen["facts"]] == [f"wechat_pay:{RIVER}"]

    one = await quarantine(wechat, "replay", held[0]["key"], "--json")
    assert (one.code, json.loads(one.out)["applied"]) == (0, 1)
    rest = await quarantine(wechat, "replay", "--reason", "unplaced", "--account", "shop")
    assert (rest.code, rest.out.count("counts now")) == (0, 2)
    await wechat.agree()
    assert await listed(wechat) == []

    nothing = await quarantine(wechat, "replay", "all")
    assert (nothing.code, nothing.out) == (0, "0 count now, 0 stay held.\n")
    await wechat.agree()


async def test_it_works_without_a_gateway_as_well(wechat: Shop[WeChatPayEmulator]) -> None:
    await unplaced(wechat)
    await wechat.gateway.kill()
    wechat.file.write_text(wechat.file.read_text("utf-8").replace(RULE, NEW_RULE), "utf-8")
    ended = await quarantine(wechat, "replay", "--account", "wechat_pay")
    assert (ended.code, ended.out.splitlines()[-1]) == (0, "3 count now, 0 stay held."), ended
    await wechat.gateway.start()
    await wechat.agree()


async def test_what_could_not_be_read_counts_after_a_fix_and_was_answered_well_before(tmp_path: Path, seed: int) -> None:
    network = WeChatPayEmulator(clock=ScaledClock(), seed=seed % 10**6)
    async with shop(tmp_path, seed, network, RULES, apiv3_key="0" * 32) as wechat:  # a slip of the operator's
        await network.pay(400)
        await network.sender.settle()
        assert all(attempt.status in (200, 204) for attempt in network.sender.attempts)
        [held] = await listed(wechat)
        assert (held["reason"], held["tried_next"]) == ("decryption", None)
        shown = json.loads((await quarantine(wechat, "show", held["key"], "--json")).out)
        assert (shown["facts"], shown["problem"], shown["code"]) == ([], "decryption", "UNREADABLE")

        (tmp_path / "secrets" / "shop.apiv3_key").write_text(str(network.account()["apiv3_key"]), "utf-8")
        ended = await quarantine(wechat, "replay", "--reason", "decryption")
        assert (ended.code, ended.out.splitlines()[-1]) == (0, "1 count now, 0 stay held."), ended
        await wechat.agree()


async def test_a_clash_keeps_the_first_amount_and_waits_for_a_person(wechat: Shop[WeChatPayEmulator]) -> None:
    payment = await wechat.network.pay(400)
    await wechat.network.sender.settle()
    await wechat.agree()
    payment.amount_fen = 999
    outgoing = wechat.network.outgoing(payment)
    address = f"{wechat.gateway.url}/webhooks/wechat_pay/shop"
    async with aiohttp.ClientSession() as session:
        async with session.post(address, headers=outgoing.headers, data=outgoing.body) as answer:
            assert answer.status < 300

    [held] = await listed(wechat)
    assert (held["reason"], held["tried_next"]) == ("clash", None)
    assert await wechat.raised() == {LUNCH: ("4.00", 1)}
    again = await quarantine(wechat, "replay", held["key"])
    assert (again.code, "stays held: clash" in again.out) == (1, True)
    assert await wechat.raised() == {LUNCH: ("4.00", 1)}


async def test_what_was_received_is_shown_only_when_it_is_asked_for_and_with_a_warning(
    wechat: Shop[WeChatPayEmulator],
) -> None:
    await unplaced(wechat, 1)
    [held] = await listed(wechat)
    [payment] = wechat.network.state.payments
    plain, table = await quarantine(wechat, "show", held["key"]), await quarantine(wechat, "list")
    for shown in (plain, table):
        assert payment.transaction_id not in shown.out + shown.err
        assert "ciphertext" not in shown.out + shown.err
    assert held["key"][:12] in table.out
    assert table.out.splitlines()[-1] == "1 in quarantine."

    raw = await quarantine(wechat, "show", held["key"], "--raw")
    assert json.loads(raw.out)["event_type"] == "TRANSACTION.SUCCESS"
    assert "data of persons" in raw.err
    machine = await quarantine(wechat, "show", held["key"], "--raw", "--json")
    assert base64.b64decode(json.loads(machine.out)["raw_base64"]).decode() == raw.out
    assert "data of persons" in machine.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("show", "0" * 32), "There is nothing with the key"),
        (("replay", "0" * 32), "There is nothing with the key"),
        (("show", "3f2a9"), "at least 6 characters of the key: '3f2a9' has 5"),
        (("replay", "3f2a9"), "at least 6 characters of the key"),
        (("replay",), "Say what to apply again"),
        (("replay", "all", "--reason", "clash"), "Name either"),
        (("list", "nobody"), "shop"),
        (("replay", "--account", "nobody"), "shop"),
    ],
)
async def test_a_slip_is_told_in_a_sentence(tmp_path: Path, arguments: tuple[str, ...], words: str) -> None:
    file = tmp_path / "giving.toml"
    file.write_text(f'data_dir = "{tmp_path}/data"\n[accounts.shop]\nconnector = "tencent_gongyi"\n', "utf-8")
    ended = await command("quarantine", *arguments, "--config", str(file))
    assert (ended.code, ended.out) == (BAD_SETTINGS, "")
    assert len(ended.err.splitlines()) == 1
    assert words in ended.err


async def test_the_beginning_of_a_key_is_long_enough_or_told_to_be_too_short(wechat: Shop[WeChatPayEmulator]) -> None:
    await unplaced(wechat, 1)
    [held] = await listed(wechat)
    short = await quarantine(wechat, "show", held["key"][: SHORTEST - 1])
    assert (short.code, short.out) == (BAD_SETTINGS, "")
    assert f"at least {SHORTEST} characters" in short.err
    assert (await quarantine(wechat, "show", held["key"][:SHORTEST])).code == 0


@pytest.mark.parametrize("name", ["show", "replay"])
async def test_help_says_how_much_of_a_key_is_needed(name: str) -> None:
    ended = await command("quarantine", name, "--help", COLUMNS="160")
    assert f"at least {SHORTEST} characters" in ended.out


async def test_how_much_is_held_is_a_figure_of_the_gateway(wechat: Shop[WeChatPayEmulator]) -> None:
    await unplaced(wechat, 2)
    await wechat.gateway.kill()
    await wechat.gateway.start()
    async with asyncio.timeout(SECONDS):
        while await figure(wechat, "giving_quarantine_entries", account="shop", reason="unplaced") != 2:
            await asyncio.sleep(0.05)
    assert (await figure(wechat, "giving_quarantine_bytes", account="shop") or 0) > 0
