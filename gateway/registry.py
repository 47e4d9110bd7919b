"""Finds connectors, and builds one per account. Listing imports nothing; trouble stops the start, all of it at once."""

import importlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from connectors.catalog import BUILT_IN, ENTRY_POINTS
from connectors.contract import Connector, ReadsCampaigns
from connectors.ports import Ports
from connectors.spec import CHANGES, CONTRACT_VERSION, ConnectorSpec, Secret, Setting, Settings, SettingValue
from gateway.agreement import looks_up
from schema.model.errors import SettingsInvalid
from schema.model.total import Basis

GATEWAYS_OWN: Final = frozenset({"connector", "general", "lookup"})
"""Settings of an account that are the gateway's and not its connector's."""
FROM_FILES: Final = ("text", "secret", "table")
"""Kinds of settings that may also be given as ``NAME_file``: keys are kept in files, public ones too."""
_NAME: Final = re.compile(r"[a-z0-9_]+", re.ASCII)
_CONTRACT: Final = frozenset({"connectors", "schema"})
"""Where the names are that a connector imports from here."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a connector comes from: ``address`` is ``module:attribute``, ``owner`` who ships it."""

    key: str
    address: str
    owner: str

    def load(self) -> ConnectorSpec:
        """Imports it. Raises SettingsInvalid by name, with what to do."""
        module, _, attribute = self.address.partition(":")
        try:
            spec = getattr(importlib.import_module(module), attribute)
        except Exception as error:
            raise SettingsInvalid([f"connector {self.key} of {self.owner} cannot be imported: {why_not(error)}"]) from error
        if not isinstance(spec, ConnectorSpec) or spec.key != self.key:
            raise SettingsInvalid([f"connector {self.key} of {self.owner}: {self.address} is no ConnectorSpec of that key"])
        if spec.contract_version != CONTRACT_VERSION:
            raise SettingsInvalid([f"connector {self.key} of {self.owner} {_foreign(self.owner, spec.contract_version)}"])
        return spec


def why_not(error: Exception) -> str:
    """Why a connector's code cannot be imported. What it asks of the contract and is not there is told with what changed."""
    said = f"{type(error).__name__}: {error}"
    if not isinstance(error, ImportError) or (error.name or "").partition(".")[0] not in _CONTRACT:
        return said
    return (
        f"{said}. This gateway has contract {CONTRACT_VERSION}: if the connector was written for a later one, update "
        f"giving-gateway; if for an earlier one, {_changes(0)}"
    )


def _foreign(owner: str, version: int) -> str:
    """What to do about a connector that was written for another contract."""
    said = f"was written for contract {version}, this gateway has {CONTRACT_VERSION}: "
    if version > CONTRACT_VERSION:
        return f"{said}update giving-gateway, or install a release of {owner} for {CONTRACT_VERSION}"
    return f"{said}install a release of {owner} for {CONTRACT_VERSION}. If it is yours, {_changes(version)}"


def _changes(since: int) -> str:
    """What the author of a connector has to change, by the versions after one."""
    todo = "; ".join(f"for {version}, {change}" for version, change in sorted(CHANGES.items()) if version > since)
    return f"change it: {todo}; then write contract_version={CONTRACT_VERSION} (docs/connectors.md)"


class Registry:
    """The connectors of this installation. Read-only."""

    def __init__(self, built_in: Mapping[str, str] = BUILT_IN, outside: tuple[EntryPoint, ...] | None = None) -> None:
        self.sources: dict[str, Source] = {key: Source(key, address, "giving-gateway") for key, address in built_in.items()}
        self.clashes: list[str] = []
        for point in entry_points(group=ENTRY_POINTS) if outside is None else outside:
            owner = point.dist.name if point.dist else point.value
            if point.name in self.sources:
                other = self.sources[point.name].owner
                self.clashes.append(f"connector {point.name} is offered by both {other} and {owner}: uninstall one of them")
            else:
                self.sources[point.name] = Source(point.name, point.value, owner)

    def spec(self, key: str) -> ConnectorSpec:
        """The spec of one connector, imported now. Raises SettingsInvalid."""
        if key not in self.sources:
            known = ", ".join(sorted(self.sources))
            raise SettingsInvalid([f"there is no connector {key!r}; installed are {known}"])
        return self.sources[key].load()

    def prepare(self, accounts: Mapping[str, Mapping[str, Any]]) -> "dict[str, Prepared]":
        """Reads every account's settings against its connector's spec. Raises SettingsInvalid with all problems at once."""
        found, problems = self.read(accounts)
        if problems:
            raise SettingsInvalid(problems)
        return found

    def read(self, accounts: Mapping[str, Mapping[str, Any]]) -> "tuple[dict[str, Prepared], list[str]]":
        """The accounts that can be built, and every problem of the others."""
        problems = list(self.clashes)
        found: dict[str, Prepared] = {}
        for name, raw in accounts.items():
            path = f"accounts.{name}"
            if not _NAME.fullmatch(name):
                problems.append(f"{path}: a name has lower case letters, digits and _ only")
            if not isinstance(raw.get("connector"), str):
                problems.append(f"{path}.connector: is missing; it names the network, such as wechat_pay")
                continue
            try:
                spec = self.spec(raw["connector"])
            except SettingsInvalid as error:
                problems.extend(f"{path}.connector: {problem}" for problem in error.problems)
                continue
            settings, wrong = read_settings(spec, raw)
            if looks_up(raw) and not _can_look_up(spec):
                problems.append(f"{path}.lookup: {spec.key} cannot be asked for the total of a single campaign")
            problems.extend(f"{path}.{problem}" for problem in wrong)
            if not wrong:
                found[name] = Prepared(name, spec, settings)
        return found, problems


def _can_look_up(spec: ConnectorSpec) -> bool:
    return ReadsCampaigns in spec.abilities and spec.pace.poll is not None and spec.basis is Basis.REPORTED


@dataclass(frozen=True, slots=True)
class Prepared:
    """An account whose settings were read; ``build`` may still find that a key is none."""

    name: str
    spec: ConnectorSpec
    settings: Settings

    def build(self, ports: Ports) -> Connector:
        """The connector of this account. Raises SettingsInvalid."""
        try:
            return self.spec.build(self.settings, ports)
        except SettingsInvalid as error:
            raise SettingsInvalid([f"accounts.{self.name}.{problem}" for problem in error.problems]) from None


def read_settings(spec: ConnectorSpec, raw: Mapping[str, Any]) -> tuple[dict[str, SettingValue], list[str]]:
    """An account's settings by their declared names, and every problem, each beginning with the setting's name."""
    known = {setting.name for setting in spec.settings}
    files = {f"{setting.name}_file": setting.name for setting in spec.settings if setting.kind in FROM_FILES}
    problems = [f"{name}: {spec.key} has no such setting" for name in raw if name not in known | GATEWAYS_OWN | set(files)]
    values: dict[str, SettingValue] = {}
    for setting in spec.settings:
        value, problem = _value(setting, raw)
        if problem is None and value is None and setting.required:
            problem = f"is missing: {setting.help}"
        if problem is not None:
            problems.append(f"{setting.name}: {problem}")
        values[setting.name] = value
    return values, problems


def _value(setting: Setting, raw: Mapping[str, Any]) -> tuple[SettingValue, str | None]:
    value = raw.get(setting.name)
    named = raw.get(f"{setting.name}_file")
    if named is not None and setting.kind in FROM_FILES:
        if value is not None:
            return None, f"is given twice, here and as {setting.name}_file"
        try:
            value = {key: _text_of(place) for key, place in named.items()} if isinstance(named, dict) else _text_of(named)
        except (OSError, ValueError, TypeError) as error:
            return None, f"its file cannot be read ({type(error).__name__})"
    if value is None:
        value = setting.default
    if value is None:
        return None, None
    if setting.kind == "texts":
        if not isinstance(value, list | tuple) or not all(isinstance(item, str) for item in value):
            return None, "is a list of texts"
        return tuple(value), None
    if setting.kind == "table":
        if not isinstance(value, dict) or not all(isinstance(item, str) for item in value.values()):
            return None, "is a table of texts"
        return value, None
    if not isinstance(value, str) or not value:
        return None, "is a text that is not empty"
    if setting.choices and value not in setting.choices:
        return None, f"is one of {', '.join(setting.choices)}"
    if setting.kind == "url" and not _is_address(value):
        return None, "is an absolute address"
    return (Secret(value) if setting.kind == "secret" else value), None


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:  # a broken IPv6 address
        return False
    return parts.scheme in ("http", "https", "ws", "wss") and bool(parts.netloc)


def _text_of(place: Any) -> str:
    return Path(place).read_text("utf-8").strip()
