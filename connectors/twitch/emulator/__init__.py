"""Twitch's understudy: charity campaigns in Helix, EventSub over webhook and WebSocket, OAuth, one state behind them all."""

from connectors.twitch.emulator.emulator import TwitchEmulator

__all__ = ["TwitchEmulator"]
