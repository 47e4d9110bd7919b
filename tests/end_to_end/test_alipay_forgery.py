"""What Alipay did not sign, or not for this merchant, is refused with 401 and an empty body, and writes nothing."""

import random
from collections.abc import Callable
from typing import Final
from urllib.parse import parse_qsl, urlencode

import pytest

from connectors.alipay.emulator.faults import Fault
from connectors.alipay.emulator.signing import sign_weakly, signed_text
from connectors.testing.emulation import Outgoing
from tests.end_to_end.alipay_shop import ATTACH, PATH, SCHOOL, AlipayShop

pytestmark = pytest.mark.asyncio(loop_scope="module")

Form = dict[str, str]


def changed(**fields: str) -> Callable[[Form, AlipayShop], Form]:
    """Puts other values in place."""
    return lambda form, _: form | fields


def without(name: str) -> Callable[[Form, AlipayShop], Form]:
    """Leaves a field out."""
    return lambda form, _: {key: value for key, value in form.items() if key != name}


def swapped(form: Form, _: AlipayShop) -> Form:
    """Two values change places."""
    return form | {"trade_no": form["out_trade_no"], "out_trade_no": form["trade_no"]}


def weak(form: Form, shop: AlipayShop) -> Form:
    """Signed by Alipay's own key with the old hash, under the name of the new one."""
    return form | {"sign": sign_weakly(shop.alipay.keys.alipay, signed_text(form, without=("sign", "sign_type")))}


def flipped(form: Form, shop: AlipayShop) -> Form:
    """One letter of a signed value is another one."""
    name = random.Random(shop.seed).choice(sorted(key for key in form if key not in ("sign", "sign_type")))
    return form | {name: chr(ord(form[name][0]) ^ 1) + form[name][1:]}


SPOILED: Final[dict[str, tuple[Callable[[Form, AlipayShop], Form], str]]] = {
    "one letter flipped": (flipped, "signature"),
    "another amount": (changed(total_amount="9999.00"), "signature"),
    "a refund of nothing added": (changed(refund_fee="0.00"), "signature"),
    "two values swapped": (swapped, "signature"),
    "a field left out": (without("buyer_id"), "signature"),
    "the kind of signature weaker": (changed(sign_type="RSA"), "sign_type"),
    "the kind of signature left out": (without("sign_type"), "sign_type"),
    "the hash weaker, under the good name": (weak, "signature"),
    "no signature": (without("sign"), "signature"),
    "a signature that is no base64": (changed(sign="签名"), "signature"),
}
FAULTS: Final[dict[Fault, str]] = {
    Fault.TAMPERED: "signature",
    Fault.APP_KEY: "signature",
    Fault.WEAK_HASH: "sign_type",
    Fault.WRONG_SELLER: "seller",
    Fault.WRONG_APP: "app",
}


async def refused(shop: AlipayShop, outgoing: Outgoing, reason: str) -> None:
    """Sends a delivery and looks at everything that may come of it."""
    before, rejected = await shop.written(), {"account": "giving", "reason": reason}
    counted = await shop.count("giving_deliveries_rejected_total", **rejected)

    reply = await shop.post(PATH, outgoing.headers, outgoing.body)

    assert (reply.status, reply.body) == (401, b"")
    assert await shop.written() == before
    assert await shop.count("giving_deliveries_rejected_total", **rejected) == counted + 1


@pytest.mark.parametrize("how", SPOILED)
async def test_a_spoiled_notice_is_refused_and_writes_nothing(shop: AlipayShop, how: str) -> None:
    spoil, reason = SPOILED[how]
    genuine = shop.notice(await shop.untold(), {})
    form = dict(parse_qsl(genuine.body.decode(), strict_parsing=True))

    await refused(shop, Outgoing(genuine.headers, urlencode(spoil(form, shop)).encode()), reason)

    await shop.agree()


async def test_a_field_that_comes_twice_is_refused_as_nobody_knows_which_was_signed(shop: AlipayShop) -> None:
    genuine = shop.notice(await shop.untold(), {})

    await refused(shop, Outgoing(genuine.headers, b"total_amount=9999.00&" + genuine.body), "form")


@pytest.mark.parametrize("fault", FAULTS)
async def test_what_is_signed_for_another_or_by_another_is_refused(shop: AlipayShop, fault: Fault) -> None:
    await refused(shop, shop.notice(await shop.untold(), {}, fault), FAULTS[fault])


async def test_what_was_refused_once_counts_when_it_is_resent_as_it_should_be(shop: AlipayShop) -> None:
    shop.alipay.faults.once(Fault.WRONG_SELLER)
    before = len(shop.alipay.sender.attempts)
    await shop.alipay.pay(4_321, attach=ATTACH, book=SCHOOL)

    await shop.agree()

    assert [each.status for each in shop.alipay.sender.attempts[before:]] == [401, 200]
