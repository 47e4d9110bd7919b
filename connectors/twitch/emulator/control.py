"""The control door: the emulator's own deeds and switches. See ``connectors.testing.emulation.control``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.routing import Mount

from connectors.testing.emulation import Control

if TYPE_CHECKING:
    from connectors.twitch.emulator.emulator import TwitchEmulator


def control(emulator: TwitchEmulator) -> Mount:
    """``/control``. A broadcaster is named by its id."""
    deeds = (
        *(emulator.start_campaign, emulator.pause, emulator.resume, emulator.stop, emulator.raise_goal),
        *(emulator.donate, emulator.move_total),
        *(emulator.add_broadcaster, emulator.revoke_tokens, emulator.revoke_consent, emulator.revoke_subscriptions),
        *(emulator.mail.hold, emulator.mail.release, emulator.mail.resend, emulator.mail.repeat),
        *(emulator.sockets.reconnect, emulator.sockets.cut, emulator.trouble.lose_next),
    )
    switches = {
        "outage": emulator.outage,
        "token_outage": emulator.token_outage,
        "habits": emulator.habits,
        "forms": emulator.forms,
        "trouble": emulator.trouble,
    }
    return Control(emulator, deeds, switches, emulator.faults).mount
