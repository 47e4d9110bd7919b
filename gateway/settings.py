"""The configuration: one model, made once from ``giving.toml`` and the environment. Tests hand it a dict.

Every problem is reported at once, with its path in the file. Any value can be overridden by ``GIVING_...`` variables, with
``__`` between levels: ``GIVING_ACCOUNTS__LUNCH__MCHID``.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
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

from gateway.agreement import disagreements, looks_up
from gateway.configuration import DATA, read_file, surplus_variables
from gateway.declared import CampaignSettings, CharitySettings, EndorserSettings, SeasonSettings, ours
from gateway.http.limits import Limits
from gateway.store.cluster import SCHEMES
from schema.model.errors import BadCurrency, GivingError, SettingsInvalid
from schema.model.money import Currency
from schema.model.rates import Rate
from schema.model.text import link

ECB_URL: Final = "https://www.ecb.europa.eu/stats/eurofxref/eurofxref-daily.xml"
_ORIGIN = re.compile(r"https?://[^/?#@\s]+", re.ASCII)


class Settings(BaseSettings):
    """The whole configuration. Accounts are checked against their connectors' specs by ``gateway.registry``."""

    model_config = SettingsConfigDict(
        env_prefix="GIVING_", env_nested_delimiter="__", extra="forbid", frozen=True, nested_model_default_partial_update=True
    )

    data_dir: Path = Field(default=Path(DATA), validate_default=True)
    data_key: SecretStr | None = None
    data_key_file: Path | None = None
    pepper: SecretStr | None = None
    pepper_file: Path | None = None
    reporting_time_zone: str = "UTC"
    reporting_currency: str = "CNY"
    ledger_url: str | None = Field(default=None, repr=False)  # may carry a password
    ledger_replicas: int = Field(default=0, ge=0, le=10)
    cache_url: str | None = Field(default=None, repr=False)
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    public_url: str | None = None
    profile: Literal["development", "production"] = "development"
    allowed_origins: tuple[str, ...] = ()
    frame_ancestors: tuple[str, ...] = ()
    trusted_document_files: tuple[Path, ...] = ()
    only_trusted_documents: bool = False
    compress_sockets: bool = False
    limits: Limits = Limits()
    rates: dict[str, Decimal] = {}
    ecb_rates: bool = True
    ecb_url: str = ECB_URL
    accounts: dict[str, dict[str, Any]] = Field(default={}, repr=False)  # what is secret in it, only its connector knows
    campaigns: tuple[CampaignSettings, ...] = ()
    charities: tuple[CharitySettings, ...] = ()
    endorsers: tuple[EndorserSettings, ...] = ()
    seasons: tuple[SeasonSettings, ...] = ()

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

    @field_validator("data_dir")
    @classmethod
    def _whole_path(cls, value: Path) -> Path:
        """So that it is the same one whoever named it, and from wherever."""
        return value.absolute()

    @field_validator("reporting_time_zone")
    @classmethod
    def _zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError("is no IANA time zone, such as Asia/Shanghai") from None
        return value

    @field_validator("public_url", "ecb_url")
    @classmethod
    def _public(cls, value: str | None) -> str | None:
        if value is not None and link(value) is None:
            raise ValueError("is no absolute http or https address, such as https://giving.example")
        return value

    @field_validator("ledger_url", "cache_url")
    @classmethod
    def _redis(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("redis://", "rediss://", "unix://", *SCHEMES)):
            raise ValueError(f"begins with redis://, rediss:// or unix://, or of a cluster with {' or '.join(SCHEMES)}")
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
        return ours(lambda: Currency.of(value).code)

    @field_validator("rates")
    @classmethod
    def _rates(cls, value: dict[str, Decimal]) -> dict[str, Decimal]:
        # a variable cannot carry capitals on every system, a file can
        rates = {code.upper(): rate for code, rate in value.items()}
        problems = []
        for code, rate in rates.items():
            try:
                Rate.of_configuration(code, rate, code, datetime.now(UTC))
            except BadCurrency as error:
                problems.append(str(error))
            except GivingError:
                problems.append(f"the rate of {code} is a number above 0, from 10^-12 up to 10^13")
        if problems:
            raise ValueError("; ".join(problems))
        return rates

    @model_validator(mode="wrap")
    @classmethod
    def _whole(cls, values: Any, check: ModelWrapValidatorHandler[Self]) -> Self:
        """Problems of single values and between values are told together."""
        problems = set(disagreements(values))
        try:
            found = check(values)
        except ValidationError as error:
            raise SettingsInvalid(sorted(problems | {_told(problem) for problem in error.errors()})) from None
        if problems:
            raise SettingsInvalid(sorted(problems))
        return found

    def looks_up(self, account: str) -> bool:
        """Whether an account finds campaigns that nobody has seen."""
        return bool(looks_up(self.accounts[account]))

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


def _told(problem: Any) -> str:
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in problem["loc"]).lstrip(".")
    message = "is not a setting" if problem["type"] == "extra_forbidden" else problem["msg"].removeprefix("Value error, ")
    return f"{path}: {message}"
