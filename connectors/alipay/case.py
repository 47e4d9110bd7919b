"""Alipay on the suite's bench."""

from collections.abc import Sequence
from urllib.parse import quote
from zoneinfo import ZoneInfo

from connectors.alipay import CONNECTOR
from connectors.alipay.emulator import AlipayEmulator, Buyer
from connectors.alipay.emulator.state import MAX_PASSBACK, MOST_FEN, WAITING
from connectors.testing.conformance.case import Case
from connectors.testing.emulation import ScaledClock
from schema.model.facts import Clues

CAMPAIGN = "school-lunch"
ANOTHER = "warm-coats"
ORDERS = {CAMPAIGN: "LUNCH", ANOTHER: "COATS"}
"""What order numbers begin with."""
BUYER = Buyer("2088000000777777", "canary-of-the-buyer")


class AlipayCase(Case[AlipayEmulator]):
    """An app and its seller. The signature is in the form, so no header is signed."""

    spec = CONNECTOR
    canaries = (BUYER.id, BUYER.logon_id)
    zone = ZoneInfo("Asia/Shanghai")
    largest = MOST_FEN

    def emulator(self) -> AlipayEmulator:
        """An app."""
        return AlipayEmulator(clock=ScaledClock())

    def stranger(self) -> AlipayEmulator:
        """Another app of another seller."""
        return AlipayEmulator(clock=ScaledClock(), seed=2, app_id="2021000000000009", seller_id="2088000000000009")

    async def give(self, emulator: AlipayEmulator, minor: int) -> None:
        """A trade that is paid."""
        await emulator.pay(minor, attach=f"campaign={CAMPAIGN}", book=CAMPAIGN, buyer=BUYER)

    def takers(self, emulator: AlipayEmulator) -> Sequence[str]:
        """Two that the seller tells apart by order numbers, as bills do not tell what is attached."""
        return CAMPAIGN, ANOTHER

    async def give_to(self, emulator: AlipayEmulator, campaign: str, minor: int) -> None:
        """A trade whose order number begins as those of the campaign do."""
        number = f"{ORDERS[campaign]}{len(emulator.payments):06}"
        await emulator.pay(minor, attach=f"campaign={campaign}", book=campaign, buyer=BUYER, order=number)

    def place(self, clues: Clues) -> str | None:
        """By a rule for each of them, such as ``order = "LUNCH*"``."""
        return next((campaign for campaign, begins in ORDERS.items() if (clues.order or "").startswith(begins)), None)

    async def give_saying(self, emulator: AlipayEmulator, minor: int, name: str, message: str) -> None:
        """A trade with words of the merchant's, as a page of theirs may put them there; there are none of the buyer's."""
        words = message
        while len(quote(words, safe="")) > MAX_PASSBACK:
            words = words[: len(words) // 2]
        await emulator.pay(minor, attach=words, book=CAMPAIGN, buyer=BUYER)

    async def give_to_another(self, emulator: AlipayEmulator, minor: int) -> None:
        """A trade of another seller, well signed for our app, is told to us."""
        theirs = emulator.state.order(minor, attach=CAMPAIGN, book="theirs", moment=emulator.clock.now(), buyer=BUYER)
        told = {**emulator.notifications.paid(theirs), "seller_id": "2088000000000009"}
        await emulator.sender.attempt(emulator.callback or "", emulator.notifications.written(told))

    async def take_back(self, emulator: AlipayEmulator) -> None:
        """A refund of a part."""
        await emulator.refund(emulator.payments[-1], 100)

    async def give_in_vain(self, emulator: AlipayEmulator, minor: int) -> None:
        """A trade that waits for its buyer, then one that was closed as nobody paid."""
        fail = emulator.abandon if len(emulator.state.orders) % 2 else emulator.order
        await fail(minor, attach=f"campaign={CAMPAIGN}", book=CAMPAIGN)

    async def begin(self, emulator: AlipayEmulator, minor: int) -> None:
        """A trade that waits for its buyer."""
        await emulator.order(minor, attach=f"campaign={CAMPAIGN}", book=CAMPAIGN)

    async def complete(self, emulator: AlipayEmulator) -> None:
        """It is paid."""
        waiting = [trade for trade in emulator.state.orders.values() if trade.status == WAITING]
        await emulator.pay_order(waiting[-1])

    async def say_unknown(self, emulator: AlipayEmulator) -> None:
        """A notification of another product."""
        await emulator.tell({"notify_type": "dut_user_sign"})

    async def say_poison(self, emulator: AlipayEmulator) -> None:
        """A trade of an absurd amount."""
        await emulator.tell({"notify_type": "trade_status_sync", "trade_status": "TRADE_SUCCESS", "total_amount": "1e400"})


CASES = (AlipayCase,)
