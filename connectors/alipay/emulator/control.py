"""The control door: the emulator's own deeds and switches. See ``connectors.testing.emulation.control``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.routing import Mount

from connectors.testing.emulation import Control

if TYPE_CHECKING:
    from connectors.alipay.emulator.platform import AlipayEmulator


def control(emulator: AlipayEmulator) -> Mount:
    """``/control``. A trade is named by its ``trade_no``."""
    deeds = (
        emulator.pay,
        emulator.order,
        emulator.pay_order,
        emulator.abandon,
        emulator.finish,
        emulator.refund,
        emulator.tell,
    )
    switches = {"outage": emulator.outage, "api": emulator.api, "bills": emulator.bills, "habits": emulator.habits}
    return Control(emulator, deeds, switches, emulator.faults).mount
