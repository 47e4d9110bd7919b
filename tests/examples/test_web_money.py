"""Amounts of the web example are exact to the last minor unit, however large."""

import json

import pytest

from tests.examples.tree import Tree

RUN = """
import { minorUnits, rest, shown } from "./money.mjs";
const [of, part] = JSON.parse(process.argv[1]).map((amount) => ({ amount, currencyCode: process.argv[2] }));
const left = rest(of, part);
console.log(JSON.stringify([left.amount, String(minorUnits(left)), shown(left, "en")]));
"""


@pytest.mark.parametrize(
    ("of", "part", "currency", "left", "units", "shown"),
    [
        ("0.30", "0.10", "EUR", "0.20", "20", "€0.20"),
        ("1.00", "0.99", "CNY", "0.01", "1", "CN¥0.01"),
        ("0.99", "1.00", "CNY", "-0.01", "-1", "-CN¥0.01"),
        ("90071992547409.95", "0.02", "USD", "90071992547409.93", "9007199254740993", "$90,071,992,547,409.93"),
        ("5000", "1", "JPY", "4999", "4999", "¥4,999"),
        ("1.500", "0.001", "KWD", "1.499", "1499", "KWD\u00a01.499"),
    ],
)
async def test_the_rest_of_an_amount(tree: Tree, of: str, part: str, currency: str, left: str, units: str, shown: str) -> None:
    code, said = await tree.run("npx", "esbuild", "src/money.ts", "--outfile=money.mjs", "--log-level=warning")
    assert code == 0, said

    code, said = await tree.run("node", "--input-type=module", "-e", RUN, "--", json.dumps([of, part]), currency)

    assert code == 0, said
    assert json.loads(said) == [left, units, shown]
