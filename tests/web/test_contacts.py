from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.web.test_app import ask

from upriver.case import journal
from upriver.case.store import Case


@pytest.fixture
def home(home: Path) -> Path:
    """The small case, with readings near the threshold."""
    with Case.open(home) as case:
        rows = case.read("contact_class").to_pylist()
        case.fill("contact_class", [{**row, "score": 0.5} for row in rows])
    return home


def _sent(address: str, **answers: str) -> tuple[dict[str, str], str]:
    page = ask(address, "/contacts")
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page.text))
    return {**hidden, "who": "Inspector A", "why": "", **answers}, page.headers["set-cookie"].partition(";")[0]


def test_a_contact_is_labelled_on_its_page_and_taken_back(address: str, home: Path, secrets: tuple[str, ...]) -> None:
    before = ask(address, "/contacts").text
    assert "2 contacts left" in before
    assert [secret for secret in secrets if secret.lower() in before.lower()] == []
    form, cookie = _sent(address, decision="scam", kind="romance", why="he never met her")
    answer = ask(address, "/contacts", form, Cookie=cookie, Origin=address)
    assert (answer.status, answer.headers["location"]) == (303, "/contacts?after=0")
    (made,), _ = journal.read(home)
    assert (made.kind, made.subject_id, made.value, made.why) == (
        "label", form["record_id"], "scam:romance", "he never met her"
    )  # fmt: skip
    assert "1 contact left" in ask(address, "/contacts").text
    assert "those skipped" in ask(address, "/contacts?after=1").text
    form, cookie = _sent(address, decision="undo")
    assert ask(address, "/contacts", form, Cookie=cookie, Origin=address).status == 303
    assert journal.read(home) == ([], [])


def test_what_is_no_label_or_from_elsewhere_is_refused(address: str, home: Path) -> None:
    form, cookie = _sent(address, decision="guilty")
    assert ask(address, "/contacts", form, Cookie=cookie, Origin=address).status == 422
    form["decision"] = "scam"
    assert ask(address, "/contacts", {**form, "record_id": "nowhere"}, Cookie=cookie, Origin=address).status == 422
    assert ask(address, "/contacts", {**form, "kind": "poetry"}, Cookie=cookie, Origin=address).status == 422
    assert ask(address, "/contacts", form, Cookie=cookie, Origin="http://evil.example").status == 403
    assert journal.read(home)[0] == []
