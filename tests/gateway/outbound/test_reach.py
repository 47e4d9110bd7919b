"""An address that came from a network's answer is asked in public only, by what it resolves to when it is connected to."""

import pytest
from yarl import URL

from connectors.http import HttpRequest
from gateway.outbound.reach import is_public, origin, origins
from gateway.outbound.sockets import OutboundSockets
from schema.model.errors import UpstreamGarbled, UpstreamUnavailable
from tests.gateway.outbound.upstream import answer, upstream
from tests.gateway.outbound.world import reach, world

NOTHING = frozenset[tuple[str, int | None]]()


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.8.9.1",
        "0.0.0.0",  # noqa: S104
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::7f00:1",
        "::ffff:10.0.0.1",
        "::ffff:127.0.0.1",
        "fe80::1",
        "fe80::1%lo",
        "fd00::1",
        "fec0::1",
        "ff02::1",
        "2001:db8::1",
        "2002:a00:1::1",
        "2002:7f00:1::",
        "64:ff9b::a00:1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::808:808",
    ],
)
def test_what_the_whole_internet_cannot_reach_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize(
    "address",
    ["8.8.8.8", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1"],
)
def test_what_it_can_reach_is(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "0x7f000001", "2130706433", "127.1", "[::ffff:127.0.0.1]"])
async def test_an_address_that_leads_to_this_machine_is_refused_however_it_is_written(host: str) -> None:
    async with upstream(answer(200)) as network, world(own=NOTHING) as its:
        url = f"http://{host}:{URL(network.url).port}/"
        for _ in range(2):
            with pytest.raises(UpstreamGarbled):
                await its.http.send(HttpRequest("GET", url))
        with pytest.raises(UpstreamGarbled):
            async with its.http.download(HttpRequest("GET", url)):
                pytest.fail("there is nothing to read")
    assert network.connections == 0
    assert its.counted("refused") == 3  # and is not tried again
    assert not its.breaker.is_open


async def test_the_origin_that_the_operator_declared_is_asked_wherever_it_is() -> None:
    async with upstream(answer(200)) as network, world(own=origins([network.url + "/api"])) as its:
        assert (await its.http.send(HttpRequest("GET", network.url + "/bill"))).status == 200


async def test_another_port_of_a_declared_host_is_not_declared() -> None:
    async with upstream(answer(200)) as network, upstream(answer(200)) as other, world(own=origins([network.url])) as its:
        with pytest.raises(UpstreamGarbled):
            await its.http.send(HttpRequest("GET", other.url + "/"))
    assert other.connections == 0


async def test_a_connection_that_one_account_keeps_open_is_not_used_by_another_that_may_not_go_there() -> None:
    own = set[tuple[str, int | None]]()
    async with upstream(answer(200)) as network, world(own=own) as its:
        own.add(origin(URL(network.url)))
        assert (await its.http.send(HttpRequest("GET", network.url + "/"))).status == 200
        own.clear()  # as for an account that shares the sessions and not the origin
        with pytest.raises(UpstreamGarbled):
            await its.http.send(HttpRequest("GET", network.url + "/"))
    assert network.connections == 1


async def test_a_socket_that_leads_to_this_machine_is_not_opened() -> None:
    async with upstream(answer(200)) as network, reach(NOTHING) as where:
        with pytest.raises(UpstreamUnavailable):
            async with OutboundSockets(where).connect(network.url.replace("http", "ws")):
                pytest.fail("it is open")
    assert network.connections == 0


def test_an_origin_is_a_host_in_lower_case_and_its_port() -> None:
    assert (
        origin(URL("wss://Give.Example/ws", encoded=True)) == origin(URL("https://give.example:443")) == ("give.example", 443)
    )
    assert origins(["https://give.example/a", "ws://127.0.0.1:8000", "http://[", "http://h:99999"]) == {
        ("give.example", 443),
        ("127.0.0.1", 8000),
    }
