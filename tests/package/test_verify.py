from __future__ import annotations

import json
import os
import shutil
import tempfile
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.package.conftest import Run

from upriver.errors import PackageError
from upriver.package.verify import as_lines
from upriver.seal import keys
from upriver.seal.check import verify
from upriver.seal.manifest import KEY, MANIFEST, SEAL, SIGNATURE, hashed, path_fault
from upriver.seal.manifest import read as read_manifest

NAMES = (
    "README.txt", "bundle.stix.json", "entities.ftm.json", "findings.jsonl", "ledger.jsonl", "records.jsonl",
    "sources.csv",
)  # fmt: skip


def sign(folder: Path, told: object, key: Path) -> None:
    """Seal `folder` anew, as whoever holds `key` can."""
    if not key.exists():
        keys.new_key(key)
    private = keys.private_key(key, str)
    if isinstance(told, dict) and "key" in told:
        told["key"] = keys.fingerprint(private.public_key())
    data = told if isinstance(told, bytes) else json.dumps(told).encode()
    (folder / MANIFEST).write_bytes(data)
    (folder / SIGNATURE).write_bytes(private.sign(data))
    (folder / KEY).write_bytes(keys.public_bytes(private.public_key()))


def test_a_package_as_it_was_sent_is_whole(sent: Path, key: Path) -> None:
    verdict = verify(sent)
    assert verdict.whole
    assert verdict.known is None
    assert "another channel" in as_lines(verdict)[-1]
    assert verify(sent, str(key)).known
    assert verify(sent, keys.spoken(keys.told_fingerprint(str(key)))).known
    assert {file.path for file in verdict.manifest.files} == set(NAMES) if verdict.manifest else False


def test_what_changed_is_missing_or_was_added_is_named_and_nothing_else(sent: Path) -> None:
    (sent / "ledger.jsonl").unlink()
    (sent / "findings.jsonl").write_bytes((sent / "findings.jsonl").read_bytes().replace(b"F001", b"F002", 1))
    with (sent / "sources.csv").open("a") as file:
        file.write("one more\n")
    (sent / "deep" / "er").mkdir(parents=True)
    (sent / "deep" / "er" / "note.txt").write_text("read me")
    verdict = verify(sent)
    assert verdict.changed[0] == "findings.jsonl (same size, other bytes)"
    assert verdict.changed[1].startswith("sources.csv (")
    assert len(verdict.changed) == 2
    assert (verdict.missing, verdict.added, verdict.seal) == (["ledger.jsonl"], ["deep/er/note.txt"], [])


@settings(max_examples=60)
@given(data=st.data())
def test_one_byte_changed_anywhere_is_found(sealed: Path, data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "sent"
        shutil.copytree(sealed / "sent", folder)
        name = data.draw(st.sampled_from([*NAMES, *SEAL]))
        content = bytearray((folder / name).read_bytes())
        at = data.draw(st.integers(0, len(content) - 1))
        content[at] ^= data.draw(st.integers(1, 255))
        (folder / name).write_bytes(content)
        verdict = verify(folder, str(sealed / "a.key.pub"))
        # The line break at the end of a PEM is no part of the key.
        harmless = name == KEY and keys.told_fingerprint(str(sealed / "a.key.pub")) == _print(bytes(content))
        assert verdict.whole == harmless
        if name in NAMES:
            assert [path.partition(" ")[0] for path in verdict.changed] == [name]


def _print(pem: bytes) -> str:
    try:
        return keys.fingerprint(keys.public_key(pem, KEY))
    except PackageError:
        return ""


def test_whoever_signs_anew_is_found_by_the_key_that_was_told(sent: Path, key: Path, tmp_path: Path) -> None:
    (sent / "findings.jsonl").write_text("{}\n")
    told = json.loads((sent / MANIFEST).read_text())
    for file in told["files"]:
        if file["path"] == "findings.jsonl":
            file |= {"sha256": hashed(sent / "findings.jsonl"), "bytes": 3}
    sign(sent, told, tmp_path / "thief.key")
    assert verify(sent).whole
    verdict = verify(sent, str(key))
    assert not verdict.whole
    assert "another key than the one you named" in verdict.seal[0]


def test_a_key_put_in_place_of_the_senders_does_not_fit_the_signature(sent: Path, tmp_path: Path) -> None:
    keys.new_key(tmp_path / "thief.key")
    shutil.copyfile(tmp_path / "thief.key.pub", sent / KEY)
    told = " ".join(verify(sent).seal)
    assert "the signature does not fit" in told
    assert "is not the key" in told


@pytest.mark.parametrize(
    "path",
    ["../up.txt", "/etc/passwd", "a/../../b", "a//b", "./a", "", "a\\b", "C:\\x", "C:x", "a\0b", "a\nb", "x" * 2000,
     "manifest.json", "Manifest.JSON", "\ud800"],
)  # fmt: skip
def test_a_path_that_leads_elsewhere_is_named_and_never_opened(sent: Path, tmp_path: Path, path: str) -> None:
    (tmp_path / "up.txt").write_text("outside")
    told = json.loads((sent / MANIFEST).read_text())
    told["files"].append({"path": path, "sha256": hashed(tmp_path / "up.txt"), "bytes": 7})
    sign(sent, told, tmp_path / "thief.key")
    verdict = verify(sent)
    assert not verdict.whole
    assert verdict.manifest is None
    assert "nothing of it is opened" in verdict.seal[0]
    assert all(line.isprintable() for line in as_lines(verdict))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"version": 2}, "version 2"),
        ({"version": "9" * 900}, "version 999"),
        ({"format": "other"}, "no format"),
        ({"files": {}}, "files is not a list"),
        ({"files": [7]}, "is not told by path"),
        ({"files": [{"path": "a", "sha256": "b", "bytes": 1}]}, "no SHA-256"),
        ({"files": [{"path": "a", "sha256": "0" * 64, "bytes": -1}]}, "is not told by path"),
        ({"files": [{"path": "a", "sha256": "0" * 64, "bytes": 1}] * 2}, "listed twice"),
        ({"masked": "yes"}, "masked is neither"),
        ({"rows": {"entity": "many"}}, "rows does not say"),
        ({"recipient": None}, "recipient is not a text"),
    ],
)
def test_a_manifest_that_says_nonsense_is_told_what_is_wrong(
    sent: Path, tmp_path: Path, change: dict[str, object], said: str
) -> None:
    sign(sent, {**json.loads((sent / MANIFEST).read_text()), **change}, tmp_path / "thief.key")
    verdict = verify(sent)
    assert not verdict.whole
    assert said in " ".join(verdict.seal)


@pytest.mark.parametrize("data", [b"", b"{", b"[" * 200_000, b"\xff\xfe", b"null", b"7" * 10_000, b'{"format": NaN}'])
def test_a_manifest_that_is_no_json_is_said_to_be_none(sent: Path, tmp_path: Path, data: bytes) -> None:
    sign(sent, data, tmp_path / "thief.key")
    assert MANIFEST in verify(sent).seal[0]


NESTED = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(
            st.sampled_from(["files", "rows", "path", "sha256", "bytes", "key", "masked", "made_at"]), inner
        )
    ),
)


@given(NESTED)
def test_no_manifest_brings_the_reader_down(told: object) -> None:
    parts = told if isinstance(told, dict) else {"files": told}
    data = json.dumps({"format": "upriver package", "version": 1, **parts}).encode()
    # A manifest lacks something whatever is drawn here: no run of chance makes a whole one.
    with pytest.raises(PackageError, match=MANIFEST):
        read_manifest(data)


@given(st.binary(max_size=400))
def test_no_bytes_bring_the_reader_down(data: bytes) -> None:
    with pytest.raises(PackageError, match=MANIFEST):
        read_manifest(data)


def test_links_pipes_and_huge_files_are_named_and_not_followed_or_read(sent: Path, tmp_path: Path) -> None:
    shutil.move(sent / "ledger.jsonl", tmp_path / "ledger.jsonl")
    (sent / "ledger.jsonl").symlink_to(tmp_path / "ledger.jsonl")
    (sent / "loop").symlink_to(sent)
    os.mkfifo(sent / "pipe")
    (sent / "records.jsonl").unlink()
    os.mkfifo(sent / "records.jsonl")
    with (sent / "findings.jsonl").open("r+b") as file:
        file.truncate(1 << 40)
    started = time.monotonic()
    verdict = verify(sent)
    assert time.monotonic() - started < 20
    assert verdict.missing == ["ledger.jsonl", "records.jsonl"]
    assert verdict.added == [
        "ledger.jsonl (a link; not followed)", "loop (a link; not followed)", "pipe (no plain file; not followed)",
        "records.jsonl (no plain file; not followed)",
    ]  # fmt: skip
    assert verdict.changed[0].startswith("findings.jsonl (1,099,511,627,776 bytes, signed with")


def test_a_manifest_too_large_to_be_one_is_not_read(sent: Path) -> None:
    with (sent / MANIFEST).open("r+b") as file:
        file.truncate(1 << 40)
    assert "are read" in verify(sent).seal[0]


@pytest.mark.parametrize("name", SEAL)
def test_without_its_seal_a_package_is_incomplete(sent: Path, name: str) -> None:
    (sent / name).unlink()
    told = as_lines(verify(sent))
    assert told[0].startswith(f"seal: incomplete: {name} is not there")
    assert told[-1].startswith("NOT as it was signed")


def test_words_of_a_package_are_no_orders_to_the_terminal(sent: Path, tmp_path: Path) -> None:
    told = json.loads((sent / MANIFEST).read_text())
    sign(sent, {**told, "recipient": "a\x1b[2Jb\u202e", "made_by": "x\nwhole: 7 files"}, tmp_path / "thief.key")
    lines = as_lines(verify(sent))
    assert all("\x1b" not in line and "\n" not in line and "\u202e" not in line for line in lines)
    assert sum(line.startswith("whole:") for line in lines) == 1


def test_a_plain_path_stands() -> None:
    assert [path_fault(path) for path in ("a.csv", "files/พยาน/证据 1.csv", "a/b/c")] == ["", "", ""]


def test_verify_ends_with_1_when_anything_is_wrong(sent: Path, key: Path, upriver: Run) -> None:
    good = upriver("verify", sent, "--key", key)
    assert (good.returncode, "signed by the key you named" in good.stdout) == (0, True)
    (sent / "extra.txt").write_text("x")
    bad = upriver("verify", sent, "--key", key)
    assert bad.returncode == 1
    assert "added: extra.txt" in bad.stdout
    for words in (("verify", "nowhere"), ("verify", sent, "--key", "nowhere.pub")):
        told = upriver(*words)
        assert told.returncode == 1
        assert "Traceback" not in told.stderr
        assert told.stderr.startswith("upriver: ")
