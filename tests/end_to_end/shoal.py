"""A connector as a partner ships it, in one file: it asks its network for the figure of its only campaign.

Tests put this very file beside a gateway that runs, as a distribution of its own.
"""

from collections.abc import AsyncIterator
from datetime import timedelta
from types import MappingProxyType

from connectors.contract import ListsCampaigns
from connectors.http import HttpRequest
from connectors.ports import Ports
from connectors.spec import CONTRACT_VERSION, ConnectorSpec, Pace, Setting, Settings
from schema.model.facts import CampaignState, Raised
from schema.model.money import Money
from schema.model.time import micros
from schema.model.total import AmountSource, Basis


class ShoalConnector:
    """One account."""

    def __init__(self, settings: Settings, ports: Ports) -> None:
        self._address = settings["base_url"]
        self._ports = ports

    async def campaigns(self) -> AsyncIterator[CampaignState]:
        """The only one."""
        answer = await self._ports.http.send(HttpRequest("GET", f"{self._address}/campaign"))
        told = answer.expect(200).object()
        raised = Raised(Money.of_decimal(told["raised"], "CNY"))
        version = micros(self._ports.clock.now())
        yield CampaignState(told["id"], version, AmountSource.PLATFORM_API, title=told["title"], raised=raised)


CONNECTOR = ConnectorSpec(
    key="shoal",
    name="Shoal",
    homepage="https://shoal.example",
    contract_version=CONTRACT_VERSION,
    settings=(Setting("base_url", "where the API is", "url"),),
    pace=Pace(poll=timedelta(milliseconds=200), budgets=MappingProxyType({"default": 1_000})),
    basis=Basis.REPORTED,
    build=ShoalConnector,
    abilities=(ListsCampaigns,),
)

_: type[ListsCampaigns] = ShoalConnector
