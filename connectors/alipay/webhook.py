"""A notification: its form taken apart once, verified over the bytes of its values, then read. Pure.

https://docs.open.alipay.com/270/105902. The form is never encoded again, so it does not matter how a sender writes ``%2B``.
It is not dated in a way that could end it: one that is sent again tells the same state, which the ledger counts once.
"""

import re
from collections.abc import Mapping
from typing import Final, TypeAlias
from urllib.parse import unquote_to_bytes

from connectors.alipay import mapping, sheet
from connectors.alipay.fields import moment
from connectors.alipay.settings import Account
from connectors.contract import Delivery, Receipt, Reply
from schema.model.errors import BadUserInput, DeliveryRejected, Unreadable
from schema.model.facts import Unrecognised
from schema.model.text import plain

REPLY: Final = Reply(200, sheet.REPLY)

Form: TypeAlias = Mapping[bytes, bytes]

_UNSIGNED: Final = frozenset({b"sign", b"sign_type"})
_SWALLOWED: Final = re.compile(b"&(?:" + b"|".join(name.encode() for name in sheet.READ_FIELDS) + b")=")


def receive(delivery: Delivery, account: Account) -> Receipt:
    """Looks into nothing before the signature is good. Raises DeliveryRejected or Unreadable."""
    form = _form(delivery.body)
    _verify(form, account)
    fields = _texts(form)
    if fields.get("app_id") != account.app_id:
        raise DeliveryRejected("app")
    kind = fields.get("notify_type")
    if kind != sheet.TRADE_NOTICE:
        return Receipt((Unrecognised(plain(kind, 100) or "unnamed"),), reply=REPLY)
    if fields.get("seller_id") != account.seller_id:
        raise DeliveryRejected("seller")
    try:
        told_at = moment(fields, "notify_time") or delivery.received_at
        return Receipt((mapping.notified(fields, account, told_at),), reply=REPLY)
    except BadUserInput as error:
        raise Unreadable(error.code.lower()) from error


def _form(body: bytes) -> Form:
    """The fields, decoded once. A name that comes twice would leave open which of its values was signed."""
    form: dict[bytes, bytes] = {}
    for pair in body.split(b"&"):
        name, is_given, value = (unquote_to_bytes(part) for part in pair.replace(b"+", b" ").partition(b"="))
        if not is_given or name in form:
            raise DeliveryRejected("form")
        form[name] = value
    return form


def _verify(form: Form, account: Account) -> None:
    """Checks the signature over the sorted fields without ``sign`` and ``sign_type``, the empty ones left out.

    The kind of signature is ours to say: RSA, with SHA-1, is refused. A value that holds another field of ours could be
    two fields run together, which are signed alike.
    """
    if form.get(b"sign_type") != sheet.SIGN_TYPE.encode():
        raise DeliveryRejected("sign_type")
    if any(_SWALLOWED.search(value) for value in form.values()):
        raise DeliveryRejected("border")
    signed = b"&".join(name + b"=" + value for name, value in sorted(form.items()) if value and name not in _UNSIGNED)
    account.verify(form.get(b"sign", b"").decode("ascii", "replace"), signed)


def _texts(form: Form) -> Mapping[str, str]:
    """*Assumed*: UTF-8, as every order asks for that charset."""
    try:
        return {name.decode(): value.decode() for name, value in form.items()}
    except UnicodeDecodeError:
        raise Unreadable("charset") from None
