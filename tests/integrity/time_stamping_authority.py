"""An RFC 3161 authority as the far side of the network: it makes its certificates and stamps."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from rfc3161_client._rust import parse_timestamp_request

SEQUENCE, SET, INTEGER, OCTETS, OBJECT, NULL, TIME = 0x30, 0x31, 0x02, 0x04, 0x06, 0x05, 0x18
SIGNED_DATA, TST_INFO = "1.2.840.113549.1.7.2", "1.2.840.113549.1.9.16.1.4"
CONTENT_TYPE, MESSAGE_DIGEST = "1.2.840.113549.1.9.3", "1.2.840.113549.1.9.4"
SIGNING_CERTIFICATE = "1.2.840.113549.1.9.16.2.47"
SHA256, ECDSA_SHA256 = "2.16.840.1.101.3.4.2.1", "1.2.840.10045.4.3.2"
Changed = Callable[[bytes], bytes]


def der(tag: int, *parts: bytes) -> bytes:
    content = b"".join(parts)
    size = len(content)
    if size < 0x80:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + content


def number(value: int) -> bytes:
    return der(INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def oid(dotted: str) -> bytes:
    first, second, *rest = map(int, dotted.split("."))
    content = b""
    for arc in (first * 40 + second, *rest):
        group = [arc & 0x7F]
        while arc := arc >> 7:
            group.append(0x80 | arc & 0x7F)
        content += bytes(reversed(group))
    return der(OBJECT, content)


@dataclass
class Authority:
    """`lies` is applied to what it stamps in place of what it was asked for."""

    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    root_key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    lies: Changed = bytes

    def __post_init__(self) -> None:
        self.root = self._certificate("root", self.root_key, authority=True)
        self.certificate = self._certificate("time", self.key, authority=False)

    def _certificate(
        self, name: str, key: ec.EllipticCurvePrivateKey, *, authority: bool
    ) -> x509.Certificate:
        now = datetime.now(UTC)
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "root")])
        builder = (
            x509.CertificateBuilder(issuer, subject, key.public_key(), x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        )
        if not authority:
            usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
            builder = builder.add_extension(usage, critical=True)
        return builder.sign(self.root_key, hashes.SHA256())

    @property
    def roots(self) -> bytes:
        return self.root.public_bytes(Encoding.PEM)

    def answer(self, request: bytes) -> bytes:
        """A TimeStampResp that grants what was asked for."""
        asked = parse_timestamp_request(request)
        digest = self.lies(asked.message_imprint.message)
        info = der(
            SEQUENCE,
            *(number(1), oid("1.2.3.4"), _imprint(digest), number(x509.random_serial_number())),
            der(TIME, datetime.now(UTC).strftime("%Y%m%d%H%M%SZ").encode()),
            number(asked.nonce or 0),
        )
        token = der(SEQUENCE, oid(SIGNED_DATA), der(0xA0, self._signed_data(info)))
        return der(SEQUENCE, der(SEQUENCE, number(0)), token)

    def _signed_data(self, info: bytes) -> bytes:
        return der(
            SEQUENCE,
            number(3),
            der(SET, _algorithm(SHA256)),
            der(SEQUENCE, oid(TST_INFO), der(0xA0, der(OCTETS, info))),
            der(0xA0, self.certificate.public_bytes(Encoding.DER)),
            der(SET, self._signer(info)),
        )

    def _signer(self, info: bytes) -> bytes:
        own = der(OCTETS, _sha256(self.certificate.public_bytes(Encoding.DER)))
        attributes = sorted(
            (
                _attribute(CONTENT_TYPE, oid(TST_INFO)),
                _attribute(MESSAGE_DIGEST, der(OCTETS, _sha256(info))),
                _attribute(SIGNING_CERTIFICATE, der(SEQUENCE, der(SEQUENCE, der(SEQUENCE, own)))),
            )
        )
        # What is signed is the set itself, though it is sent under another tag.
        signature = self.key.sign(der(SET, *attributes), ec.ECDSA(hashes.SHA256()))
        issuer = self.certificate.issuer.public_bytes()
        return der(
            SEQUENCE,
            number(1),
            der(SEQUENCE, issuer, number(self.certificate.serial_number)),
            _algorithm(SHA256),
            der(0xA0, *attributes),
            _algorithm(ECDSA_SHA256),
            der(OCTETS, signature),
        )


def _attribute(name: str, value: bytes) -> bytes:
    return der(SEQUENCE, oid(name), der(SET, value))


def _algorithm(name: str) -> bytes:
    return der(SEQUENCE, oid(name))


def _imprint(digest: bytes) -> bytes:
    return der(SEQUENCE, der(SEQUENCE, oid(SHA256), der(NULL)), der(OCTETS, digest))


def _sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()
