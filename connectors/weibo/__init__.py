"""Sina Weibo: engagement through the Open API, and donations that are payments to a seller of Weibo Pay."""

from typing import Final

from connectors.contract import ReadsDonations, ReadsExports, ReadsFollowers, ReadsPosts, ReceivesDeliveries
from connectors.spec import CONTRACT_VERSION, ConnectorSpec, Pace
from connectors.weibo.connector import build
from connectors.weibo.settings import SETTINGS
from connectors.weibo.sheet import BUDGETS, POSTS_EVERY, ZONE
from connectors.weibo.webhook import REPLY
from schema.model.total import Basis

CONNECTOR: Final = ConnectorSpec(
    key="weibo",
    name="Sina Weibo",
    homepage="https://weibo.com",
    contract_version=CONTRACT_VERSION,
    settings=SETTINGS,
    pace=Pace(posts=POSTS_EVERY, budgets=BUDGETS, zone=ZONE, daily={"default": "calls_per_day"}),
    basis=Basis.COUNTED,
    build=build,
    declares_campaigns=True,
    accepted=REPLY,
    abilities=(ReceivesDeliveries, ReadsDonations, ReadsExports, ReadsPosts, ReadsFollowers),
)
