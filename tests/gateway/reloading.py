"""A gateway over made-up networks whose configuration a test edits while it runs."""

import asyncio
import base64
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import aiohttp

from connectors.contract import Delivery, Receipt
from connectors.spec import Secret
from connectors.testing.emulation import serve
from gateway.app import Gateway, running
from gateway.registry import Registry
from gateway.settings import Settings
from schema.model.errors import DeliveryRejected, SettingsInvalid
from schema.model.facts import CampaignState, DonationState, Fact, FeedStarted, Movement
from schema.model.total import Basis
from tests.gateway.acme import LUNCH_CLUES, given, spec, state
from tests.gateway.world import PATIENCE

OFTEN: Final = timedelta(milliseconds=10)
KEY: Final = base64.b64encode(b"k" * 32).decode()
PLATFORMS: Final = "{ platforms { key freshness } }"
CAMPAIGNS: Final = "{ campaigns { nodes { externalId title freshness platform { key } total { raised { amount } } } } }"


class Pond:
    """Lists one campaign, which has its secret's name, and holds a line on which nothing comes."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.polls = self.lines = 0

    async def campaigns(self) -> AsyncIterator[CampaignState]:
        """The one."""
        self.polls += 1
        yield state(4_200, native=self.name, title=self.name.title())

    async def listen(self, campaigns: Sequence[str]) -> AsyncGenerator[Fact, None]:
        """Ready, and then nothing."""
        self.lines += 1
        yield FeedStarted()
        await asyncio.Event().wait()


class Till:
    """Receives payments, each body the text that came with it. What begins with ``ask:`` must be read first, and waits."""

    def __init__(self, secret: str) -> None:
        self.secret = secret
        self.asked, self.may_answer = asyncio.Event(), asyncio.Event()
        self.refreshed = 0

    async def refresh_keys(self) -> None:
        """Counts."""
        self.refreshed += 1

    def receive(self, delivery: Delivery) -> Receipt:
        """One payment of 1.00, told apart by its query."""
        if delivery.headers.get("Secret", "") != self.secret:
            raise DeliveryRejected("signature")
        text = delivery.body.decode()
        return Receipt((), (delivery.query,)) if text.startswith("ask:") else Receipt((paid(delivery.query, text),))

    async def donation(self, native_id: str) -> Sequence[Movement]:
        """When the test lets it."""
        self.asked.set()
        await self.may_answer.wait()
        return [paid(native_id, "lunch")]


def paid(number: str, attach: str) -> DonationState:
    """1.00 with this text."""
    return given(int(number), 100, replace(LUNCH_CLUES, attach=attach))


def _revealed(value: object) -> str:
    assert isinstance(value, Secret)
    if value.reveal() == "crooked":
        raise SettingsInvalid(["secret: is crooked"])
    if value.reveal() == "fault":
        raise KeyError("a fault")
    return value.reveal()


POND: Final = replace(
    spec(Basis.REPORTED, declares=False, poll=OFTEN, key="pond"), build=lambda given, _: Pond(_revealed(given["secret"]))
)
TILL: Final = replace(spec(key="till"), build=lambda given, _: Till(_revealed(given["secret"])))


def installed() -> Registry:
    """Both networks."""
    return Registry({"pond": f"{__name__}:POND", "till": f"{__name__}:TILL"}, ())


def account(connector: str, secret: str, **more: Any) -> dict[str, Any]:
    """The settings of one."""
    return {"connector": connector, "secret": secret, **more}


def campaign(name: str, attach: str | None = None, **more: Any) -> dict[str, Any]:
    """A declared campaign of the till, with the text that a payment for it carries."""
    match = [] if attach is None else [{"account": "till", "attach": attach}]
    return {"platform": "till", "id": name, "title": name.title(), "currency": "CNY", "match": match, **more}


@dataclass
class Edited:
    """A running gateway. ``values`` are its file, which is read again by ``reload``."""

    gateway: Gateway
    url: str
    values: dict[str, Any]
    session: aiohttp.ClientSession

    async def reload(self, **changed: Any) -> bool:
        """Edits the file and has it read; whether it was taken over."""
        self.values.update(changed)
        return await self.gateway.reload.once(self.read)

    def read(self) -> Settings:
        """The file as it is now."""
        return Settings.of(self.values)

    def connector(self, name: str) -> Any:
        """The connector of an account at this moment."""
        return self.gateway.base.accounts[name].connector

    async def ask(self, document: str) -> Any:
        """The data of an answer, in which nothing failed."""
        async with self.session.post(f"{self.url}/graphql", json={"query": document}) as answer:
            told = await answer.json(content_type=None)
        assert "errors" not in told, told
        return told["data"]

    async def campaigns(self) -> dict[str, tuple[str, str | None]]:
        """What is listed, by the network's own id: its freshness, and what was raised."""
        nodes = (await self.ask(CAMPAIGNS))["campaigns"]["nodes"]
        return {
            node["externalId"]: (node["freshness"], None if node["total"] is None else node["total"]["raised"]["amount"])
            for node in nodes
        }

    async def platforms(self) -> dict[str, str | None]:
        """The networks, each with its freshness."""
        return {each["key"]: each["freshness"] for each in (await self.ask(PLATFORMS))["platforms"]}

    async def pay(self, number: int, attach: str, signed: str = "s") -> int:
        """Delivers a payment to the till; the status of the answer."""
        headers = {"Secret": signed}
        async with self.session.post(f"{self.url}/webhooks/till/till?{number}", data=attach, headers=headers) as answer:
            return answer.status

    def figure(self, name: str, **labels: str) -> float | None:
        """One of the metrics, None where it is not there."""
        return self.gateway.base.metrics.registry.get_sample_value(name, labels)

    async def until(self, holds: Callable[[], bool]) -> None:
        """Waits for something that comes by itself."""
        async with asyncio.timeout(PATIENCE):
            while not holds():
                await asyncio.sleep(0.005)

    async def until_listed(self, **wanted: tuple[str, str | None]) -> None:
        """Waits until these campaigns are listed like this."""
        async with asyncio.timeout(PATIENCE):
            while not wanted.items() <= (await self.campaigns()).items():
                await asyncio.sleep(0.005)


@asynccontextmanager
async def edited(redis_url: str, folder: Path, **values: Any) -> AsyncIterator[Edited]:
    """A gateway with this in its file."""
    basics = {"data_dir": folder, "ledger_url": redis_url, "data_key": KEY, "pepper": KEY, "ecb_rates": False}
    file = {**basics, **values}
    async with running(Settings.of(file), installed=installed) as gateway, serve(gateway.asgi) as url:
        async with aiohttp.ClientSession() as session:
            yield Edited(gateway, url, file, session)
