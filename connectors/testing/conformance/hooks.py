"""What a case may say beyond the obligatory: having the method is having what it is about, and brings the rules about it."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Protocol, runtime_checkable

from schema.model.facts import Clues


@runtime_checkable
class TakesBack(Protocol):
    """A case whose network tells refunds."""

    async def take_back(self, emulator: Any) -> None:
        """Refunds the newest donation, whole or in part; of one of 100 minor units nothing is left then."""
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


@runtime_checkable
class HasMilestones(Protocol):
    """A case whose network has milestones. Must be there where the connector reads them."""

    async def promise(self, emulator: Any, title: str, minor: int) -> str:
        """Adds a milestone at a total to a campaign, and gives the native id of the campaign."""
        ...


@runtime_checkable
class HidesDonors(Protocol):
    """A case whose donors may stay unnamed."""

    async def give_anonymously(self, emulator: Any, minor: int) -> None:
        """Makes one donation whose donor does not want to be named."""
        ...


@runtime_checkable
class HidesAmounts(Protocol):
    """A case whose donors may hide the amount."""

    async def give_hidden(self, emulator: Any, minor: int) -> None:
        """Makes one donation whose amount the network does not tell; it is in the total."""
        ...


@runtime_checkable
class MovesTotals(Protocol):
    """A case whose network's totals move without a donation: money entered by staff, corrections."""

    async def move_total(self, emulator: Any, minor: int) -> None:
        """Adds so many minor units to the total of a campaign, or takes them off, and lists no donation."""
        ...


@runtime_checkable
class Rotates(Protocol):
    """A case whose network's deliveries can be signed with another key from now on."""

    async def rotate(self, emulator: Any) -> Mapping[str, Any]:
        """Signs with a new key from now on, and gives the account's settings that take the old one and the new one.

        ``Emulator.account`` gives those that take the new one alone.
        """
        ...


@runtime_checkable
class StopsFeeding(Protocol):
    """A case whose network stops to deliver by itself, until it is asked to go on."""

    async def stop_feeding(self, emulator: Any) -> None:
        """Nothing is delivered any more."""
        ...


@runtime_checkable
class TakesBackLater(Protocol):
    """A case whose network tells refunds that are under way, refused or failed."""

    async def take_back_later(self, emulator: Any) -> None:
        """Starts a refund of the newest donation that is not completed: it takes nothing off yet.

        Called several times in a row; each call may leave its refund in another of the network's states.
        """
        ...


@runtime_checkable
class GivesInVain(Protocol):
    """A case whose network tells donations that are not money: pending, failed, cancelled, refused."""

    async def give_in_vain(self, emulator: Any, minor: int) -> None:
        """Somebody tries to give so much, and it does not become money. That is told in every way that tells such things.

        Called several times in a row; each call may leave its donation in another of the network's states.
        """
        ...


@runtime_checkable
class CompletesLater(Protocol):
    """A case whose network tells a donation before it is money."""

    async def begin(self, emulator: Any, minor: int) -> None:
        """Somebody begins to give so much: it is told, in every way that tells such things, and is not money yet."""
        ...

    async def complete(self, emulator: Any) -> None:
        """What was begun last becomes money, and is told as such."""
        ...


@runtime_checkable
class SaysWords(Protocol):
    """A case whose donors, or whose merchant in their name, can say what they like."""

    async def give_saying(self, emulator: Any, minor: int, name: str, message: str) -> None:
        """Makes one donation with these words, as far as the network takes them: it may shorten them, or leave some out."""
        ...


@runtime_checkable
class HasPages(Protocol):
    """A case whose network's lists of donations come in pages."""

    async def fill_pages(self, emulator: Any) -> int:
        """Makes donations to one campaign, enough for three pages of a list, and says how many."""
        ...

    async def page_for_ever(self, emulator: Any, *, repeating: bool) -> None:
        """From now on each page of a list, of hardly anything, names another: ``repeating`` the same one, else a new one."""
        ...


@runtime_checkable
class GivesToOthers(Protocol):
    """A case whose network can show us what was given to others."""

    async def give_to_another(self, emulator: Any, minor: int) -> None:
        """Makes one donation to somebody else, and lets it come to us as if it were ours: in a list, a bill or a file."""
        ...


@runtime_checkable
class GivesTo(Protocol):
    """A case with several campaigns. It must be there, unless an account of the network never has more than one."""

    def takers(self, emulator: Any) -> Sequence[str]:
        """Those that gifts can be made to, as the books name them: two at least, and none that is only a sum of others."""
        ...

    async def give_to(self, emulator: Any, campaign: str, minor: int) -> None:
        """Makes one donation to one of them."""
        ...


@runtime_checkable
class Places(Protocol):
    """A case whose network has no campaigns, so that an operator's rules tell them by clues."""

    def place(self, clues: Clues) -> str | None:
        """The campaign that rules such as an operator writes find by these clues, whichever way they came. None without one."""
        ...


@runtime_checkable
class DamagesRows(Protocol):
    """A case whose network's lists cannot be damaged in transit, because they are signed, or no JSON."""

    async def damage_row(self, emulator: Any) -> None:
        """From now on lists say of the newest donation what nobody can read, such as an absurd amount."""
        ...


@runtime_checkable
class HasCurrencies(Protocol):
    """A case whose network's campaigns are in one of several currencies."""

    currencies: ClassVar[tuple[str, ...]]
    """Some that differ in how many decimals they have."""

    def emulator_in(self, currency: str) -> Any:
        """A new emulator whose campaigns are in this currency."""
        ...
