"""Twitch's understudy: charity campaigns in Helix, EventSub over webhook and WebSocket, OAuth, one state behind them all."""

from connectors.twitch.emulator.emulator import TwitchEmulator
from connectors.twitch.emulator.faults import Fault

__all__ = ["Fault", "TwitchEmulator"]
