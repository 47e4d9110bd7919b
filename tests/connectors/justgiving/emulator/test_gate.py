"""Who is let in, and in which form answers come."""

import json
from datetime import timedelta
from xml.etree import ElementTree as ET

import pytest

from connectors.justgiving.emulator import JustGivingEmulator
from tests.connectors.justgiving.emulator.client import JSON, PAGE, Client

DETAILS = f"/v1/fundraising/pages/{PAGE}"


async def test_the_application_id_may_be_in_the_path_or_in_a_header(emulator: JustGivingEmulator, client: Client) -> None:
    in_path = await client.ask(f"/{emulator.app_id}{DETAILS}", JSON)
    in_header = await client.ask(DETAILS, {**JSON, "X-Api-Key": emulator.app_id})
    assert (in_path.status, in_header.status) == (200, 200)
    assert in_path.body == in_header.body


async def test_without_an_application_id_it_is_401_and_with_an_unknown_one_403(client: Client) -> None:
    assert (await client.ask(DETAILS, JSON)).status == 401
    assert (await client.ask(DETAILS, {**JSON, "x-api-key": "else"})).status == 403
    assert (await client.ask(f"/else{DETAILS}", JSON)).status == 403


@pytest.mark.parametrize("accept", [{}, {"Accept": "*/*"}, {"Accept": "text/xml"}], ids=str)
async def test_who_does_not_ask_for_json_gets_xml(accept: dict[str, str], emulator: JustGivingEmulator, client: Client) -> None:
    emulator.add_page("tom-and-jerry", "Tom & Jerry <3")
    headers = {**accept, "x-api-key": emulator.app_id}
    answer = await client.ask("/v1/fundraising/pages/tom-and-jerry", headers)
    assert answer.headers["Content-Type"].startswith("application/xml")
    told = ET.fromstring(answer.text)  # noqa: S314 - our own
    assert (told.findtext("title"), told.findtext("pageShortName")) == ("Tom & Jerry <3", "tom-and-jerry")
    with pytest.raises(json.JSONDecodeError):
        _ = answer.body


async def test_slashes_may_be_escaped_which_means_the_same(emulator: JustGivingEmulator, client: Client) -> None:
    emulator.forms.escaped_slashes = 1.0
    escaped = await client.get(f"fundraising/pages/{PAGE}")
    emulator.forms.escaped_slashes = 0.0
    plain = await client.get(f"fundraising/pages/{PAGE}")
    assert r"\/Date(" in escaped.text
    assert "\\" not in plain.text
    assert escaped.body == plain.body


async def test_web_pages_may_ask(client: Client) -> None:
    assert (await client.get(f"fundraising/pages/{PAGE}")).headers["Access-Control-Allow-Origin"] == "*"


async def test_head_tells_whether_a_page_exists_and_nothing_else(emulator: JustGivingEmulator, client: Client) -> None:
    headers = {"x-api-key": emulator.app_id}
    there = await client.ask(DETAILS, headers, "HEAD")
    missing = await client.ask("/v1/fundraising/pages/else", headers, "HEAD")
    assert (there.status, there.text, missing.status) == (200, "", 404)


async def test_the_slash_of_a_short_name_is_not_encoded(client: Client) -> None:
    assert (await client.get("fundraising/pages/page/sample-reef-ride")).status == 200
    assert (await client.get("fundraising/pages/page%2Fsample-reef-ride")).status == 404
    assert (await client.get("fundraising/pages/sample-reef-ride")).status == 404


@pytest.mark.parametrize(
    "path",
    [
        "fundraising/pages/else",
        "fundraising/pages/else/donations",
        "fundraising/pagebyid/7",
        "donation/7",
        "donation/x/status",
        "team/else",
        "campaign/byshortname/else",
        "charity/7/donations",
        "else",
    ],
)
async def test_what_is_not_there_is_404_with_a_reason(path: str, client: Client) -> None:
    answer = await client.get(path)
    assert answer.status == 404
    assert "not found" in answer.body[0]["desc"]


async def test_calls_can_fail_on_request(emulator: JustGivingEmulator, client: Client) -> None:
    emulator.outage.fail_next, emulator.outage.fail_status, emulator.outage.retry_after = 1, 429, "7"
    failed = await client.get("team/sample-team")
    assert (failed.status, failed.headers["Retry-After"]) == (429, "7")
    emulator.outage.fail_next, emulator.outage.fail_status = 1, 200
    assert (await client.get("team/sample-team")).text.startswith("<!doctype html>")
    emulator.outage.slow = timedelta(milliseconds=1)
    assert (await client.get("team/sample-team")).status == 200
