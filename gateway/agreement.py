"""Whether the parts of a configuration fit together: what one names must be declared by another."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from gateway.declared import ACCOUNT


def disagreements(values: Mapping[str, Any]) -> Iterator[str]:
    """What does not fit, as far as the raw values can be compared; single values are checked elsewhere."""
    if values.get("data_key") is not None and values.get("data_key_file") is not None:
        yield "data_key: is given twice, here and as data_key_file"
    accounts = _tables(values.get("accounts"))
    campaigns = _rows(values.get("campaigns"))
    declared = Counter((str(row.get("platform")), str(row.get("id"))) for row in campaigns.values())
    yield from _campaigns(values, campaigns, declared, accounts)
    for name, account in accounts.items():
        general = account.get("general")
        if general is not None and not isinstance(general, str):
            yield f"accounts.{name}.general: is the id of a campaign"
        elif general is not None and (str(account.get("connector")), general) not in declared:
            yield f"accounts.{name}.general: there is no [[campaigns]] with id {general!r} on that network"
    for table, key in (("charities", "id"), ("endorsers", "id"), ("seasons", "slug")):
        yield from _twice(table, key, _rows(values.get(table)))
    for path, reference in _references(values):
        kind, _, target = reference.partition(":")
        if kind == ACCOUNT and target not in accounts:
            yield f"{path}: there is no [accounts.{target}]"


def undeclared(values: Mapping[str, Any], declaring: frozenset[str]) -> Iterator[str]:
    """References to campaigns of ``declaring`` networks, which have none of their own, that are declared nowhere."""
    declared = {f"{row.get('platform')}:{row.get('id')}" for row in _rows(values.get("campaigns")).values()}
    for path, reference in _references(values):
        if reference.partition(":")[0] in declaring and reference not in declared:
            yield f"{path}: there is no [[campaigns]] for {reference}"


def _campaigns(
    values: Mapping[str, Any],
    campaigns: dict[int, dict[str, Any]],
    declared: Counter[tuple[str, str]],
    accounts: dict[str, dict[str, Any]],
) -> Iterator[str]:
    charities = {row.get("id") for row in _rows(values.get("charities")).values()}
    endorsers = {row.get("id") for row in _rows(values.get("endorsers")).values()}
    seen: set[tuple[str, str]] = set()
    for index, row in campaigns.items():
        path, identity = f"campaigns[{index}]", (str(row.get("platform")), str(row.get("id")))
        if declared[identity] > 1 and identity in seen:
            yield f"{path}.id: {':'.join(identity)} is declared twice"
        seen.add(identity)
        if isinstance(row.get("charity"), str) and row["charity"] not in charities:
            yield f"{path}.charity: there is no [[charities]] with id {row['charity']!r}"
        for number, rule in _rows(row.get("match")).items():
            name, endorser = rule.get("account"), rule.get("endorser")
            if isinstance(name, str) and name not in accounts:
                yield f"{path}.match[{number}].account: there is no [accounts.{name}]"
            elif isinstance(name, str) and accounts[name].get("connector") != row.get("platform"):
                yield f"{path}.match[{number}].account: {name} is no account of {row.get('platform')}"
            if isinstance(endorser, str) and endorser not in endorsers:
                yield f"{path}.match[{number}].endorser: there is no [[endorsers]] with id {endorser!r}"


def _references(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Every campaign that endorsers and seasons name, with its path."""
    for index, row in _rows(values.get("endorsers")).items():
        for number, text in enumerate(_texts(row.get("campaigns"))):
            yield f"endorsers[{index}].campaigns[{number}]", text
        for number, post in _rows(row.get("posts")).items():
            if isinstance(post.get("campaign"), str):
                yield f"endorsers[{index}].posts[{number}].campaign", post["campaign"]
    for index, row in _rows(values.get("seasons")).items():
        for place, phase in _rows(row.get("phases")).items():
            for number, text in enumerate(_texts(phase.get("campaigns"))):
                yield f"seasons[{index}].phases[{place}].campaigns[{number}]", text


def _twice(kind: str, key: str, rows: dict[int, dict[str, Any]]) -> Iterator[str]:
    seen: set[object] = set()
    for index, row in rows.items():
        name = row.get(key)
        if isinstance(name, str) and name in seen:
            yield f"{kind}[{index}].{key}: {name!r} is declared twice"
        if isinstance(name, str):
            seen.add(name)


def _rows(values: Any) -> dict[int, dict[str, Any]]:
    found = enumerate(values if isinstance(values, list | tuple) else ())
    return {index: row for index, row in found if isinstance(row, dict)}


def _texts(values: Any) -> list[str]:
    return [text for text in values if isinstance(text, str)] if isinstance(values, list | tuple) else []


def _tables(values: Any) -> dict[str, dict[str, Any]]:
    return {name: row for name, row in values.items() if isinstance(row, dict)} if isinstance(values, dict) else {}
