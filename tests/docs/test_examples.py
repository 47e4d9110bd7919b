"""The worked examples of the guides, run as they are printed against the demo."""

import asyncio
import os
import re
import shutil
import sys
from pathlib import Path

import pytest
from playwright.async_api import async_playwright, expect
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from connectors.testing.emulation import serve
from tests.docs.demo import demo
from tests.docs.markdown import ROOT, blocks

GUIDE = (ROOT / "docs" / "front-end.md").read_text("utf-8")
ADDRESS = "127.0.0.1:8000"
"""Where the guides take the demo to be."""


def the_only(language: str) -> str:
    """The guide's only block in a language."""
    (block,) = blocks(GUIDE, language)
    assert ADDRESS in block.text
    return block.text


async def test_the_python_example_prints_a_total(tmp_path: Path) -> None:
    async with demo(tmp_path) as address:
        program = the_only("python").replace(ADDRESS, address)
        process = await asyncio.create_subprocess_exec(sys.executable, "-c", program, stdout=asyncio.subprocess.PIPE)
        try:
            assert process.stdout is not None
            said = await asyncio.wait_for(process.stdout.readuntil(b".00\n"), 30)
        finally:
            process.kill()
            await process.communicate()
    assert re.search(rb"school (unknown|\d+\.00)\n$", said)


async def test_the_counter_counts_on_a_page_of_another_origin(tmp_path: Path) -> None:
    program = shutil.which("chromium")
    if program is None:
        if os.environ.get("CI") == "true":
            pytest.fail("chromium is not installed: apt-get install -y --no-install-recommends chromium")
        pytest.skip("chromium is not installed")
    shown = the_only("html")

    async def page(_: Request) -> Response:
        return HTMLResponse(shown)

    async with serve(Starlette(routes=[Route("/", page)])) as origin:
        async with demo(tmp_path, GIVING_ALLOWED_ORIGINS=f'["{origin}"]') as address, async_playwright() as tools:
            shown = shown.replace(ADDRESS, address)
            browser = await tools.chromium.launch(executable_path=program)
            try:
                tab = await browser.new_page(locale="en-GB")
                await tab.goto(origin)
                raised = tab.locator("#raised")
                await expect(raised).to_have_text(re.compile(r"^CN¥[\d,]+\.\d\d$"), timeout=20_000)
                before = await raised.inner_text()
                await expect(raised).not_to_have_text(before, timeout=20_000)
            finally:
                await browser.close()
