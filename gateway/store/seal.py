"""Sealing of what lies on disk or in Redis and is nobody's business: tokens, quarantine, archive."""

import hashlib
import hmac
import os
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from schema.model.errors import SettingsInvalid, Unreadable

KEY_BYTES: Final = 32
_VERSION: Final = b"\x01"
_MARK: Final = 4
_NONCE: Final = 12
_HEAD: Final = 1 + _MARK + _NONCE
_TAG: Final = 16


def new_data_key() -> bytes:
    """A key for a Sealer, from the system's randomness."""
    return os.urandom(KEY_BYTES)


class Sealer:
    """AES-256-GCM with a random nonce, good for 2^32 messages a key.

    A sealed message is a version byte, a mark of the key, the nonce, the ciphertext and its tag: 33 bytes more than the
    plain one. The ``context`` says what is sealed and where it belongs; it is not kept, and opening needs the same.
    """

    def __init__(self, data_key: bytes) -> None:
        if len(data_key) != KEY_BYTES:
            raise SettingsInvalid([f"data_key: must have {KEY_BYTES} bytes"])
        self._cipher = AESGCM(data_key)
        # the mark tells a wrong key, which the operator can mend, from a message that was spoiled
        self._mark = hmac.new(data_key, b"giving-gateway data_key", hashlib.sha256).digest()[:_MARK]

    def seal(self, plain: bytes, context: str) -> bytes:
        """The message sealed; never twice the same."""
        nonce = os.urandom(_NONCE)
        return _VERSION + self._mark + nonce + self._cipher.encrypt(nonce, plain, self._bound(context))

    def open(self, sealed: bytes, context: str) -> bytes:
        """The message. Raises SettingsInvalid when another key sealed it, Unreadable when it is not whole, not of this
        version, or belongs elsewhere.
        """
        if len(sealed) < _HEAD + _TAG or sealed[:1] != _VERSION:
            raise Unreadable("sealed_form")
        if not hmac.compare_digest(sealed[1 : 1 + _MARK], self._mark):
            raise SettingsInvalid(["data_key: is not the key that sealed what is stored; set the former one"])
        try:
            return self._cipher.decrypt(sealed[1 + _MARK : _HEAD], sealed[_HEAD:], self._bound(context))
        except InvalidTag:
            raise Unreadable("sealed") from None

    def _bound(self, context: str) -> bytes:
        return _VERSION + self._mark + context.encode()
