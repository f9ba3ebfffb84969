"""Identifiers in texts: how many are found and how fast, beside open extractors and plain patterns in one run.

python -m benchmarks.observables [FILE.jsonl ...]     further files are scored too, and count for the speed

The texts of benchmarks/mentions are ours. Each set was written before the extractor was run on it, and when it answered
the one before. It answers the first four now, so its own figures on them are no measure of what it does elsewhere:
those of the fifth, and those of the first look in docs/benchmarks.md, are. Peers are scored only for the kinds they
know; iocextract and ioc-finder take part where they are installed.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import re
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.marked import MENTIONS, Marked, marked
from upriver.clean import checksums, contacts, wallets
from upriver.extract.mentions import mentions
from upriver.plain.observables import USUAL

Found = Iterable[tuple[str, str]]
Finder = Callable[[Marked], Found]

# Peers know links and hosts, and numbers without the platform they are on.
_GROUPS = {"url": "link", "domain": "link", "phone": "number", "whatsapp": "number"}
_PASSES = 5
_SETS = ("first.tsv", "second.tsv", "third.tsv", "fourth.tsv", "fifth.tsv")


def main(paths: Sequence[Path] = ()) -> None:
    sets = [(name, marked(MENTIONS / name)) for name in _SETS]
    sets += [(path.name, list(_rows(path))) for path in paths]
    finders: list[tuple[str, frozenset[str], Finder]] = [("upriver", frozenset(), partial(_upriver, frozenset(USUAL)))]
    finders += [
        ("plain patterns", frozenset(_PATTERNS), _patterns),
        ("PhoneNumberMatcher", frozenset({"number"}), _matcher),
    ]
    for name, known, make in (
        ("iocextract", {"link", "email"}, _iocextract),
        ("ioc-finder", {"link", "email"}, _iocfinder),
    ):
        if importlib.util.find_spec(name.replace("-", "_")):
            finders.append((name, frozenset(known), make()))
        else:
            print(f"{name} is not installed, and takes no part")
    for title, texts in sets:
        finders[0] = ("upriver", frozenset(), partial(_upriver, _asked(texts)))
        print(f"\n{title}: {len(texts)} texts, {sum(len(one.told) for one in texts)} identifiers")
        own = 0.0
        for name, kinds, find in finders:
            rate = _rate(find, texts)
            own = own or rate
            print(f"  {name:20} {rate:9,.0f} texts/s ({own / rate:5.1f} x)  {_scores(find, texts, kinds)}")


def _rows(path: Path) -> Iterator[Marked]:
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        told = tuple((one["kind"], one["value"], one["start"], one["end"]) for one in row.get("observables") or ())
        yield Marked(row.get("note", ""), row.get("region") or None, row["text"], told)


def _rate(find: Finder, texts: Sequence[Marked]) -> float:
    """Texts a processor second of this process, the best of some passes; none meets values that one before has kept."""
    best = float("inf")
    for _ in range(_PASSES):
        for kept in (contacts.phone, contacts.is_host, checksums.base58check, wallets._eip55):
            kept.cache_clear()
        started = time.process_time()
        for one in texts:
            for _found in find(one):
                pass
        best = min(best, time.process_time() - started)
    return len(texts) / best


def _scores(find: Finder, texts: Sequence[Marked], kinds: frozenset[str]) -> str:
    """F1 of each kind that the finder knows, all where none is named."""
    counts: dict[str, list[int]] = {}
    for one in texts:
        gold = {(_GROUPS.get(kind, kind), value) for kind, value, _, _ in one.told}
        found = {(_GROUPS.get(kind, kind), value) for kind, value in find(one)}
        for kind in {kind for kind, _ in gold | found}:
            count = counts.setdefault(kind, [0, 0, 0])
            count[0] += sum(kind == other for other, _ in gold & found)
            count[1] += sum(kind == other for other, _ in found)
            count[2] += sum(kind == other for other, _ in gold)
    told = []
    for kind, (right, found_all, gold_all) in sorted(counts.items()):
        if gold_all and (not kinds or kind in kinds):
            told.append(f"{kind} {2 * right / (found_all + gold_all):.3f}")
    return ", ".join(told)


def _asked(texts: Sequence[Marked]) -> frozenset[str]:
    """The usual kinds, and those that the set marks beside them: LINE has a kind only where it is asked for."""
    return frozenset(USUAL) | {kind for one in texts for kind, *_ in one.told}


def _upriver(kinds: frozenset[str], one: Marked) -> Found:
    return [(found.kind, found.value) for found in mentions(one.text, one.country, kinds=kinds)]


_PATTERNS = {
    "link": re.compile(r"https?://[^\s]+|(?:[a-z0-9-]+\.)+[a-z]{2,}"),
    "email": re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+"),
    "btc": re.compile(r"\b(?:bc1[a-z0-9]{25,59}|[13][A-HJ-NP-Za-km-z1-9]{25,34})\b"),
    "eth": re.compile(r"\b0x[0-9a-fA-F]{40}\b"),
    "tron": re.compile(r"\bT[A-HJ-NP-Za-km-z1-9]{33}\b"),
    "number": re.compile(r"\+?\d[\d ().-]{6,}\d"),
    "bank_card": re.compile(r"\b\d{16}(?:\d{3})?\b"),
    "handle": re.compile(r"@(\w{4,})"),
}


def _patterns(one: Marked) -> Iterator[tuple[str, str]]:
    for kind, pattern in _PATTERNS.items():
        for match in pattern.finditer(one.text):
            value = match.group(match.lastindex or 0)
            if kind == "number":
                value = re.sub(r"[^\d+]", "", value)
            yield kind, value if kind in ("btc", "tron") else value.lower()


def _matcher(one: Marked) -> Iterator[tuple[str, str]]:
    import phonenumbers

    for match in phonenumbers.PhoneNumberMatcher(one.text, one.country):
        yield "number", phonenumbers.format_number(match.number, phonenumbers.PhoneNumberFormat.E164)


def _iocextract() -> Finder:
    library: Any = importlib.import_module("iocextract")

    def find(one: Marked) -> Iterator[tuple[str, str]]:
        for value in library.extract_urls(one.text, refang=True):
            yield "link", value
        for value in library.extract_emails(one.text, refang=True):
            yield "email", value.lower()

    return find


def _iocfinder() -> Finder:
    library: Any = importlib.import_module("ioc_finder")

    def find(one: Marked) -> Iterator[tuple[str, str]]:
        told = library.find_iocs(one.text)
        links = set(told["urls"])
        hosts = {re.sub(r"^[a-z]+://|[/:?#].*$", "", link) for link in links}
        mails = set(told["email_addresses"])
        # A host inside a link or an address is not counted again, as the form of these texts has it.
        hosts |= {mail.rpartition("@")[2] for mail in mails}
        yield from (("link", value) for value in links | (set(told["domains"]) - hosts))
        yield from (("email", value) for value in mails)

    return find


if __name__ == "__main__":
    main([Path(word) for word in sys.argv[1:]])
