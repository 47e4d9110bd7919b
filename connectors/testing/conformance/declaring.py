"""Rules about what a connector says of itself before it is asked anything."""

import re
from collections.abc import Mapping
from typing import Any, Final, get_args

from connectors.contract import ABILITIES, ListsCampaigns, ReadsCampaigns
from connectors.spec import CONTRACT_VERSION, Setting, SettingKind, SettingValue
from connectors.testing.conformance.account import secrets_of, value_of
from connectors.testing.conformance.bench import Bench
from connectors.testing.conformance.broken import Broken, expect
from connectors.testing.conformance.grade import Grade
from connectors.testing.conformance.rules import Rule
from schema.model.errors import SettingsInvalid
from schema.model.ids import CampaignId
from schema.model.text import link, plain

_NAME: Final = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)
CANARY: Final = "malformed-canary"
MALFORMED: Final = f"\x00 {CANARY}"
"""No setting of any network looks like this."""


async def well_formed(bench: Bench) -> str:
    """The spec has a key, a name, an https homepage, this contract's version, documented settings and a positive pace."""
    spec = bench.case.spec
    CampaignId(spec.key, "x")  # raises where the key is none
    expect(spec.key == bench.emulator.key, f"the emulator's key is {bench.emulator.key}, the connector's {spec.key}")
    expect(plain(spec.name, 80) == spec.name, "the network's name is not printable")
    expect(link(spec.homepage) and spec.homepage.startswith("https://"), f"{spec.homepage!r} is no https address")
    expect(spec.contract_version == CONTRACT_VERSION, f"written for contract {spec.contract_version}, not {CONTRACT_VERSION}")
    names = [setting.name for setting in spec.settings]
    expect(len(set(names)) == len(names), f"a setting is declared twice: {names}")
    for setting in spec.settings:
        _documented(setting)
    expect(spec.pace.poll is None or spec.pace.poll.total_seconds() > 0, "a poll interval is positive")
    expect("default" in spec.pace.budgets, "there is no budget named default")
    expect(all(calls > 0 for calls in spec.pace.budgets.values()), "a budget is at least one call a minute")
    reads = {ListsCampaigns, ReadsCampaigns} & set(spec.abilities)
    expect(reads or spec.declares_campaigns, "campaigns can neither be read nor are they declared in giving.toml")
    return f"{spec.key}, for contract {spec.contract_version}, with {len(names)} documented settings"


def _documented(setting: Setting) -> None:
    expect(_NAME.fullmatch(setting.name), f"{setting.name!r} is no name of a setting")
    expect(plain(setting.help, 300) == setting.help, f"{setting.name} is not documented")
    expect(setting.kind in get_args(SettingKind), f"{setting.name} is of no known kind")
    expect(setting.kind != "secret" or setting.default is None, f"the secret {setting.name} has a default")
    expect(not setting.choices or setting.default in (None, *setting.choices), f"the default of {setting.name} is no choice")


async def abilities_declared(bench: Bench) -> str:
    """The abilities that the spec declares are those of the object, and there is at least one."""
    declared = set(bench.case.able)
    present: set[type] = {ability for ability in ABILITIES if isinstance(bench.connector, ability)}
    unknown = (declared | set(bench.case.spec.abilities)) - set(ABILITIES)
    expect(not unknown, f"these are no abilities: {_names(unknown)}")
    expect(present, "an object without any ability is no connector")
    expect(present <= declared, f"not declared: {_names(present - declared)}")
    expect(declared <= present, f"declared, but the object has no such method: {_names(declared - present)}")
    return _names(present)


def _names(abilities: set[type]) -> str:
    return ", ".join(sorted(ability.__name__ for ability in abilities))


async def missing_settings_named(bench: Bench) -> str:
    """Without its required settings a connector is not built, and the error names all of them."""
    required = [setting.name for setting in bench.case.spec.settings if setting.required and setting.default is None]
    problems = _problems(bench, {**bench.settings, **dict.fromkeys(required)})
    expect(set(required) <= set(problems), f"not named as missing: {sorted(set(required) - set(problems))}")
    for name in required:
        expect(list(_problems(bench, {**bench.settings, name: None})) == [name], f"with only {name} missing, others are blamed")
    return f"{len(required)} required settings are named, alone and together"


async def malformed_settings_named(bench: Bench) -> str:
    """Malformed settings are refused as SettingsInvalid, by name, all at once, and without quoting a value."""
    spec = bench.case.spec
    bad: dict[str, SettingValue] = {setting.name: _malformed(setting) for setting in spec.settings}
    alone = {name for name in bad if name in _problems(bench, {**bench.settings, name: bad[name]})}
    together = _problems(bench, {name: bad[name] if name in alone else value for name, value in bench.settings.items()})
    expect(alone <= set(together), f"refused alone, but not named with others: {sorted(alone - set(together))}")
    secret = {setting.name for setting in spec.settings if setting.kind == "secret"}
    expect(not any(CANARY in text for name in secret for text in together.get(name, [])), "the value of a secret is quoted")
    return f"{len(alone)} of {len(bad)} malformed settings are refused, by name and at once"


def _malformed(setting: Setting) -> SettingValue:
    value: Any = {"texts": [MALFORMED], "table": {MALFORMED: MALFORMED}}.get(setting.kind, MALFORMED)
    return value_of(setting.kind, value)


def _problems(bench: Bench, settings: Mapping[str, SettingValue]) -> dict[str, list[str]]:
    """What ``build`` says about settings, by the setting that each problem begins with."""
    names = {setting.name for setting in bench.case.spec.settings}
    found: dict[str, list[str]] = {}
    try:
        bench.build(dict(settings))
    except SettingsInvalid as error:
        for problem in error.problems:
            match = _NAME.match(problem)
            expect(match and match[0] in names, f"a problem begins with no setting's name: {problem[:40]!r}")
            found.setdefault(match[0] if match else "", []).append(problem)
    except Exception as error:
        raise Broken(f"build raised {type(error).__name__} instead of SettingsInvalid") from error
    return found


async def secrets_hidden(bench: Bench) -> str:
    """No secret is in what a connector, its parts or its settings print."""
    secrets = secrets_of(bench.settings)
    await bench.give(1_999)
    parts: list[object] = [bench.connector]
    for _ in range(3):
        parts += [value for part in parts for value in _parts_of(part)]
    shown = [repr(part) + str(part) for part in parts if not isinstance(part, str | bytes)]
    for secret in secrets:
        expect(not any(secret in text for text in shown), "a secret is printed by the connector or one of its parts")
        expect(secret not in repr(bench.settings), "a secret is printed by the settings")
    return f"{len(secrets)} secrets are in none of {len(shown)} printed parts"


def _parts_of(value: object) -> list[object]:
    slots = [name for cls in type(value).__mro__ for name in getattr(cls, "__slots__", ()) if not name.startswith("__")]
    ours = type(value).__module__.split(".")[0] not in ("builtins", "cryptography", "aiohttp", "re", "datetime")
    held = [getattr(value, name, None) for name in slots] + list(getattr(value, "__dict__", {}).values())
    return held if ours and "connectors.testing" not in type(value).__module__ else []


RULES: Final = (
    Rule("spec-is-well-formed", well_formed, Grade.BRONZE),
    Rule("abilities-are-the-declared-ones", abilities_declared, Grade.BRONZE),
    Rule("missing-settings-are-named-at-once", missing_settings_named, Grade.BRONZE),
    Rule("malformed-settings-are-named-at-once", malformed_settings_named, Grade.BRONZE),
    Rule("secrets-are-not-printed", secrets_hidden, Grade.SILVER),
)
