"""Files made by hand for these tests, and what is read from them."""

from io import BytesIO
from pathlib import Path
from typing import Any, Final

from connectors.contract import Row
from connectors.http import HttpRequest, HttpResponse
from connectors.spec import Settings
from connectors.tencent_gongyi import CONNECTOR
from connectors.tencent_gongyi.connector import TencentGongyi
from connectors.testing.fakes import fake_ports
from schema.model.facts import DonationState

SAMPLES: Final = Path(__file__).parent / "samples"
HEADER: Final = "id,project,amount,currency,time,status,kind,note,refund_of"
USUAL: Final = {
    "id": "D1",
    "project": "208391",
    "amount": "37.00",
    "currency": "CNY",
    "time": "2026-09-09 09:00:01",
    "status": "success",
    "kind": "",
    "note": "",
    "refund_of": "",
}


def settings(**changed: Any) -> Settings:
    """As the registry hands them over: every declared setting by name."""
    return {**{setting.name: setting.default for setting in CONNECTOR.settings}, **changed}


def connector(**changed: Any) -> TencentGongyi:
    """One with these settings."""
    return TencentGongyi.build(settings(**changed), fake_ports(unasked))


def unasked(request: HttpRequest) -> HttpResponse:
    """Nothing is ever asked."""
    raise AssertionError(f"{request.url} was asked")


def rows(content: bytes | str, **changed: Any) -> list[Row]:
    """All rows of a file."""
    data = content.encode() if isinstance(content, str) else content
    return list(connector(**changed).read_export(BytesIO(data)))


def row(**changed: str) -> str:
    """One line of a file with the usual header."""
    return ",".join({**USUAL, **changed}.values())


def one(account: dict[str, Any] | None = None, **changed: str) -> Row:
    """What a file with this only row says."""
    [found] = rows(f"{HEADER}\n{row(**changed)}\n", **(account or {}))
    return found


def donation(found: Row) -> DonationState:
    """The donation in a row."""
    [movement] = found.movements
    assert isinstance(movement, DonationState)
    return movement
