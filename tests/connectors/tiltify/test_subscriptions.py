"""The feed: an endpoint that is on, and a subscription for each configured campaign."""

import json
import re
from collections import Counter
from contextlib import suppress
from dataclasses import replace

import pytest

from connectors.http import HttpRequest, HttpResponse
from connectors.ports import Ports
from connectors.spec import SettingValue
from connectors.testing.fakes import answer
from connectors.tiltify.connector import TiltifyWebhook
from schema.model.errors import CredentialsRefused, NotFound, UpstreamGarbled, UpstreamUnavailable
from tests.connectors.tiltify.given import BASE, CAMPAIGN, ENDPOINT, EVENT, MISSING, TEAM, path, sent, standing, tiltify

CALLBACK = "https://gateway.example/webhooks/tiltify"
FOLDER = f"{BASE}/api/private/webhook_endpoints/{ENDPOINT}"
NAMES = (CAMPAIGN, TEAM, EVENT)


def address(native: str) -> str:
    return f"{FOLDER}/webhook_subscriptions/{native.partition('/')[2]}"


class Endpoint:
    """Tiltify's side: whether the endpoint is on, and what is subscribed.

    Of ``unpublished`` nothing can be, and of ``refused`` neither, by the status of the answer. What is ``unknown`` is there
    under no address.
    """

    def __init__(self, *, on: bool = False) -> None:
        self.on = on
        self.subscribed: dict[str, list[str]] = {}
        self.unpublished: dict[str, int] = {}
        self.refused: dict[str, int] = {}
        self.unknown: set[str] = set()
        self.broken: set[str] = set()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.url.startswith(FOLDER):
            return self._told(request)
        if path(request) in self.broken:
            raise UpstreamUnavailable("no answer within the deadline")
        if (request.method, path(request)) == ("POST", f"{FOLDER}/activate"):
            assert request.body == b""
            self.on = True
            return answer(200, b'{"activated_at": "2026-05-02T18:31:00.000000Z", "deactivated_at": null}')
        assert request.method == "PUT"
        assert request.headers["Content-Type"] == "application/json"
        if (status := (self.unpublished | self.refused).get(path(request))) is not None:
            return answer(status, b'{"error": {"status": 422, "message": "no", "fields": {}}}')
        self.subscribed[path(request)] = json.loads(request.body)["event_types"]
        return answer(200, b'{"data": {}}')

    def _told(self, request: HttpRequest) -> HttpResponse:
        subscription = f"{FOLDER}/webhook_subscriptions/{path(request).rpartition('/')[2]}"
        told = standing(request)
        if told.status != 200 or subscription in self.unknown:
            return MISSING
        status = b'"unpublished"' if subscription in self.unpublished else b'"published"'
        return replace(told, body=re.sub(b'(?<="status": )"[a-z]+"', status, told.body))


def keeping(server: Endpoint, **changed: SettingValue) -> tuple[TiltifyWebhook, Ports]:
    connector, ports = tiltify(server, **changed)
    assert isinstance(connector, TiltifyWebhook)
    return connector, ports


def asked(ports: Ports, since: int = 0) -> list[str]:
    """The addresses of what was asked after so many questions."""
    return [path(request) for request in sent(ports)[since:]]


async def test_the_endpoint_is_turned_on_and_each_campaign_subscribed() -> None:
    server = Endpoint()
    connector, ports = keeping(server)
    await connector.keep_feed([], CALLBACK)
    assert server.on
    assert asked(ports) == [f"{FOLDER}/activate", *(address(native) for native in NAMES)]
    wanted = {"public:direct:donation_updated", "public:direct:fact_updated", "public:indirect:donation_updated"}
    assert [set(types) for types in server.subscribed.values()] == [wanted] * 3


async def test_totals_of_supporters_are_not_asked_for() -> None:
    server = Endpoint()
    connector, _ = keeping(server, campaigns=(EVENT,))
    await connector.keep_feed([], CALLBACK)
    assert "public:indirect:fact_updated" not in server.subscribed[address(EVENT)]


async def test_an_endpoint_that_was_silently_turned_off_is_turned_on_again() -> None:
    server = Endpoint()
    connector, _ = keeping(server)
    await connector.keep_feed([], CALLBACK)
    server.on = False
    await connector.keep_feed([], CALLBACK)
    assert server.on


async def test_keeping_it_costs_two_calls_however_many_campaigns_there_are() -> None:
    server = Endpoint()
    connector, ports = keeping(server)
    await connector.keep_feed([], CALLBACK)
    before = len(sent(ports))
    for _ in range(6):
        await connector.keep_feed([], CALLBACK)
    counted = Counter(asked(ports, before))
    assert counted == {f"{FOLDER}/activate": 6} | {address(native): 2 for native in NAMES}


async def test_a_subscription_that_somebody_ended_comes_back_in_its_turn() -> None:
    server = Endpoint()
    connector, _ = keeping(server)
    await connector.keep_feed([], CALLBACK)
    server.subscribed.clear()
    for _ in NAMES:
        await connector.keep_feed([], CALLBACK)
    assert set(server.subscribed) == {address(native) for native in NAMES}


@pytest.mark.parametrize("status", [404, 422])
async def test_an_unpublished_campaign_keeps_no_other_from_being_subscribed_and_is_tried_each_time(status: int) -> None:
    server = Endpoint()
    server.unpublished[address(CAMPAIGN)] = status
    connector, ports = keeping(server)
    for _ in range(3):
        await connector.keep_feed([], CALLBACK)
    assert set(server.subscribed) == {address(TEAM), address(EVENT)}
    assert asked(ports).count(address(CAMPAIGN)) == 3
    server.unpublished.clear()
    await connector.keep_feed([], CALLBACK)
    assert address(CAMPAIGN) in server.subscribed


@pytest.mark.parametrize("status", [403, 404, 422])
async def test_a_published_campaign_that_is_not_ours_to_subscribe_is_told_after_the_others(status: int) -> None:
    server = Endpoint()
    server.refused[address(CAMPAIGN)] = server.refused[address(EVENT)] = status
    connector, ports = keeping(server)
    for _ in range(2):
        with pytest.raises(CredentialsRefused, match=r"entry 1, entry 3 of campaigns .* without signing_key"):
            await connector.keep_feed([], CALLBACK)
        assert set(server.subscribed) == {address(TEAM)}
    server.refused.clear()
    for _ in NAMES:
        with suppress(CredentialsRefused):
            await connector.keep_feed([], CALLBACK)
    await connector.keep_feed([], CALLBACK)
    assert set(server.subscribed) == {address(native) for native in NAMES}
    assert asked(ports)[-2] == f"{FOLDER}/activate"


async def test_what_is_refused_for_good_is_tried_in_its_turn_and_costs_one_call_more() -> None:
    server = Endpoint()
    server.refused.update({address(native): 403 for native in NAMES})
    connector, ports = keeping(server)
    with pytest.raises(CredentialsRefused):
        await connector.keep_feed([], CALLBACK)
    before = len(sent(ports))
    for _ in NAMES:
        with pytest.raises(CredentialsRefused):
            await connector.keep_feed([], CALLBACK)
    assert len(sent(ports)) - before == 3 * len(NAMES)
    assert {path for path in asked(ports, before) if "subscriptions" in path} == {address(native) for native in NAMES}


async def test_a_campaign_that_tiltify_does_not_know_at_all_is_no_trouble_of_the_feed() -> None:
    server = Endpoint()
    server.refused[address(CAMPAIGN)] = 404
    server.unknown.add(address(CAMPAIGN))
    connector, _ = keeping(server)
    await connector.keep_feed([], CALLBACK)
    assert set(server.subscribed) == {address(TEAM), address(EVENT)}
    with pytest.raises(NotFound, match="entry 1 of campaigns"):  # it is told by asking
        [state async for state in connector.campaigns()]


async def test_what_failed_is_done_the_next_time() -> None:
    server = Endpoint()
    server.broken.add(address(TEAM))
    connector, ports = keeping(server)
    with pytest.raises(UpstreamUnavailable):
        await connector.keep_feed([], CALLBACK)
    server.broken.clear()
    before = len(sent(ports))
    await connector.keep_feed([], CALLBACK)
    assert asked(ports, before) == [f"{FOLDER}/activate", address(TEAM), address(EVENT), address(CAMPAIGN)]


async def test_an_endpoint_that_is_not_there_is_told_by_the_settings_name() -> None:
    connector, _ = tiltify(lambda r: answer(404, b"{}") if r.url.startswith(FOLDER) else standing(r))
    assert isinstance(connector, TiltifyWebhook)
    with pytest.raises(NotFound, match="endpoint_id"):
        await connector.keep_feed([], CALLBACK)


@pytest.mark.parametrize(("status", "error"), [(403, CredentialsRefused), (422, UpstreamGarbled), (302, UpstreamGarbled)])
async def test_an_endpoint_that_cannot_be_turned_on_is_reported(status: int, error: type[Exception]) -> None:
    connector, ports = tiltify(lambda r: answer(status, b"{}") if r.url.startswith(FOLDER) else standing(r))
    assert isinstance(connector, TiltifyWebhook)
    with pytest.raises(error):
        await connector.keep_feed([], CALLBACK)
    assert asked(ports) == [f"{FOLDER}/activate"]
