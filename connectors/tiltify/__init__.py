"""Tiltify: campaigns, team campaigns and fundraising events, with their donations and milestones."""

from datetime import timedelta
from typing import Final

from connectors.contract import (
    KeepsFeed,
    ListsCampaigns,
    ListsDonations,
    ReadsCampaigns,
    ReadsMilestones,
    ReceivesDeliveries,
)
from connectors.spec import CONTRACT_VERSION, ConnectorSpec, Pace
from connectors.tiltify.connector import build
from connectors.tiltify.settings import SETTINGS
from schema.model.total import Basis

CONNECTOR: Final = ConnectorSpec(
    key="tiltify",
    name="Tiltify",
    homepage="https://tiltify.com",
    contract_version=CONTRACT_VERSION,
    settings=SETTINGS,
    # No limit is published; clients that are pushed to ask every two minutes: https://github.com/daniellockard/nodecg-tiltify
    pace=Pace(poll=timedelta(seconds=120), milestones=timedelta(minutes=10)),
    basis=Basis.REPORTED,
    build=build,
    # Of an account with a webhook endpoint; without one there is neither ReceivesDeliveries nor KeepsFeed.
    abilities=(ReceivesDeliveries, ReadsCampaigns, ListsCampaigns, ListsDonations, ReadsMilestones, KeepsFeed),
)
