"""Signed and encrypted WeChat Pay notifications: verified, decrypted, placed, counted and durable before the answer."""

import asyncio
import time
from dataclasses import dataclass
from typing import Final

import aiohttp
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from benchmarks.world import World, cpu_seconds
from connectors.testing.emulation import Outgoing

VERIFIED: Final = 5_000


@dataclass(frozen=True, slots=True)
class Intake:
    """``gateway_cpu`` and ``redis_cpu`` are seconds of one core for all of them."""

    notifications: int
    seconds: float
    gateway_cpu: float
    redis_cpu: float
    verify_cpu: float
    """What verifying as many signatures costs by itself: a measure of the machine at that moment."""

    @property
    def per_core(self) -> float:
        """Notifications in a second of one core of the gateway's, Redis apart."""
        return self.notifications / self.gateway_cpu


async def intake(world: World, count: int, *, at_once: int = 32) -> Intake:
    """Sends ``count`` different notifications, signed beforehand, ``at_once`` at a time. Every one must be accepted."""
    waiting: list[Outgoing] = []
    for _ in range(count):
        waiting.append(world.wechat.outgoing(await world.wechat.pay(400, notify=False)))
    before = cpu_seconds(world.gateway), cpu_seconds(world.redis)
    began = time.perf_counter()
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=at_once)) as session:

        async def send() -> None:
            while waiting:
                outgoing = waiting.pop()
                async with session.post(world.webhook, data=outgoing.body, headers=dict(outgoing.headers)) as answer:
                    if answer.status != 200:
                        raise RuntimeError(f"refused with {answer.status}")

        async with asyncio.TaskGroup() as tasks:
            for _ in range(at_once):
                tasks.create_task(send())
    seconds = time.perf_counter() - began
    spent = cpu_seconds(world.gateway) - before[0], cpu_seconds(world.redis) - before[1]
    return Intake(count, seconds, *spent, count * _verifying())


def _verifying() -> float:
    """CPU seconds of one RSA-2048 verification."""
    key = rsa.generate_private_key(65_537, 2_048)
    public, message = key.public_key(), b"x" * 1_000
    signature = key.sign(message, padding.PKCS1v15(), hashes.SHA256())
    began = time.process_time()
    for _ in range(VERIFIED):
        public.verify(signature, message, padding.PKCS1v15(), hashes.SHA256())
    return (time.process_time() - began) / VERIFIED
