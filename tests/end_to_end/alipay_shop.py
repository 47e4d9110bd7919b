"""A merchant of Alipay: the understudy in this process, and its gateway in one of its own."""

import random
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

import aiohttp

from connectors.alipay.emulator import AlipayEmulator
from connectors.alipay.emulator.faults import Fault
from connectors.alipay.emulator.notices import Writer
from connectors.alipay.emulator.payloads import trade
from connectors.alipay.emulator.state import Payment
from connectors.testing.emulation import Emulator, Outgoing
from tests.end_to_end.configuration import basics, free_port
from tests.end_to_end.gateway_process import GatewayProcess
from tests.end_to_end.visitor import Visitor

PATH: Final = "/webhooks/alipay/giving"
SCHOOL: Final = "deaf-school"
ATTACH: Final = f"campaign={SCHOOL}"
DELIVERIES: Final = 8
CAMPAIGN: Final = f"""
[[campaigns]]
platform = "alipay"
id = "{SCHOOL}"
title = "A classroom that listens"
currency = "CNY"
match = [{{ account = "giving", attach = "{ATTACH}*" }}]
"""


@dataclass(repr=False)
class AlipayShop(Visitor):
    """A merchant of Alipay and its gateway."""

    folder: Path
    seed: int
    alipay: AlipayEmulator
    session: aiohttp.ClientSession
    gateway: GatewayProcess

    @property
    def networks(self) -> Sequence[Emulator]:
        """Alipay alone."""
        return (self.alipay,)

    @property
    def writer(self) -> Writer:
        """Writes notices with Alipay's own keys."""
        return Writer(self.alipay.keys, self.alipay.merchant, self.alipay.clock.now)

    def notice(self, payment: Payment, told: Mapping[str, str], *faults: Fault) -> Outgoing:
        """A notice of a payment which tells something else, well signed but for ``faults``."""
        return self.writer.outgoing(self.writer.notice({**trade(payment, "TRADE_SUCCESS"), **told}), faults)

    async def untold(self, fen: int = 1_000) -> Payment:
        """A payment of which Alipay tells nothing. The books of this test are then without it."""
        payment = await self.alipay.pay(fen, attach=ATTACH, book="nowhere", notify=False)
        self.alipay.books.pop("nowhere")
        return payment


@asynccontextmanager
async def opened_shop(folder: Path, seed: int) -> AsyncIterator[AlipayShop]:
    """Both of them, running."""
    print(f"seed {seed} (TEST_SEED={seed} tells this run again)")  # noqa: T201 (pytest shows it when the test fails)
    alipay, port = AlipayEmulator(seed=seed), free_port(random.Random(seed))
    alipay.sender.retries = (timedelta(seconds=0.05),) * (DELIVERIES - 1)
    configuration = folder / "giving.toml"
    gateway = GatewayProcess(configuration, port, folder / "gateway.log")
    async with alipay.serve(), aiohttp.ClientSession() as session:
        alipay.callback = gateway.url + PATH
        accounts = {"giving": {"connector": "alipay", **alipay.account()}}
        lines = basics(folder, port, accounts, ecb_rates=False)
        configuration.write_text("\n".join(lines) + CAMPAIGN, "utf-8")
        try:
            await gateway.start()
            shop = AlipayShop(folder, seed, alipay, session, gateway)
            await shop.reach("giving_jobs_total", 1, account="giving", job="reconcile", outcome="done")
            yield shop
        finally:
            await gateway.kill()
