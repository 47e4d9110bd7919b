"""A notification of Weibo Pay's: verified, and then only asked which payment it names. Pure. *Observed*.

RSA over SHA-1 with keys of 1024 bits proves too little, and Weibo signs for all merchants with one key. So nothing that a
notification says counts: not its amount, not its status. It names a payment, and ``pay/query`` tells what became of that.
"""

from typing import Final

from connectors.contract import Delivery, Receipt, Reply
from connectors.weibo import sheet
from connectors.weibo.fields import number
from connectors.weibo.form import Form, read_form, signed_text
from connectors.weibo.settings import PayAccount
from schema.model.errors import DeliveryRejected, Unreadable
from schema.model.facts import Unrecognised
from schema.model.text import plain

REPLY: Final = Reply(200, sheet.REPLY, "text/plain")


def receive(delivery: Delivery, account: PayAccount) -> Receipt:
    """Names the payment to be read. Fields come as the body of a POST or in the query. Raises DeliveryRejected, Unreadable.

    A genuine one that names no payment, as perhaps for refunds, is Unrecognised.
    """
    form = read_form(delivery.body or delivery.query.encode("utf-8", "surrogatepass"))
    if form.get(b"sign_type", b"").lower() != sheet.SIGN_TYPE.encode():
        raise DeliveryRejected("sign_type")
    account.verify(form.get(b"sign", b"").decode("ascii", "replace"), signed_text(form))
    # The key is the same for every merchant: without these two, a payment to any of them would be accepted.
    if form.get(b"appkey") != account.appkey.encode() or form.get(b"seller_id") != account.seller_id.encode():
        raise DeliveryRejected("seller")
    if b"pay_id" not in form:
        return Receipt((Unrecognised(plain(_text(form, b"notify_type"), 100) or "unnamed"),), reply=REPLY)
    return Receipt(fetch=(number({"pay_id": _text(form, b"pay_id")}, "pay_id"),), reply=REPLY)


def _text(form: Form, name: bytes) -> str:
    try:
        return form.get(name, b"").decode()
    except UnicodeDecodeError:
        raise Unreadable(name.decode()) from None
