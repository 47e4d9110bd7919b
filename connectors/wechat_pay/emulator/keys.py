"""The keys of a merchant and of the platform, made at the start: RSA-2048, never written anywhere.

Both modes of WeChat Pay at once: platform certificates and the public key with an id of its own.
https://pay.weixin.qq.com/doc/v3/merchant/4012153196 and 4012154180
"""

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Literal

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from connectors.testing.emulation.rsa_keys import MakeKey, private_pem, public_pem

Signing = Literal["public_key", "certificate", "mixed"]
"""Which of its keys the platform signs notifications with. ``mixed``: either, at random, as while a merchant changes modes."""

BITS: Final = 2048
CERTIFICATE_LIFE: Final = timedelta(days=5 * 365)


@dataclass(frozen=True, slots=True)
class PlatformKey:
    """One key that the platform signs with. ``pem`` is what a merchant verifies with: a certificate or a public key."""

    serial: str
    private: rsa.RSAPrivateKey
    pem: str


@dataclass(frozen=True, slots=True)
class Certificate(PlatformKey):
    """A platform certificate, self-signed. ``serial`` is its number in upper-case hex."""

    effective: datetime
    expires: datetime


class Keys:
    """All keys. ``certificates`` are the ones listed, oldest first; the newest signs. ``retired`` are listed no more."""

    def __init__(self, rng: random.Random, moment: datetime, make_key: MakeKey) -> None:
        self._rng = rng
        self._make_key = make_key
        self.merchant = make_key(BITS)
        self.merchant_serial = _serial(rng)
        self.public = _public_key(rng, make_key(BITS))
        self.certificates = [self._certificate(moment)]
        self.retired: list[Certificate] = []

    @property
    def merchant_pem(self) -> str:
        """The merchant's private key, PKCS 8."""
        return private_pem(self.merchant)

    def rotate(self, moment: datetime) -> Certificate:
        """Makes a certificate that signs from now on; the ones before stay listed until they are retired."""
        self.certificates.append(self._certificate(moment))
        return self.certificates[-1]

    def replace_public(self) -> PlatformKey:
        """Makes a public key with an id of its own, which signs from now on in place of the one before."""
        self.public = _public_key(self._rng, self._make_key(BITS))
        return self.public

    def retire(self) -> None:
        """Takes all certificates but the newest off the list."""
        self.retired += self.certificates[:-1]
        del self.certificates[:-1]

    def named(self, serial: str) -> PlatformKey:
        """The key that a request names, else the newest certificate."""
        keys: list[PlatformKey] = [self.public, *self.certificates]
        return next((key for key in keys if key.serial == serial), self.certificates[-1])

    def signer(self, signing: Signing) -> PlatformKey:
        """The key for one notification."""
        use_public = self._rng.random() < 0.5 if signing == "mixed" else signing == "public_key"
        return self.public if use_public else self.certificates[-1]

    def verification(self) -> dict[str, str]:
        """What a merchant verifies with: PEM by serial, every key that is valid now."""
        keys: list[PlatformKey] = [self.public, *self.certificates]
        return {key.serial: key.pem for key in keys}

    def unknown_serial(self) -> str:
        """A serial that no key has."""
        return _serial(self._rng)

    def _certificate(self, moment: datetime) -> Certificate:
        """A self-signed certificate, valid today by the emulator's clock and by the machine's."""
        private, serial, today = self._make_key(BITS), _serial(self._rng), datetime.now(UTC)
        name = x509.Name(
            [x509.NameAttribute(NameOID.COMMON_NAME, "Emulated platform"), x509.NameAttribute(NameOID.COUNTRY_NAME, "CN")]
        )
        made = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(private.public_key())
            .serial_number(int(serial, 16))
            .not_valid_before(min(today, moment) - timedelta(days=1))
            .not_valid_after(max(today, moment) + CERTIFICATE_LIFE)
            .sign(private, hashes.SHA256())
        )
        pem = made.public_bytes(serialization.Encoding.PEM).decode()
        return Certificate(serial, private, pem, made.not_valid_before_utc, made.not_valid_after_utc)


def _serial(rng: random.Random) -> str:
    return f"{rng.getrandbits(156) | 1 << 156:040X}"  # 40 digits, positive as X.509 wants it


def _public_key(rng: random.Random, private: rsa.RSAPrivateKey) -> PlatformKey:
    return PlatformKey(f"PUB_KEY_ID_{rng.randrange(10**30, 10**31)}", private, public_pem(private))
