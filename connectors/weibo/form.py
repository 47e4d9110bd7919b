"""A form of Weibo Pay's, and the text of it that is signed. Pure. *Observed*.

The signed text joins url-decoded values by ``&`` and ``=`` without escaping them, so a value that holds these signs reads as
several fields: whoever chooses one value of a genuine form can make others of it. One more reason why a form is no proof.
"""

from collections.abc import Mapping
from typing import Final, TypeAlias
from urllib.parse import unquote_to_bytes

from schema.model.errors import DeliveryRejected

Form: TypeAlias = Mapping[bytes, bytes]
"""Url-decoded values by name. Bytes, as the signature is over bytes."""

MAX_FIELDS: Final = 64
_UNSIGNED: Final = (b"sign", b"sign_type")


def read_form(raw: bytes) -> Form:
    """The fields of a body or a query string. Raises DeliveryRejected where one comes twice or there is none."""
    parts = raw.split(b"&", MAX_FIELDS)
    found: dict[bytes, bytes] = {}
    for part in parts:
        name, equals, value = (unquote_to_bytes(piece.replace(b"+", b" ")) for piece in part.partition(b"="))
        if not name or not equals or name in found:
            raise DeliveryRejected("form")
        found[name] = value
    if len(parts) > MAX_FIELDS:
        raise DeliveryRejected("form")
    return found


def signed_text(form: Form) -> bytes:
    """What is signed of a form: all fields that are not empty, in the byte order of their names, but the signature's own."""
    return b"&".join(name + b"=" + form[name] for name in sorted(form) if form[name] and name not in _UNSIGNED)
