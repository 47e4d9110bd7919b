"""A webhook of Lantern: what is believed, and what is not."""

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from connectors.contract import Delivery
from connectors.http import Headers
from connectors.spec import Secret
from schema.model.errors import DeliveryRejected
from schema.model.facts import CampaignState, DonationState, Unrecognised
from schema.model.total import AmountSource

from giving_gateway_lantern import webhook
from tests.given import sample

SECRET = "ls_" + "5" * 32
NOW = datetime(2026, 9, 1, 10, 20, 32, tzinfo=UTC)


def delivery(event: str, told: Any, *, age: timedelta = timedelta(), secret: str = SECRET) -> Delivery:
    """One that was signed so long ago."""
    body, seconds = json.dumps({"event": event, "object": told}).encode(), int((NOW - age).timestamp())
    digest = hmac.new(secret.encode(), f"{seconds}.".encode() + body, hashlib.sha256).hexdigest()
    return Delivery("POST", "", Headers({"Lantern-Signature": f"t={seconds},v1={digest}"}), body, NOW)


def facts(sent: Delivery) -> tuple[object, ...]:
    return webhook.receive(sent, [Secret(SECRET)]).facts


@pytest.mark.parametrize("event", ["lantern.made", "lantern.changed"])
def test_an_event_about_a_lantern_is_a_donation(event: str) -> None:
    (fact,) = facts(delivery(event, sample("lantern")))

    assert isinstance(fact, DonationState)
    assert (fact.native_id, fact.source) == ("lan_000417", AmountSource.PLATFORM_EVENT)


def test_an_event_about_a_garland_is_a_campaign() -> None:
    (fact,) = facts(delivery("garland.changed", sample("garland")))

    assert isinstance(fact, CampaignState)
    assert fact.native_id == "gar_01f3a9c2"


def test_an_event_that_nobody_has_heard_of_is_counted_and_no_more() -> None:
    assert facts(delivery("firework.launched", {})) == (Unrecognised("firework.launched"),)


def test_what_somebody_else_has_signed_is_refused() -> None:
    with pytest.raises(DeliveryRejected, match="signature"):
        facts(delivery("lantern.made", sample("lantern"), secret="ls_" + "6" * 32))


@pytest.mark.parametrize("minutes", [-6, 6])
def test_what_is_too_old_or_from_the_future_is_refused(minutes: int) -> None:
    with pytest.raises(DeliveryRejected, match="window"):
        facts(delivery("lantern.made", sample("lantern"), age=timedelta(minutes=minutes)))
