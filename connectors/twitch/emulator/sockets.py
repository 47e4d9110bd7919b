"""The WebSocket transport at ``/ws``.

Source: https://dev.twitch.tv/docs/eventsub/handling-websocket-events and the WebSocket reference beside it.
"""

import asyncio
import contextlib
import json
from dataclasses import dataclass
from typing import Any, Final

from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from connectors.testing.emulation import ScaledClock, Sender
from connectors.twitch.emulator.errands import Errands
from connectors.twitch.emulator.faults import Trouble
from connectors.twitch.emulator.habits import Habits
from connectors.twitch.emulator.messages import Message
from connectors.twitch.emulator.payloads import Json
from connectors.twitch.emulator.state import State
from connectors.twitch.emulator.subscriptions import Subscriptions

LEFT: Final = 1000
"""The client closed, or vanished."""
GOING_AWAY: Final = 1001
INBOUND: Final = 4001
UNUSED: Final = 4003
GRACE_OVER: Final = 4004
INVALID_RECONNECT: Final = 4007

# What becomes of a session's subscriptions when its socket ends with a code.
STATUSES: Final = {
    4000: "websocket_internal_error",
    INBOUND: "websocket_received_inbound_traffic",
    4002: "websocket_failed_ping_pong",
    UNUSED: "websocket_connection_unused",
    GRACE_OVER: "websocket_failed_to_reconnect",
    4005: "websocket_network_timeout",
    4006: "websocket_network_error",
}
ENDED: Final = "websocket_disconnected"


@dataclass(slots=True)
class Session:
    """What subscriptions hang on. It moves from socket to socket by reconnecting."""

    id: str
    keepalive_seconds: int
    connected_at: str
    line: "Line | None" = None


class Line:
    """One open socket. ``ended`` gets the close code of whoever ends it first; ``gone`` is set when it is closed."""

    def __init__(self, socket: WebSocket, clock: ScaledClock, trouble: Trouble) -> None:
        self._socket = socket
        self._clock = clock
        self._trouble = trouble
        self._frames: asyncio.Queue[Json] = asyncio.Queue()
        self.ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self.gone = asyncio.Event()

    @property
    def url(self) -> str:
        """Its own address, without a query."""
        return str(self._socket.url.replace(query=""))

    def say(self, frame: Json) -> None:
        """Queues a frame."""
        self._frames.put_nowait(frame)

    def end(self, code: int) -> None:
        """Ends it, unless it has ended."""
        if not self.ended.done():
            self.ended.set_result(code)

    async def write(self, state: State, keepalive_seconds: int) -> None:
        """Sends what is queued, and a keepalive when nothing was for so long on the clock."""
        while True:
            try:
                async with asyncio.timeout(keepalive_seconds / self._clock.speed):
                    frame = await self._frames.get()
            except TimeoutError:
                frame = _frame(state.uuid(), "session_keepalive", state.stamp(), {})
            if self._trouble.silent_sockets:
                continue
            try:
                await self._socket.send_text(json.dumps(frame, separators=(",", ":"), ensure_ascii=False))
            except WebSocketDisconnect:
                self.end(LEFT)

    async def read(self) -> None:
        """Waits for the client to leave, or to say what it must not."""
        message = await self._socket.receive()
        self.end(LEFT if message["type"] == "websocket.disconnect" else INBOUND)


class Sockets:
    """Takes connections, and messages for them."""

    def __init__(
        self,
        state: State,
        habits: Habits,
        trouble: Trouble,
        subscriptions: Subscriptions,
        sender: Sender,
        errands: Errands,
    ) -> None:
        self._state = state
        self._habits = habits
        self._trouble = trouble
        self._subscriptions = subscriptions
        self._sender = sender
        self._errands = errands
        self._sessions: dict[str, Session] = {}
        self._moves: dict[str, Session] = {}
        self._lines: set[Line] = set()
        self.routes: Final = [WebSocketRoute("/ws", self._connect)]

    def connected_at(self, session_id: str) -> str | None:
        """Since when a session has been there; None when it is not."""
        session = self._sessions.get(session_id)
        return session.connected_at if session else None

    def send(self, message: Message) -> None:
        """Starts delivering, with the sender's mischief. There are no retries: what is lost here stays lost."""
        rng, mischief = self._sender.rng, self._sender.mischief
        if rng.random() < mischief.lose:
            return
        for _ in range(2 if rng.random() < mischief.duplicate else 1):
            late = rng.uniform(0, mischief.delay) if rng.random() < mischief.reorder else 0.0
            if late:
                self._errands.spawn(self._send_late(message, late))
            else:
                self._say(message)

    async def _send_late(self, message: Message, late: float) -> None:
        await asyncio.sleep(late)
        self._say(message)

    def _say(self, message: Message) -> None:
        session = self._sessions.get(message.subscription.place)
        if session and session.line:
            frame = _frame(message.id, message.kind, message.timestamp, message.payload)
            about = {"subscription_type": message.subscription.topic, "subscription_version": message.subscription.version}
            frame["metadata"] |= about
            session.line.say(frame)

    def reconnect(self) -> None:
        """Asks every client to move to another address, and closes what is still open when the grace is over."""
        for session in self._sessions.values():
            if session.line:
                token = self._state.text(40)
                self._moves[token] = session
                told = self._shown(session, "reconnecting", None, f"{session.line.url}?reconnect={token}")
                session.line.say(_frame(self._state.uuid(), "session_reconnect", self._state.stamp(), told))
                asyncio.get_running_loop().call_later(
                    self._habits.reconnect_grace.total_seconds() / self._state.clock.speed, self._give_up, session.line, token
                )

    def _give_up(self, line: Line, token: str) -> None:
        self._moves.pop(token, None)
        line.end(GRACE_OVER)

    def cut(self, code: int = 4000) -> None:
        """Closes every socket with a code."""
        for line in self._lines:
            line.end(code)

    async def close(self) -> None:
        """Closes every socket, as a server that goes away does."""
        self.cut(GOING_AWAY)
        await self.ended()

    async def ended(self) -> None:
        """Waits until the sockets that are open now have ended."""
        await asyncio.gather(*(line.gone.wait() for line in self._lines))

    async def _connect(self, socket: WebSocket) -> None:
        await socket.accept()
        line = Line(socket, self._state.clock, self._trouble)
        session = self._session(socket)
        if session is None:
            await socket.close(INVALID_RECONNECT)
            return
        moved, session.line = session.line is not None, line
        self._lines.add(line)
        shown = self._shown(session, "connected", session.keepalive_seconds, None)
        line.say(_frame(self._state.uuid(), "session_welcome", self._state.stamp(), shown))
        tasks = [
            asyncio.create_task(line.write(self._state, session.keepalive_seconds)),
            asyncio.create_task(line.read()),
            *([] if moved else [asyncio.create_task(self._watch(session, line))]),
        ]
        try:
            await line.ended
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            self._lines.discard(line)
            self._over(session, line)
            if line.ended.done() and not line.ended.cancelled() and line.ended.result() != LEFT:
                with contextlib.suppress(WebSocketDisconnect):
                    await socket.close(line.ended.result())
            line.gone.set()

    def _session(self, socket: WebSocket) -> Session | None:
        if "reconnect" in socket.query_params:
            session = self._moves.pop(socket.query_params["reconnect"], None)
            return session if session and session.id in self._sessions else None
        wish = socket.query_params.get("keepalive_timeout_seconds", "10")
        seconds = min(max(int(wish), 10), 600) if wish.isascii() and wish.isdigit() else 10
        session = Session(self._state.text(36), seconds, self._state.stamp())
        self._sessions[session.id] = session
        return session

    def _over(self, session: Session, line: Line) -> None:
        if session.line is line:  # else it has moved on
            code = line.ended.result() if line.ended.done() and not line.ended.cancelled() else LEFT
            self._subscriptions.end_session(session.id, STATUSES.get(code, ENDED))
            del self._sessions[session.id]

    async def _watch(self, session: Session, line: Line) -> None:
        await self._state.clock.sleep(self._habits.unused_after)
        if not self._subscriptions.at(session.id):
            line.end(UNUSED)

    @staticmethod
    def _shown(session: Session, status: str, keepalive_seconds: int | None, reconnect_url: str | None) -> Json:
        return {
            "session": {
                "id": session.id,
                "status": status,
                "keepalive_timeout_seconds": keepalive_seconds,
                "reconnect_url": reconnect_url,
                "connected_at": session.connected_at,
            }
        }


def _frame(message_id: str, kind: str, timestamp: str, payload: Any) -> Json:
    return {
        "metadata": {"message_id": message_id, "message_type": kind, "message_timestamp": timestamp},
        "payload": payload,
    }
