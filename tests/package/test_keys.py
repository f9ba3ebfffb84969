from __future__ import annotations

import stat
from pathlib import Path

import pytest

from upriver.errors import PackageError
from upriver.seal import keys


def test_a_private_key_is_its_owners_alone_and_is_never_written_over(tmp_path: Path) -> None:
    print_ = keys.new_key(tmp_path / "a.key")
    assert stat.S_IMODE((tmp_path / "a.key").stat().st_mode) == 0o600
    assert keys.told_fingerprint(str(tmp_path / "a.key.pub")) == print_
    before = (tmp_path / "a.key").read_bytes()
    with pytest.raises(PackageError, match="not written over"):
        keys.new_key(tmp_path / "a.key")
    assert (tmp_path / "a.key").read_bytes() == before


def test_a_key_is_never_written_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "a.key").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(PackageError, match="there already"):
        keys.new_key(tmp_path / "a.key")
    assert not (tmp_path / "elsewhere").exists()


def test_what_one_key_signed_no_other_vouches_for(tmp_path: Path) -> None:
    for name in ("a.key", "b.key"):
        keys.new_key(tmp_path / name)
    one, two = (keys.private_key(tmp_path / name, str) for name in ("a.key", "b.key"))
    assert keys.is_signed(one.public_key(), one.sign(b"words"), b"words")
    assert not keys.is_signed(one.public_key(), one.sign(b"words"), b"word")
    assert not keys.is_signed(two.public_key(), one.sign(b"words"), b"words")
    assert not keys.is_signed(one.public_key(), b"short", b"words")


def test_a_passphrase_opens_the_key_and_no_other_does(tmp_path: Path) -> None:
    keys.new_key(tmp_path / "a.key", "river stone")
    assert b"ENCRYPTED" in (tmp_path / "a.key").read_bytes()
    assert keys.private_key(tmp_path / "a.key", lambda: "river stone")
    for wrong in ("river", ""):
        with pytest.raises(PackageError, match="passphrase is wrong"):
            keys.private_key(tmp_path / "a.key", lambda told=wrong: told)


def test_a_key_that_others_may_read_is_refused(tmp_path: Path) -> None:
    keys.new_key(tmp_path / "a.key")
    (tmp_path / "a.key").chmod(0o640)
    with pytest.raises(PackageError, match="chmod 600"):
        keys.private_key(tmp_path / "a.key", str)


@pytest.mark.parametrize(
    "content", [b"", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", b"x" * 20_000]
)
def test_what_is_no_key_is_said_to_be_none(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.key").write_bytes(content)
    (tmp_path / "a.key").chmod(0o600)
    with pytest.raises(PackageError, match=r"a\.key"):
        keys.private_key(tmp_path / "a.key", str)
    with pytest.raises(PackageError, match=r"a\.key"):
        keys.told_fingerprint(str(tmp_path / "a.key"))


def test_a_fingerprint_is_the_same_in_any_grouping(tmp_path: Path) -> None:
    print_ = keys.new_key(tmp_path / "a.key")
    for told in (print_, keys.spoken(print_), keys.spoken(print_).upper().replace(" ", ":"), f"SHA256:{print_}"):
        assert keys.told_fingerprint(told) == print_
    with pytest.raises(PackageError, match="neither"):
        keys.told_fingerprint(print_[:-1])
