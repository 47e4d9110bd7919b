"""Answers that are not what they should be, and what is said of them."""

import pytest

from connectors.http import HttpRequest, HttpResponse
from connectors.testing.fakes import answer
from schema.model.errors import CredentialsRefused, UpstreamGarbled, UpstreamUnavailable
from tests.connectors.donordrive.given import (
    HTML,
    PARTICIPANT,
    TEAM,
    asked,
    campaigns,
    donations,
    donordrive,
    path,
    program,
)

EVERYTHING = ("participants/900001", "teams/7001", "events/600")


@pytest.mark.parametrize(
    "foreign",
    [
        answer(200, HTML),
        answer(200, b""),
        answer(200, b"null"),
        answer(200, b"7"),
        answer(200, b"{}"),
        answer(200, b'{"data": {"id": "campaign"}}'),
        answer(200, b"[7]"),
        answer(200, b'{"id": 1}'),
        answer(204),
        answer(301, b"", {"Location": "https://elsewhere.example/"}),
        answer(302, HTML),
    ],
)
async def test_a_page_that_is_not_donordrive_s_says_which_setting_to_look_at(foreign: HttpResponse) -> None:
    wanted = r"program\.example does not answer as DonorDrive's public API does: base_url must be "
    at_about, _ = donordrive(program({"about": foreign}))
    with pytest.raises(UpstreamGarbled, match=wanted):
        await campaigns(at_about)
    at_fundraiser, _ = donordrive(program({"participants/900001": foreign}))
    with pytest.raises(UpstreamGarbled, match=wanted):
        await at_fundraiser.campaign(PARTICIPANT)


@pytest.mark.parametrize("foreign", [HTML, b"{}", b'{"data": []}', b"[7]", b"[{}, null]", b"[" * 100_000])
async def test_a_list_that_is_not_donordrive_s_says_which_setting_to_look_at(foreign: bytes) -> None:
    lists = {f"teams/7001/{what}": answer(200, foreign) for what in ("donations", "milestones")}
    connector, _ = donordrive(program(lists))
    for ask in (donations(connector), connector.milestones(TEAM)):
        with pytest.raises(UpstreamGarbled, match="base_url must be"):
            await ask


async def test_a_host_that_is_nowhere_near_donordrive_says_which_setting_to_look_at() -> None:
    connector, _ = donordrive(lambda _: answer(404, HTML))
    with pytest.raises(UpstreamGarbled, match="base_url must be the host of a DonorDrive program"):
        await campaigns(connector)


async def test_a_host_of_another_version_says_so() -> None:
    connector, _ = donordrive(lambda _: answer(412), currency="CAD")
    for ask in (campaigns(connector), donations(connector), connector.milestones(TEAM)):
        with pytest.raises(UpstreamGarbled, match=r"program\.example does not offer version 1\.3"):
            await ask


async def test_a_refused_request_is_garbled() -> None:
    connector, _ = donordrive(program({"teams/7001/donations": answer(400, b'{"message": "limit"}')}))
    with pytest.raises(UpstreamGarbled, match="400"):
        await donations(connector)


async def test_a_host_that_lets_nobody_in_refuses_the_account() -> None:
    for refusal in (answer(401), answer(403)):
        connector, _ = donordrive(program({"about": refusal}))
        with pytest.raises(CredentialsRefused):
            await campaigns(connector)


async def test_a_host_that_asks_for_patience_is_not_asked_for_the_others() -> None:
    def busy(request: HttpRequest) -> HttpResponse:
        if path(request) == "participants/900001":
            raise UpstreamUnavailable("the network answered 429")
        return program()(request)

    connector, ports = donordrive(busy, fundraisers=EVERYTHING)
    with pytest.raises(UpstreamUnavailable):
        await campaigns(connector)
    assert asked(ports) == ["about", "participants/900001"]
