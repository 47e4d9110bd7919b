"""The pages as they are served, with an endpoint that answers from a dict, by the schema that is printed.

For what a real gateway shows only after hours or by accident: old figures, holes, limits, a network without a word.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final, Self

from graphql import GraphQLSchema, build_schema, execute_sync, parse, validate
from playwright.async_api import Page, Route, WebSocketRoute

from connectors.testing.emulation import serve
from gateway.http.pages import Pages

SCHEMA: Final = Path(__file__).parents[2] / "schema" / "schema.graphql"


@dataclass
class Stage:
    """``campaigns``, ``platforms`` and ``seasons`` are what the endpoint knows; each season has all campaigns. Set
    ``answers`` to False, and it does not answer.
    """

    campaigns: list[dict[str, Any]] = field(default_factory=list)
    platforms: list[dict[str, Any]] = field(default_factory=list)
    seasons: list[dict[str, Any]] = field(default_factory=list)
    answers: bool = True
    address: str = ""
    asked: list[dict[str, Any]] = field(default_factory=list)
    """The payloads of all subscriptions, oldest first, each with its ``id``."""
    queries: list[dict[str, Any]] = field(default_factory=list)
    """The payloads of all queries, oldest first."""
    heard: asyncio.Event = field(default_factory=asyncio.Event)
    refusals: list[dict[str, Any]] = field(default_factory=list)
    """Extensions with which the next subscriptions are refused, one each."""
    _socket: WebSocketRoute | None = None

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Self]:
        """Serves the pages."""
        async with serve(Pages(files("gateway.web"))) as self.address:
            yield self

    async def show(self, page: Page, path: str = "/") -> None:
        """Opens the board in a page."""
        await page.route("**/graphql", self._on_query)
        await page.route_web_socket("**/graphql", self._on_socket)
        await page.goto(f"{self.address}{path}")

    def tell(self, campaign: dict[str, Any], *, recovered: bool = True) -> None:
        """Sends a campaign's new state to whoever follows its total."""
        update = {"campaign": campaign, "position": _position(campaign), "recovered": recovered}
        self._send("campaignTotal", campaign["id"], update)

    def tell_season(self, season: dict[str, Any], *, recovered: bool = True) -> None:
        """Sends a season's new state to whoever follows it."""
        self._send("seasonTotal", season["slug"], {"season": season, "recovered": recovered})

    def tell_row(self, campaign: dict[str, Any], *, recovered: bool = True) -> None:
        """Sends a campaign's new state to whoever follows its season."""
        self._send("campaignTotals", campaign["id"], {"campaign": campaign, "recovered": recovered})

    def announce_in_season(self, slug: str, **update: Any) -> None:
        """Sends donations to whoever follows a season's."""
        self._send("seasonDonations", slug, {"received": [], "changed": [], "missed": 0, "recovered": True} | update)

    def announce(self, campaign: dict[str, Any], **update: Any) -> None:
        """Sends donations to whoever follows them."""
        known = {"received": [], "changed": [], "missed": 0, "position": _position(campaign), "recovered": True}
        self._send("campaignDonations", campaign["id"], known | update)

    async def drop(self) -> None:
        """Ends the socket as a server does that leaves."""
        assert self._socket is not None
        await self._socket.close(code=1001)

    async def until_asked(self, count: int) -> list[dict[str, Any]]:
        """Waits until so many subscriptions were asked for, since the stage was opened."""
        async with asyncio.timeout(40):
            while len(self.asked) < count:
                self.heard.clear()
                await self.heard.wait()
        return self.asked

    async def _on_query(self, route: Route) -> None:
        if not self.answers:
            await route.abort("connectionrefused")
            return
        request = json.loads(route.request.post_data or "{}")
        campaigns = {"totalCount": len(self.campaigns), "nodes": self.campaigns[:20]}
        seasons = {each["slug"]: each | {"campaigns": campaigns} for each in self.seasons}
        root = {
            "platforms": self.platforms,
            "campaigns": campaigns,
            "reportingTimeZone": "Asia/Shanghai",
            "seasons": {"nodes": list(seasons.values())},
            "season": lambda _, slug: seasons.get(slug),
        }
        self.queries.append(request)
        result = execute_sync(_schema(), parse(request["query"]), root, variable_values=request["variables"])
        assert result.errors is None, result.errors
        await route.fulfill(json={"data": result.data})

    async def _on_socket(self, socket: WebSocketRoute) -> None:
        self._socket = socket
        socket.on_message(lambda text: self._on_message(socket, json.loads(text)))

    def _on_message(self, socket: WebSocketRoute, message: dict[str, Any]) -> None:
        match message["type"]:
            case "connection_init":
                socket.send(json.dumps({"type": "connection_ack"}))
            case "subscribe":
                assert validate(_schema(), parse(message["payload"]["query"])) == []
                self.asked.append({"id": message["id"], **message["payload"]})
                self.heard.set()
                if self.refusals:
                    error = {"message": "No.", "extensions": self.refusals.pop(0)}
                    socket.send(json.dumps({"id": message["id"], "type": "error", "payload": [error]}))

    def _send(self, name: str, about: str, update: dict[str, Any]) -> None:
        assert self._socket is not None
        # the newest operation of that kind: ids may have been used on an earlier socket
        operation = next(
            each for each in reversed(self.asked) if f"{name}(" in each["query"] and about in _subjects(each["variables"])
        )
        self._socket.send(json.dumps({"id": operation["id"], "type": "next", "payload": {"data": {name: update}}}))


@cache
def _schema() -> GraphQLSchema:
    return build_schema(SCHEMA.read_text("utf-8"))


def _subjects(variables: dict[str, Any]) -> list[Any]:
    return [*variables.values(), *variables.get("ids", [])]


def _position(campaign: dict[str, Any]) -> str:
    return str(campaign["total"]["position"]) if campaign["total"] else "p0"
