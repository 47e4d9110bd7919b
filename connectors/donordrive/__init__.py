"""DonorDrive: participants, teams and events of one program, such as Extra Life."""

from types import MappingProxyType
from typing import Final

from connectors.contract import ListsCampaigns, ListsDonations, ReadsCampaigns, ReadsMilestones
from connectors.donordrive import sheet
from connectors.donordrive.connector import build
from connectors.donordrive.settings import SETTINGS
from connectors.spec import CONTRACT_VERSION, ConnectorSpec, Pace
from schema.model.total import Basis

CONNECTOR: Final = ConnectorSpec(
    key="donordrive",
    name="DonorDrive",
    homepage="https://www.donordrive.com",
    contract_version=CONTRACT_VERSION,
    settings=SETTINGS,
    pace=Pace(
        poll=sheet.SPACING,
        milestones=sheet.MILESTONES_EVERY,
        budgets=MappingProxyType({"default": sheet.CALLS_A_MINUTE}),
        spacing=MappingProxyType({"default": sheet.SPACING}),
    ),
    basis=Basis.REPORTED,
    build=build,
    abilities=(ReadsCampaigns, ListsCampaigns, ListsDonations, ReadsMilestones),
)
