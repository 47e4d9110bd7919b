"""What surrounds every call: tags, versions, the pause between calls, outages."""

from datetime import timedelta
from email.utils import parsedate_to_datetime

import aiohttp
import pytest

from connectors.donordrive.emulator import PAUSE, DonorDriveEmulator
from tests.connectors.donordrive.emulator.client import Client
from tests.connectors.donordrive.emulator.conftest import NOW

PATHS = ("about", "participants/900001", "teams/7001/donations", "events/600")


@pytest.mark.parametrize("path", PATHS)
async def test_what_has_not_changed_is_not_sent_again(client: Client, path: str) -> None:
    first = await client.get(path)
    again = await client.unless(first.headers["ETag"], path)

    assert (again.status, again.text, again.headers["ETag"]) == (304, "", first.headers["ETag"])
    assert (await client.unless(f'"else", W/{first.headers["ETag"]}', path)).status == 304
    assert (await client.unless('"else"', path)).status == 200


@pytest.mark.parametrize("path", PATHS[1:])
async def test_the_tag_changes_with_the_content(emulator: DonorDriveEmulator, client: Client, path: str) -> None:
    before = await client.get(path)
    await emulator.donate(100)
    after = await client.unless(before.headers["ETag"], path)

    assert after.status == 200
    assert after.headers["ETag"] != before.headers["ETag"]


async def test_answers_say_when_something_changed_and_how_long_they_keep(emulator: DonorDriveEmulator, client: Client) -> None:
    emulator.clock.turn(timedelta(hours=1))
    emulator.enter_offline(100)
    emulator.clock.turn(timedelta(hours=1))
    headers = (await client.get("participants/900001")).headers

    assert parsedate_to_datetime(headers["Last-Modified"]) == NOW.replace(microsecond=0) + timedelta(hours=1)
    assert headers["Cache-Control"] == "max-age=15"


async def test_the_oldest_version_is_used_where_none_is_asked_for(emulator: DonorDriveEmulator, client: Client) -> None:
    without = await client.ask(f"{emulator.url}/api/participants/900001")

    assert without.headers["API-Version"] == "1.0"
    assert (await client.get("participants/900001", version="1.2")).headers["API-Version"] == "1.2"


@pytest.mark.parametrize("version", ["0.9", "1.5", "2.0", ""])
async def test_an_unknown_version_is_412(client: Client, version: str) -> None:
    assert (await client.get("participants/900001", version=version)).status == 412


async def test_the_program_is_told_since_version_1_3(emulator: DonorDriveEmulator, client: Client) -> None:
    assert (await client.ask(f"{emulator.url}/api/about")).status == 404
    assert (await client.get("about", version="1.3")).status == 200


async def test_whoever_calls_again_within_15_s_is_told_to_slow_down(emulator: DonorDriveEmulator, client: Client) -> None:
    emulator.habits.pause = PAUSE
    statuses = [(await client.get(path)).status for path in PATHS[:2]]
    emulator.clock.turn(timedelta(seconds=14))
    statuses.append((await client.get("about")).status)
    emulator.clock.turn(timedelta(seconds=1))
    statuses += [(await client.get("about")).status for _ in range(2)]

    assert statuses == [200, 429, 429, 200, 429]


async def test_every_address_has_a_pause_of_its_own(emulator: DonorDriveEmulator, client: Client) -> None:
    emulator.habits.pause = PAUSE
    other = aiohttp.TCPConnector(local_addr=("127.0.0.2", 0))
    async with aiohttp.ClientSession(connector=other) as http:
        statuses = [(await one.get("about")).status for one in (client, Client(emulator.url, http), client)]

    assert statuses == [200, 200, 429]


async def test_nobody_has_to_wait_where_that_is_not_switched_on(client: Client) -> None:
    assert [(await client.get("about")).status for _ in range(5)] == [200] * 5


async def test_the_api_can_fail(emulator: DonorDriveEmulator, client: Client) -> None:
    emulator.outage.fail_next, emulator.outage.fail_status, emulator.outage.retry_after = 1, 503, "60"
    failed = await client.get("participants/900001")

    assert (failed.status, failed.headers["Retry-After"]) == (503, "60")
    assert (await client.get("participants/900001")).status == 200


async def test_there_is_only_get(emulator: DonorDriveEmulator) -> None:
    async with aiohttp.ClientSession() as http, http.post(f"{emulator.url}/api/about") as answer:
        assert answer.status == 405
