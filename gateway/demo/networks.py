"""The networks of the demo: their understudies, and what of the configuration only exists once they run."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any, Self

from connectors.alipay.emulator import AlipayEmulator
from connectors.tencent_gongyi.emulator import TencentGongyiEmulator
from connectors.testing.emulation import Emulator, Mischief, ScaledClock
from connectors.twitch.emulator import TwitchEmulator
from connectors.wechat_pay.emulator import WeChatPayEmulator
from connectors.weibo.emulator import WeiboEmulator
from gateway.demo.ecb import EcbEmulator

POST_TEXTS = (
    "四块钱就是一顿热乎的午餐。#免费午餐# Four yuan are a warm lunch.",
    "我捐了十顿，你呢？ Ten lunches from me. And from you?",
    "今晚唱给每一个中午。 Tonight I sing for every noon. #免费午餐#",
    "跑一公里，捐一顿饭。 A kilometre a lunch. #免费午餐#",
)


@dataclass(frozen=True, slots=True)
class Networks:
    """Every understudy of the demo, on one clock. Duplicates, reordering and lost deliveries happen on purpose."""

    wechat: WeChatPayEmulator
    weibo: WeiboEmulator
    alipay: AlipayEmulator
    gongyi: TencentGongyiEmulator
    twitch: TwitchEmulator
    ecb: EcbEmulator

    @classmethod
    def of(cls, clock: ScaledClock, seed: int) -> Self:
        """The same seed makes the same numbers."""
        found = cls(
            WeChatPayEmulator(clock=clock, seed=seed),
            WeiboEmulator(clock=clock, seed=seed),
            AlipayEmulator(clock=clock, seed=seed),
            TencentGongyiEmulator(clock=clock, seed=seed),
            TwitchEmulator(clock=clock, seed=seed),
            EcbEmulator(clock=clock, seed=seed),
        )
        for emulator in found.paying:
            # Alipay and Weibo Pay come back after four minutes, which is longer than most people watch
            lose = 0.0 if emulator in (found.weibo, found.alipay) else 0.05
            emulator.sender.mischief = Mischief(duplicate=0.2, reorder=0.2, lose=lose)
        return found

    @property
    def paying(self) -> tuple[Emulator, ...]:
        """Those with books."""
        return self.wechat, self.weibo, self.alipay, self.gongyi, self.twitch

    @asynccontextmanager
    async def serve(self) -> AsyncIterator[None]:
        """All of them, until the context ends."""
        async with AsyncExitStack() as stack:
            for emulator in self.paying:
                await stack.enter_async_context(emulator.serve())
            await stack.enter_async_context(self.ecb.serve())
            yield

    def call_back(self, address: str) -> None:
        """Deliveries go to the gateway at this address. Twitch is told by the gateway itself."""
        self.wechat.callback = f"{address}/webhooks/wechat_pay/lunch"
        self.weibo.callback = f"{address}/webhooks/weibo/stars"
        self.alipay.callback = f"{address}/webhooks/alipay/giving"

    def complete(self, values: dict[str, Any]) -> None:
        """Adds to the configuration what they made: keys, addresses, the accounts and posts of the endorsers."""
        accounts = {
            "lunch": self.wechat.account(),
            "stars": self.weibo.account(),
            "giving": self.alipay.account(),
            "gongyi": self.gongyi.account(),
            "reef": self.twitch.account(),
        }
        for name, made in accounts.items():
            values["accounts"][name] |= made
        values["ecb_url"] = self.ecb.url
        texts = iter(POST_TEXTS)
        for number, endorser in enumerate(values["endorsers"]):
            user = self.weibo.add_user(endorser["name"], followers=8_000_000 - 2_500_000 * number)
            endorser["account"] = user.id
            for post in endorser["posts"]:
                made_post = self.weibo.add_post(user, next(texts))
                post["id"] = made_post.id
                self.weibo.engage(made_post, reposts=1_200, comments=450, likes=9_000)
