"""What a partner says about a connector so that the suite can put it on the bench."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import UTC, timedelta, tzinfo
from typing import Any, ClassVar, Generic, TypeAlias, TypeVar

from connectors.spec import ConnectorSpec
from connectors.testing.emulation import Emulator
from schema.model.money import MAX_DONATION

AnyEmulator = TypeVar("AnyEmulator", bound=Emulator)


class Case(ABC, Generic[AnyEmulator]):
    """A connector with its emulator: ``spec``, ``emulator`` and ``give`` at least, and ``canaries``.

    Where the network pushes also ``stranger``, ``signed_headers`` and ``window``. Further methods are those of the protocols
    in ``connectors.testing.conformance.hooks``.
    """

    spec: ClassVar[ConnectorSpec]

    signed_headers: ClassVar[tuple[str, ...]] = ()
    """The headers without which, or with another value of which, a delivery must be refused."""
    window: ClassVar[timedelta | None] = None
    """How far a delivery's own time may be from its receipt."""
    canaries: ClassVar[tuple[str, ...]] = ()
    """What the emulator writes into the personal fields that the network does not show to everybody."""

    zone: ClassVar[tzinfo] = UTC
    """The zone of the days of the network's statements."""
    abilities: ClassVar[tuple[type, ...] | None] = None
    """The abilities of an account with these settings, where they are others than the spec lists."""
    largest: ClassVar[int] = MAX_DONATION
    """The largest donation that the network takes, in minor units."""

    @abstractmethod
    def emulator(self) -> AnyEmulator:
        """A new emulator of the network."""

    def stranger(self) -> AnyEmulator:
        """A new emulator with another account of the network: other secrets, for deliveries that must be refused."""
        raise NotImplementedError("stranger() gives an emulator with other secrets")

    @abstractmethod
    async def give(self, emulator: AnyEmulator, minor: int) -> None:
        """Makes one donation of this many minor units, as a donor would."""

    async def settle(self, emulator: AnyEmulator) -> None:
        """Waits until nothing is under way any more."""
        await emulator.sender.settle()

    def campaign_ids(self, emulator: AnyEmulator) -> Sequence[str]:
        """The native ids of the campaigns that the connector is to hear of and is asked for."""
        return tuple(emulator.books)

    @property
    def package(self) -> str:
        """The connector's package, in which its case lies."""
        return type(self).__module__.rpartition(".")[0]

    @property
    def able(self) -> frozenset[type]:
        """The abilities that the connector is to have."""
        return frozenset(self.spec.abilities if self.abilities is None else self.abilities)


AnyCase: TypeAlias = Case[Any]
