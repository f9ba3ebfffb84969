from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from tests.web.test_app import ask

from upriver.case import journal


def _sent(address: str, **answers: str) -> tuple[dict[str, str], str]:
    """The form of the page as a browser would send it, and its cookie."""
    page = ask(address, "/review")
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page.text))
    return {**hidden, "who": "Inspector A", "why": "", **answers}, page.headers["set-cookie"].partition(";")[0]


def test_a_doubtful_pair_is_decided_on_its_page_and_taken_back(address: str, home: Path) -> None:
    before = ask(address, "/review").text
    assert "pair left" in before
    form, cookie = _sent(address, decision="different", why="two passports")
    answer = ask(address, "/review", form, Cookie=cookie, Origin=address)
    assert (answer.status, answer.headers["location"]) == (303, "/review?merged=0&after=0")
    (made,), _ = journal.read(home)
    assert (made.kind, made.who, made.why) == ("different", "Inspector A", "two passports")
    assert {made.subject_id, made.object_id} == {form["left_id"], form["right_id"]}
    after = ask(address, "/review").text
    assert made.decision_id in after
    assert "No pair is left" in after
    form, cookie = _sent(address, decision="undo")
    assert ask(address, "/review", form, Cookie=cookie, Origin=address).status == 303
    assert journal.read(home) == ([], [])
    assert "pair left" in ask(address, "/review").text
    assert "different (withdrawn)" in ask(address, "/decisions").text


def test_a_pair_is_skipped_by_a_link_and_comes_again(address: str) -> None:
    page = ask(address, "/review").text
    (link,) = re.findall(r'href="(/review\?merged=0&amp;after=1)"', page)
    assert "those skipped" in ask(address, link.replace("&amp;", "&")).text


@pytest.mark.parametrize("decision", ["marry", ""])
def test_what_is_no_decision_on_a_pair_is_refused(address: str, home: Path, decision: str) -> None:
    form, cookie = _sent(address, decision=decision)
    answer = ask(address, "/review", form, Cookie=cookie, Origin=address)
    assert answer.status == 422
    assert journal.read(home)[0] == []


def test_a_decision_without_a_name_or_from_elsewhere_is_refused(address: str, home: Path) -> None:
    form, cookie = _sent(address, decision="same", who=" ")
    answer = ask(address, "/review", form, Cookie=cookie, Origin=address)
    assert answer.status == 422
    assert "a decision needs &#39;who&#39;" in answer.text
    form["who"] = "A"
    assert ask(address, "/review", form, Cookie=cookie, Origin="http://evil.example").status == 403
    assert ask(address, "/review", form, Origin=address).status == 403
    assert journal.read(home)[0] == []


@pytest.mark.browser
def test_a_browser_shows_a_pair_and_finds_no_fault(
    address: str, tmp_path: Path, secrets: tuple[str, ...], home: Path
) -> None:
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome") or ""
    quiet = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
             "--disable-background-networking", "--disable-component-update", "--enable-logging=stderr",
             f"--user-data-dir={tmp_path / 'profile'}")  # fmt: skip

    def browse(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([program, *quiet, *words], capture_output=True, text=True, timeout=240, check=True)

    seen = browse("--dump-dom", f"{address}/review")
    assert "They are one</button>" in seen.stdout
    assert ":CONSOLE" not in seen.stderr
    assert [secret for secret in secrets if secret.lower() in seen.stdout.lower()] == []
    # A page elsewhere that sends the form by itself, with the analyst's browser, changes nothing.
    pair = dict(re.findall(r'name="(left_id|right_id)" value="([^"]*)"', seen.stdout))
    trap = tmp_path / "trap.html"
    trap.write_text(
        f'<form id="f" action="{address}/review" method="post"><input name="decision" value="same">'
        f'<input name="left_id" value="{pair["left_id"]}"><input name="right_id" value="{pair["right_id"]}">'
        '<input name="who" value="Thief"></form><script>document.getElementById("f").submit()</script>'
    )
    told = browse("--dump-dom", "--virtual-time-budget=5000", trap.as_uri())
    assert "did not come from a page of this server" in told.stdout
    assert journal.read(home)[0] == []
