"""What the tests of this connector begin with: an account, samples, and a program that answers with them."""

import json
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeAlias
from urllib.parse import parse_qsl, urlsplit

from connectors.donordrive.connector import DonorDrive, build
from connectors.http import HttpRequest, HttpResponse, read_json
from connectors.ports import Ports
from connectors.spec import SettingValue
from connectors.testing.fakes import FakeClock, FakeHttp, answer, fake_ports
from schema.model.facts import CampaignState, DonationState, Movement

Answers: TypeAlias = Callable[[HttpRequest], HttpResponse]

NOW = datetime(2026, 5, 2, 18, 30, 0, 250000, tzinfo=UTC)
BASE = "https://program.example"
HOST = "program.example"
PARTICIPANT = f"{HOST}/participants/900001"
TEAM = f"{HOST}/teams/7001"
EVENT = f"{HOST}/events/600"

PROGRAM = MappingProxyType(
    {
        "about": "about.json",
        "participants/900001": "participant.json",
        "participants/sample-alias": "participant.json",
        "participants/900001/donations": "donations.json",
        "participants/900001/milestones": "milestones.json",
        "teams/7001": "team.json",
        "teams/7001/donations": "donations.json",
        "teams/7001/milestones": "milestones.json",
        "events/600": "event.json",
        "events/600/donations": "donations.json",
        "events/601": "event_bare.json",
    }
)
"""The samples by where they are below ``/api/``."""

HTML = b"<!doctype html><title>Sample</title>"


def sample(name: str) -> bytes:
    return (Path(__file__).parent / "samples" / name).read_bytes()


def words(name: str) -> Any:
    """A sample as the port reads it: a number with a point is a text."""
    return read_json(sample(name))


def settings(**changed: SettingValue) -> dict[str, SettingValue]:
    return {"base_url": BASE, "fundraisers": ("participants/900001",), "currency": None, **changed}


def path(request: HttpRequest) -> str:
    return urlsplit(request.url).path.removeprefix("/api/")


def query(request: HttpRequest) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(request.url).query))


def program(changed: Mapping[str, HttpResponse] = MappingProxyType({})) -> Answers:
    """A program with the samples, some of its answers changed. What it does not have is 404."""

    def answers(request: HttpRequest) -> HttpResponse:
        if path(request) in changed:
            return changed[path(request)]
        name = PROGRAM.get(path(request))
        return answer(404, b'{"message": "no"}') if name is None else answer(200, sample(name))

    return answers


def donordrive(answers: Answers, **changed: SettingValue) -> tuple[DonorDrive, Ports]:
    ports = fake_ports(answers, clock=FakeClock(NOW))
    connector = build(settings(**changed), ports)
    assert isinstance(connector, DonorDrive)
    return connector, ports


def sent(ports: Ports) -> list[HttpRequest]:
    assert isinstance(ports.http, FakeHttp)
    return [request for request, _ in ports.http.requests]


def asked(ports: Ports) -> list[str]:
    """Where it was asked, below ``/api/``."""
    return [path(request) for request in sent(ports)]


def body(value: object) -> HttpResponse:
    """An answer with this JSON."""
    return answer(200, json.dumps(value).encode())


async def campaigns(connector: DonorDrive) -> list[CampaignState]:
    return [state async for state in connector.campaigns()]


async def donations(connector: DonorDrive, native: str = TEAM, since: datetime | None = None) -> list[DonationState]:
    return [state async for state in connector.donations(native, since=since) if isinstance(state, DonationState)]


async def read(items: AsyncIterator[CampaignState] | AsyncIterator[Movement], told: list[str]) -> None:
    """Notes the native ids of what comes, until it raises."""
    async for item in items:
        told.append(item.native_id)
