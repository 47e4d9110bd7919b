"""One account at work: its connector and what the gateway knows of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from connectors.contract import Connector, KeepsFeed, ListensToFeed, ReceivesDeliveries
from connectors.ports import Ports
from connectors.spec import ConnectorSpec, Secret, Settings
from gateway.outbound.breaker import Breaker
from schema.model.errors import NotFound, OperatorError

_FINDS: Final = "+"


@dataclass(frozen=True, slots=True)
class Outfit:
    """What an account is built with. The breaker is that of its ports, for whoever wants to know how its network is."""

    ports: Ports
    breaker: Breaker = field(default_factory=Breaker)


@dataclass(frozen=True, slots=True, eq=False)
class Account:
    """``name`` is the configuration's. The connector is any object with at least one ability, built from ``settings``.

    Two are equal when they are the same one: an account that was built anew is another, with keys and tokens of its own.
    """

    name: str
    spec: ConnectorSpec
    connector: Connector
    settings: Settings = field(default_factory=dict, repr=False)
    breaker: Breaker = field(default_factory=Breaker, repr=False)
    receiver: ReceivesDeliveries | None = field(init=False, repr=False)
    """The connector, where its network delivers: it is asked for at every delivery, and a Protocol looks at each method."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "receiver", self.connector if isinstance(self.connector, ReceivesDeliveries) else None)

    @property
    def platform(self) -> str:
        """The network's key."""
        return self.spec.key

    def was_built_from(self, spec: ConnectorSpec, settings: Settings) -> bool:
        """Whether building it again would bring nothing new, so that it may stay at work."""
        return self.spec is spec and _plain(self.settings) == _plain(settings)

    @property
    def finder(self) -> "Account":
        """The same under the name by which it finds campaigns that no setting lists."""
        return replace(self, name=finder(self.name))

    @property
    def is_told(self) -> bool:
        """Whether its network sends by itself, so that what cannot be applied has to wait in quarantine."""
        return self.receiver is not None or isinstance(self.connector, ListensToFeed)

    @property
    def is_silent(self) -> bool:
        """Whether its network neither sends nor is asked: what is known of it people bring, as files."""
        return self.spec.pace.poll is None and not self.is_told and not isinstance(self.connector, KeepsFeed)


def finder(account: str) -> str:
    """By which name that is known which an account with ``lookup`` has found: no account can be called so.

    What strangers ask for is thus no part of what belongs to the account: of its seasons, its lists and its milestones.
    """
    return f"{account}{_FINDS}"


def is_finder(account: str) -> bool:
    """Whether this is such a name."""
    return account.endswith(_FINDS)


def _plain(settings: Settings) -> dict[str, object]:
    return {name: value.reveal() if isinstance(value, Secret) else value for name, value in settings.items()}


def breakers(accounts: Mapping[str, Account]) -> dict[str, Breaker]:
    """The breaker of each."""
    return {name: account.breaker for name, account in accounts.items()}


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
