"""What a partner says about a connector so that the suite can put it on the bench."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from datetime import UTC, timedelta, tzinfo
from types import MappingProxyType
from typing import Any, ClassVar, Generic, Protocol, TypeAlias, TypeVar, runtime_checkable

from connectors.contract import ConnectorSpec
from connectors.testing.emulation import Emulator

AnyEmulator = TypeVar("AnyEmulator", bound=Emulator)


class Case(ABC, Generic[AnyEmulator]):
    """A connector with its emulator: ``spec``, ``emulator`` and ``give`` at least, and ``canaries``.

    Where the network pushes also ``stranger``, ``signed_headers`` and ``window``. Further methods are those of the protocols
    below: having the method is having what it is about.
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
    exempt: ClassVar[Mapping[str, str]] = MappingProxyType({})
    """Rules by name that cannot hold for this network, each with the reason."""

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
    def able(self) -> frozenset[type]:
        """The abilities that the connector is to have."""
        return frozenset(self.spec.abilities if self.abilities is None else self.abilities)


AnyCase: TypeAlias = Case[Any]


@runtime_checkable
class TakesBack(Protocol):
    """A case whose network tells refunds."""

    async def take_back(self, emulator: Any) -> None:
        """Refunds the newest donation, whole or in part."""
        ...


@runtime_checkable
class SaysUnknown(Protocol):
    """A case whose emulator can send what the connector does not know."""

    async def say_unknown(self, emulator: Any) -> None:
        """Sends a genuine, signed message of a kind that is in no table."""
        ...


@runtime_checkable
class SaysPoison(Protocol):
    """A case whose emulator can send what nobody can read."""

    async def say_poison(self, emulator: Any) -> None:
        """Sends a genuine, signed message of a known kind whose content is absurd."""
        ...


@runtime_checkable
class HandsOverExports(Protocol):
    """A case whose network hands over files, where it keeps no statements."""

    async def export(self, emulator: Any) -> bytes:
        """A file with every donation so far."""
        ...


@runtime_checkable
class HasPosts(Protocol):
    """A case whose network has public posts with counters. Must be there where the connector reads posts."""

    async def publish(self, emulator: Any) -> str:
        """Makes a post that nobody has reacted to, and gives its native id."""
        ...

    async def engage(self, emulator: Any, post: str, reposts: int, comments: int, likes: int) -> None:
        """Moves the counters of a post by so much, up or down."""
        ...

    async def take_down(self, emulator: Any, post: str) -> None:
        """Deletes a post."""
        ...


@runtime_checkable
class HasFollowers(Protocol):
    """A case whose network has public accounts with followers. Must be there where the connector counts followers."""

    async def introduce(self, emulator: Any, followers: int) -> str:
        """Makes a public account with so many followers, and gives its native id."""
        ...
