"""`upriver observables`: texts in, for each of them one line of the identifiers that it mentions, with their places."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from upriver.clean.cards import issuer
from upriver.extract.mention_page import Mention
from upriver.extract.mentions import mentions
from upriver.plain.outputs import file_of, lines_to, not_read
from upriver.plain.refusals import Refusals
from upriver.plain.texts import Refused, Text, texts

# Kinds that the command tells unless it is asked for others: those of the shared form of observables.
USUAL = (
    "phone", "url", "domain", "email", "iban", "bank_card", "btc", "eth", "tron", "wechat", "qq", "telegram",
    "whatsapp", "handle",
)  # fmt: skip


@dataclass(slots=True)
class Count:
    """How many texts were read, how many of them mention something, mentions by kind, lines refused."""

    texts: int = 0
    with_some: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    rejected: int = 0

    def as_text(self) -> str:
        """One line for a person."""
        told = ", ".join(f"{n} {kind}" for kind, n in self.kinds.most_common())
        return (
            f"{self.texts} texts: {self.with_some} with observables, {self.texts - self.with_some} without; "
            f"{self.kinds.total()} observables{f' ({told})' if told else ''}; {self.rejected} rejected"
        )


def observables(
    source: Path,
    out: Path | None,
    tell: Callable[[str], None],
    region: str | None = None,
    kinds: Collection[str] | None = USUAL,
) -> Count:
    """Write one line for each text of `source` to `out`, None for standard output: id, and its observables in order.

    tell    takes each line for the reader of the terminal
    region  country in which national numbers are read where a text names none
    kinds   those that are told; None: all
    raises  EvidenceError when `source` cannot be read at all; ExportError when `out` cannot be written
    """
    not_read(out, source)
    file = file_of(out)  # where it is none, all that is rejected is told
    refusals = Refusals(tell, file.with_name(f"{file.name}.rejected.csv") if file else None)
    run = _Run(refusals, region, kinds)
    lines_to(out, run.lines(texts(source)))
    refusals.end()
    run.count.rejected = len(refusals)
    return run.count


def _told(one: Mention) -> dict[str, object]:
    told: dict[str, object] = {"kind": one.kind, "value": one.value, "start": one.start, "end": one.end}
    gives = issuer(one.value) if one.kind == "bank_card" else None
    if gives and gives.bank:
        told["bank"] = gives.bank
    return told


class _Run:
    """One run: counts what is mentioned, and hands on what is refused."""

    def __init__(self, refusals: Refusals, region: str | None, kinds: Collection[str] | None) -> None:
        self.count = Count()
        self._refusals = refusals
        self._region = region
        self._kinds = None if kinds is None else frozenset(kinds)

    def lines(self, items: Iterator[Text | Refused]) -> Iterator[str]:
        for item in items:
            if isinstance(item, Refused):
                self._refusals.add(item)
                continue
            self._refusals.doubt(item.line, item.doubts)
            yield self._line(item)

    def _line(self, item: Text) -> str:
        found = mentions(item.text, item.region or self._region, kinds=self._kinds)
        self.count.texts += 1
        self.count.with_some += bool(found)
        for mention in found:
            self.count.kinds[mention.kind] += 1
        return json.dumps({"id": item.id, "observables": list(map(_told, found))}, ensure_ascii=False) + "\n"
