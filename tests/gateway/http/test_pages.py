"""The pages: what is sent with them, what is not sent again, and that nothing else can be fetched."""

import asyncio
from collections.abc import AsyncIterator
from importlib.resources import files
from pathlib import Path

import aiohttp
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from connectors.testing.emulation import serve
from gateway.http.pages import Pages

CANARY = "canary-5d1c"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of pages, beside a file that is nobody's business."""
    (tmp_path / "secret.html").write_text(CANARY)
    folder = tmp_path / "web"
    (folder / "inner").mkdir(parents=True)
    (folder / "inner" / "page.html").write_text(CANARY)
    (folder / "index.html").write_text("<!doctype html><title>Hello</title>")
    (folder / "board.js").write_text("export {};")
    (folder / "__init__.py").write_text(CANARY)
    return folder


@pytest.fixture
async def client(folder: Path) -> AsyncIterator[aiohttp.ClientSession]:
    """A client of a server that has pages, as the gateway mounts them."""
    routes = [Mount("/", Pages(folder, frame_ancestors=["https://a.example"]))]
    async with serve(Starlette(routes=routes)) as url, aiohttp.ClientSession(url) as client:
        yield client


async def test_a_page_comes_with_a_strict_policy(client: aiohttp.ClientSession) -> None:
    async with client.get("/") as answer:
        host = answer.url.authority
        assert answer.status == 200
        assert await answer.text() == "<!doctype html><title>Hello</title>"
        assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cache-Control"] == "no-cache"
        assert answer.headers["Content-Security-Policy"] == (
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: https:; "
            f"connect-src 'self' ws://{host} wss://{host}; base-uri 'none'; form-action 'none'; "
            "frame-ancestors https://a.example"
        )


@pytest.mark.parametrize("host", ["a.example; script-src *", "a.example b.example", "*", ""])
async def test_a_host_that_is_none_is_not_repeated_in_the_policy(client: aiohttp.ClientSession, host: str) -> None:
    async with client.get("/", headers={"Host": host}) as answer:
        assert "connect-src 'self'; base-uri" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("host", ["a.example:8000", "127.0.0.1:1", "[::1]:8000", "LOCALHOST"])
async def test_a_host_may_have_a_port_and_be_an_address(client: aiohttp.ClientSession, host: str) -> None:
    async with client.get("/", headers={"Host": host}) as answer:
        assert f"connect-src 'self' ws://{host} wss://{host}; base-uri" in answer.headers["Content-Security-Policy"]


async def test_what_a_browser_holds_is_not_sent_again(client: aiohttp.ClientSession) -> None:
    async with client.get("/board.js") as answer:
        tag = answer.headers["ETag"]
        assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        async with client.get("/board.js", headers={"If-None-Match": known}) as answer:
            assert (answer.status, await answer.read()) == (304, b"")
            assert answer.headers["ETag"] == tag
    for other in ('"other"', tag.strip('"'), ""):
        async with client.get("/board.js", headers={"If-None-Match": other}) as answer:
            assert answer.status == 200


async def test_two_contents_have_two_tags(client: aiohttp.ClientSession) -> None:
    async with client.get("/") as one, client.get("/board.js") as other:
        assert one.headers["ETag"] != other.headers["ETag"]


async def test_head_says_the_same_without_a_body(client: aiohttp.ClientSession) -> None:
    async with client.get("/board.js") as asked, client.head("/board.js") as answer:
        assert answer.status == 200
        assert await answer.read() == b""
        assert dict(answer.headers) == dict(asked.headers)


@pytest.mark.parametrize(
    "path",
    [
        "/secret.html",
        "/../secret.html",
        "/%2e%2e/secret.html",
        "/..%2fsecret.html",
        "/inner/../../secret.html",
        "//secret.html",
        "/inner/page.html",
        "/__init__.py",
        "/index.html/",
        "/index.html%00",
        "/board",
    ],
)
async def test_nothing_else_can_be_fetched(client: aiohttp.ClientSession, path: str) -> None:
    async with client.get("/") as answer:
        port = answer.url.port
    # by hand, because clients tidy a path before they send it
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n".encode())
    text = (await reader.read()).decode().lower()
    writer.close()
    await writer.wait_closed()

    assert text.startswith("http/1.1 404")
    assert "content-type: text/plain; charset=utf-8" in text
    assert "x-content-type-options: nosniff" in text
    assert CANARY not in text


async def test_pages_are_only_read(client: aiohttp.ClientSession) -> None:
    async with client.post("/", data=b"x") as answer:
        assert answer.status == 405
        assert answer.headers["Allow"] == "GET, HEAD"


async def test_who_posts_to_where_no_page_is_learns_where_the_endpoint_is(client: aiohttp.ClientSession) -> None:
    async with client.post("/graphql/", data=b"x") as answer:
        assert answer.status == 405
        assert "The endpoint is at /graphql." in await answer.text()


async def test_a_socket_is_not_opened_here(client: aiohttp.ClientSession) -> None:
    with pytest.raises(aiohttp.WSServerHandshakeError) as caught:
        await client.ws_connect("/board.js")
    assert caught.value.status == 403


async def test_a_file_that_comes_later_is_not_served(client: aiohttp.ClientSession, folder: Path) -> None:
    (folder / "later.html").write_text(CANARY)
    async with client.get("/later.html") as answer:
        assert answer.status == 404


@pytest.mark.parametrize("site", ["*", "a.example", "https://a.example/path", "https://a.example; script-src *", "data:"])
def test_a_frame_ancestor_that_is_no_site_is_refused(folder: Path, site: str) -> None:
    with pytest.raises(ValueError, match="is no site"):
        Pages(folder, frame_ancestors=[site])


def test_nobody_may_frame_a_page_unless_told(folder: Path) -> None:
    assert "frame-ancestors 'none'" in Pages(folder)._policy_for("")


def test_the_gateways_own_pages_name_only_files_that_are_there() -> None:
    web = files("gateway.web")
    for page in ("index.html", "query.html"):
        text = (web / page).read_text("utf-8")
        for name in ("icon.svg", "board.css"):
            assert f'"/{name}"' in text
            assert (web / name).is_file()
