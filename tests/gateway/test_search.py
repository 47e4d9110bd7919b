"""Searching through the front door: a gateway as it is started, asked over HTTP."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final

import aiohttp
import pytest

from connectors.testing.emulation import serve
from connectors.wechat_pay.emulator import WeChatPayEmulator
from gateway.app import running
from gateway.settings import Settings
from schema.model.page import MAX_SEARCH

LISTED: Final = """
query ($search: String, $platforms: [String!]) {
    campaigns(filter: { search: $search, platforms: $platforms }, orderBy: UPDATED_AT_DESC) {
        totalCount
        nodes { externalId }
    }
}
"""
CHARITIES: Final = "query ($search: String) { charities(search: $search) { totalCount nodes { name } } }"
CAMPAIGNS: Final = {"a": "免费午餐 Free School Lunch", "b": "Märchen für Kinder", "c": "乡村图书馆", "d": "NEAR and AND"}


@pytest.fixture
async def address(tmp_path: Path) -> AsyncIterator[str]:
    account = {"connector": "wechat_pay", **WeChatPayEmulator().account(), "base_url": "http://127.0.0.1:9"}
    declared = [
        {
            "platform": "wechat_pay",
            "id": native,
            "title": title,
            "currency": "CNY",
            "charity": "books" if native in "bc" else "meals",
        }
        for native, title in CAMPAIGNS.items()
    ]
    charities = [{"id": "books", "name": "Bücher für alle"}, {"id": "meals", "name": "免费午餐基金会"}]
    settings = Settings.of(
        {
            "data_dir": tmp_path,
            "ecb_rates": False,
            "accounts": {"lunch": account},
            "campaigns": declared,
            "charities": charities,
        }
    )
    async with running(settings) as gateway, serve(gateway.asgi) as url:
        yield url


async def ask(address: str, document: str, **variables: Any) -> Any:
    async with aiohttp.ClientSession() as session:
        body = {"query": document, "variables": variables}
        async with session.post(f"{address}/graphql", json=body) as answer:
            return await answer.json()


async def test_words_of_any_script_are_found_in_titles_and_names_of_charities(address: str) -> None:
    for search, found in {
        "午餐": "ad",
        "餐": "ad",
        "午": "ad",
        "基金会 school": "a",
        "图书": "c",
        "LUNCH": "a",
        "ｌｕｎ": "a",
        "marchen": "b",
        "bücher": "bc",
        "BUCHER 图书馆": "c",
        "near and": "d",
        'NEAR("a" "b", 2)': "",
        "lunch*": "a",
        '"': "abcd",
        "": "abcd",
        "nothing of the kind": "",
    }.items():
        page = (await ask(address, LISTED, search=search))["data"]["campaigns"]
        assert "".join(sorted(node["externalId"] for node in page["nodes"])) == found, search
        assert page["totalCount"] == len(found)
    page = (await ask(address, LISTED, search=None))["data"]["campaigns"]
    assert page["totalCount"] == 4
    page = (await ask(address, LISTED, search="lunch", platforms=["twitch"]))["data"]["campaigns"]
    assert page == {"totalCount": 0, "nodes": []}


async def test_charities_are_found_by_name(address: str) -> None:
    for search, names in {
        "ALLE": ["Bücher für alle"],
        "午餐": ["免费午餐基金会"],
        "": ["Bücher für alle", "免费午餐基金会"],
        "x": [],
    }.items():
        page = (await ask(address, CHARITIES, search=search))["data"]["charities"]
        assert page == {"totalCount": len(names), "nodes": [{"name": name} for name in names]}


@pytest.mark.parametrize("document", [LISTED, CHARITIES])
@pytest.mark.parametrize("character", ["a", "午", "𠮷", "\ufdfa", "é"])
async def test_a_hundred_characters_are_searched_for_and_one_more_is_the_callers_mistake(
    address: str, document: str, character: str
) -> None:
    assert "errors" not in await ask(address, document, search=character * MAX_SEARCH)
    answer = await ask(address, document, search=character * (MAX_SEARCH + 1))
    [error] = answer["errors"]
    assert {name: error["extensions"][name] for name in ("code", "argument")} == {
        "code": "BAD_USER_INPUT",
        "argument": "search",
    }
    assert error["message"] == "at most 100 characters are searched for"
