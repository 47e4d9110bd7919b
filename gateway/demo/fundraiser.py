"""People giving in the demo: WeChat payments with refunds, and a Twitch channel, with mischief on the way."""

import asyncio
import random
from typing import Final

from connectors.testing.emulation import Emulator, Mischief
from connectors.twitch.emulator import TwitchEmulator
from connectors.wechat_pay.emulator import WeChatPayEmulator

# attach texts as merchants write them; the last names no campaign, so its payments go to the account's general one
GIFTS: Final = (
    ("school-lunch", "campaign=school-lunch", 6),
    ("clean-river", "campaign=clean-river", 3),
    ("other-gifts", "thank you", 1),
)
AMOUNTS_FEN: Final = (400, 800, 2_000, 5_000, 10_000, 50_000)
DONORS: Final = ("coral_fan", "DeepBlue", "tidepool", "海星", "NightDiver", "reef_ranger")
REFUNDS: Final = 0.06
PAUSE_SECONDS: Final = 0.45


class Fundraiser:
    """Gives money at both networks. Duplicates, reordering and lost deliveries happen on purpose."""

    def __init__(self, wechat: WeChatPayEmulator, twitch: TwitchEmulator, seed: int) -> None:
        self._wechat = wechat
        self._twitch = twitch
        self._rng = random.Random(seed)  # noqa: S311
        for emulator in self.networks:
            emulator.sender.mischief = Mischief(duplicate=0.2, reorder=0.2, lose=0.05)
        self.campaign = twitch.start_campaign(goal=500_000, currency="EUR")

    @property
    def networks(self) -> tuple[Emulator, ...]:
        """The emulators, with their books."""
        return self._wechat, self._twitch

    async def run(self) -> None:
        """Gives for ever."""
        while True:
            await self.once()
            await asyncio.sleep(self._rng.uniform(0.2, 1.8) * PAUSE_SECONDS)

    async def once(self) -> None:
        """One gift, and now and then a refund."""
        if self._rng.random() < 0.25:
            await self._twitch.donate(self._rng.choice((300, 500, 1_000, 2_550)), user_name=self._rng.choice(DONORS))
            return
        book, attach, _ = self._rng.choices(GIFTS, [weight for *_, weight in GIFTS])[0]
        payment = await self._wechat.pay(self._rng.choice(AMOUNTS_FEN), attach=attach, book=book)
        if self._rng.random() < REFUNDS:
            await self._wechat.refund(payment, self._rng.choice((payment.amount_fen, payment.amount_fen // 2)))

    async def settle(self) -> None:
        """Waits until every delivery has arrived."""
        await asyncio.gather(*(emulator.sender.settle() for emulator in self.networks))
