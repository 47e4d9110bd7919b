"""An emulator's account as the settings that ``build`` gets."""

from collections.abc import Mapping
from typing import Any

from connectors.spec import ConnectorSpec, Secret, SettingKind, SettingValue
from connectors.testing.conformance.broken import expect


def settings_of(spec: ConnectorSpec, account: Mapping[str, Any]) -> dict[str, SettingValue]:
    """Every declared setting by name. Raises Broken where ``Emulator.account`` and the spec disagree."""
    known = {setting.name: setting for setting in spec.settings}
    expect(set(account) <= set(known), f"account() gives settings that are not declared: {sorted(set(account) - set(known))}")
    missing = [name for name, setting in known.items() if setting.required and setting.default is None and name not in account]
    expect(not missing, f"account() lacks required settings: {missing}")
    return {name: value_of(setting.kind, account.get(name, setting.default)) for name, setting in known.items()}


def value_of(kind: SettingKind, value: Any) -> SettingValue:
    """A plain value in the form that the contract gives to settings of a kind."""
    if value is None:
        return None
    if kind == "secret":
        return Secret(str(value))
    if kind == "texts":
        return tuple(str(item) for item in value)
    if kind == "table":
        return {str(key): str(item) for key, item in value.items()}
    return str(value)


def secrets_of(settings: Mapping[str, SettingValue]) -> list[str]:
    """Of each secret the text that must never be shown: its longest line, as ``repr`` rewrites the ends of lines."""
    texts = [value.reveal() for value in settings.values() if isinstance(value, Secret)]
    return [max(text.splitlines(), key=len) for text in texts if text]
