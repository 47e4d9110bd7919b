"""Refusals of the Open API, by number.

https://open.weibo.com/wiki/Error_code and https://open.weibo.com/wiki/Oauth2/access_token
"""

from typing import Final

MESSAGES: Final = {
    10001: "System error!",
    10004: "IP limit!",
    10005: "Permission denied, need a high level appkey!",
    10006: "Source paramter (appkey) is missing!",
    10014: "Insufficient app permissions!",
    10016: "Miss required parameter!",
    10017: "Parameter value is not valid!",
    10020: "Request api not found!",
    10021: "HTTP method is not suported for this request!",
    10022: "IP requests out of rate limit!",
    10023: "User requests out of rate limit!",
    10024: "User requests for this api out of rate limit!",
    20003: "User does not exists!",
    20101: "Target weibo does not exist!",
    20112: "Permission Denied, the target weibo is hidden by its author!",
    21314: "Token has been used!",
    21315: "Token expired!",
    21316: "Token revoked!",
    21317: "Token rejected!",
    21321: "Applications over the unaudited use restrictions!",
    21322: "redirect_uri_mismatch",
    21323: "invalid_request",
    21324: "invalid_client",
    21325: "invalid_grant",
    21327: "expired_token",
    21328: "unsupported_grant_type",
    21332: "invalid_access_token",
    21335: "uid parameter must be current user!",
}
"""Their words. All but those of 10023 and of the 2132x are *assumed*: decide by the number."""

FORBIDDEN: Final = frozenset({10004, 10005, 10014})
"""Answered with 403, the others with 400: *assumed*, as it is documented nowhere."""


class Refused(Exception):
    """A call that is answered with an error."""

    def __init__(self, code: int, detail: str = "") -> None:
        super().__init__(f"{code} {detail}")
        self.code = code
        self.detail = detail
        self.message = MESSAGES.get(code, "System error!") + (f" ({detail})" if detail else "")
        self.status = 403 if code in FORBIDDEN else 400
