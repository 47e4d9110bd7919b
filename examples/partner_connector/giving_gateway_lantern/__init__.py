"""Lantern: garlands of lanterns that people light for a cause at a festival, pushed and asked for."""

from datetime import timedelta
from typing import Final

from connectors.contract import ListsCampaigns, ListsDonations, ReadsMilestones, ReceivesDeliveries
from connectors.spec import ConnectorSpec, Pace
from schema.model.total import Basis

from giving_gateway_lantern.connector import build
from giving_gateway_lantern.settings import SETTINGS

CONNECTOR: Final = ConnectorSpec(
    key="lantern",
    name="Lantern",
    homepage="https://lantern.example",
    contract_version=2,  # the one it was tested for; CHANGES in connectors.spec says what a newer one asks of us
    settings=SETTINGS,
    # what is pushed arrives at once: a poll finds what was lost, and garlands that hang above others
    pace=Pace(poll=timedelta(minutes=1), milestones=timedelta(minutes=10)),
    basis=Basis.REPORTED,  # Lantern states what a garland has raised, cash from the donation boxes included
    build=build,
    abilities=(ReceivesDeliveries, ListsCampaigns, ListsDonations, ReadsMilestones),
)
