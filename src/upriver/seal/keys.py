"""Keys that sign a package: Ed25519, kept as PEM, known by the fingerprint of the public one."""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Callable
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from upriver.errors import PackageError

PUBLIC = ".pub"
SIGNATURE_BYTES = 64
# A key is a few hundred bytes: more is no key, and is not read.
_MOST_BYTES = 16_384
_FINGERPRINT = re.compile(r"[0-9a-f]{64}")


def new_key(path: Path, passphrase: str | None = None) -> str:
    """Make a key pair: the private key at `path`, for its owner alone (0600), the public one beside it as PATH.pub.

    returns  the fingerprint of the public key
    raises   PackageError when either file is there already, or cannot be written
    """
    public = path.with_name(path.name + PUBLIC)
    for taken in (path, public):
        if taken.exists() or taken.is_symlink():
            raise PackageError(f"{taken} is there already and is not written over: a lost key cannot be made again")
    key = Ed25519PrivateKey.generate()
    shut = serialization.BestAvailableEncryption(passphrase.encode()) if passphrase else serialization.NoEncryption()
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, shut)
    try:
        # Shut before a byte is in it, and never written through a link.
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(private)
            file.flush()
            os.fsync(file.fileno())
        public.write_bytes(public_bytes(key.public_key()))
    except OSError as error:
        raise PackageError(f"{path}: cannot be written ({error.strerror}); name another place") from error
    return fingerprint(key.public_key())


def private_key(path: Path, ask: Callable[[], str]) -> Ed25519PrivateKey:
    """The private key at `path`; `ask` is called for its passphrase where it has one.

    raises  PackageError when it is no key, is open to others, or the passphrase is wrong
    """
    data = _read(path)
    if os.name == "posix" and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise PackageError(f"{path}: other users of this machine may read this private key; run `chmod 600` on it")
    phrase = ask().encode() if b"ENCRYPTED" in data else None
    try:
        key = serialization.load_pem_private_key(data, phrase)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        told = "the passphrase is wrong, or it is torn" if phrase is not None else "no private key in PEM"
        raise PackageError(f"{path}: {told}; make one with `upriver package --new-key FILE`") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise PackageError(f"{path}: not an Ed25519 key; make one with `upriver package --new-key FILE`")
    return key


def public_key(data: bytes, place: str) -> Ed25519PublicKey:
    """A public key in PEM.

    raises  PackageError when it is none, naming `place`
    """
    try:
        key = serialization.load_pem_public_key(data)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise PackageError(f"{place}: no public key in PEM") from error
    if not isinstance(key, Ed25519PublicKey):
        raise PackageError(f"{place}: not an Ed25519 key")
    return key


def told_fingerprint(told: str) -> str:
    """The fingerprint that `told` gives: 64 hex digits in any grouping, or the file of a public key.

    raises  PackageError when it is neither
    """
    digits = re.sub(r"[\s:.-]|SHA256", "", told, flags=re.IGNORECASE).lower()
    if _FINGERPRINT.fullmatch(digits):
        return digits
    path = Path(told)
    if not path.is_file():
        raise PackageError(f"{told}: neither the file of a public key nor a fingerprint of 64 hex digits")
    return fingerprint(public_key(_read(path), told))


def public_bytes(key: Ed25519PublicKey) -> bytes:
    """The key as PEM, which openssl reads too."""
    return key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


def fingerprint(key: Ed25519PublicKey) -> str:
    """SHA-256 of the key's 32 bytes, as 64 hex digits."""
    raw = key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return hashlib.sha256(raw).hexdigest()


def spoken(digits: str) -> str:
    """A fingerprint in groups of four, to be read out.

    >>> spoken("3f09ab12")
    '3f09 ab12'
    """
    return " ".join(digits[at : at + 4] for at in range(0, len(digits), 4))


def is_signed(key: Ed25519PublicKey, signature: bytes, data: bytes) -> bool:
    """Whether the owner of `key` signed `data`."""
    try:
        key.verify(signature, data)
    except InvalidSignature:
        return False
    return True


def _read(path: Path) -> bytes:
    try:
        if not path.is_file():
            raise PackageError(f"{path}: there is no such key; make one with `upriver package --new-key FILE`")
        with path.open("rb") as file:
            data = file.read(_MOST_BYTES + 1)
    except OSError as error:
        raise PackageError(f"{path}: cannot be read ({error.strerror})") from error
    if len(data) > _MOST_BYTES:
        raise PackageError(f"{path}: too large for a key")
    return data
