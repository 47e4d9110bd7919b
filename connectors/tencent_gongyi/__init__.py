"""Tencent Gongyi: no documented interface, so files that people hand over. Exports, and figures as they were published."""

from typing import Final

from connectors.contract import ReadsExports
from connectors.spec import CONTRACT_VERSION, ConnectorSpec, Pace
from connectors.tencent_gongyi.connector import TencentGongyi
from connectors.tencent_gongyi.settings import SETTINGS
from connectors.tencent_gongyi.sheet import HOMEPAGE
from schema.model.total import Basis

CONNECTOR: Final = ConnectorSpec(
    key="tencent_gongyi",
    name="腾讯公益 Tencent Gongyi",
    homepage=HOMEPAGE,
    contract_version=CONTRACT_VERSION,
    settings=SETTINGS,
    pace=Pace(poll=None, zone="Asia/Shanghai"),
    basis=Basis.COUNTED,
    build=TencentGongyi.build,
    declares_campaigns=True,
    abilities=(ReadsExports,),
)
