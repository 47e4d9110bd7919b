"""Weibo's understudy: the Open API with its posts and counters, and Weibo Pay with its notifications.

It shares no signing and no mapping code with the connector, so that a mistake in one is seen by the other. Of the charity
platform 微公益 there is no address, as it has no public API; ``export_csv`` makes the file that its back office would give.
"""

from connectors.weibo.emulator.faults import ApiFaults, Fault
from connectors.weibo.emulator.limits import Limits
from connectors.weibo.emulator.platform import WeiboEmulator
from connectors.weibo.emulator.society import Comment, Post, User
from connectors.weibo.emulator.state import Payment, Refund

__all__ = [
    "ApiFaults",
    "Comment",
    "Fault",
    "Limits",
    "Payment",
    "Post",
    "Refund",
    "User",
    "WeiboEmulator",
]
