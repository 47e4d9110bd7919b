"""GraphiQL is in development and not in production, and browsers that open the endpoint come to it."""

import re
import subprocess
import zipfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.resources import files
from pathlib import Path
from typing import Final

import aiohttp
import pytest

from connectors.testing.emulation import serve
from gateway.app import running
from gateway.http.graphiql import ARCHIVE
from gateway.settings import Settings
from tests.npm import demand, install

SOURCE: Final = Path(__file__).resolve().parents[3] / "graphiql"
CHROMIUM: Final = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"


@asynccontextmanager
async def gateway(folder: Path, profile: str = "development") -> AsyncIterator[aiohttp.ClientSession]:
    """A client of one with this profile."""
    settings = Settings.of(
        {"data_dir": folder, "ecb_rates": False, "profile": profile, "frame_ancestors": ["https://a.example"]}
    )
    async with running(settings) as made, serve(made.asgi) as url, aiohttp.ClientSession(url) as session:
        yield session


async def test_the_page_and_its_parts_come_from_here_with_a_policy(tmp_path: Path) -> None:
    async with gateway(tmp_path) as session:
        for place in ("/graphiql", "/graphiql/"):
            async with session.get(place) as answer:
                assert (answer.status, answer.content_type, answer.url.path) == (200, "text/html", "/graphiql/")
                text = await answer.text()
                policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'; script-src 'self';" in policy
        assert "frame-ancestors https://a.example" in policy
        assert "http" not in policy.replace("https://a.example", "")
        named = re.findall(r'(?:src|href)="([^"/][^"]*)"', text)
        assert named == ["page.css", "page.js"]
        for name in (*named, "editor.worker.js", "json.worker.js", "graphql.worker.js", "LICENSES.txt"):
            async with session.get(f"/graphiql/{name}") as answer:
                assert answer.status == 200, name
                assert len(await answer.read()) > 100
        async with session.get("/graphiql/nothing.js") as answer:
            assert answer.status == 404


async def test_a_browser_that_opens_the_endpoint_is_sent_to_it(tmp_path: Path) -> None:
    async with gateway(tmp_path) as session:
        async with session.get("/graphql", headers={"Accept": CHROMIUM}, allow_redirects=False) as answer:
            assert (answer.status, answer.headers["Location"]) == (303, "/graphiql/")
            assert (answer.headers["Cache-Control"], answer.headers["Vary"]) == ("no-store", "Accept")


@pytest.mark.parametrize(
    ("method", "target", "accept", "status"),
    [
        ("GET", "/graphql?query={__typename}", CHROMIUM, 200),
        ("GET", "/graphql", "*/*", 400),
        ("GET", "/graphql", "application/json", 400),
        ("GET", "/graphql", "text/html, application/json;q=0.5", 400),
        ("HEAD", "/graphql", CHROMIUM, 400),
        ("POST", "/graphql", CHROMIUM, 415),
    ],
)
async def test_whoever_asks_anything_is_answered_by_the_endpoint(
    tmp_path: Path, method: str, target: str, accept: str, status: int
) -> None:
    async with gateway(tmp_path) as session:
        async with session.request(method, target, headers={"Accept": accept}, allow_redirects=False) as answer:
            assert answer.status == status


async def test_in_production_there_is_none(tmp_path: Path) -> None:
    async with gateway(tmp_path, "production") as session:
        for place in ("/graphiql", "/graphiql/", "/graphiql/page.js"):
            async with session.get(place) as answer:
                assert answer.status == 404
        async with session.get("/graphql", headers={"Accept": CHROMIUM}, allow_redirects=False) as answer:
            assert answer.status == 405


def test_the_archive_is_what_its_lock_gives(tmp_path: Path) -> None:
    demand("node", "npm")
    install(SOURCE)
    made = tmp_path / ARCHIVE
    subprocess.run(["node", "build.mjs", str(made)], cwd=SOURCE, check=True, capture_output=True)

    kept = files("gateway.web") / ARCHIVE
    with zipfile.ZipFile(made) as new, kept.open("rb") as file, zipfile.ZipFile(file) as old:
        assert [(each.filename, each.CRC) for each in new.infolist()] == [(each.filename, each.CRC) for each in old.infolist()]
