"""Signed statements: DSSE envelopes (secure-systems-lab/dsse, protocol and envelope of v1.0) with Ed25519 signatures.

What is signed is not the payload alone but its pre-authentication encoding, which holds the payload's type too: a
statement can't be taken for something else. The signature is RFC 8032's.
"""

import base64
import binascii
import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from clue_lib import files, sealed
from clue_lib.errors import MissingExtra, ReportError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

PAYLOAD_TYPE = "application/vnd.in-toto+json"
PASSPHRASE = "CLUE_GATE_KEY_PASSPHRASE"
"""The environment's variable for an encrypted key's passphrase: nothing secret stands on a command line."""


class Signature(msgspec.Struct, frozen=True, kw_only=True):
    """One signature, in Base64; `keyid` is a hint which key made it."""

    sig: str
    keyid: str = ""


class Envelope(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What lies in the file; the payload in Base64."""

    payload: str
    payload_type: str
    signatures: tuple[Signature, ...]

    def content(self) -> bytes:
        """The payload. Raises ReportError where it can't be decoded, or is of another type."""
        if self.payload_type != PAYLOAD_TYPE:
            raise ReportError(f"its payload is {self.payload_type}, no in-toto statement")
        return _decoded(self.payload)


def pre_authentication_encoding(payload_type: str, payload: bytes) -> bytes:
    """What is signed: `DSSEv1 <length> <type> <length> <payload>`, lengths in bytes."""
    encoded = payload_type.encode()
    return b"DSSEv1 %d %b %d %b" % (len(encoded), encoded, len(payload), payload)


def sign(payload: bytes, key_file: Path) -> bytes:
    """The envelope's file, signed with the private key in PEM. Raises ReportError, and MissingExtra."""
    key = _private(key_file)
    signature = key.sign(pre_authentication_encoding(PAYLOAD_TYPE, payload))
    envelope = Envelope(
        payload=base64.b64encode(payload).decode(),
        payload_type=PAYLOAD_TYPE,
        signatures=(Signature(sig=base64.b64encode(signature).decode(), keyid=key_id(key.public_key())),),
    )
    return msgspec.json.format(msgspec.json.encode(envelope)) + b"\n"


def is_signed_by(envelope: Envelope, key_file: Path) -> bool:
    """Whether one of the signatures is that of the public key in PEM. Raises ReportError, and MissingExtra."""
    from cryptography.exceptions import InvalidSignature

    key = _public(key_file)
    signed = pre_authentication_encoding(envelope.payload_type, envelope.content())
    for signature in envelope.signatures:
        try:
            key.verify(_decoded(signature.sig), signed)
            return True
        except InvalidSignature:
            continue
    return False


def key_id(key: "Ed25519PublicKey") -> str:
    """SHA-256 of the public key's 32 bytes, in hex."""
    return hashlib.sha256(key.public_bytes_raw()).hexdigest()


def read(path: Path) -> Envelope:
    """The envelope in the file. Raises ReportError where there is none."""
    try:
        return msgspec.json.decode(files.read_json(path), type=Envelope)
    except OSError as error:
        raise ReportError(f"{path}: {error.strerror}; name what `attest` wrote, or a gate.json") from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ReportError(f"{path}: {error}; it is no signed statement: make one with `clue-gate attest`") from error


def make_key(path: Path) -> Path:
    """A new private key in the file, for its owner's eyes, and the public one beside it, whose path is given back.

    Raises ReportError where there is such a file, or none can be written, and MissingExtra.
    """
    _need_cryptography()
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    public = path.with_name(f"{path.name}.pub")
    if path.exists() or public.exists():
        raise ReportError(f"{path}: there is such a file already; name another, or move it away")
    key = Ed25519PrivateKey.generate()
    private_pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public_pem = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    try:
        sealed.write(path, private_pem, mode=0o600)
        sealed.write(public, public_pem)
    except OSError as error:
        raise ReportError(f"{path}: {error.strerror}; name a file that can be written") from error
    return public


def _private(path: Path) -> "Ed25519PrivateKey":
    _need_cryptography()
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    passphrase = os.environ.get(PASSPHRASE)
    try:
        key = serialization.load_pem_private_key(_content(path), passphrase.encode() if passphrase else None)
    except TypeError as error:
        raise ReportError(f"{path}: the key is encrypted, or not; set or unset {PASSPHRASE}") from error
    except ValueError as error:
        raise ReportError(f"{path}: no private key in PEM that can be read; make one with attest --new-key") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise ReportError(f"{path}: the key is none of Ed25519; make one with attest --new-key")
    return key


def _public(path: Path) -> "Ed25519PublicKey":
    _need_cryptography()
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        key = serialization.load_pem_public_key(_content(path))
    except ValueError as error:
        raise ReportError(f"{path}: no public key in PEM; name the one that belongs to the signer's key") from error
    if not isinstance(key, Ed25519PublicKey):
        raise ReportError(f"{path}: the key is none of Ed25519; name the one that belongs to the signer's key")
    return key


def _content(path: Path) -> bytes:
    try:
        return files.read_bytes(path)
    except OSError as error:
        raise ReportError(f"{path}: {error.strerror}; name a key's file, in PEM") from error


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise ReportError("its Base64 is damaged") from error


def _need_cryptography() -> None:
    try:
        import cryptography  # noqa: F401
    except ImportError as error:
        raise MissingExtra("signatures need the package cryptography; pip install 'clue-gate[attest]'") from error
