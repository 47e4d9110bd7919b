"""Twitch: charity campaigns and their donations."""

from datetime import timedelta
from types import MappingProxyType
from typing import Final

from connectors.contract import KeepsFeed, ListsCampaigns, ListsDonations, ReadsCampaigns, ReceivesDeliveries
from connectors.spec import CONTRACT_VERSION, ConnectorSpec, Pace
from connectors.twitch.connector import build
from connectors.twitch.settings import SETTINGS
from schema.model.total import Basis

CONNECTOR: Final = ConnectorSpec(
    key="twitch",
    name="Twitch",
    homepage="https://www.twitch.tv",
    contract_version=CONTRACT_VERSION,
    settings=SETTINGS,
    # 800 points a minute: https://dev.twitch.tv/docs/api/guide/#twitch-rate-limits ; a charity call costs one (*assumed*)
    pace=Pace(poll=timedelta(seconds=60), budgets=MappingProxyType({"default": 800})),
    basis=Basis.REPORTED,
    build=build,
    # Of the default transport; with "websocket" ListensToFeed stands in the place of ReceivesDeliveries and KeepsFeed.
    abilities=(ReceivesDeliveries, ReadsCampaigns, ListsCampaigns, ListsDonations, KeepsFeed),
)
