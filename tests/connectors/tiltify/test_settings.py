"""The settings of an account: an app, what it follows, and its webhook endpoint."""

import pytest

from connectors.contract import (
    ABILITIES,
    KeepsFeed,
    ListsCampaigns,
    ListsDonations,
    ReadsCampaigns,
    ReadsMilestones,
    ReceivesDeliveries,
)
from connectors.spec import Secret, SettingValue
from connectors.testing.fakes import fake_ports
from connectors.tiltify import CONNECTOR
from connectors.tiltify.settings import Account
from schema.model.errors import SettingsInvalid
from tests.connectors.tiltify.given import BASE, CAMPAIGN, ENDPOINT, EVENT, KEY, TEAM, UUID, asking, settings, standing

ASKS = {ReadsCampaigns, ListsCampaigns, ListsDonations, ReadsMilestones}


def problems(given: dict[str, SettingValue]) -> list[str]:
    with pytest.raises(SettingsInvalid) as caught:
        CONNECTOR.build(given, fake_ports(standing))
    return list(caught.value.problems)


def test_with_an_endpoint_it_can_do_all_that_the_spec_lists() -> None:
    connector = CONNECTOR.build(settings(), fake_ports(standing))
    assert {a for a in ABILITIES if isinstance(connector, a)} == ASKS | {ReceivesDeliveries, KeepsFeed}
    assert {a for a in ABILITIES if isinstance(connector, a)} == set(CONNECTOR.abilities)


def test_without_an_endpoint_tiltify_is_only_asked() -> None:
    connector = CONNECTOR.build(asking(), fake_ports(standing))
    assert {a for a in ABILITIES if isinstance(connector, a)} == ASKS


def test_all_problems_are_told_at_once() -> None:
    names = [problem.partition(":")[0] for problem in problems({})]
    assert names == ["client_id", "client_secret", "campaigns", "base_url"]
    wrong: SettingValue = "two words"
    everything = settings(
        client_id=wrong,
        client_secret=Secret("two words"),
        campaigns=("nothing",),
        signing_key=Secret("short"),
        previous_signing_key=Secret("short"),
        endpoint_id="7",
        base_url="v5api.tiltify.com",
    )
    assert [problem.partition(":")[0] for problem in problems(everything)] == list(everything)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("client_id", "ünicode"),
        ("client_secret", Secret("line\nbreak")),
        ("client_secret", Secret("a" * 501)),
        ("signing_key", Secret("fifteen-letters")),
        ("signing_key", Secret("ünicode-signing-key")),
        ("signing_key", None),
        ("previous_signing_key", Secret("fifteen-letters")),
        ("endpoint_id", None),
        ("endpoint_id", "1212"),
        ("endpoint_id", f"{ENDPOINT}/activate"),
        ("base_url", f"{BASE}?x=1"),
        ("campaigns", ()),
    ],
)
def test_a_wrong_setting_is_named_and_not_quoted(name: str, value: SettingValue) -> None:
    (problem,) = problems(settings(**{name: value}))
    assert problem.startswith(f"{name}: ")
    quoted = value.reveal() if isinstance(value, Secret) else value
    assert not quoted or str(quoted) not in problem


def test_a_key_and_its_endpoint_need_each_other() -> None:
    assert problems(asking(previous_signing_key=Secret(KEY))) == ["signing_key: is missing", "endpoint_id: is missing"]


@pytest.mark.parametrize(
    "text",
    [
        UUID,
        "campaign/",
        "campaign/100200300",
        "campaigns/" + UUID,
        "personal_campaign/" + UUID,
        "Campaign/" + UUID,
        CAMPAIGN + "/donations",
        CAMPAIGN + "\n",
        " " + CAMPAIGN,
        "campaign/" + UUID.replace("-", ""),
        "@sample/sample-reef-weekend",
        "",
    ],
)
def test_a_campaign_is_named_by_its_kind_and_uuid(text: str) -> None:
    (problem,) = problems(settings(campaigns=(CAMPAIGN, text)))
    assert problem.startswith("campaigns: entry 2 is none of campaign/UUID, team_campaign/UUID, fundraising_event/UUID")


def test_legacy_ids_are_refused_by_name() -> None:
    (problem,) = problems(settings(campaigns=("campaign/100200300",)))
    assert "old number" in problem
    assert "100200300" not in problem


@pytest.mark.parametrize("again", [CAMPAIGN, CAMPAIGN.upper().replace("CAMPAIGN", "campaign"), "team_campaign/" + UUID])
def test_no_campaign_is_there_twice(again: str) -> None:
    assert problems(settings(campaigns=(CAMPAIGN, EVENT, again))) == ["campaigns: entry 3 is there before"]


def test_uuids_are_the_same_in_any_letter_case() -> None:
    upper = f"team_campaign/{TEAM.partition('/')[2].upper()}"
    account = Account.of(settings(campaigns=(upper,), endpoint_id=ENDPOINT.upper()))
    assert [str(native) for native in account.campaigns.values()] == [TEAM]
    assert account.push is not None
    assert account.push.endpoint == ENDPOINT


def test_a_slash_at_the_end_of_the_address_changes_nothing() -> None:
    assert Account.of(settings(base_url=f"{BASE}/")).base_url == Account.of(settings(base_url=BASE)).base_url == BASE


def test_secrets_do_not_show() -> None:
    account = Account.of(settings(previous_signing_key=Secret("the-key-before-that")))
    shown = repr(account) + repr(account.push) + repr(vars(CONNECTOR.build(settings(), fake_ports(standing))))
    for secret in (KEY, "sample-client-secret", "the-key-before-that"):
        assert secret not in shown
