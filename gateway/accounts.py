"""One account at work: its connector and what the gateway knows of it."""

from collections.abc import Mapping
from dataclasses import dataclass

from connectors.contract import Connector, ConnectorSpec, KeepsFeed, ListensToFeed, ReceivesDeliveries
from schema.model.errors import NotFound, OperatorError


@dataclass(frozen=True, slots=True)
class Account:
    """``name`` is the configuration's. The connector is any object with at least one ability."""

    name: str
    spec: ConnectorSpec
    connector: Connector

    @property
    def platform(self) -> str:
        """The network's key."""
        return self.spec.key

    @property
    def is_silent(self) -> bool:
        """Whether its network neither sends nor is asked: what is known of it people bring, as files."""
        return self.spec.pace.poll is None and not isinstance(self.connector, ReceivesDeliveries | KeepsFeed | ListensToFeed)


def find(accounts: Mapping[str, Account], connector: str, name: str | None) -> Account:
    """The account that an address names: by name, or the connector's only one. Raises NotFound."""
    several = [account for account in accounts.values() if account.platform == connector]
    if name is None:
        if len(several) == 1:
            return several[0]
    else:
        for account in several:
            if account.name == name:
                return account
    raise NotFound("there is no such account")


def chosen(accounts: Mapping[str, Account], text: str) -> Account:
    """The account that an operator names: by its name, or by its connector's key where that has one only.

    Raises OperatorError.
    """
    several = [account for account in accounts.values() if account.platform == text]
    if text in accounts:
        return accounts[text]
    if len(several) == 1:
        return several[0]
    raise OperatorError(f"There is no account {text!r}, or several; these are configured: {', '.join(sorted(accounts))}.")
