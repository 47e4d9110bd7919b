"""The secrets with which donors' ids are hashed. Without them nobody can tell from a key whose it is, by trying all ids."""

import hashlib
import hmac
from collections.abc import Sequence


class Peppers:
    """The newest first: it makes the keys that are kept from now on, and all of them find. With none, no key is kept."""

    __slots__ = ("_secrets",)

    def __init__(self, secrets: Sequence[bytes] = ()) -> None:
        self._secrets = tuple(secrets)

    def keys(self, platform: str, donor: str | None) -> tuple[bytes, ...]:
        """The 32 bytes under which a donor is known, one key for each pepper. ``donor`` is unique over the whole network."""
        if donor is None:
            return ()
        named = f"{platform}\n{donor}".encode("utf-8", "surrogatepass")
        return tuple(hmac.digest(secret, named, hashlib.sha256) for secret in self._secrets)
