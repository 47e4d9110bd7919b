"""Whether the parts of a configuration fit together: what one names must be declared by another."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from gateway.declared import ACCOUNT
from schema.model.errors import BadUserInput
from schema.model.ids import CampaignId


def disagreements(values: Mapping[str, Any]) -> Iterator[str]:
    """What does not fit, as far as the raw values can be compared; single values are checked elsewhere."""
    for name in ("data_key", "pepper"):
        if values.get(name) is not None and values.get(f"{name}_file") is not None:
            yield f"{name}: is given twice, here and as {name}_file"
    if str(values.get("ledger_replicas", 0)) != "0" and values.get("ledger_url") is None:
        yield "ledger_replicas: the private server has none; name a server of your own in ledger_url"
    accounts = _tables(values.get("accounts"))
    campaigns = _rows(values.get("campaigns"))
    declared = {(str(row.get("platform")), str(row.get("id"))) for row in campaigns.values()}
    yield from _campaigns(values, campaigns, accounts)
    for name, account in accounts.items():
        general = account.get("general")
        if general is not None and not isinstance(general, str):
            yield f"accounts.{name}.general: is the id of a campaign"
        elif general is not None and (str(account.get("connector")), general) not in declared:
            yield f"accounts.{name}.general: there is no [[campaigns]] with id {general!r} on that network"
        if looks_up(account) is None:
            yield f"accounts.{name}.lookup: is true or false"
    for table, key in (("charities", "id"), ("endorsers", "id"), ("seasons", "slug")):
        yield from _twice((f"{table}[{index}].{key}", row.get(key)) for index, row in _rows(values.get(table)).items())
    yield from _twice(_names(values))
    yield from _twice(_posts(values))
    connected = {str(account.get("connector")) for account in accounts.values()}
    for path, reference in _references(values):
        kind, _, target = reference.partition(":")
        if kind == ACCOUNT:
            if target not in accounts:
                yield f"{path}: there is no [accounts.{target}]"
        elif kind not in connected and (kind, target) not in declared:
            yield f"{path}: there is no account of {kind}, and no [[campaigns]] for {reference}"


def looks_up(account: Mapping[str, Any]) -> bool | None:
    """Whether an account finds campaigns that nobody has seen; None where that is not said. A variable says it in letters."""
    return {"true": True, "false": False}.get(str(account.get("lookup", False)).lower())


def undeclared(values: Mapping[str, Any], declaring: frozenset[str]) -> Iterator[str]:
    """References to campaigns of ``declaring`` networks, which have none of their own, that are declared nowhere."""
    declared = {f"{row.get('platform')}:{row.get('id')}" for row in _rows(values.get("campaigns")).values()}
    for path, reference in _references(values):
        if reference.partition(":")[0] in declaring and reference not in declared:
            yield f"{path}: there is no [[campaigns]] for {reference}"


def _campaigns(
    values: Mapping[str, Any], campaigns: dict[int, dict[str, Any]], accounts: dict[str, dict[str, Any]]
) -> Iterator[str]:
    yield from _twice((f"campaigns[{index}].id", f"{row.get('platform')}:{row.get('id')}") for index, row in campaigns.items())
    charities, endorsers = _ids(values.get("charities")), _ids(values.get("endorsers"))
    for index, row in campaigns.items():
        path = f"campaigns[{index}]"
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
    """Every campaign that endorsers and seasons name, with its path; what cannot be one is told elsewhere."""
    yield from ((path, text) for path, text in _written(values) if _is_reference(text))


def _written(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for index, row in _rows(values.get("endorsers")).items():
        for number, text in _texts(row.get("campaigns")):
            yield f"endorsers[{index}].campaigns[{number}]", text
        for number, post in _rows(row.get("posts")).items():
            if isinstance(post.get("campaign"), str):
                yield f"endorsers[{index}].posts[{number}].campaign", post["campaign"]
    for index, row in _rows(values.get("seasons")).items():
        for place, phase in _rows(row.get("phases")).items():
            for number, text in _texts(phase.get("campaigns")):
                yield f"seasons[{index}].phases[{place}].campaigns[{number}]", text


def _is_reference(text: str) -> bool:
    try:
        CampaignId.parse(text)
    except BadUserInput:
        return False
    return True


def _names(values: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
    """What networks call charities: of two that share a name nobody could say which one is meant."""
    for index, row in _rows(values.get("charities")).items():
        names = row.get("names")
        for platform, name in names.items() if isinstance(names, dict) else ():
            if isinstance(name, str):
                yield f"charities[{index}].names.{platform}", f"{platform}:{name}"


def _posts(values: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
    """Posts with the campaigns for which they speak: the counters of one that is there twice would be added twice."""
    for index, row in _rows(values.get("endorsers")).items():
        for number, post in _rows(row.get("posts")).items():
            if isinstance(post.get("campaign"), str) and isinstance(post.get("id"), str):
                yield f"endorsers[{index}].posts[{number}].id", f"{row.get('platform')}:{post['id']} for {post['campaign']}"


def _twice(named: Iterable[tuple[str, object]]) -> Iterator[str]:
    """The paths of what was named before."""
    seen: set[str] = set()
    for path, name in named:
        if isinstance(name, str):
            if name in seen:
                yield f"{path}: {name} is declared twice"
            seen.add(name)


def _ids(values: Any) -> set[str]:
    return {row["id"] for row in _rows(values).values() if isinstance(row.get("id"), str)}


def _rows(values: Any) -> dict[int, dict[str, Any]]:
    found = enumerate(values if isinstance(values, list | tuple) else ())
    return {index: row for index, row in found if isinstance(row, dict)}


def _texts(values: Any) -> list[tuple[int, str]]:
    found = enumerate(values if isinstance(values, list | tuple) else ())
    return [(index, text) for index, text in found if isinstance(text, str)]


def _tables(values: Any) -> dict[str, dict[str, Any]]:
    return {name: row for name, row in values.items() if isinstance(row, dict)} if isinstance(values, dict) else {}
