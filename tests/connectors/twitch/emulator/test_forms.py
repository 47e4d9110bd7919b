"""The forms that payloads can take: each switch does what it says, and only that."""

import re
from typing import Any

import pytest

from connectors.twitch.emulator import TwitchEmulator
from connectors.twitch.emulator.state import Charity
from tests.connectors.twitch.emulator.world import DONATE, PROGRESS, START, STOP, App, Receiver


async def life(app: App, hook: Receiver, goal: int | None = 1_000) -> dict[str, dict[str, Any]]:
    """One event of each topic."""
    await app.listen(hook.url)
    app.emulator.start_campaign(goal, "EUR")
    await app.emulator.donate(100)
    await app.emulator.settle()
    app.emulator.stop()
    await app.emulator.settle()
    return {topic: hook.events(topic)[0] for topic in (DONATE, START, PROGRESS, STOP)}


def broadcaster_fields(event: dict[str, Any]) -> set[str]:
    return {name for name in event if name.startswith("broadcaster")}


SHORT = {"broadcaster_id", "broadcaster_login", "broadcaster_name"}
LONG = {"broadcaster_user_id", "broadcaster_user_login", "broadcaster_user_name"}
CHARITY = {"charity_name", "charity_description", "charity_logo", "charity_website"}


async def test_by_default_events_look_as_documented(app: App, hook: Receiver) -> None:
    events = await life(app, hook)
    assert set(events[DONATE]) == {"id", "campaign_id", "user_id", "user_login", "user_name", "amount"} | CHARITY | LONG
    state = {"id", "current_amount", "target_amount"} | CHARITY | SHORT
    assert set(events[START]) == state | {"started_at"}
    assert set(events[PROGRESS]) == state
    assert set(events[STOP]) == state | {"stopped_at"}


async def test_broadcaster_names_can_be_the_other_way_round(app: App, hook: Receiver) -> None:
    app.emulator.forms.donate_broadcaster = "broadcaster"
    app.emulator.forms.state_broadcaster = "broadcaster_user"
    events = await life(app, hook)
    assert broadcaster_fields(events[DONATE]) == SHORT
    assert all(broadcaster_fields(events[topic]) == LONG for topic in (START, PROGRESS, STOP))
    assert events[START]["broadcaster_user_id"] == app.emulator.broadcaster.id


async def test_progress_can_come_with_blank_currency_and_a_goal_of_0(app: App, hook: Receiver) -> None:
    app.emulator.forms.blank_progress = True
    events = await life(app, hook)
    assert events[PROGRESS]["current_amount"] == {"value": 100, "decimal_places": 2, "currency": ""}
    assert events[PROGRESS]["target_amount"] == {"value": 0, "decimal_places": 2, "currency": ""}
    assert events[START]["target_amount"]["currency"] == events[STOP]["target_amount"]["currency"] == "EUR"


async def test_start_can_come_with_blank_currency(app: App, hook: Receiver) -> None:
    app.emulator.forms.blank_start = True
    events = await life(app, hook)
    assert events[START]["current_amount"]["currency"] == events[START]["target_amount"]["currency"] == ""
    assert events[START]["target_amount"]["value"] == 1_000
    assert events[PROGRESS]["target_amount"]["currency"] == "EUR"


async def test_blank_amounts_leave_a_goal_of_null_alone(app: App, hook: Receiver) -> None:
    app.emulator.forms.blank_progress = app.emulator.forms.blank_start = True
    events = await life(app, hook, None)
    assert events[START]["target_amount"] is events[PROGRESS]["target_amount"] is None


async def test_charity_fields_can_be_missing(app: App, hook: Receiver) -> None:
    app.emulator.forms.short_charity = app.emulator.forms.stop_without_charity = True
    events = await life(app, hook)
    assert set(events[DONATE]) >= CHARITY
    assert set(events[START]) & CHARITY == set(events[PROGRESS]) & CHARITY == {"charity_name", "charity_logo"}
    assert not set(events[STOP]) & CHARITY


async def test_the_target_can_be_null_or_missing_everywhere(app: App, hook: Receiver) -> None:
    app.emulator.forms.target = "null"
    events = await life(app, hook)
    assert all(events[topic]["target_amount"] is None for topic in (START, PROGRESS, STOP))
    app.emulator.forms.target = "missing"
    app.emulator.start_campaign()
    await app.emulator.settle()
    assert "target_amount" not in hook.events(START)[1]
    assert "target_amount" not in (await app.campaigns()).body["data"][0]


async def test_a_listed_donation_can_name_its_amount_target_amount(app: App) -> None:
    app.emulator.start_campaign()
    app.emulator.forms.target_amount_in_donations = True
    await app.emulator.donate(100)
    [listed] = (await app.donations()).body["data"]
    assert "amount" not in listed
    assert listed["target_amount"] == {"value": 100, "decimal_places": 2, "currency": "USD"}


async def test_amounts_can_have_the_name_of_the_beta(app: App, hook: Receiver) -> None:
    app.emulator.forms.beta_amounts = app.emulator.forms.blank_progress = True
    events = await life(app, hook)
    assert events[DONATE]["amount"] == {"amount": 100, "decimal_places": 2, "currency": "EUR"}
    assert events[PROGRESS]["target_amount"]["amount"] == 0


async def test_amounts_can_have_more_decimals_and_mean_the_same(app: App, hook: Receiver) -> None:
    app.emulator.forms.extra_decimals = 1
    events = await life(app, hook)
    assert events[DONATE]["amount"] == {"value": 1_000, "decimal_places": 3, "currency": "EUR"}
    assert [b.raised for b in app.emulator.books.values()] == [100]


def test_campaign_ids_look_like_ksuids_or_uuids(emulator: TwitchEmulator) -> None:
    assert re.fullmatch(r"[0-9A-Za-z]{27}", emulator.start_campaign().id)
    emulator.stop()
    emulator.forms.uuid_campaign_ids = True
    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", emulator.start_campaign().id)


async def test_donation_ids_tell_campaign_user_and_second_or_nothing(emulator: TwitchEmulator) -> None:
    campaign = emulator.start_campaign()
    emulator.clock.speed = 0
    told = await emulator.donate(100, user_id="900100777")
    assert told.id == f"{campaign.id}-900100777-{told.at:%Y-%m-%dT%H:%M:%SZ}"
    emulator.forms.opaque_donation_ids = True
    assert re.fullmatch(r"[0-9a-f-]{36}", (await emulator.donate(100)).id)


async def test_two_donations_of_one_second_share_an_id_only_on_request(emulator: TwitchEmulator) -> None:
    emulator.start_campaign()
    emulator.clock.speed = 0
    first, second = [await emulator.donate(100, user_id="900100777") for _ in range(2)]
    assert first.id != second.id
    emulator.forms.shared_donation_ids = True
    assert (await emulator.donate(100, user_id="900100777")).id == first.id
    assert [(b.raised, b.count) for b in emulator.books.values()] == [(300, 3)]


async def test_progress_can_come_before_start(app: App, hook: Receiver) -> None:
    await app.listen(hook.url, START, PROGRESS)
    app.emulator.forms.progress_before_start = True
    app.emulator.start_campaign()
    await app.emulator.settle()
    assert hook.received == []
    await app.emulator.donate(100)
    await app.emulator.settle()
    assert [d.topic for d in hook.received] == [PROGRESS, START]
    assert hook.events(START)[0]["current_amount"]["value"] == 0


async def test_a_pause_can_go_untold(app: App, hook: Receiver) -> None:
    await app.listen(hook.url, STOP)
    app.emulator.forms.pause_sends_stop = False
    app.emulator.start_campaign()
    app.emulator.pause()
    await app.emulator.settle()
    assert hook.received == []


async def test_a_campaign_can_be_for_another_charity(app: App) -> None:
    app.emulator.start_campaign(charity=Charity(name="Other Trust"))
    assert (await app.campaigns()).body["data"][0]["charity_name"] == "Other Trust"


async def test_donors_are_unlike_any_other_text_and_stay_who_they_are(emulator: TwitchEmulator) -> None:
    emulator.start_campaign()
    made = [await emulator.donate(100) for _ in range(50)]
    assert len({d.user_id for d in made} | {d.user_login for d in made} | {d.user_name for d in made}) == 150
    again = [await emulator.donate(100, user_name="Some_Viewer") for _ in range(2)]
    assert again[0].user_id == again[1].user_id
    assert again[0].user_login == "some_viewer"
    assert (await emulator.donate(100, user_name="某人")).user_login.isascii()


@pytest.mark.parametrize("value", [0, -1, 10**13, True, "100"])
async def test_what_is_no_amount_is_refused(emulator: TwitchEmulator, value: Any) -> None:
    emulator.start_campaign()
    with pytest.raises(ValueError, match="minor units"):
        await emulator.donate(value)
    assert [b.count for b in emulator.books.values()] == [0]


async def test_what_a_broadcaster_cannot_do_is_refused(emulator: TwitchEmulator) -> None:
    for impossible in (emulator.pause, emulator.resume, emulator.stop):
        with pytest.raises(ValueError, match="campaign"):
            impossible()
    emulator.start_campaign(1_000)
    with pytest.raises(ValueError, match="already"):
        emulator.start_campaign()
    with pytest.raises(ValueError, match="raised"):
        emulator.raise_goal(900)
    with pytest.raises(ValueError, match="USD"):
        await emulator.donate(100, "EUR")
