"""A notification: verified, decrypted, then read by what it is. Pure.

https://pay.weixin.qq.com/doc/v3/merchant/4012791861 (payments), .../4012791865 (refunds)
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final, TypeAlias

from connectors.contract import Delivery, Receipt, Reply
from connectors.http import read_json
from connectors.reading import text, word
from connectors.wechat_pay import mapping, sheet
from connectors.wechat_pay.fields import moment
from connectors.wechat_pay.keys import KeyRing
from connectors.wechat_pay.mapping import Payload
from connectors.wechat_pay.merchant import Merchant
from connectors.wechat_pay.sealed import unseal
from connectors.wechat_pay.settings import Account
from schema.model.errors import BadUserInput, Unreadable, UpstreamGarbled
from schema.model.facts import DonationState, Fact, Unrecognised
from schema.model.text import plain

REPLY: Final = Reply(200, sheet.REPLY, "application/json")

Facts: TypeAlias = tuple[Fact | None, ...]
"""None stands for what is genuine and not known to us."""


def receive(delivery: Delivery, account: Account, keys: KeyRing) -> Receipt:
    """Looks into nothing before the signature over the bytes is good. Raises DeliveryRejected, KeyUnknown or Unreadable.

    A signature probe (``WECHATPAY/SIGNTEST/...``) has a wrong signature and needs no rule of its own; so has an XML callback
    of the older API, which is not signed at all.
    """
    keys.verify(delivery.headers, delivery.body, delivery.received_at)
    envelope = _object(delivery.body)
    event, sealed = word(envelope, "event_type"), envelope.get("resource")
    original = (text(sealed, "original_type") if isinstance(sealed, Mapping) else None) or ""
    read = _READERS.get((event, original))
    if read is None:
        return Receipt((_unknown(event, original),), reply=REPLY)
    payload = _object(unseal(account.apiv3_key, sealed))
    try:
        facts = read(payload, account, moment(envelope, "create_time", delivery.received_at))
    except BadUserInput as error:
        raise Unreadable(error.code.lower()) from error
    return Receipt(tuple(fact or _unknown(event, original) for fact in facts), reply=REPLY)


def _unknown(event: str, original: str) -> Unrecognised:
    return Unrecognised(plain(f"{event}/{original}", 100) or "unnamed")


def _object(body: bytes) -> Payload:
    try:
        found = read_json(body)
    except UpstreamGarbled as error:
        raise Unreadable("json") from error
    if not isinstance(found, Mapping):
        raise Unreadable("json")
    return found


def _transaction(payload: Payload, account: Account, otherwise: datetime) -> Facts:
    """What was paid, told by its fields: other products use the same event for what are no orders of ours."""
    if payload.keys() & sheet.OTHER_PRODUCTS:
        return (None,)
    if payload.keys() >= sheet.COMBINED_FIELDS:
        return _combined(payload, account, otherwise)
    direct = payload.keys() >= sheet.DIRECT_FIELDS and not payload.keys() & {"sp_mchid", "sub_mchid"}
    if not direct and not payload.keys() >= sheet.PARTNER_FIELDS:
        return (None,)
    merchant = _ours(Merchant.of(payload), account)
    return (_known(mapping.payment(payload, merchant, mapping.app_of(payload, account.appid), otherwise)),)


def _combined(payload: Payload, account: Account, otherwise: datetime) -> Facts:
    """Every order of a combined payment is a donation of its own, except those that other merchants are paid."""
    if word(payload, "combine_mchid") != account.mchid:
        raise Unreadable("merchant")
    orders = payload["sub_orders"]
    if not isinstance(orders, list) or not all(isinstance(order, Mapping) for order in orders):
        raise Unreadable("sub_orders")
    app = text(payload, "combine_appid") or account.appid
    owned = [(order, merchant) for order in orders if account.owns(merchant := Merchant.of(order))]
    if not owned:
        raise Unreadable("merchant")
    facts = [_known(mapping.payment(order, merchant, app, otherwise)) for order, merchant in owned]
    return (*facts, *([None] * (len(orders) > len(owned))))


def _refund(payload: Payload, account: Account, otherwise: datetime) -> Facts:
    return (mapping.refund(payload, _ours(Merchant.of(payload), account), otherwise),)


def _known(fact: DonationState | None) -> DonationState:
    """An order of ours in a state that we do not know may be money: it waits for somebody to look at it."""
    if fact is None:
        raise Unreadable("trade_state")
    return fact


def _ours(merchant: Merchant, account: Account) -> Merchant:
    if not account.owns(merchant):
        raise Unreadable("merchant")
    return merchant


# By event_type and original_type; a moved profit share is a TRANSACTION.SUCCESS too. Budgets of corporate matching and
# the echo test are among the unknown: neither says that money reached a charity.
_READERS: Final[Mapping[tuple[str, str], Callable[[Payload, Account, datetime], Facts]]] = MappingProxyType(
    {
        ("TRANSACTION.SUCCESS", "transaction"): _transaction,
        ("REFUND.SUCCESS", "refund"): _refund,
        ("REFUND.ABNORMAL", "refund"): _refund,
        ("REFUND.CLOSED", "refund"): _refund,
    }
)
