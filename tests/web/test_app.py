from __future__ import annotations

import re
import socket
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest

from upriver.case import journal
from upriver.case.store import Case
from upriver.errors import CaseError, UpriverError
from upriver.web.app import create_app, serve

PAGES = (
    "/", "/finding/F001", "/people", "/accounts?q=acc", "/ledger", "/tables", "/tables/statement", "/tables/record",
    "/tables/transfer", "/tables/observable", "/tables/rejected_record", "/tables/message", "/tables/flow",
    "/tables/finding_support", "/review", "/review?merged=1", "/decisions",
)  # fmt: skip


@dataclass
class Answer:
    status: int
    text: str
    headers: dict[str, str]


def ask(address: str, path: str, form: dict[str, str] | None = None, **headers: str) -> Answer:
    connection = HTTPConnection(urlsplit(address).netloc, timeout=20)
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    if form is None:
        connection.request("GET", path, headers=sent)
    else:
        sent["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request("POST", path, urlencode(form), sent)
    answer = connection.getresponse()
    told = Answer(answer.status, answer.read().decode(), {k.lower(): v for k, v in answer.getheaders()})
    connection.close()
    return told


def _form(address: str) -> tuple[dict[str, str], str]:
    """A filled form and its cookie, as a browser would send them."""
    page = ask(address, "/decisions")
    token = re.search(r'name="form_token" value="([^"]+)"', page.text)
    assert token is not None
    cookie = page.headers["set-cookie"].partition(";")[0]
    form = {
        "form_token": token[1],
        "kind": "service",
        "subject_id": "acc_desk_1",
        "who": "Inspector A",
        "why": "it said so",
    }
    return form, cookie


def test_every_page_opens_and_shows_no_protected_name(address: str, secrets: tuple[str, ...]) -> None:
    for path in PAGES:
        answer = ask(address, path)
        assert answer.status == 200, path
        assert [secret for secret in secrets if secret.lower() in answer.text.lower()] == [], path
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert "<script" not in answer.text


def test_a_browser_may_send_the_form_by_every_policy_of_the_page(address: str) -> None:
    page = ask(address, "/decisions")
    meta = re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', page.text)
    assert meta is not None
    for policy in (page.headers["content-security-policy"], meta[1].replace("&#39;", "'")):
        assert "form-action 'self'" in policy


def test_ratios_told_with_a_finding_open_by_their_own_numbers(address: str) -> None:
    found = re.findall(r'href="/finding/(F\d+)">why', ask(address, "/").text)
    parts = [
        part
        for name in found
        for part in re.findall(r'href="/finding/(F\d+\.\d+)"', ask(address, f"/finding/{name}").text)
    ]
    assert len(parts) == 2
    assert f"{parts[1]} By role: How many at Lake House? no figure" in ask(address, f"/finding/{parts[1]}").text
    assert ask(address, f"/finding/{parts[1]}9").status == 404


def test_a_finding_opens_to_rows_of_the_source_files(address: str) -> None:
    found = re.findall(r'href="/finding/(F\d+)">why', ask(address, "/").text)
    assert found
    told = "".join(ask(address, f"/finding/{finding}").text for finding in found)
    assert "reports.csv" in told
    assert "as it stands in the file" in told


def test_a_victims_account_is_not_found_by_its_full_number(address: str) -> None:
    assert "No account of the transfers holds" in ask(address, "/accounts?q=acc_victim_00417").text
    assert "Victim 1 account …0417" in ask(address, "/accounts?q=0417").text


def test_an_account_that_is_nobodys_is_found_with_what_was_traced(address: str) -> None:
    told = ask(address, "/accounts?q=DESK").text
    assert "acc_desk_1" in told
    assert "60,000 USD" in told


def test_an_account_that_looks_like_a_mules_says_so_with_an_innocent_reading(address: str) -> None:
    told = ask(address, "/accounts?q=acc_layer_1").text
    assert "0.90 of 1" in told
    assert "What innocent thing would fit: an agent" in told
    assert "not of its holder" in told
    assert "of 1" not in ask(address, "/accounts?q=DESK").text


def test_a_quotation_mark_in_a_search_is_only_a_character(address: str) -> None:
    assert ask(address, "/accounts?q=%27%20OR%201%3D1%20--").status == 200
    assert ask(address, "/tables/flow%22%3B%20DROP").status == 404
    assert ask(address, "/finding/F999").status == 404


def test_a_decision_goes_into_the_journal(address: str, home: Path) -> None:
    form, cookie = _form(address)
    answer = ask(address, "/decisions", form, Cookie=cookie, Origin=address)
    assert (answer.status, answer.headers["location"]) == (303, "/decisions")
    (decision,), _ = journal.read(home)
    assert (decision.kind, decision.subject_id, decision.who) == ("service", "acc_desk_1", "Inspector A")
    assert "it said so" in ask(address, "/decisions").text


def test_a_decision_that_lacks_a_part_is_refused_with_the_reason(address: str, home: Path) -> None:
    form, cookie = _form(address)
    answer = ask(address, "/decisions", {**form, "kind": "same"}, Cookie=cookie)
    assert answer.status == 422
    assert "is about two" in answer.text
    assert journal.read(home)[0] == []


def test_a_form_from_elsewhere_is_refused(address: str, home: Path) -> None:
    form, cookie = _form(address)
    elsewhere = {"Origin": "http://evil.example"}
    assert ask(address, "/decisions", form, Cookie=cookie, **elsewhere).status == 403
    assert ask(address, "/decisions", form, Cookie=cookie, Origin="null").status == 403
    assert ask(address, "/decisions", form, Origin=address).status == 403
    assert ask(address, "/decisions", {**form, "form_token": "guess"}, Cookie=cookie).status == 403
    assert journal.read(home)[0] == []


def test_a_name_that_was_pointed_here_gets_nothing(address: str) -> None:
    answer = ask(address, "/", Host="evil.example")
    assert answer.status == 421
    assert "Findings" not in answer.text


def test_two_requests_at_once_are_both_answered(address: str) -> None:
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(lambda path: ask(address, path).status, PAGES * 2))
    assert set(told) == {200}


def test_names_are_shown_only_where_it_was_asked_for(home: Path) -> None:
    from upriver.web.views import Views

    with Case.open(home, read_only=True) as case:
        assert Views(case, unmask=True).people()["people"][1]["who"] == "Aung Htet"
        assert Views(case).people()["people"][1]["who"] == "Person 1"


def test_a_case_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match="there is no such case"):
        create_app(tmp_path / "nothing.upriver")


def test_a_port_that_is_taken_says_so(home: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(UpriverError, match="--port"):
            serve(home, other.getsockname()[1])
