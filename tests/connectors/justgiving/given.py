"""JustGiving's side, made by hand for these tests: samples, answers by path, an account."""

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from connectors.http import HttpRequest, HttpResponse
from connectors.justgiving import CONNECTOR, mapping
from connectors.justgiving.connector import JustGiving
from connectors.ports import Ports
from connectors.reading import readable
from connectors.spec import Secret
from connectors.testing.fakes import FakeClock, FakeHttp, answer, fake_ports
from schema.model.facts import CampaignState, DonationState
from schema.model.money import Currency, Money

NOW = datetime(2026, 9, 1, 2, 20, 31, tzinfo=UTC)
APP_ID = "sample-app-id"
BASE = "https://api.example"
PAGE = "page/sample-reef-ride"
TEAM = "team:sample-team"
CAMPAIGN = "campaign:sample-season"
GBP = Currency.of("GBP")

PAGE_PATH = "/v1/fundraising/pages/page/sample-reef-ride"
DONATIONS_PATH = f"{PAGE_PATH}/donations"
TEAM_PATH = "/v1/team/sample-team"
CAMPAIGN_PATH = "/v1/campaign/byshortname/sample-season"
OLD_PATH = "/v1/fundraising/pages/sample-old-ride"

Network: TypeAlias = Callable[[HttpRequest], HttpResponse]


def raw(name: str) -> bytes:
    return (Path(__file__).parent / "samples" / name).read_bytes()


def words(name: str, **changed: Any) -> dict[str, Any]:
    """A sample with these of its fields changed, read as an answer is: without a float."""
    return {**answer(200, raw(name)).object(), **changed}


def row(number: int = 0, **changed: Any) -> dict[str, Any]:
    """A donation of the sample list: 0 is the newest, 1 hides its amount."""
    rows: list[dict[str, Any]] = words("donations.json")["donations"]
    return {**rows[number], **changed}


def page(name: str = PAGE, /, **changed: Any) -> CampaignState:
    """The sample page with these fields changed, as the connector reads it."""
    with readable():
        return mapping.page(words("page.json", **changed), name, asked_at=NOW)


def donation(number: int = 0, /, **changed: Any) -> DonationState:
    """A donation of the sample list with these fields changed, as the connector reads it."""
    with readable():
        return mapping.donation(row(number, **changed), (PAGE,), asked_at=NOW)


def gbp(text: str) -> Money:
    return Money.of_decimal(text, "GBP")


def answered(value: object, status: int = 200) -> HttpResponse:
    """An answer, of JSON or of these bytes."""
    return answer(status, value if isinstance(value, bytes) else json.dumps(value).encode())


def network(**changed: HttpResponse) -> Network:
    """The samples by path, with the answers of ``page``, ``donations``, ``team``, ``campaign`` and ``old`` changed; or 404."""
    answers = {
        PAGE_PATH: changed.get("page", answer(200, raw("page.json"))),
        DONATIONS_PATH: changed.get("donations", answer(200, raw("donations.json"))),
        TEAM_PATH: changed.get("team", answer(200, raw("team.json"))),
        CAMPAIGN_PATH: changed.get("campaign", answer(200, raw("campaign.json"))),
        OLD_PATH: changed.get("old", answer(404)),
    }
    return lambda request: answers.get(urlsplit(request.url).path, answer(404))


def listing(rows: Sequence[object], number: int = 1, pages: int = 1) -> HttpResponse:
    """One page of a list of donations."""
    return answered({"donations": rows, "pagination": {"pageNumber": number, "totalPages": pages, "nextPageCursor": None}})


def settings(**changed: Any) -> dict[str, Any]:
    known = {"app_id": Secret(APP_ID), "pages": (PAGE,), "teams": None, "campaigns": None, "within": None, "base_url": BASE}
    return {**known, **changed}


def justgiving(network: Network, **changed: Any) -> tuple[JustGiving, Ports]:
    ports = fake_ports(network, clock=FakeClock(NOW))
    built = CONNECTOR.build(settings(**changed), ports)
    assert isinstance(built, JustGiving)
    return built, ports


def sent(ports: Ports) -> list[HttpRequest]:
    assert isinstance(ports.http, FakeHttp)
    return [request for request, _ in ports.http.requests]


def asked(ports: Ports) -> list[str]:
    """The paths and queries that were asked."""
    return [request.url.removeprefix(BASE) for request in sent(ports)]


async def listed(connector: JustGiving, campaign: str = PAGE, since: datetime | None = None) -> list[DonationState]:
    found = [movement async for movement in connector.donations(campaign, since=since)]
    assert all(isinstance(movement, DonationState) for movement in found)
    return [movement for movement in found if isinstance(movement, DonationState)]
