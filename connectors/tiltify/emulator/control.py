"""The control door: the emulator's own deeds and switches. See ``connectors.testing.emulation.control``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.routing import Mount

from connectors.testing.emulation import Control

if TYPE_CHECKING:
    from connectors.tiltify.emulator.platform import TiltifyEmulator


def control(emulator: TiltifyEmulator) -> Mount:
    """``/control``. A campaign is named by its native id; a donation, a match by its id."""
    deeds = (
        *(emulator.add_campaign, emulator.add_team_campaign, emulator.add_event, emulator.add_milestone),
        *(emulator.publish, emulator.retire, emulator.raise_goal, emulator.move_total),
        *(emulator.donate, emulator.complete, emulator.moderate, emulator.refund, emulator.add_match, emulator.end_match),
        *(emulator.activate, emulator.deactivate, emulator.subscribe, emulator.rotate_key, emulator.send_test, emulator.say),
        emulator.expire_tokens,
    )
    outages = {"outage": emulator.outage, "token_outage": emulator.token_outage}
    switches = {"forms": emulator.forms, **outages, "tokens": emulator.tokens}
    return Control(emulator, deeds, switches, emulator.faults).mount
