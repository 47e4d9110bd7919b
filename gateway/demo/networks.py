"""The networks of the demo: their understudies, and what of the configuration only exists once they run."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Self

from connectors.alipay.emulator import AlipayEmulator
from connectors.donordrive.emulator import DonorDriveEmulator
from connectors.donordrive.emulator.fundraiser import Fundraiser
from connectors.justgiving.emulator import JustGivingEmulator
from connectors.tencent_gongyi.emulator import TencentGongyiEmulator
from connectors.testing.emulation import Emulator, Mischief, ScaledClock
from connectors.tiltify.emulator import TiltifyEmulator
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
PLAYERS = "Pixel Players 像素队"
"""A team on DonorDrive."""
SOON = timedelta(seconds=10)
RUNNERS = "reef-runners"
"""A team on JustGiving, by its short name."""
RUN = "page/reef-half-marathon"
"""The page of one of them."""


@dataclass(frozen=True, slots=True)
class Networks:
    """Every understudy of the demo, on one clock. Duplicates, reordering and lost deliveries happen on purpose."""

    wechat: WeChatPayEmulator
    weibo: WeiboEmulator
    alipay: AlipayEmulator
    gongyi: TencentGongyiEmulator
    twitch: TwitchEmulator
    tiltify: TiltifyEmulator
    donordrive: DonorDriveEmulator
    justgiving: JustGivingEmulator
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
            TiltifyEmulator(clock=clock, seed=seed),
            DonorDriveEmulator(clock=clock, seed=seed),
            JustGivingEmulator(clock=clock, seed=seed),
            EcbEmulator(clock=clock, seed=seed),
        )
        for emulator in found.paying:
            # Alipay and Weibo Pay come back after four minutes, which is longer than most people watch
            lose = 0.0 if emulator in (found.weibo, found.alipay) else 0.05
            emulator.sender.mischief = Mischief(duplicate=0.2, reorder=0.2, lose=lose)
        for late in (found.weibo, found.alipay):  # and what a busy machine missed is to come while somebody still watches
            late.sender.retries = (SOON, SOON, *late.sender.retries)
        found._raise_money()
        return found

    def _raise_money(self) -> None:
        """Those networks where fundraisers begin campaigns: a team of streamers, a team of players, a runner of a team."""
        ocean = self.tiltify.add_team_campaign("Ocean Weekend", goal_minor=500_000)
        for title, cause in (("Reef Marathon Stream", "Sample Reef Trust"), ("Tidepool Speedruns", "Sample Reef Trust")):
            self.tiltify.add_campaign(title, goal_minor=150_000, team=ocean, cause=cause)
        self.tiltify.add_milestone("A song of your choice", 50_000)
        self.tiltify.add_milestone("24 hours in a shark costume", 120_000)
        self.donordrive.add_team(PLAYERS, goal_minor=400_000)
        self.donordrive.add_milestone("We play blindfolded", 30_000, to=self.players)
        self.justgiving.add_team(RUNNERS, "Reef Runners 珊瑚跑团", target_minor=600_000)
        self.justgiving.add_page(RUN, "Half marathon for the reef", target_minor=150_000, team=RUNNERS)

    @property
    def players(self) -> Fundraiser:
        """The team on DonorDrive that is followed."""
        return next(one for one in self.donordrive.state.fundraisers if one.name == PLAYERS)

    @property
    def paying(self) -> tuple[Emulator, ...]:
        """Those with books."""
        return (
            *(self.wechat, self.weibo, self.alipay, self.gongyi),
            *(self.twitch, self.tiltify, self.donordrive, self.justgiving),
        )

    def is_up(self, name: str) -> bool:
        """Whether one of them, by its name here, can be reached."""
        emulator: Emulator = getattr(self, name)
        return emulator.is_up

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
        self.tiltify.callback = f"{address}/webhooks/tiltify/ocean"

    def complete(self, values: dict[str, Any]) -> None:
        """Adds to the configuration what they made: keys, addresses, the accounts and posts of the endorsers."""
        accounts = {
            "lunch": self.wechat.account(),
            "stars": self.weibo.account(),
            "giving": self.alipay.account(),
            "gongyi": self.gongyi.account(),
            "reef": self.twitch.account(),
            "ocean": self.tiltify.account(),
            # its team alone: every call waits 15 s for its turn
            "players": self.donordrive.account() | {"fundraisers": [self.players.path]},
            # without the charity's campaign: no page says that it belongs to one, so its money would count twice
            "runners": self.justgiving.account() | {"pages": [RUN], "teams": [RUNNERS], "campaigns": []},
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
