"""The control door: the emulator's own deeds and switches. See ``connectors.testing.emulation.control``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.routing import Mount

from connectors.testing.emulation import Control
from connectors.wechat_pay.emulator.keys import Signing

if TYPE_CHECKING:
    from connectors.wechat_pay.emulator.platform import WeChatPayEmulator


def control(emulator: WeChatPayEmulator) -> Mount:
    """``/control``. A payment is named by its ``transaction_id``, a refund by its ``out_refund_no``."""

    def sign_with(signing: Signing) -> None:
        emulator.signing = signing

    deeds = (
        *(emulator.pay, emulator.pay_combined, emulator.revoke),
        *(emulator.refund, emulator.finish_refund, emulator.confirm_budget),
        *(sign_with, emulator.rotate_certificate, emulator.retire_certificate, emulator.rotate_public_key),
    )
    switches = {"outage": emulator.outage, "api": emulator.api, "bills": emulator.bills}
    return Control(emulator, deeds, switches, emulator.faults).mount
