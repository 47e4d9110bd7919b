"""Alipay: donations are trades paid to a charity that is a merchant there."""

from datetime import time
from typing import Final

from connectors.alipay.connector import Alipay
from connectors.alipay.settings import SETTINGS
from connectors.alipay.sheet import BILLS_KEPT, BUDGETS
from connectors.alipay.webhook import REPLY
from connectors.contract import FetchesStatements, ReadsDonations, ReadsExports, ReceivesDeliveries
from connectors.spec import CONTRACT_VERSION, ConnectorSpec, Pace
from schema.model.total import Basis

CONNECTOR: Final = ConnectorSpec(
    key="alipay",
    name="Alipay",
    homepage="https://open.alipay.com",
    contract_version=CONTRACT_VERSION,
    settings=SETTINGS,
    pace=Pace(budgets=BUDGETS, statements_at=time(10), statements_kept=BILLS_KEPT, zone="Asia/Shanghai"),
    basis=Basis.COUNTED,
    build=Alipay.build,
    declares_campaigns=True,
    accepted=REPLY,
    abilities=(ReceivesDeliveries, ReadsDonations, ReadsExports, FetchesStatements),
)
