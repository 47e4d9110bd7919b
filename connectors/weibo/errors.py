"""What Weibo's Open API means when it does not answer the question.

https://open.weibo.com/wiki/Error_code . The code decides: the HTTP status of errors is documented nowhere, and a 200 may hold
one. Documents write codes as text, live answers as numbers. The edge answers blocked addresses in HTML.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from connectors.http import HttpResponse
from connectors.weibo import sheet
from schema.model.errors import CredentialsRefused, GivingError, NotFound, UpstreamGarbled, UpstreamUnavailable

_CODE: Final = re.compile(r"[0-9]{1,9}", re.ASCII)
_ERRORS: Final[Mapping[int, tuple[type[GivingError], str]]] = MappingProxyType(
    {
        code: (error, meaning)
        for error, meanings in (
            (UpstreamUnavailable, sheet.RETRY),
            (CredentialsRefused, sheet.REFUSED),
            (NotFound, sheet.GONE),
            (UpstreamGarbled, sheet.OURS),
        )
        for code, meaning in meanings.items()
    }
)


def answered(response: HttpResponse) -> tuple[Any, int | None]:
    """The JSON of an answer, and the error code in it. Raises where the edge answered, or nothing that can be read."""
    if response.status in sheet.BLOCKED or response.body.lstrip().startswith(b"<"):
        raise UpstreamUnavailable(f"Weibo's edge answered ({response.status}): this address may be blocked")
    if response.status != 200 and not response.body.lstrip().startswith(b"{"):
        response.expect(200)
    answer = response.json()
    code = answer.get("error_code") if isinstance(answer, dict) else None
    if code is None:
        response.expect(200)
        return answer, None
    if isinstance(code, str) and _CODE.fullmatch(code):
        code = int(code)
    if type(code) is not int:
        raise UpstreamGarbled("an error has no code that can be read")
    return answer, code


def error_of(code: int) -> GivingError:
    """The error that a code means."""
    error, meaning = _ERRORS.get(code, (UpstreamGarbled, "a code that is not known"))
    return error(f"Weibo answered {code}: {meaning}")
