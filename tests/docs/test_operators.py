"""docs/operators.md tells every setting, metric and log event, and its configurations are good ones."""

import ast
import tomllib
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any, cast

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from connectors.catalog import BUILT_IN
from gateway.declared import (
    ActionSettings,
    CampaignSettings,
    CharitySettings,
    EndorserSettings,
    PhaseSettings,
    PostSettings,
    Rule,
    SeasonSettings,
)
from gateway.examination import examine_settings
from gateway.http.answer_figures import AnswerFigures
from gateway.http.answers import Answers
from gateway.http.limits import Limits
from gateway.http.metrics import LimitFigures, RunFigures
from gateway.http.operations import Runs
from gateway.http.recent import Recent
from gateway.live.metrics import LiveFigures
from gateway.live.places import Places
from gateway.live.running import RunningOperations
from gateway.observe import Metrics
from gateway.outbound.metrics import BreakerStates, CallMetrics
from gateway.registry import GATEWAYS_OWN, Registry
from gateway.reload import RELOADED
from gateway.settings import Settings
from gateway.store.key_file import data_key, peppers
from schema.model.errors import SettingsInvalid
from tests.docs.markdown import ROOT, Block, blocks, named, section
from tests.docs.test_errors import differences, texts_of, trees

TEXT = (ROOT / "docs" / "operators.md").read_text("utf-8")
MODELS: dict[str, type[BaseModel]] = {
    "Settings of the gateway": Settings,
    "Settings of a campaign": CampaignSettings,
    "Settings of a rule": Rule,
    "Settings of a charity": CharitySettings,
    "Settings of an endorser": EndorserSettings,
    "Settings of a post": PostSettings,
    "Settings of a season": SeasonSettings,
    "Settings of a phase": PhaseSettings,
    "Settings of an action": ActionSettings,
}


def known_settings() -> dict[str, set[str]]:
    """The names of all settings, by the heading under which they are told."""
    models = {title: set(model.model_fields) for title, model in MODELS.items()}
    networks = {f"Settings of {key}": {setting.name for setting in Registry().spec(key).settings} for key in BUILT_IN}
    return {**models, "Settings of an account": set(GATEWAYS_OWN), **networks}


def metrics() -> set[str]:
    """The names of all figures as they are served."""
    registry = Metrics().registry
    CallMetrics(registry)
    registry.register(BreakerStates(dict))
    registry.register(LiveFigures(RunningOperations(cast("Any", None)), Places(Limits())))
    registry.register(RunFigures(Runs()))
    registry.register(AnswerFigures(Answers(Limits(), cast("Any", None), cast("Any", None), Recent())))
    registry.register(LimitFigures(Limits(), {}, Counter(depth=1)))
    return {f"{family.name}_total" if family.type == "counter" else family.name for family in registry.collect()}


def events() -> set[str]:
    """The events of all log lines of the gateway."""
    levels = {"debug", "info", "warning", "error", "critical", "exception"}
    return {
        text
        for _, tree in trees("gateway")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in levels
        if isinstance(node.func.value, ast.Name) and node.func.value.id in ("log", "_log")
        for text in texts_of(node.args[0])
    }


def without(text: str, name: str) -> str:
    """The text without the rows that begin with a name."""
    return "\n".join(line for line in text.splitlines() if not line.startswith(f"| `{name}`"))


@pytest.mark.parametrize("title", known_settings())
def test_every_setting_is_told_and_no_other(title: str) -> None:
    assert differences(set(named(section(TEXT, title))), known_settings()[title]) == []


def test_every_network_has_its_settings_told() -> None:
    told = {line.removeprefix("### ") for line in TEXT.splitlines() if line.startswith("### Settings of ")}

    assert told == set(known_settings())


@pytest.mark.parametrize("name", Settings.model_fields)
def test_the_default_is_that_of_the_code(name: str) -> None:
    default = Settings.model_fields[name].default
    told = named(section(TEXT, "Settings of the gateway"))[name][0]

    written = str(default).lower() if isinstance(default, bool) else default
    assert told == (f"`{written}`" if default not in (None, (), {}, Limits()) else "")


@pytest.mark.parametrize("title", [title for title in MODELS if title != "Settings of the gateway"])
def test_what_is_required_is_told(title: str) -> None:
    required = {name for name, field in MODELS[title].model_fields.items() if field.default is PydanticUndefined}
    told = {name for name, cells in named(section(TEXT, title)).items() if "required" in cells[-1]}

    assert told == required


@pytest.mark.parametrize("key", BUILT_IN)
def test_kind_and_need_of_a_networks_settings_are_those_of_its_spec(key: str) -> None:
    told = {name: cells[:2] for name, cells in named(section(TEXT, f"Settings of {key}")).items()}

    assert told == {
        setting.name: [setting.kind, "required" if setting.required else ""] for setting in Registry().spec(key).settings
    }


def test_what_only_a_restart_changes_is_told_and_nothing_else() -> None:
    told = set(named(section(TEXT, "Change the configuration while it runs")))

    assert differences(told, Settings.model_fields.keys() - RELOADED) == []


def test_every_metric_is_told_and_no_other() -> None:
    assert differences(set(named(section(TEXT, "Metrics"))), metrics()) == []


def test_every_metric_that_is_named_anywhere_exists() -> None:
    words = {word for word in TEXT.replace("`", " ").replace("{", " ").split() if word.startswith("giving_")}

    assert words - {"giving_gateway"} <= metrics()


def test_every_log_event_is_told_and_no_other() -> None:
    assert differences(set(named(section(TEXT, "Logs"))), events()) == []


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Settings of the gateway", "cache_url"),
        ("Settings of an account", "general"),
        ("Settings of a campaign", "goal"),
        ("Settings of a rule", "attach"),
        ("Settings of a charity", "logo"),
        ("Settings of an endorser", "account"),
        ("Settings of a phase", "campaigns"),
        ("Settings of wechat_pay", "sub_mchids"),
        ("Settings of twitch", "transport"),
        ("Settings of weibo", "calls_per_day"),
    ],
)
def test_a_setting_that_is_left_out_is_found(title: str, name: str) -> None:
    told = set(named(section(without(TEXT, name), title)))

    assert differences(told, known_settings()[title]) == [f"{name} is not documented"]


@pytest.mark.parametrize(
    ("title", "name", "known"), [("Metrics", "giving_held_total", metrics()), ("Logs", "delivery.held", events())]
)
def test_a_figure_or_event_that_is_renamed_is_found(title: str, name: str, known: Iterable[str]) -> None:
    told = set(named(section(TEXT.replace(f"| `{name}`", "| `giving_renamed`"), title)))

    assert differences(told, set(known)) == [f"{name} is not documented", "giving_renamed does not exist"]


@pytest.fixture
def secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with the secret files that the guide names."""
    folder = tmp_path / "secrets"
    folder.mkdir()
    ours, theirs = (rsa.generate_private_key(public_exponent=65_537, key_size=2_048) for _ in range(2))
    pem = ours.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    for name in ("apiclient_key.pem", "alipay_app_key.pem", "weibo_seller_key.pem"):
        (folder / name).write_bytes(pem)
    public = theirs.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    for name in ("wechat_public_key.pem", "alipay_public_key", "weibo_pay_key.pem"):
        (folder / name).write_bytes(public)
    (folder / "apiv3").write_text("0123456789abcdef0123456789abcdef\n")
    for name in (
        "twitch_client",
        "twitch_refresh",
        "twitch_eventsub",
        "weibo_token",
        "tiltify_client",
        "tiltify_signing",
        "justgiving_app",
    ):
        (folder / name).write_text("a-secret-of-thirty-characters\n")
    for name in ("data_key", "pepper"):
        (folder / name).write_text("MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=\n")
    for name in ("web.json", "television.json"):
        (tmp_path / name).write_text('{"hello": "{ __typename }"}')
    monkeypatch.chdir(tmp_path)
    return folder


def configurations() -> list[Block]:
    """The configurations that the guide shows."""
    return blocks(TEXT, "toml")


def examined(text: str) -> dict[str, Any]:
    """The accounts of a configuration, built. Raises SettingsInvalid."""
    settings = Settings.of(tomllib.loads(text))
    assert data_key(settings)
    assert peppers(settings).keys("twitch", "900100777")
    return dict(examine_settings(settings))


@pytest.mark.parametrize("shown", configurations(), ids=lambda shown: f"line-{shown.line}")
def test_every_configuration_that_is_shown_is_a_good_one(shown: Block, secrets: Path) -> None:
    settings = tomllib.loads(shown.text)

    assert examined(shown.text).keys() == settings.get("accounts", {}).keys()


def test_there_is_a_configuration_for_each_way() -> None:
    accounts = [account for shown in configurations() for account in tomllib.loads(shown.text).get("accounts", {}).values()]

    assert {account["connector"] for account in accounts} == set(BUILT_IN)
    assert any("sub_mchids" in account for account in accounts)
    assert any(account.get("transport") == "websocket" for account in accounts)
    assert any("seasons" in tomllib.loads(shown.text) for shown in configurations())
    assert any("ledger_url" in tomllib.loads(shown.text) for shown in configurations())


@pytest.mark.parametrize(
    ("good", "bad"),
    [("mchid", "mch_id"), ('account = "lunch"', 'account = "dinner"'), ("secrets/apiv3", "secrets/nowhere"), ("CNY", "CNX")],
)
def test_a_configuration_with_a_mistake_is_found(good: str, bad: str, secrets: Path) -> None:
    with pytest.raises(SettingsInvalid):
        examined(configurations()[0].text.replace(good, bad))
