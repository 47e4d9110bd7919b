"""One organisation on Tencent Gongyi. It is never asked anything: what is known of it comes in files."""

from collections.abc import Iterator
from typing import BinaryIO, Self

from connectors.contract import ReadsExports, Row
from connectors.ports import Ports
from connectors.spec import Settings
from connectors.tencent_gongyi import statement
from connectors.tencent_gongyi.settings import Account


class TencentGongyi:
    """Reads the organisation's exports, and files of published figures."""

    def __init__(self, account: Account) -> None:
        self._account = account

    @classmethod
    def build(cls, settings: Settings, ports: Ports) -> Self:
        """Raises SettingsInvalid with every problem at once."""
        return cls(Account.of(settings))

    def read_export(self, source: BinaryIO) -> Iterator[Row]:
        """See ``statement.read_export``."""
        return statement.read_export(source, self._account)


_imports: type[ReadsExports] = TencentGongyi
