"""Downloads: a bounded temporary file, whole or not at all."""

import asyncio
import gzip
import os
from pathlib import Path

import pytest

from connectors.http import HttpRequest
from gateway.outbound.limits import Limits
from schema.model.errors import CredentialsRefused, NotFound, UpstreamGarbled, UpstreamUnavailable
from tests.gateway.outbound.upstream import answer, drip, endless, truncate, upstream
from tests.gateway.outbound.world import HASTY, world


async def test_a_download_is_a_file_at_its_start(tmp_path: Path) -> None:
    body = b"trade time,amount\n" * 50_000
    async with upstream(answer(200, gzip.compress(body), Content_Encoding="gzip")) as network, world(folder=tmp_path) as its:
        async with its.http.download(HttpRequest("GET", network.url + "/bill")) as file:
            assert file.read() == body
    assert file.closed
    assert list(tmp_path.iterdir()) == []


async def test_what_a_download_unpacks_to_lies_beside_it_and_goes_with_the_context(tmp_path: Path) -> None:
    async with world(folder=tmp_path) as its:
        with its.http.scratch() as file:
            assert os.fstat(file.fileno()).st_dev == tmp_path.stat().st_dev
            assert Path(f"/proc/self/fd/{file.fileno()}").readlink().parent == tmp_path
    assert file.closed
    assert list(tmp_path.iterdir()) == []


async def test_a_broken_download_begins_anew() -> None:
    async with upstream(truncate, answer(503), answer(200, b"whole")) as network, world() as its:
        async with its.http.download(HttpRequest("GET", network.url + "/bill")) as file:
            assert file.read() == b"whole"
    assert len(network.asked) == 3


@pytest.mark.parametrize(
    ("status", "error"), [(404, NotFound), (403, CredentialsRefused), (302, UpstreamGarbled), (206, UpstreamGarbled)]
)
async def test_another_status_is_told_as_expect_tells_it(status: int, error: type[Exception]) -> None:
    async with upstream(answer(status, b"x")) as network, world() as its:
        with pytest.raises(error):
            async with its.http.download(HttpRequest("GET", network.url + "/bill")):
                pytest.fail("there is nothing to read")
    assert len(network.asked) == 1


async def test_a_download_may_be_as_large_as_the_limit_and_no_larger() -> None:
    script = (answer(200, bytes(200_000)), answer(200, bytes(200_001)), endless)
    async with upstream(*script) as network, world(Limits(download=200_000)) as its:
        async with its.http.download(HttpRequest("GET", network.url + "/bill")) as file:
            assert len(file.read()) == 200_000
        for _ in range(2):
            with pytest.raises(UpstreamGarbled):
                async with its.http.download(HttpRequest("GET", network.url + "/bill")):
                    pytest.fail("it is too large")


async def test_a_download_that_falls_silent_is_given_up() -> None:
    async with upstream(drip) as network, world(HASTY) as its, asyncio.timeout(10):
        with pytest.raises(UpstreamUnavailable):
            async with its.http.download(HttpRequest("GET", network.url + "/bill")):
                pytest.fail("it never came")
    assert its.counted("slow") >= 1
