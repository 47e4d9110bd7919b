"""JustGiving: fundraising pages, teams and campaigns, and the donations to pages."""

from typing import Final

from connectors.contract import ListsCampaigns, ListsDonations, ReadsCampaigns
from connectors.justgiving.connector import build
from connectors.justgiving.settings import SETTINGS
from connectors.justgiving.sheet import POLL
from connectors.spec import CONTRACT_VERSION, ConnectorSpec, Pace
from schema.model.total import Basis

CONNECTOR: Final = ConnectorSpec(
    key="justgiving",
    name="JustGiving",
    homepage="https://www.justgiving.com",
    contract_version=CONTRACT_VERSION,
    settings=SETTINGS,
    pace=Pace(poll=POLL),
    basis=Basis.REPORTED,
    build=build,
    abilities=(ReadsCampaigns, ListsCampaigns, ListsDonations),
)
