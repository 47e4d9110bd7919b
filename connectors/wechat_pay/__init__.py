"""WeChat Pay: donations are orders paid to a charity that is a merchant there."""

from typing import Final

from connectors.contract import FetchesStatements, ReadsDonations, ReadsExports, ReceivesDeliveries, RefreshesKeys
from connectors.spec import CONTRACT_VERSION, ConnectorSpec, Pace
from connectors.wechat_pay.connector import WeChatPay
from connectors.wechat_pay.settings import SETTINGS
from connectors.wechat_pay.sheet import BILLS_FROM, BILLS_KEPT, BUDGETS
from schema.model.total import Basis

CONNECTOR: Final = ConnectorSpec(
    key="wechat_pay",
    name="WeChat Pay",
    homepage="https://pay.weixin.qq.com",
    contract_version=CONTRACT_VERSION,
    settings=SETTINGS,
    pace=Pace(
        budgets=BUDGETS, statements_at=BILLS_FROM, statements_kept=BILLS_KEPT, statements_whole=True, zone="Asia/Shanghai"
    ),
    basis=Basis.COUNTED,
    build=WeChatPay.build,
    declares_campaigns=True,
    abilities=(ReceivesDeliveries, RefreshesKeys, ReadsDonations, ReadsExports, FetchesStatements),
)
