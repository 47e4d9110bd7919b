"""What comes from the edge in place of an answer: pages, whatever was asked."""

from typing import Final

from starlette.responses import HTMLResponse, Response

from connectors.weibo.emulator.faults import Edge

STATUS: Final = {Edge.ERROR: 500, Edge.HTML: 200, Edge.TOO_LONG: 414, Edge.BLOCKED: 418}
"""414 and 418 are what blocked addresses see."""


def at_the_edge(edge: Edge) -> Response:
    """The page."""
    return HTMLResponse("<html><head><title>Sina Visitor System</title></head><body>请稍后再试</body></html>", STATUS[edge])
