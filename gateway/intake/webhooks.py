"""The way in: ``POST /webhooks/{connector}`` and ``/webhooks/{connector}/{account}``.

Raw bytes once, verify, apply, and only then 2xx. A network sees the answers to its own deliveries and nothing else: a
refusal says no more than its status.
"""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from connectors.contract import Delivery, Receipt, ReceivesDeliveries, RefreshesKeys, Reply
from connectors.http import Headers
from connectors.ports import Clock
from gateway.accounts import Account, find
from gateway.configured import Current
from gateway.http.limits import Limits
from gateway.intake.archive import Archive
from gateway.intake.evidence import Evidence
from gateway.intake.ingest import Ingest
from gateway.intake.quarantine import TRIED_AGAIN, Held, Quarantine
from gateway.observe import Metrics
from gateway.store.health import HealthBook
from schema.model.errors import (
    ConnectorError,
    DeliveryRejected,
    GivingError,
    KeyUnknown,
    NotFound,
    OperatorError,
    SettingsInvalid,
    TryLater,
    Unreadable,
)

REFRESH_EVERY: Final = timedelta(seconds=30)
"""A flood of unknown serials must not become a flood of questions to the network."""
REFRESH_AFTER_FAILURE: Final = timedelta(seconds=5)
APPLIED: Final = "applied"
FAULT: Final = "fault"
_USUAL: Final = Limits()
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Tried:
    """What became of something in quarantine that was tried again. ``reason`` is why it stays, None where it counts now.

    ``problem`` is why it could not even be tried, where that was so: a refusal's reason, an error's code, or FAULT.
    """

    reason: str | None
    problem: str | None = None


class Webhooks:
    """A raw ASGI endpoint. ``refused`` counts, by the limit, what was too large or took too long."""

    def __init__(
        self,
        current: Current,
        ingest: Ingest,
        quarantine: Quarantine,
        book: HealthBook,
        clock: Clock,
        metrics: Metrics,
        archive: Archive,
        *,
        limits: Limits = _USUAL,
        refused: Counter[str] | None = None,
        refresh_every: timedelta = REFRESH_EVERY,
        refresh_after_failure: timedelta = REFRESH_AFTER_FAILURE,
    ) -> None:
        self._current = current
        self._ingest = ingest
        self._quarantine = quarantine
        self._book = book
        self._clock = clock
        self._metrics = metrics
        self._archive = archive
        self._limits = limits
        self._refused = Counter[str]() if refused is None else refused
        self._refresh_every = refresh_every
        self._refresh_after_failure = refresh_after_failure
        self._refreshes: dict[str, tuple[Account, float, asyncio.Task[None]]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one delivery."""
        request = Request(scope, receive)
        try:
            account = find(self._current.now.accounts, request.path_params["connector"], request.path_params.get("account"))
        except NotFound:
            self._metrics.rejected.labels("", "no_account").inc()  # the name that was asked for is a stranger's
            await Response(status_code=404)(scope, receive, send)
            return
        with self._metrics.answer_seconds.labels(account.name).time():
            try:
                async with asyncio.timeout(self._limits.webhook_seconds) as limit:
                    reply, outcome = await self._answer(account, request)
            except TimeoutError:
                self._refused["webhook_seconds"] += limit.expired()
                reply, outcome = Reply(503), "timeout"
            except ClientDisconnect:
                reply, outcome = Reply(400), "disconnected"
            except Exception:  # a fault of ours or of a connector: the network keeps the delivery and sends it again
                log.exception("delivery.fault", account=account.name)
                reply, outcome = Reply(503), "fault"
        self._metrics.deliveries.labels(account.name, outcome).inc()
        response = Response(reply.body, reply.status, media_type=None)
        if reply.body:
            response.headers["content-type"] = reply.content_type
        await response(scope, receive, send)

    async def _answer(self, account: Account, request: Request) -> tuple[Reply, str]:
        if account.receiver is None:
            return Reply(404), "not_received"
        body = await _read(request, self._limits.webhook_bytes)
        if body is None:
            self._metrics.rejected.labels(account.name, "too_large").inc()
            self._refused["webhook_bytes"] += 1
            return Reply(413), "rejected"
        headers = Headers([(name.decode("latin-1"), value.decode("latin-1")) for name, value in request.headers.raw])
        query = request.scope["query_string"].decode("latin-1")  # any bytes, and whatever the Host header says
        delivery = Delivery(request.method, query, headers, body, self._clock.now())
        try:
            answer = await self.take(account, account.receiver, delivery)
            await self._archive.add(account, delivery)
            if answer[1] == APPLIED:  # what waits in quarantine is not in the totals, so they are no newer for it
                await self._book.heard(account.name)
        except DeliveryRejected as error:
            self._metrics.rejected.labels(account.name, error.reason).inc()
            return Reply(401), "rejected"
        except TryLater as error:
            log.warning("delivery.unconfirmed", account=account.name, code=error.code)
            return Reply(503), "unconfirmed"
        return answer

    async def take(self, account: Account, connector: ReceivesDeliveries, delivery: Delivery) -> tuple[Reply, str]:
        """Receives and applies one delivery, new or kept; what cannot be applied is in quarantine when this returns.

        Gives the reply, and APPLIED or "held". Raises DeliveryRejected and TryLater; where quarantine is full, QuarantineFull.
        """
        try:
            receipt = await self.read(account, connector, delivery)
        except Unreadable as error:
            await self.hold(account, delivery, error.reason)
            return account.spec.accepted, "held"
        reasons = await self._ingest.apply(account, receipt.facts) + await self._ingest.confirm(account, receipt.fetch)
        if reasons:
            await self.hold(account, delivery, _reason(reasons))
        return receipt.reply, "held" if reasons else APPLIED

    async def try_again(self, account: Account) -> int:
        """Tries what is due in quarantine; gives how many were applied."""
        tried = [await self.once_more(account, held) for held in await self._quarantine.due(account.name)]
        return sum(each.reason is None for each in tried)

    async def once_more(self, account: Account, held: Held) -> Tried:
        """Applies what is held once more, and releases it if all of it counts now.

        Raises LedgerUnavailable, and SettingsInvalid where another data key sealed it.
        """
        reasons, problem = [held.reason], None
        try:
            evidence = await self._quarantine.evidence(held)
            if evidence is None:  # somebody else was sooner
                return Tried(None)
            reasons = await self._once_more(account, evidence, held.reason)
        except DeliveryRejected as error:  # it was proven when it came; its key may have gone since, or not be fetched yet
            problem = error.reason
        except SettingsInvalid:
            raise
        except GivingError as error:
            log.warning("quarantine.failed", account=account.name, code=error.code)
            problem = error.code
        except Exception:  # one that cannot be read must not keep those behind it waiting
            log.exception("quarantine.fault", account=account.name)
            problem = FAULT
        if not reasons:
            await self._quarantine.release(held)
            return Tried(None)
        reason = _reason(reasons)
        await self._quarantine.again(held, reason)
        return Tried(reason, problem)

    async def _once_more(self, account: Account, evidence: Evidence, reason: str) -> list[str]:
        if not isinstance(evidence, Delivery):
            return await self._ingest.apply(account, [evidence])
        if account.receiver is None:  # its settings were others when it came
            return [reason]
        try:
            receipt = await self.read(account, account.receiver, evidence)
        except Unreadable as error:
            return [error.reason]
        return await self._ingest.apply(account, receipt.facts) + await self._ingest.confirm(account, receipt.fetch)

    async def hold(self, account: Account, evidence: Evidence, reason: str) -> None:
        """Puts into quarantine what is genuine and cannot be applied. Raises QuarantineFull and LedgerUnavailable."""
        await self._quarantine.hold(account.name, evidence, reason)
        self._metrics.held.labels(account.name, reason).inc()
        log.warning("delivery.held", account=account.name, reason=reason)

    async def read(self, account: Account, connector: ReceivesDeliveries, delivery: Delivery) -> Receipt:
        """What the connector makes of a delivery, with its keys fetched anew if it needs another one.

        Raises DeliveryRejected and Unreadable, and TryLater where the keys cannot be had.
        """
        try:
            return connector.receive(delivery)
        except KeyUnknown:
            if not isinstance(connector, RefreshesKeys):
                raise
            await self._refresh(account, connector)
            return connector.receive(delivery)

    async def _refresh(self, account: Account, connector: RefreshesKeys) -> None:
        """Asks for the keys, once for all that wait, and not again for a while. Raises TryLater when that fails."""
        now = asyncio.get_running_loop().time()
        known, began, task = self._refreshes.get(account.name, (None, -1e9, None))
        # an account that was built anew since has a key ring of its own, which is empty
        if known is not account or task is None or (task.done() and now - began >= self._rest(task).total_seconds()):
            task = asyncio.create_task(connector.refresh_keys())
            self._refreshes[account.name] = account, now, task
        try:
            await asyncio.shield(task)
        except (ConnectorError, OperatorError, NotFound) as error:
            raise TryLater("the network's keys could not be refreshed") from error

    def _rest(self, task: "asyncio.Task[None]") -> timedelta:
        failed = task.cancelled() or task.exception() is not None
        return self._refresh_after_failure if failed else self._refresh_every


def _reason(reasons: Sequence[str]) -> str:
    """Of several the one under which it is tried again by itself: what waits for a person would keep the others waiting."""
    return next((reason for reason in reasons if reason in TRIED_AGAIN), reasons[0])


async def _read(request: Request, most: int) -> bytes | None:
    """The body as it came, or None when it is too large."""
    length = request.headers.get("content-length", "")
    if length.isdecimal() and int(length[:20]) > most:
        return None
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > most:
            return None
    return bytes(body)
