"""Whose a payment is, and the texts with which ``donation`` finds one again."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

from connectors.wechat_pay.fields import number
from schema.model.errors import NotFound

_LOOKUP: Final = re.compile(r"(refund:)?(?:([0-9A-Za-z]{1,32})/)?([0-9A-Za-z_|*@.\-]{1,64})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Merchant:
    """Who is paid. ``number`` holds the account with WeChat Pay; ``sub`` is its sub-merchant, where it serves others."""

    number: str
    sub: str | None = None

    @classmethod
    def of(cls, payload: Mapping[str, Any]) -> Self:
        """From a payment or a refund: ``sp_mchid`` with ``sub_mchid``, or ``mchid``. Raises Unreadable."""
        if "sp_mchid" in payload:
            return cls(number(payload, "sp_mchid"), number(payload, "sub_mchid"))
        return cls(number(payload, "mchid"), number(payload, "sub_mchid") if payload.get("sub_mchid") else None)

    @property
    def paid(self) -> str:
        """The number that receives the money."""
        return self.sub or self.number


@dataclass(frozen=True, slots=True)
class Lookup:
    """``NUMBER`` or ``SUB_MCHID/NUMBER``: an order by its transaction_id; after ``refund:`` a refund by its out_refund_no."""

    number: str
    sub: str | None = None
    refund: bool = False

    @classmethod
    def parse(cls, text: str) -> Self:
        """The reverse of ``str``. Raises NotFound, as nothing can be behind another text."""
        found = _LOOKUP.fullmatch(text)
        if found is None:
            raise NotFound("WeChat Pay has no number of that form")
        return cls(found[3], found[2], found[1] is not None)

    def __str__(self) -> str:
        return f"{'refund:' if self.refund else ''}{f'{self.sub}/' if self.sub else ''}{self.number}"
