"""Questions to WeChat Pay: signed by us, and believed only with its own signature.

https://pay.weixin.qq.com/doc/v3/merchant/4012365342 (signing), .../4012551764 (certificates)
"""

import secrets
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from typing import BinaryIO

from connectors.http import HttpRequest, HttpResponse
from connectors.ports import Ports
from connectors.wechat_pay import sheet
from connectors.wechat_pay.keys import KeyRing, read_certificates
from connectors.wechat_pay.settings import Account
from schema.model.errors import CredentialsRefused, DeliveryRejected, KeyUnknown, UpstreamGarbled


class Api:
    """One merchant's calls. All of them only read, so each may be repeated."""

    def __init__(self, account: Account, keys: KeyRing, ports: Ports) -> None:
        self._account, self._keys, self._ports = account, keys, ports

    async def get(self, path: str, budget: str = "default") -> HttpResponse:
        """The answer, whatever its status. A 2xx is verified; the body of any other is unsigned and proves nothing.

        Signed with a key that is not known, it makes the certificates be fetched, and is asked for once more.
        """
        unknown = False

        def check(response: HttpResponse) -> None:
            nonlocal unknown
            try:
                self._verify(response, self._keys)
            except UpstreamGarbled as error:
                unknown = isinstance(error.__cause__, KeyUnknown)
                raise

        request = self._request(self._account.base_url + path, budget, check)
        try:
            return await self._ports.http.send(request)
        except UpstreamGarbled:
            if not unknown:
                raise
        await self.refresh_keys()
        return await self._ports.http.send(request)

    def download(self, url: str) -> AbstractAsyncContextManager[BinaryIO]:
        """The file at an address that an answer gave, used exactly as given. Files carry no signature."""
        return self._ports.http.download(self._request(url, "bills", None))

    def scratch(self) -> AbstractContextManager[BinaryIO]:
        """An empty temporary file, for that file unpacked."""
        return self._ports.http.scratch()

    async def refresh_keys(self) -> None:
        """Replaces the fetched certificates by those valid now, or leaves everything as it was.

        Each is authenticated by the APIv3 key; the answer itself must be signed by one of them or a key of the settings.
        Where only public keys are given there is nothing to fetch.
        """
        if not self._keys.fetches:
            return

        def check(response: HttpResponse) -> None:
            if response.status == 200:
                fetched = read_certificates(self._account.apiv3_key, response.object())
                self._verify(response, self._keys.with_fetched(fetched))

        request = self._request(self._account.base_url + sheet.CERTIFICATES_PATH, "keys", check)
        response = await self._ports.http.send(request)
        if response.status == 404:  # *assumed* for merchants that never had one
            raise CredentialsRefused("WeChat Pay has no certificate for this merchant: verification_keys needs its public key")
        answer = response.expect(200).object()
        self._keys.replace(read_certificates(self._account.apiv3_key, answer))

    def _request(self, url: str, budget: str, check: Callable[[HttpResponse], None] | None) -> HttpRequest:
        headers = {"Accept": "application/json", "User-Agent": "giving-gateway"}
        if self._keys.public_key_id:
            headers[sheet.SERIAL_HEADER] = self._keys.public_key_id
        return HttpRequest("GET", url, headers, sign=self._sign, check=check, budget=budget)

    def _sign(self, request: HttpRequest) -> Mapping[str, str]:
        _, _, rest = request.url.partition("://")
        path = f"/{rest.partition('/')[2]}"  # with its query, as it is sent
        timestamp, nonce = str(int(self._ports.clock.now().timestamp())), secrets.token_hex(16)
        lines = (request.method.encode(), path.encode(), timestamp.encode(), nonce.encode(), request.body)
        signature = self._account.sign(b"".join(line + b"\n" for line in lines))
        credentials = {
            "mchid": self._account.mchid,
            "nonce_str": nonce,
            "timestamp": timestamp,
            "serial_no": self._account.merchant_serial,
            "signature": signature,
        }
        listed = ",".join(f'{name}="{value}"' for name, value in credentials.items())
        return {"Authorization": f"{sheet.SIGNATURE_TYPE} {listed}"}

    def _verify(self, response: HttpResponse, keys: KeyRing) -> None:
        """Checks a 2xx. A probe is a wrong signature like any other; asking again gives a right one."""
        if not 200 <= response.status < 300:
            return
        try:
            keys.verify(response.headers, response.body, self._ports.clock.now())
        except DeliveryRejected as error:
            raise UpstreamGarbled(f"an answer is not signed as it must be ({error.reason})") from error
