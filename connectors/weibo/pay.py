"""Questions to Weibo Pay, signed with the seller's key. *Observed*. *Assumed*: answers carry no signature of their own."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from connectors.http import HttpRequest
from connectors.ports import Ports
from connectors.reading import readable
from connectors.weibo import mapping, sheet
from connectors.weibo.fields import number
from connectors.weibo.form import signed_text
from connectors.weibo.settings import PayAccount
from schema.model.errors import NotFound, Unreadable, UpstreamGarbled
from schema.model.facts import Movement


class PayApi:
    """One seller's calls. All of them only read, so each may be repeated."""

    def __init__(self, account: PayAccount, ports: Ports) -> None:
        self._account, self._ports = account, ports

    async def payment(self, pay_id: str) -> Sequence[Movement]:
        """The payment as it is now, then its refunds. Raises NotFound."""
        try:
            number({"pay_id": pay_id}, "pay_id")
        except Unreadable:
            raise NotFound("Weibo Pay has no number of that form") from None
        data = await self._ask(sheet.PAY_QUERY, {"pay_id": pay_id})
        with readable():
            return mapping.movements(data, pay_id, self._account, self._ports.clock.now())

    async def _ask(self, call: str, what: Mapping[str, str]) -> Mapping[str, Any]:
        account = self._account
        form = {"appkey": account.appkey, "seller_id": account.seller_id, **what}
        signature = account.sign(signed_text({name.encode(): value.encode() for name, value in form.items()}))
        body = urlencode({**form, "sign_type": sheet.SIGN_TYPE, "sign": signature}).encode()
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        request = HttpRequest("POST", f"{account.pay_url}/{call}", headers, body, budget="pay")
        answer = (await self._ports.http.send(request)).expect(200).object()
        with readable():
            code = number(answer, "code")
        if code != sheet.SUCCESS:  # which codes there are is not known, so none of them says that there is no payment
            raise UpstreamGarbled(f"Weibo Pay answered {call} with the code {code}")
        data = answer.get("data")
        if not data:  # *assumed*
            raise NotFound("Weibo Pay knows no such payment")
        if not isinstance(data, dict):
            raise UpstreamGarbled("the answer's data is no object")
        return data
