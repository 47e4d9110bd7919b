"""Books that agree although every notification was lost, and what is said where they cannot agree."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from connectors.alipay.emulator import AlipayEmulator
from connectors.testing.emulation import ScaledClock
from connectors.wechat_pay.emulator import WeChatPayEmulator
from connectors.weibo.emulator import WeiboEmulator
from tests.end_to_end.commands import BAD_SETTINGS, command
from tests.end_to_end.merchants import Shop, noon, shop

LUNCH, RIVER = "school-lunch", "clean-river"
RULES = {LUNCH: f'attach = "campaign={LUNCH}*"', RIVER: f'attach = "campaign={RIVER}*"'}
DAY = noon(2)
LAST_WEEK = noon(6)


def counts(reports: list[dict[str, object]], finding: str) -> int:
    """How often something was found, over all sources."""
    return sum(int(str(report[finding])) for report in reports)


@pytest.fixture
async def wechat(tmp_path: Path, seed: int) -> AsyncIterator[Shop[WeChatPayEmulator]]:
    network = WeChatPayEmulator(clock=ScaledClock(), seed=seed % 10**6)
    async with shop(tmp_path, seed, network, RULES) as made:
        yield made


async def lost(network: WeChatPayEmulator) -> None:
    """Payments and refunds on two days, of which nobody is told."""
    for number in range(20):
        moment = LAST_WEEK if number % 3 == 0 else DAY
        payment = await network.pay(100 + number, book=LUNCH if number % 2 else RIVER, paid_at=moment, notify=False)
        if number % 5 == 0:
            await network.refund(payment, 50, refunded_at=DAY, notify=False)


async def test_a_network_that_loses_every_notification_is_caught_up_with_and_twice_is_no_double(
    wechat: Shop[WeChatPayEmulator],
) -> None:
    await lost(wechat.network)
    assert await wechat.raised() == {}

    ended, reports = await wechat.reconcile()

    assert ended.code == 0, ended
    assert len(reports) == 7
    assert counts(reports, "missing_here") == 24
    await wechat.agree()

    again, reports = await wechat.reconcile("shop", "--since", f"{LAST_WEEK:%Y-%m-%d}")
    assert (again.code, counts(reports, "missing_here"), counts(reports, "missing_there")) == (0, 0, 0)
    await wechat.agree()


async def test_it_works_without_a_gateway_as_well(wechat: Shop[WeChatPayEmulator]) -> None:
    await lost(wechat.network)
    await wechat.gateway.kill()
    ended, _ = await wechat.reconcile()
    assert ended.code == 0, ended
    await wechat.gateway.start()
    await wechat.agree()


async def test_all_that_was_notified_agrees_with_the_bill(wechat: Shop[WeChatPayEmulator]) -> None:
    for number in range(5):
        payment = await wechat.network.pay(100 + number, paid_at=DAY)
    await wechat.network.sender.settle()
    await wechat.network.refund(payment, 50, refunded_at=DAY)
    await wechat.network.sender.settle()
    await wechat.agree()

    ended, reports = await wechat.reconcile("--since", f"{DAY:%Y-%m-%d}", "--until", f"{DAY:%Y-%m-%d}")

    assert (ended.code, len(reports), reports[0]["rows"], reports[0]["missing_here"]) == (0, 1, 6, 0)


async def test_a_row_that_clashes_is_told_with_its_line_and_the_first_amount_stands(
    wechat: Shop[WeChatPayEmulator],
) -> None:
    payment = await wechat.network.pay(400, paid_at=DAY)
    await wechat.network.sender.settle()
    await wechat.agree()
    payment.amount_fen = 999

    ended, reports = await wechat.reconcile("--campaign", f"wechat_pay:{LUNCH}")

    assert ended.code == 1
    [finding] = [finding for report in reports for finding in report["findings"]]
    assert (finding["kind"], finding["line"], finding["campaign"]) == ("clash", 2, f"wechat_pay:{LUNCH}")
    assert payment.transaction_id not in ended.out
    await wechat.agree()
    other, _ = await wechat.reconcile("--campaign", RIVER)
    assert other.code == 0


async def test_a_donation_that_the_bill_lacks_is_told_by_an_id_that_the_api_knows(wechat: Shop[WeChatPayEmulator]) -> None:
    payments = [await wechat.network.pay(400 + number, paid_at=DAY) for number in range(3)]
    await wechat.network.sender.settle()
    await wechat.agree()
    wechat.network.state.payments.remove(payments[1])

    ended, reports = await wechat.reconcile()

    assert ended.code == 1
    [finding] = [finding for report in reports for finding in report["findings"]]
    assert finding["kind"] == "missing_there"
    assert payments[1].transaction_id not in ended.out
    shown = await wechat.donation(finding["donation"])
    assert shown["amount"]["amount"] == "4.01"

    told = await command("reconcile", "--config", str(wechat.file))  # the same for people
    assert told.code == 1
    assert finding["donation"] in told.out
    assert "DIFFERS" in told.out


async def test_a_network_that_does_not_answer_is_told_and_its_days_stay_to_be_read(wechat: Shop[WeChatPayEmulator]) -> None:
    await lost(wechat.network)
    wechat.network.outage.fail_next = 10_000
    ended, reports = await wechat.reconcile("--since", f"{DAY:%Y-%m-%d}", "--until", f"{DAY:%Y-%m-%d}")
    assert (ended.code, [report["failed"] for report in reports]) == (1, ["UPSTREAM_UNAVAILABLE"])
    wechat.network.outage.fail_next = 0
    ended, _ = await wechat.reconcile()
    assert ended.code == 0
    await wechat.agree()


async def test_what_is_not_there_and_days_without_bills_are_one_sentence(wechat: Shop[WeChatPayEmulator]) -> None:
    nothing = (
        ("--campaign", "wechat_pay"),
        ("--campaign", "mars:olympus"),
        ("--campaign", "wechat_pay:nope"),
        ("nobody",),
        ("--since", "2026-09-02", "--until", "2026-09-01"),
        ("--since", "2098-01-01"),
        ("--since", "2001-01-01", "--until", "2001-01-02"),
    )
    for arguments in nothing:
        ended = await command("reconcile", "--config", str(wechat.file), *arguments)
        assert (ended.code, len(ended.err.splitlines())) == (BAD_SETTINGS, 1), ended


async def test_alipay_is_caught_up_with_as_well(tmp_path: Path, seed: int) -> None:
    network = AlipayEmulator(clock=ScaledClock(), seed=seed % 10**6)
    rules = {LUNCH: 'order = "LUNCH*"', RIVER: 'order = "RIVER*"'}  # a bill of Alipay's tells no attached text
    async with shop(tmp_path, seed, network, rules) as alipay:
        for number in range(10):
            book = LUNCH if number % 2 else RIVER
            order = f"{'LUNCH' if number % 2 else 'RIVER'}{number:04}"
            payment = await network.pay(
                100 + number, attach="", book=book, order=order, at=LAST_WEEK if number % 3 else DAY, notify=number < 3
            )
            if number % 4 == 0:
                await network.refund(payment, 30, at=DAY, notify=number < 3)
        # until noon a day without any trade cannot be told from one whose bill is in the making
        await network.pay(77, attach="", book=LUNCH, order="LUNCH0077", at=noon(1))
        await network.sender.settle()

        ended, reports = await alipay.reconcile("alipay")

        assert ended.code == 0, ended
        assert counts(reports, "missing_here") > 7
        await alipay.agree()
        again, reports = await alipay.reconcile("alipay")
        assert (again.code, counts(reports, "missing_here")) == (0, 0)
        await alipay.agree()


async def test_what_alipay_bills_without_its_campaign_and_endorser_comes_back_from_the_archive(
    tmp_path: Path, seed: int
) -> None:
    network = AlipayEmulator(clock=ScaledClock(), seed=seed % 10**6)
    rules = {LUNCH: f'attach = "{LUNCH};star", endorser = "star"', RIVER: f'attach = "{RIVER}"'}
    async with shop(tmp_path, seed, network, rules, endorser="star", general=RIVER) as alipay:
        for number in range(10):
            book, attach = (LUNCH, f"{LUNCH};star") if number % 2 else (RIVER, RIVER)
            at = noon(1) if number == 9 else LAST_WEEK if number % 3 else DAY  # yesterday has a bill, whatever the hour
            payment = await network.pay(100 + number, attach=attach, book=book, at=at)
            if number == 5:
                await network.sender.settle()
                await network.refund(payment, 30, at=DAY)
        await network.sender.settle()
        await alipay.agree()
        endorsed = await alipay.endorsed()
        assert [entry["donationCount"] for entry in endorsed] == [5]

        for running in (False, True):  # beside a gateway, which reads bills by itself as soon as it has started
            await alipay.lose_everything()
            if running:
                await alipay.gateway.start()
            ended, reports = await alipay.reconcile("--archive")
            assert ended.code == 0, ended
            assert reports[0]["source"].startswith("deliveries-")
            if not running:
                await alipay.gateway.start()
            await alipay.agree()
            assert await alipay.endorsed() == endorsed


async def test_what_weibo_forgets_comes_back_from_the_archive(tmp_path: Path, seed: int) -> None:
    network = WeiboEmulator(clock=ScaledClock(), seed=seed % 10**6, commercial=False)
    async with shop(tmp_path, seed, network, RULES) as weibo:
        payments = [
            await network.pay(
                100 + number, attach=f"campaign={LUNCH if number % 2 else RIVER}", book=LUNCH if number % 2 else RIVER
            )
            for number in range(10)
        ]
        await network.sender.settle()
        await network.refund(payments[3], 50)
        await network.sender.settle()
        await weibo.agree()

        await weibo.lose_everything()
        ended, reports = await weibo.reconcile("--archive")  # without a gateway, which would do it by itself
        assert ended.code == 0, ended
        assert sum(report["rows"] for report in reports) >= 11
        await weibo.gateway.start()
        await weibo.agree()

        await weibo.lose_everything()
        await weibo.gateway.start()
        await weibo.agree()
        ended, _ = await weibo.reconcile("--archive")
        assert ended.code == 0, ended
        await weibo.agree()
        nothing = await command("reconcile", "weibo", "--config", str(weibo.file))
        assert (nothing.code, "--archive" in nothing.err) == (BAD_SETTINGS, True)
