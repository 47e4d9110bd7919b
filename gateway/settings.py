"""The configuration: one model, made once from ``giving.toml`` and the environment. Tests hand it a dict.

Every problem is reported at once, with its path in the file. Any value can be overridden by ``GIVING_...`` variables, with
``__`` between levels: ``GIVING_ACCOUNTS__LUNCH__MCHID``.
"""

import os
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from schema.model.errors import GivingError, SettingsInvalid
from schema.model.ids import CampaignId
from schema.model.money import Currency, Money


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Rule(_Part):
    """What a payment must carry to belong to a campaign. Only ``*`` and ``?`` are special. All given ones must match."""

    account: str
    attach: str | None = None
    order: str | None = None
    app: str | None = None
    merchant: str | None = None
    endorser: str | None = None


class CampaignSettings(_Part):
    """A declared campaign; or, for a network with campaigns of its own, words that replace the network's."""

    platform: str
    id: str
    title: str
    currency: str
    summary: str | None = None
    url: str | None = None
    donate_url: str | None = None
    image: str | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    charity: str | None = None
    categories: tuple[str, ...] = ()
    goal: str | None = None
    match: tuple[Rule, ...] = ()

    @field_validator("currency")
    @classmethod
    def _currency(cls, value: str) -> str:
        return _ours(lambda: Currency.of(value).code)

    @field_validator("starts_at", "ends_at")
    @classmethod
    def _zoned(cls, value: datetime | None) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("needs a time zone, such as 2026-09-01T00:00:00+08:00")
        return value

    @property
    def campaign_id(self) -> CampaignId:
        """Its id."""
        return CampaignId(self.platform, self.id)

    @property
    def goal_money(self) -> Money | None:
        """Its goal; ``Settings`` has checked the text."""
        return Money.of_decimal(self.goal, self.currency) if self.goal else None


class CharitySettings(_Part):
    """A charity that campaigns name by ``id``."""

    id: str
    name: str
    registration_number: str | None = None
    website: str | None = None
    logo: str | None = None


class Settings(BaseSettings):
    """The whole configuration. Accounts are checked against their connectors' specs by ``gateway.registry``."""

    model_config = SettingsConfigDict(
        env_prefix="GIVING_", env_nested_delimiter="__", extra="forbid", frozen=True, nested_model_default_partial_update=True
    )

    data_dir: Path = Path("var")
    data_key: SecretStr | None = None
    data_key_file: Path | None = None
    reporting_time_zone: str = "UTC"
    reporting_currency: str = "CNY"
    ledger_url: str | None = None
    cache_url: str | None = None
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    public_url: str | None = None
    profile: Literal["development", "production"] = "development"
    allowed_origins: tuple[str, ...] = ()
    rates: dict[str, Decimal] = {}
    accounts: dict[str, dict[str, Any]] = {}
    campaigns: tuple[CampaignSettings, ...] = ()
    charities: tuple[CharitySettings, ...] = ()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment wins over the file, level by level."""
        return (env_settings, init_settings)

    @field_validator("reporting_time_zone")
    @classmethod
    def _zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError("is no IANA time zone, such as Asia/Shanghai") from None
        return value

    @field_validator("reporting_currency")
    @classmethod
    def _currency(cls, value: str) -> str:
        return _ours(lambda: Currency.of(value).code)

    @field_validator("rates")
    @classmethod
    def _rates(cls, value: dict[str, Decimal]) -> dict[str, Decimal]:
        # a variable cannot carry capitals on every system, a file can
        rates = {code.upper(): rate for code, rate in value.items()}
        for code, rate in rates.items():
            _ours(lambda code=code: Currency.of(code).code)
            if not (rate.is_finite() and rate > 0):
                raise ValueError(f"the rate of {code} is a number above 0")
        return rates

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Self:
        """From a dict and the environment. Raises SettingsInvalid with all problems at once."""
        try:
            found = cls(**values)
        except ValidationError as error:
            raise SettingsInvalid(sorted({_told(problem) for problem in error.errors()})) from None
        if problems := list(_disagreements(found)):
            raise SettingsInvalid(problems)
        return found

    @classmethod
    def load(cls, path: Path | None = None) -> Self:
        """From the file at ``path`` or ``GIVING_CONFIG`` (default ``giving.toml`` where there is one), and the environment."""
        return cls.of(read_file(path))


def read_file(path: Path | None = None) -> dict[str, Any]:
    """The file's content as a dict. Raises SettingsInvalid when a named file is missing or is no TOML."""
    named = path or (Path(os.environ["GIVING_CONFIG"]) if "GIVING_CONFIG" in os.environ else None)
    place = named or Path("giving.toml")
    if not place.is_file():
        if named is None:
            return {}
        raise SettingsInvalid([f"{place}: there is no such file (GIVING_CONFIG names the configuration)"])
    try:
        return dict(TomlConfigSettingsSource(Settings, place)())
    except (ValueError, OSError) as error:
        raise SettingsInvalid([f"{place}: cannot be read as TOML: {error}"]) from None


def _ours(check: Any) -> str:
    try:
        return str(check())
    except GivingError as error:
        raise ValueError(str(error)) from None


def _told(problem: Any) -> str:
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in problem["loc"]).lstrip(".")
    message = "is not a setting" if problem["type"] == "extra_forbidden" else problem["msg"].removeprefix("Value error, ")
    return f"{path}: {message}"


def _disagreements(settings: Settings) -> list[str]:
    problems: list[str] = []
    charities = {charity.id for charity in settings.charities}
    declared: set[tuple[str, str]] = set()
    for index, campaign in enumerate(settings.campaigns):
        path = f"campaigns[{index}]"
        try:
            identity = campaign.campaign_id
            if campaign.goal:
                Money.of_decimal(campaign.goal, campaign.currency)
        except GivingError as error:
            problems.append(f"{path}: {error}")
            continue
        if (identity.platform, identity.native) in declared:
            problems.append(f"{path}.id: {identity} is declared twice")
        declared.add((identity.platform, identity.native))
        if campaign.charity is not None and campaign.charity not in charities:
            problems.append(f"{path}.charity: there is no [[charities]] with id {campaign.charity!r}")
        for number, rule in enumerate(campaign.match):
            account = settings.accounts.get(rule.account)
            if account is None:
                problems.append(f"{path}.match[{number}].account: there is no [accounts.{rule.account}]")
            elif account.get("connector") != campaign.platform:
                problems.append(f"{path}.match[{number}].account: {rule.account} is no account of {campaign.platform}")
    for name, account in settings.accounts.items():
        general = account.get("general")
        if general is not None and (str(account.get("connector")), general) not in declared:
            problems.append(f"accounts.{name}.general: there is no [[campaigns]] with id {general!r} on that network")
    return problems
