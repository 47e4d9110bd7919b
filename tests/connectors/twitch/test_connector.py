"""Asking Twitch: lists, tokens, subscriptions, and the settings behind them."""

import json
from datetime import timedelta

import pytest

from connectors.contract import (
    ABILITIES,
    KeepsFeed,
    ListensToFeed,
    ListsCampaigns,
    ListsDonations,
    ReadsCampaigns,
    ReceivesDeliveries,
)
from connectors.http import HttpRequest, HttpResponse
from connectors.spec import Secret, SettingValue
from connectors.testing.fakes import answer, fake_ports
from connectors.twitch import CONNECTOR
from connectors.twitch.connector import TwitchSocket
from schema.model.campaign import CampaignStatus
from schema.model.errors import CredentialsRefused, NotFound, SettingsInvalid, Unreadable, UpstreamGarbled
from schema.model.facts import DonationState, Movement
from schema.model.time import micros
from schema.model.total import AmountSource, Basis
from tests.connectors.twitch.given import (
    BROADCASTER,
    CAMPAIGN,
    HELIX,
    NOW,
    SECRET,
    helix,
    listed,
    query,
    running,
    sample,
    sent,
    settings,
    twitch,
    words,
)

# --------------------------------------------------------------------------------------------------- what it is


def test_the_spec_is_what_the_design_says() -> None:
    assert (CONNECTOR.key, CONNECTOR.name, CONNECTOR.homepage) == ("twitch", "Twitch", "https://www.twitch.tv")
    assert (CONNECTOR.basis, CONNECTOR.declares_campaigns) == (Basis.REPORTED, False)
    assert CONNECTOR.pace.poll == timedelta(seconds=60)
    assert CONNECTOR.pace.budgets == {"default": 800}
    assert {s.name for s in CONNECTOR.settings if s.kind == "secret"} == {"client_secret", "refresh_token", "eventsub_secret"}


def test_the_transport_decides_what_it_can_do() -> None:
    asks = {ReadsCampaigns, ListsCampaigns, ListsDonations}
    webhook, _ = twitch(running)
    assert (
        {a for a in ABILITIES if isinstance(webhook, a)} == asks | {ReceivesDeliveries, KeepsFeed} == set(CONNECTOR.abilities)
    )
    socket = CONNECTOR.build(settings(transport="websocket", eventsub_secret=None), fake_ports(running))
    assert isinstance(socket, TwitchSocket)
    assert {a for a in ABILITIES if isinstance(socket, a)} == asks | {ListensToFeed}


def test_all_problems_are_told_at_once_and_quote_nothing() -> None:
    with pytest.raises(SettingsInvalid) as caught:
        CONNECTOR.build({}, fake_ports(running))
    assert [problem.split()[0] for problem in caught.value.problems] == [
        "client_id",
        "client_secret",
        "refresh_token",
        "broadcaster_id",
        "transport",
        "base_url",
        "auth_url",
        "socket_url",
    ]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("client_id", "two words"),
        ("client_secret", Secret("line\nbreak")),
        ("refresh_token", None),
        ("broadcaster_id", "Sample_Channel"),
        ("eventsub_secret", None),
        ("eventsub_secret", Secret("a" * 9)),
        ("eventsub_secret", Secret("a" * 101)),
        ("eventsub_secret", Secret("ünicode-secret")),
        ("transport", "conduit"),
        ("base_url", "api.twitch.tv"),
        ("auth_url", "https://id.twitch.tv/oauth2?x=1"),
        ("socket_url", "https://eventsub.wss.twitch.tv/ws"),
    ],
)
def test_a_wrong_setting_is_named(name: str, value: SettingValue) -> None:
    with pytest.raises(SettingsInvalid) as caught:
        CONNECTOR.build(settings(**{name: value}), fake_ports(running))
    (problem,) = caught.value.problems
    assert problem.startswith(f"{name} ")
    assert value is None or (value.reveal() if isinstance(value, Secret) else str(value)) not in problem


# --------------------------------------------------------------------------------------------------------- lists


async def test_the_running_campaign_is_listed_as_of_ten_seconds_ago() -> None:
    connector, ports = twitch(helix(running))
    (state,) = [c async for c in connector.campaigns()]
    assert (state.native_id, state.status, state.source) == (CAMPAIGN, CampaignStatus.ACTIVE, AmountSource.PLATFORM_API)
    assert state.version == micros(NOW - timedelta(seconds=10))
    asked = sent(ports)[-1]
    assert asked.url == f"{HELIX}/charity/campaigns?broadcaster_id={BROADCASTER}"
    assert asked.headers == {"Client-Id": "sample-client", "Authorization": "Bearer access-1"}
    assert await connector.campaign(CAMPAIGN) == state


@pytest.mark.parametrize("gone", [answer(200, b'{"data": []}'), answer(404, b'{"status": 404}')])
async def test_without_a_running_campaign_nothing_is_listed(gone: HttpResponse) -> None:
    connector, _ = twitch(helix(lambda _: gone))
    assert [c async for c in connector.campaigns()] == []
    assert await listed(connector) == []
    with pytest.raises(NotFound):
        await connector.campaign(CAMPAIGN)


async def test_another_campaign_than_the_running_one_is_not_found() -> None:
    connector, _ = twitch(helix(running))
    with pytest.raises(NotFound):
        await connector.campaign("another")


async def test_donations_of_the_campaign_are_read_page_after_page() -> None:
    connector, ports = twitch(helix(running))
    donations = await listed(connector)
    assert all(isinstance(d, DonationState) and d.source is AmountSource.PLATFORM_API and d.version == 0 for d in donations)
    assert [(d.donor_name, d.amount and d.amount.minor) for d in donations if isinstance(d, DonationState)] == [
        ("Sample_Donor", 2550),
        ("Other_Donor", 1000),
        ("Third_Donor", 500),
    ]
    first, second = (query(r) for r in sent(ports) if "donations" in r.url)
    assert first == {"broadcaster_id": BROADCASTER, "first": "100"}
    assert second == first | {"after": words("donations_1.json")["pagination"]["cursor"]}


async def test_a_listed_donation_is_the_one_that_was_pushed() -> None:
    connector, _ = twitch(helix(running))
    listed_first = (await listed(connector))[0]
    assert isinstance(listed_first, DonationState)
    assert listed_first.native_id == words("donate.json")["event"]["id"]


async def test_without_a_time_in_the_id_the_moment_of_asking_stands_for_it() -> None:
    connector, _ = twitch(helix(running))
    timeless = (await listed(connector))[2]
    assert isinstance(timeless, DonationState)
    assert timeless.donated_at == NOW


async def test_a_row_that_cannot_be_read_is_raised_after_the_others() -> None:
    def spoiled(request: HttpRequest) -> HttpResponse:
        given = running(request)
        return answer(given.status, given.body.replace(b'"value": 2550', b'"value": -1'))

    connector, _ = twitch(helix(spoiled))
    seen: list[Movement] = []

    async def read() -> None:
        async for movement in connector.donations(CAMPAIGN):
            seen.append(movement)

    with pytest.raises(Unreadable, match="amount"):
        await read()
    assert len(seen) == 2


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b'{"data": {}}',
        b'{"data": [1]}',
        b'{"data": [], "pagination": [1]}',
        b'{"data": [], "pagination": {"cursor": 1}}',
    ],
)
async def test_a_list_of_another_form_is_garbled(body: bytes) -> None:
    connector, _ = twitch(helix(lambda _: answer(200, body)))
    with pytest.raises(UpstreamGarbled):
        await listed(connector)


async def test_pages_that_go_in_a_circle_end() -> None:
    connector, _ = twitch(helix(lambda _: answer(200, b'{"data": [], "pagination": {"cursor": "same"}}')))
    with pytest.raises(UpstreamGarbled, match="repeats"):
        await listed(connector)


async def test_a_broadcaster_who_may_not_raise_money_is_reported() -> None:
    connector, _ = twitch(helix(lambda _: answer(403)))
    with pytest.raises(CredentialsRefused):
        await listed(connector)


def test_secrets_do_not_show() -> None:
    connector, _ = twitch(running)
    shown = repr(vars(connector))
    for secret in (SECRET, "sample-client-secret", "refresh-of-the-setting"):
        assert secret not in shown


async def test_the_sample_campaign_is_the_one_of_the_sheet() -> None:
    connector, _ = twitch(helix(running))
    state = await connector.campaign(CAMPAIGN)
    assert json.loads(sample("campaigns.json"))["data"][0]["charity_name"] == state.title
