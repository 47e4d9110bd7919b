"""Every error of the gateway, sorted by who must do what next.

::

    GivingError
    +-- CallerError              the caller changes the request
    |   +-- BadUserInput            BAD_USER_INPUT         a value is wrong
    |   |   +-- BadAmount           BAD_AMOUNT             no exact amount can be read
    |   |   +-- BadCurrency         BAD_CURRENCY           no such currency, or one without minor units
    |   |   +-- BadTime             BAD_TIME               no moment can be read
    |   +-- LimitExceeded           LIMIT_EXCEEDED         over a stated limit
    |   +-- NotFound                NOT_FOUND              names something that does not exist
    |   +-- DeliveryRejected        DELIVERY_REJECTED      an inbound message proved nothing (401)
    |       +-- KeyUnknown          KEY_UNKNOWN            signed by a key that we do not hold (yet)
    +-- OperatorError            the operator changes settings
    |   +-- SettingsInvalid         SETTINGS_INVALID       every problem of a configuration at once
    |   +-- CredentialsRefused      CREDENTIALS_REFUSED    a network does not accept our credentials
    |   +-- StoreUnsuitable         STORE_UNSUITABLE       no Redis, or one that evicts or forgets
    +-- TryLater                 we try again later
    |   +-- UpstreamUnavailable     UPSTREAM_UNAVAILABLE   a network is silent, slow, or asks for patience
    |   +-- LedgerUnavailable       LEDGER_UNAVAILABLE     a write could not be confirmed
    |   +-- ArchiveUnavailable      ARCHIVE_UNAVAILABLE    what must be kept could not be put on disk
    |   +-- QuarantineFull          QUARANTINE_FULL        what cannot be applied finds no room any more
    +-- ConnectorError           the connector, or what it was sent, must be looked at
        +-- Unreadable              UNREADABLE             verified, but not to be read: goes to quarantine
        +-- UpstreamGarbled         UPSTREAM_GARBLED       an answer that breaks the network's own protocol

``code`` is stable and may be matched by clients. ``retryable`` says whether the same call can succeed later.
``status_hint`` is the HTTP status that fits where an error leaves by HTTP.
Messages never hold bodies, secrets or identifiers of persons.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import ClassVar


class GivingError(Exception):
    """Base of all errors that this software raises on purpose."""

    code: ClassVar[str] = "INTERNAL"
    retryable: ClassVar[bool] = False
    status_hint: ClassVar[int] = 500


class CallerError(GivingError):
    """The caller must change the request."""

    status_hint = 400


class BadUserInput(CallerError):
    """A value is wrong. ``argument`` names it where there is a name, and ``limit`` the bound that it is over.

    Those bounds are said in the schema, and fixed; over one that an operator may set it is LimitExceeded.
    """

    code = "BAD_USER_INPUT"

    def __init__(self, message: str, *, argument: str | None = None, limit: str | None = None) -> None:
        super().__init__(message)
        self.argument = argument
        self.limit = limit


class BadAmount(BadUserInput):
    """No exact amount of money can be read from a text or number."""

    code = "BAD_AMOUNT"


class BadCurrency(BadUserInput):
    """No ISO 4217 currency with minor units has this code, or two currencies met."""

    code = "BAD_CURRENCY"


class BadTime(BadUserInput):
    """No moment can be read: wrong form, no zone where one is needed, or far outside of this century."""

    code = "BAD_TIME"


class LimitExceeded(CallerError):
    """Something is over a stated limit. ``limit`` is the limit's name."""

    code = "LIMIT_EXCEEDED"
    status_hint = 413

    def __init__(self, message: str, *, limit: str) -> None:
        super().__init__(message)
        self.limit = limit


class NotFound(CallerError):
    """The request names something that does not exist."""

    code = "NOT_FOUND"
    status_hint = 404


class DeliveryRejected(CallerError):
    """An inbound message proved nothing. ``reason`` is one word for a counter; it never reaches the sender."""

    code = "DELIVERY_REJECTED"
    status_hint = 401

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class KeyUnknown(DeliveryRejected):
    """The message names a key that we do not hold. Keys are refreshed once, then it is refused."""

    code = "KEY_UNKNOWN"

    def __init__(self) -> None:
        super().__init__("key_unknown")


class OperatorError(GivingError):
    """The operator must change settings."""


class SettingsInvalid(OperatorError):
    """All problems of a configuration at once, each beginning with its path in the file."""

    code = "SETTINGS_INVALID"

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


class CredentialsRefused(OperatorError):
    """A network does not accept the credentials of an account; asking again with the same ones is useless."""

    code = "CREDENTIALS_REFUSED"
    status_hint = 502


class StoreUnsuitable(OperatorError):
    """There is no Redis server, or the one there evicts keys or does not keep its data."""

    code = "STORE_UNSUITABLE"
    status_hint = 503


class TryLater(GivingError):
    """The same call can succeed later. ``retry_after`` is how long the other side asks to wait."""

    retryable = True
    status_hint = 503

    def __init__(self, message: str, *, retry_after: timedelta | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class UpstreamUnavailable(TryLater):
    """A network did not give an answer within its deadline and attempts, or asks for patience."""

    code = "UPSTREAM_UNAVAILABLE"


class LedgerUnavailable(TryLater):
    """A write to the ledger, or its durability, could not be confirmed."""

    code = "LEDGER_UNAVAILABLE"


class ArchiveUnavailable(TryLater):
    """What a network will not tell again could not be put on disk."""

    code = "ARCHIVE_UNAVAILABLE"


class QuarantineFull(TryLater):
    """What cannot be applied can be kept no more either: whoever sent it must send it again."""

    code = "QUARANTINE_FULL"


class ConnectorError(GivingError):
    """The connector, or what it was sent, must be looked at by a person."""

    status_hint = 502


class Unreadable(ConnectorError):
    """A verified message, or a row, that cannot be read. ``reason`` is one word for a counter."""

    code = "UNREADABLE"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class UpstreamGarbled(ConnectorError):
    """A network's answer breaks its own protocol: wrong types, a bad signature, a page that repeats."""

    code = "UPSTREAM_GARBLED"
