from __future__ import annotations

import re
import shutil
import subprocess
from datetime import date, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest

from upriver.case.store import Case
from upriver.report.dossier import write_dossier
from upriver.report.stage import STAGE


def _pages(index: Path) -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted(index.parent.glob("*.html")))


class _Page(HTMLParser):
    """Tags, ids and targets of links of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def test_what_stands_for_a_masked_name_is_explained_where_names_are_masked(harbour: Case) -> None:
    masked = write_dossier(harbour).read_text(encoding="utf-8")
    assert "<em>Namesake 1</em> bears the name of a masked person" in masked
    assert "<em>[protected name]</em> is a name that is, or holds, a masked person's" in masked
    assert "Namesake 1" not in write_dossier(harbour, unmask=True).read_text(encoding="utf-8")


def test_no_protected_name_or_number_stands_anywhere(
    harbour: Case, secrets: tuple[str, ...], shown: tuple[str, ...]
) -> None:
    told = _pages(write_dossier(harbour))
    assert [secret for secret in secrets if secret.lower() in told.lower()] == []
    assert all(word in told for word in shown)
    assert "Victim 1" in told
    assert "Person 1" in told


def test_unmasked_it_says_so_and_shows_names(harbour: Case) -> None:
    told = _pages(write_dossier(harbour, unmask=True))
    assert "Maria Elena Lopez" in told
    assert "This dossier is unmasked" in told


def test_it_needs_no_network_and_runs_no_script(harbour: Case) -> None:
    for path in sorted(write_dossier(harbour).parent.glob("*.html")):
        page = _Page(path.read_text(encoding="utf-8"))
        names = {tag for tag, _ in page.tags}
        assert not names & {"script", "iframe", "object", "embed", "form", "base"}
        for tag, attributes in page.tags:
            assert not [name for name in attributes if name.startswith("on")], tag
            assert tag not in {"img", "image"}
            assert not (attributes.get("href") or "").startswith(("http", "//", "javascript"))
        policy = next(a["content"] for t, a in page.tags if t == "meta" and a.get("http-equiv"))
        assert "default-src 'none'" in (policy or "")


def test_every_link_has_its_place(harbour: Case) -> None:
    index = write_dossier(harbour)
    ids = {
        path.name: {a["id"] for _, a in _Page(path.read_text(encoding="utf-8")).tags if "id" in a}
        for path in index.parent.glob("*.html")
    }
    for path in index.parent.glob("*.html"):
        for tag, attributes in _Page(path.read_text(encoding="utf-8")).tags:
            href = attributes.get("href") or ""
            if tag == "a":
                page, _, place = href.partition("#")
                assert not place or place in ids[page or path.name], href


def test_pictures_and_tables_can_be_read_aloud(harbour: Case) -> None:
    text = write_dossier(harbour).read_text(encoding="utf-8")
    page = _Page(text)
    assert text.count("<table") == text.count("<caption")
    known = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(known) == len(set(known))
    for tag, attributes in page.tags:
        if tag == "svg":
            assert set((attributes["aria-labelledby"] or "").split()) <= set(known)
    assert {"flow-t", "network-t", "time-t", "totals-t", "map-t"} <= set(known)


def test_an_empty_case_invents_nothing(case: Case) -> None:
    case.run(STAGE)
    text = write_dossier(case).read_text(encoding="utf-8")
    assert "No evidence of this kind" in text
    assert "<figure>" not in text
    assert not re.search(r"\d,?\d* USD", text)


def test_the_same_case_gives_the_same_page(harbour: Case) -> None:
    first = _pages(write_dossier(harbour))
    assert _pages(write_dossier(harbour)) == first


def test_what_evidence_smuggles_stays_text(case: Case) -> None:
    case.fill(
        "action",
        [
            {
                "action_id": "A1", "kind": "happening", "types": "raid", "count": 5.0, "count_low": 5.0,
                "count_high": 5.0,
                "unit": "people", "role": "all", "place": '<img src=x onerror="alert(1)">', "country": None,
                "lat": 20.0,
                "lon": 99.0, "from_on": date(9999, 12, 31), "to_on": date(9999, 12, 31), "counts": True,
                "n_tellings": 1,
                "n_first_speakers": 1, "accepted": False, "basis": "one telling",
                "alarms": ["a\u202eb\x07</title><script>alert(1)</script>"],
                "title": "<script>alert(2)</script>", "report_ids": [],
            }
        ],
    )  # fmt: skip
    case.run(STAGE)
    told = _pages(write_dossier(case))
    assert "<script" not in told
    assert "<img" not in told
    assert "\u202e" not in told
    assert "⟨U+202E⟩" in told


def test_a_million_transfers_do_not_make_a_long_page(case: Case) -> None:
    moment = datetime(2023, 1, 1)
    case.fill(
        "traced_account",
        [
            {"account": f"wallet{n:06d}", "holder_id": None, "received_usd": 1.0 + n, "kept_usd": 1.0, "low_usd": 1.0,
             "high_usd": 1.0, "n_hops": 1 + n % 9, "first_at": moment, "last_at": moment, "stop_reason": "parked",
             "cash_out": n % 50 == 0, "unseen_inflow_usd": 0.0, "service_score": 0.0, "reason": "stays"}
            for n in range(20_000)
        ],
    )  # fmt: skip
    case.fill("transfer", [{"transfer_id": "x", "source_account": "a", "target_account": "b", "occurred_at": moment,
                            "amount": 1.0, "asset": "USD", "rail": "bank", "record_id": "f#row 1"}])  # fmt: skip
    case.run(STAGE)
    assert write_dossier(case).stat().st_size < 1_000_000


def test_what_a_presumed_victim_says_stands_on_the_page_of_protection_alone(harbour: Case) -> None:
    index = write_dossier(harbour)
    ranks, guarded = (index.parent / f"{name}.html" for name in ("index", "protection"))
    said = {
        row["record_id"]: row["quote"]
        for row in harbour.read("trafficking_indicator").to_pylist()
        if row["state"] == "present" and row["quote"]
    }
    quotes = re.findall("“([^”]+)”", guarded.read_text(encoding="utf-8"))
    assert quotes
    assert not [quote for quote in quotes if quote in ranks.read_text(encoding="utf-8")]
    assert 'href="protection.html"' in ranks.read_text(encoding="utf-8")
    assert "in which somebody who may be a victim speaks" in ranks.read_text(encoding="utf-8")
    shown = {row["record_id"] for row in harbour.read("finding_support").to_pylist()}
    assert shown & set(said)


def test_need_for_protection_beside_a_rank_leads_to_the_page_of_protection(harbour: Case) -> None:
    index = write_dossier(harbour)
    anchors = {
        a["id"]
        for t, a in _Page((index.parent / "protection.html").read_text(encoding="utf-8")).tags
        if t == "tr" and "id" in a
    }
    links = set(re.findall(r'href="protection.html#(p\d+)"', index.read_text(encoding="utf-8")))
    assert links
    assert links <= anchors


def test_one_sentence_is_quoted_once_for_all_the_signs_it_tells(harbour: Case) -> None:
    rows = harbour.read("trafficking_indicator").to_pylist()
    first = next(row for row in rows if row["state"] == "present" and row["quote"])
    others = [row for row in rows if (row["person_id"], row["indicator"]) != (first["person_id"], "debt_bondage")]
    harbour.fill("trafficking_indicator", [
        *others, {**first, "indicator": "debt_bondage", "quote": first["quote"], "state": "present"}
    ])  # fmt: skip
    page = write_dossier(harbour).parent / "protection.html"
    told = page.read_text(encoding="utf-8")
    quoted = re.findall(r"<li>([^<]*): “([^”]+)”</li>", told)
    assert any(" and " in signs and "debt bondage" in signs for signs, _ in quoted)
    assert len({quote for _, quote in quoted}) == len(quoted)


def test_who_tells_a_ratio_is_told_in_short_and_opens_to_all(harbour: Case) -> None:
    text = write_dossier(harbour).read_text(encoding="utf-8")
    (opened, *_) = re.findall(r'<details class="told"><summary>([^<]*)</summary><small>([^<]*)</small></details>', text)
    assert opened[0] == "2 first speakers"
    assert opened[1].startswith("Lake Post, News of ")


def test_ratios_told_with_another_open_below_it_with_their_numbers(harbour: Case) -> None:
    index = write_dossier(harbour)
    text = index.read_text(encoding="utf-8")
    assert "<summary>2 ratios told with it</summary>" in text
    (name,) = re.findall(r"<code>upriver why (F\d+)\.1</code>", text)
    assert f'href="#{name}"' in text
    assert re.search(r"How many at Lake House\?</th>.*?no figure.*?12 people", text, re.DOTALL)


# ---- in a real browser ---------------------------------------------------------------------------------------------


def _chromium(profile: Path, *wanted: str) -> subprocess.CompletedProcess[str]:
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome") or ""
    quiet = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
             "--disable-background-networking", "--disable-component-update", "--enable-logging=stderr")  # fmt: skip
    return subprocess.run(
        [program, *quiet, f"--user-data-dir={profile}", *wanted],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )


@pytest.mark.browser
def test_a_browser_renders_it_prints_it_and_finds_no_fault(harbour: Case, tmp_path: Path) -> None:
    index = write_dossier(harbour)
    picture, paper = tmp_path / "page.png", tmp_path / "page.pdf"
    seen = _chromium(tmp_path / "p1", f"--screenshot={picture}", "--window-size=1200,4000", index.as_uri())
    assert picture.stat().st_size > 50_000
    assert ":CONSOLE" not in seen.stderr
    _chromium(tmp_path / "p2", f"--print-to-pdf={paper}", "--no-pdf-header-footer", index.as_uri())
    assert paper.read_bytes()[:5] == b"%PDF-"
    assert paper.stat().st_size > 30_000


def test_a_section_without_evidence_takes_no_page_of_paper(case: Case) -> None:
    case.fill("transfer", [])
    case.run(STAGE)
    page = _Page(write_dossier(case).read_text(encoding="utf-8"))
    heads = {a["id"]: a.get("class") for tag, a in page.tags if tag == "h2"}
    assert heads["money"] is None
    assert heads["protection"] is None
    assert heads["findings"] == "page"


def test_a_date_is_never_broken_over_two_lines(harbour: Case) -> None:
    text = write_dossier(harbour).read_text(encoding="utf-8")
    assert '<span class="nowrap">2023-11-21</span>' in text


def test_money_of_accounts_named_as_sources_is_not_called_victims_money(case: Case) -> None:
    moved = {"occurred_at": datetime(2026, 1, 2), "amount_usd": 100.0, "record_id": "f#row 1"}
    ends = {"received_usd": 100.0, "kept_usd": 100.0, "low_usd": 100.0, "high_usd": 100.0, "unseen_inflow_usd": 0.0,
            "n_hops": 0, "cash_out": False, "stop_reason": "parked", "reason": "kept", "service_score": 0.0,
            "first_at": datetime(2026, 1, 2), "last_at": datetime(2026, 1, 2)}  # fmt: skip
    case.fill("transfer", [{"transfer_id": "t", "source_account": "wallet", "target_account": "next", "amount": 100.0,
                            "asset": "USD", "rail": "chain", **moved}])  # fmt: skip
    case.fill("flow", [{"transfer_id": "t", "source_account": "wallet", "target_account": "next", "origin": "stolen",
                        **moved}])  # fmt: skip
    case.fill("trace", [{"transfer_id": "t", "method": "auto", "main": True, "traced_usd": 100.0,
                         "presumed_usd": 0.0, "n_hops": 0, "low_usd": 100.0, "high_usd": 100.0}])  # fmt: skip
    case.fill("traced_account", [{"account": "next", **ends}])
    case.fill("loss", [{"victim_id": "wallet", "reported_usd": 100.0, "found_usd": 100.0, "n_payments": 1,
                        "returned_usd": 0.0, "reached_cash_out_usd": 0.0, "ransom_usd": 0.0, "inducement_usd": 0.0,
                        "net_usd": 100.0,
                        "record_ids": ["f#row 1"]}])  # fmt: skip
    case.run(STAGE)
    text = re.sub(r"(?s)<style>.*?</style>", "", write_dossier(case).read_text(encoding="utf-8"))
    told = text.partition("Methods</h2>")[0]
    assert "100 USD left 1 account named as a source of stolen money" in told
    assert "ictims' money" not in told
    assert "Victims report" not in told
