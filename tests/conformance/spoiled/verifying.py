"""Acme's connector with one fault each in what it builds from, shows and verifies, by the rule that must name it."""

import json
from dataclasses import replace
from typing import Any, Final

from connectors.contract import Delivery
from connectors.signing import hmac_sha256_hex, same
from connectors.spec import Secret
from schema.model.errors import DeliveryRejected, SettingsInvalid
from schema.model.time import read_unix
from tests.conformance.acme.connector import AcmeConnector
from tests.conformance.spoiled.faults import Faults


class StopsAtTheFirstProblem(AcmeConnector):
    def __init__(self, settings: Any, ports: Any) -> None:
        for name in ("account", "secret", "base_url"):
            if settings[name] is None:
                raise SettingsInvalid([f"{name}: is missing"])
        super().__init__(settings, ports)


class QuotesItsSecret(AcmeConnector):
    def __init__(self, settings: Any, ports: Any) -> None:
        secret = settings["secret"]
        try:
            super().__init__(settings, ports)
        except SettingsInvalid as error:
            shown = secret.reveal() if isinstance(secret, Secret) else ""
            raise SettingsInvalid([f"{problem} {shown}" for problem in error.problems]) from None


class ShowsItsSecret(AcmeConnector):
    def __repr__(self) -> str:
        return f"AcmeConnector({self.secret.reveal()})"


class VerifiesNothing(AcmeConnector):
    def verify(self, delivery: Delivery) -> None:
        pass


class ComparesTheStart(AcmeConnector):
    def verify(self, delivery: Delivery) -> None:
        signed = delivery.headers["Acme-Time"].encode() + b"." + delivery.body
        whole = hmac_sha256_hex(self.secret.reveal().encode(), signed)
        if not same(delivery.headers["Acme-Signature"][:8], whole[:8]):
            raise DeliveryRejected("signature")


class AcceptsUnsigned(AcmeConnector):
    def verify(self, delivery: Delivery) -> None:
        if "Acme-Signature" in delivery.headers:
            super().verify(delivery)


class VerifiesWhatItParsed(AcmeConnector):
    def verify(self, delivery: Delivery) -> None:
        try:
            body = json.dumps(json.loads(delivery.body)).encode()
        except (ValueError, RecursionError):
            body = delivery.body
        super().verify(replace(delivery, body=body))


class CrashesOnStrangeHeaders(AcmeConnector):
    def verify(self, delivery: Delivery) -> None:
        int(delivery.headers.get("Acme-Time", "0"))
        super().verify(delivery)


class KnowsNoAccounts(AcmeConnector):
    def verify(self, delivery: Delivery) -> None:
        signed = delivery.headers["Acme-Time"].encode() + b"." + delivery.body
        if not any(
            same(delivery.headers["Acme-Signature"], hmac_sha256_hex(f"secret-of-account-{name}".encode(), signed))
            for name in ("ours", "theirs")
        ):
            raise DeliveryRejected("signature")


class LooksBackOnly(AcmeConnector):
    def verify(self, delivery: Delivery) -> None:
        sent_at = read_unix(delivery.headers["Acme-Time"])
        super().verify(replace(delivery, received_at=max(delivery.received_at, sent_at)))


class LosesItsKeys(AcmeConnector):
    """Fetches its key, and forgets the one that it has before it holds the next."""

    async def refresh_keys(self) -> None:
        known, self.secrets = self.secrets, ()
        await self.ask("/campaigns")
        self.secrets = known


BY_RULE: Final[Faults] = {
    "missing-settings-are-named-at-once": (StopsAtTheFirstProblem,),
    "malformed-settings-are-named-at-once": (QuotesItsSecret,),
    "secrets-are-not-printed": (ShowsItsSecret,),
    "a-changed-body-is-refused": (VerifiesNothing,),
    "a-changed-header-is-refused": (ComparesTheStart,),
    "a-missing-header-is-refused": (AcceptsUnsigned,),
    "absurd-deliveries-are-refused": (
        VerifiesWhatItParsed,
        CrashesOnStrangeHeaders,
    ),
    "another-account-is-refused": (KnowsNoAccounts,),
    "late-and-early-deliveries-are-refused": (LooksBackOnly,),
    "keys-survive-a-failed-refresh": (LosesItsKeys,),
}
