"""The control door: the emulator's own deeds and switches. See ``connectors.testing.emulation.control``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.routing import Mount

from connectors.testing.emulation import Control

if TYPE_CHECKING:
    from connectors.weibo.emulator.platform import WeiboEmulator


def control(emulator: WeiboEmulator) -> Mount:
    """``/control``. A payment is named by its ``pay_id``, a refund by its ``out_refund_id``, the rest by its id."""
    deeds = (
        *(emulator.pay, emulator.order, emulator.pay_at_desk, emulator.refund, emulator.finish_refund, emulator.tell),
        *(emulator.add_user, emulator.follow, emulator.add_post, emulator.repost, emulator.comment, emulator.engage),
        *(emulator.hide, emulator.delete, emulator.tell_topic),
        *(emulator.grant, emulator.expire_token, emulator.revoke_token, emulator.renew_token),
    )
    switches = {
        "outage": emulator.outage,
        "pay_outage": emulator.pay_outage,
        "api": emulator.api,
        "limits": emulator.limits,
    }
    return Control(emulator, deeds, switches, emulator.faults).mount
