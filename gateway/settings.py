"""The configuration: one model, made once from ``giving.toml`` and the environment. Tests hand it a dict.

Every problem is reported at once, with its path in the file. Any value can be overridden by ``GIVING_...`` variables, with
``__`` between levels: ``GIVING_ACCOUNTS__LUNCH__MCHID``.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ModelWrapValidatorHandler,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
)

from gateway.configuration import read_file, surplus_variables
from schema.model.errors import GivingError, SettingsInvalid
from schema.model.ids import CampaignId, check_native
from schema.model.money import Currency, Money
from schema.model.text import link

_ORIGIN = re.compile(r"https?://[^/?#@\s]+", re.ASCII)


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

    @field_validator("platform")
    @classmethod
    def _platform(cls, value: str) -> str:
        return _ours(lambda: CampaignId(value, "any").platform)

    @field_validator("id")
    @classmethod
    def _id(cls, value: str) -> str:
        _ours(lambda: check_native(value, "id"))
        return value

    @field_validator("currency")
    @classmethod
    def _currency(cls, value: str) -> str:
        return _ours(lambda: Currency.of(value).code)

    @field_validator("goal")
    @classmethod
    def _goal(cls, value: str | None, info: ValidationInfo) -> str | None:
        currency = info.data.get("currency")  # absent when it is wrong itself
        if value is not None and currency is not None:
            _ours(lambda: Money.of_decimal(value, currency))
            if Money.of_decimal(value, currency).minor <= 0:
                raise ValueError("is an amount above 0")
        return value

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
        """Its goal."""
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
    ledger_url: str | None = Field(default=None, repr=False)  # may carry a password
    cache_url: str | None = Field(default=None, repr=False)
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    public_url: str | None = None
    profile: Literal["development", "production"] = "development"
    allowed_origins: tuple[str, ...] = ()
    frame_ancestors: tuple[str, ...] = ()
    rates: dict[str, Decimal] = {}
    accounts: dict[str, dict[str, Any]] = Field(default={}, repr=False)  # what is secret in it, only its connector knows
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

    @field_validator("public_url")
    @classmethod
    def _public(cls, value: str | None) -> str | None:
        if value is not None and link(value) is None:
            raise ValueError("is no absolute http or https address, such as https://giving.example")
        return value

    @field_validator("ledger_url", "cache_url")
    @classmethod
    def _redis(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("redis://", "rediss://", "unix://")):
            raise ValueError("begins with redis://, rediss:// or unix://")
        return value

    @field_validator("allowed_origins", "frame_ancestors")
    @classmethod
    def _origins(cls, value: tuple[str, ...], field: ValidationInfo) -> tuple[str, ...]:
        origins = tuple(origin.lower().rstrip("/") for origin in value)
        any_may = field.field_name == "allowed_origins"
        if any(not _ORIGIN.fullmatch(origin) and not (any_may and origin == "*") for origin in origins):
            raise ValueError("holds origins such as https://charity.example" + (", or * for any" if any_may else ""))
        return origins

    @field_validator("reporting_currency")
    @classmethod
    def _currency(cls, value: str) -> str:
        return _ours(lambda: Currency.of(value).code)

    @field_validator("rates")
    @classmethod
    def _rates(cls, value: dict[str, Decimal]) -> dict[str, Decimal]:
        # a variable cannot carry capitals on every system, a file can
        rates = {code.upper(): rate for code, rate in value.items()}
        problems = [f"the rate of {code} is a number above 0" for code, rate in rates.items() if rate <= 0]
        for code in rates:
            try:
                Currency.of(code)
            except GivingError as error:
                problems.append(str(error))
        if problems:
            raise ValueError("; ".join(problems))
        return rates

    @model_validator(mode="wrap")
    @classmethod
    def _whole(cls, values: Any, check: ModelWrapValidatorHandler[Self]) -> Self:
        """Problems of single values and between values are told together."""
        problems = set(_disagreements(values))
        try:
            found = check(values)
        except ValidationError as error:
            raise SettingsInvalid(sorted(problems | {_told(problem) for problem in error.errors()})) from None
        if problems:
            raise SettingsInvalid(sorted(problems))
        return found

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Self:
        """From a dict and the environment. Raises SettingsInvalid with all problems at once."""
        problems = [f"{name}: there is no such setting" for name in surplus_variables(cls.model_fields)]
        try:
            found = cls(**values)
        except SettingsInvalid as error:
            raise SettingsInvalid([*problems, *error.problems]) from None
        except SettingsError as error:  # it names the field, not the value
            raise SettingsInvalid([f"{error}: a list or table in a variable is written as JSON", *problems]) from None
        if problems:
            raise SettingsInvalid(problems)
        return found

    @classmethod
    def load(cls, path: Path | None = None) -> Self:
        """From the file at ``path`` or ``GIVING_CONFIG`` (default ``giving.toml`` where there is one), and the environment."""
        return cls.of(read_file(path))


def _ours(check: Callable[[], Any]) -> str:
    try:
        return str(check())
    except GivingError as error:
        raise ValueError(str(error)) from None


def _told(problem: Any) -> str:
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in problem["loc"]).lstrip(".")
    message = "is not a setting" if problem["type"] == "extra_forbidden" else problem["msg"].removeprefix("Value error, ")
    return f"{path}: {message}"


def _disagreements(values: Mapping[str, Any]) -> Iterator[str]:
    """What does not fit together, as far as the raw values can be compared; single values are checked elsewhere."""
    if values.get("data_key") is not None and values.get("data_key_file") is not None:
        yield "data_key: is given twice, here and as data_key_file"
    accounts = _tables(values.get("accounts"))
    charities = {row.get("id") for row in _rows(values.get("charities")).values()}
    declared: set[tuple[str, str]] = set()
    for index, row in _rows(values.get("campaigns")).items():
        path, identity = f"campaigns[{index}]", (str(row.get("platform")), str(row.get("id")))
        if identity in declared:
            yield f"{path}.id: {':'.join(identity)} is declared twice"
        declared.add(identity)
        if isinstance(row.get("charity"), str) and row["charity"] not in charities:
            yield f"{path}.charity: there is no [[charities]] with id {row['charity']!r}"
        for number, rule in _rows(row.get("match")).items():
            name = rule.get("account")
            if isinstance(name, str) and name not in accounts:
                yield f"{path}.match[{number}].account: there is no [accounts.{name}]"
            elif isinstance(name, str) and accounts[name].get("connector") != row.get("platform"):
                yield f"{path}.match[{number}].account: {name} is no account of {row.get('platform')}"
    for name, account in accounts.items():
        general = account.get("general")
        if general is not None and not isinstance(general, str):
            yield f"accounts.{name}.general: is the id of a campaign"
        elif general is not None and (str(account.get("connector")), general) not in declared:
            yield f"accounts.{name}.general: there is no [[campaigns]] with id {general!r} on that network"


def _rows(values: Any) -> dict[int, dict[str, Any]]:
    found = enumerate(values if isinstance(values, list | tuple) else ())
    return {index: row for index, row in found if isinstance(row, dict)}


def _tables(values: Any) -> dict[str, dict[str, Any]]:
    return {name: row for name, row in values.items() if isinstance(row, dict)} if isinstance(values, dict) else {}
