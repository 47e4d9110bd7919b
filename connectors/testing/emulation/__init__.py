"""The base of emulators: a network's understudy with **one state** behind its API, its deliveries and its statements.

A donation made through ``donate`` or the control door appears everywhere, signed, under one id, and in the books, which are
what a gateway's totals are held against. An emulator shares no mapping or signing code with its connector.
"""

from connectors.testing.emulation.book import Book
from connectors.testing.emulation.clock import ScaledClock
from connectors.testing.emulation.control import Control
from connectors.testing.emulation.emulator import Emulator
from connectors.testing.emulation.faults import DeliveryFaults, Outage, Plan
from connectors.testing.emulation.sender import Attempt, Mischief, Outgoing, Sender
from connectors.testing.emulation.serving import serve

__all__ = [
    "Attempt",
    "Book",
    "Control",
    "DeliveryFaults",
    "Emulator",
    "Mischief",
    "Outage",
    "Outgoing",
    "Plan",
    "ScaledClock",
    "Sender",
    "serve",
]
