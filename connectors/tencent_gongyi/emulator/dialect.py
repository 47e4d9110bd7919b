"""How an export may be written. The columns of a real one are known to nobody outside: *assumed*, like everything here."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class Dialect:
    """How an export is written. ``headings`` are those of the connector's setting ``columns``; a tab guards numbers."""

    headings: Mapping[str, str]
    words: Mapping[str, str]
    encoding: str = "utf-8-sig"
    delimiter: str = ","
    in_fen: bool = False
    guard: str = ""

    def settings(self) -> dict[str, Any]:
        """By the connector's names."""
        unit = "fen" if self.in_fen else "yuan"
        return {
            "columns": dict(self.headings),
            "encoding": self.encoding,
            "delimiter": self.delimiter,
            "amount_unit": unit,
        }


PLAIN: Final = Dialect(
    {name: name for name in ("id", "project", "amount", "currency", "time", "status", "kind", "note", "refund_of")},
    {"paid": "success", "open": "处理中", "failed": "失败", "closed": "cancelled", "back": "已退款"},
)
"""As our documentation has it."""
CONSOLE: Final = Dialect(
    {
        "id": "捐赠编号",
        "project": "项目编号",
        "amount": "金额(分)",
        "currency": "币种",
        "time": "捐赠时间",
        "status": "状态",
        "kind": "方式",
        "note": "留言",
        "refund_of": "原捐赠编号",
    },
    {"paid": "支付成功", "open": "待支付", "failed": "失败", "closed": "已关闭", "back": "退款成功"},
    encoding="gb18030",
    delimiter=";",
    in_fen=True,
    guard="\t",
)
"""As a console in Chinese might."""
