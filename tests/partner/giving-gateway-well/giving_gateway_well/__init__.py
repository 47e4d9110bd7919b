"""Well: village wells and what is given for them, asked for."""

from datetime import timedelta
from typing import Final

from connectors.contract import ListsCampaigns, ListsDonations, ReadsDonations
from connectors.spec import ConnectorSpec, Pace
from schema.model.total import Basis

from giving_gateway_well.connector import build
from giving_gateway_well.settings import SETTINGS

CONNECTOR: Final = ConnectorSpec(
    key="well",
    name="Well",
    homepage="https://well.example",
    contract_version=2,  # the one it was tested for; CHANGES in connectors.spec says what a newer one asks of you
    settings=SETTINGS,
    pace=Pace(poll=timedelta(minutes=1)),
    basis=Basis.COUNTED,  # the network tells no totals: the gateway adds up the gifts
    build=build,
    abilities=(ReadsDonations, ListsCampaigns, ListsDonations),
)
