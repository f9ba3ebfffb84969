"""The folder is walked in a fixed order, never out of itself, and everything in it is named."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from upriver.case.settings import Settings, parse
from upriver.errors import EvidenceError
from upriver.evidence.folder import check, content, fingerprint, walk

NOTHING = Settings()


def put(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)
    return folder


def test_files_come_in_the_order_of_their_paths_without_the_settings(tmp_path: Path) -> None:
    put(tmp_path, "b.csv", "a/z.csv", "a/b/c.csv", "case.toml", "a.csv", "old.upriver/case.duckdb")
    assert [found.name for found in walk(tmp_path)] == ["a.csv", "a/b/c.csv", "a/z.csv", "b.csv"]


def test_loop_of_links_ends_and_links_out_are_refused(tmp_path: Path) -> None:
    inside = put(tmp_path / "in", "x/a.csv")
    put(tmp_path / "out", "secret.csv")
    (inside / "x" / "loop").symlink_to(inside)
    (inside / "self").symlink_to(inside / "self")
    (inside / "away.csv").symlink_to(tmp_path / "out" / "secret.csv")
    (inside / "again.csv").symlink_to(inside / "x" / "a.csv")
    os.mkfifo(inside / "pipe")
    reasons = {found.name: found.refused.reason if found.refused else "" for found in walk(inside)}
    assert reasons == {
        "again.csv": "",
        "away.csv": "a link out of the folder",
        "pipe": "not a file: a pipe, socket or device",
        "self": "a link that leads nowhere or in a loop",
        "x/a.csv": "",
        "x/loop": "a link to a folder, which is not followed",
    }


def test_hidden_files_are_named_and_not_read(tmp_path: Path) -> None:
    put(tmp_path, ".DS_Store", "~$ledger.xlsx", ".git/config")
    assert [bool(found.refused) for found in walk(tmp_path)] == [True, True, True]


@pytest.mark.parametrize("make", ["absent", "file", "empty", "settings"])
def test_folder_that_cannot_be_used_says_so(tmp_path: Path, make: str) -> None:
    folder = tmp_path / make
    if make == "file":
        folder.write_text("x")
    elif make != "absent":
        folder.mkdir()
    if make == "settings":
        (folder / "case.toml").write_text("")
    words = {"absent": "no such folder", "file": "is a file", "empty": "is empty", "settings": "is empty"}[make]
    with pytest.raises(EvidenceError, match=words):
        check(folder)


def test_content_keeps_the_head_and_the_first_lines_beyond_ascii(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"x,y\n" * 500_000 + "名,y\n".encode() + b"z\n")
    seen = content(path)
    assert seen.n_bytes == path.stat().st_size
    assert seen.beyond.startswith("名".encode())
    assert len(seen.head) == 1 << 16


def test_fingerprint_changes_with_content_settings_and_decisions_and_with_nothing_else(tmp_path: Path) -> None:
    put(tmp_path, "a.csv", "b.csv")
    first = fingerprint(tmp_path, NOTHING, [])
    os.utime(tmp_path / "a.csv", (1, 1))
    assert fingerprint(tmp_path, NOTHING, []) == first
    assert fingerprint(tmp_path, parse('[files."*"]\ncurrency = "THB"'), []) != first
    assert fingerprint(tmp_path, parse("[parameters.money]\nx = 1"), []) == first
    assert fingerprint(tmp_path, NOTHING, ["a decision"]) != first
    (tmp_path / "a.csv").rename(tmp_path / "c.csv")
    moved = fingerprint(tmp_path, NOTHING, [])
    assert moved != first
    (tmp_path / "c.csv").write_text("other")
    assert fingerprint(tmp_path, NOTHING, []) != moved
