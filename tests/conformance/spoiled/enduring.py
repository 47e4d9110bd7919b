"""Acme's connector with one fault each in how it asks, and what it makes of answers that do not come."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from io import TextIOWrapper
from typing import Any, BinaryIO, Final

from connectors.contract import Row
from connectors.http import HttpRequest
from schema.model.errors import UpstreamUnavailable
from schema.model.facts import CampaignState
from tests.conformance.acme.connector import AcmeConnector
from tests.conformance.spoiled.faults import Faults


class ForgetsHowLong(AcmeConnector):
    async def ask(self, path: str) -> Any:
        try:
            return await super().ask(path)
        except UpstreamUnavailable:
            raise UpstreamUnavailable("later") from None


class TellsWhatItHas(AcmeConnector):
    async def _pages(self, campaign: str) -> AsyncIterator[Any]:
        found = False
        try:
            async for row in super().pages(campaign):
                found = True
                yield row
        except UpstreamUnavailable:
            if not found:
                raise

    def pages(self, campaign: str) -> AsyncIterator[Any]:
        return self._pages(campaign)


class GoesOnRegardless(AcmeConnector):
    async def ask(self, path: str) -> Any:
        try:
            return await super().ask(path)
        except asyncio.CancelledError:
            raise UpstreamUnavailable("no answer") from None


class RefusesTheNew(AcmeConnector):
    def campaign_of(self, row: Any) -> CampaignState:
        if set(row) - {"id", "title", "url", "raised", "revision"}:
            raise TypeError("a field is new")
        return super().campaign_of(row)


class TakesAnyFile(AcmeConnector):
    def read_export(self, source: BinaryIO) -> Iterator[Row]:
        for number, text in enumerate(TextIOWrapper(source, "utf-8", "replace", newline="\n"), 1):
            if number > 1:
                yield self.row(number, text.strip().split(","))


class InventsABudget(AcmeConnector):
    async def ask(self, path: str) -> Any:
        return (await self.ports.http.send(HttpRequest("GET", self.address + path, budget="fast"))).expect(200).object()


class TellsAThirdParty(AcmeConnector):
    async def ask(self, path: str) -> Any:
        with suppress(UpstreamUnavailable):
            await self.ports.http.send(HttpRequest("GET", "http://127.0.0.1:9/usage"))
        return await super().ask(path)


class PutsItsSecretIntoAddresses(AcmeConnector):
    async def ask(self, path: str) -> Any:
        return await super().ask(f"{path}{'&' if '?' in path else '?'}key={self.secret.reveal()}")


class NeverAsksTheSameTwice(AcmeConnector):
    async def ask(self, path: str) -> Any:
        turn = vars(self)["turn"] = vars(self).get("turn", 0) + 1
        return await super().ask(f"{path}{'&' if '?' in path else '?'}_={turn}")


class AsksForEachDonation(AcmeConnector):
    async def campaigns(self) -> AsyncIterator[CampaignState]:
        async for state in super().campaigns():
            for row in (await self.ask(f"/campaigns/{state.native_id}/donations"))["data"]:
                for path in ("", "?again", "?oncemore"):
                    await self.ask(f"/donations/{row['id']}{path}")
            yield state


class ReadsTheFirstPage(AcmeConnector):
    async def _first(self, campaign: str) -> AsyncIterator[Any]:
        for row in (await self.ask(f"/campaigns/{campaign}/donations"))["data"]:
            yield row

    def pages(self, campaign: str) -> AsyncIterator[Any]:
        return self._first(campaign)


class PagesForEver(AcmeConnector):
    async def _all(self, campaign: str) -> AsyncIterator[Any]:
        cursor: str | None = "0"
        while cursor is not None:
            answer = await self.ask(f"/campaigns/{campaign}/donations?page={cursor}")
            for row in answer["data"]:
                yield row
            cursor = answer["next"]

    def pages(self, campaign: str) -> AsyncIterator[Any]:
        return self._all(campaign)


BY_RULE: Final[Faults] = {
    "patience-is-passed-on": (ForgetsHowLong,),
    "a-failure-in-the-middle-is-told": (TellsWhatItHas,),
    "what-hangs-can-be-ended": (GoesOnRegardless,),
    "new-fields-change-nothing": (RefusesTheNew,),
    "absurd-statements-are-told": (TakesAnyFile,),
    "requests-keep-to-budgets": (InventsABudget,),
    "requests-stay-with-the-account": (TellsAThirdParty,),
    "no-secret-is-in-an-address": (PutsItsSecretIntoAddresses,),
    "a-quiet-cycle-is-cheap": (
        NeverAsksTheSameTwice,
        AsksForEachDonation,
    ),
    "long-lists-are-read-whole": (ReadsTheFirstPage,),
    "endless-pages-are-garbled": (PagesForEver,),
}
