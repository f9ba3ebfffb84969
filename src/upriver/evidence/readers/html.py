"""Saved pages: their text, with address, title, publisher and date as the page itself gives them. Locator: `page 1`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pyarrow as pa

from upriver.clean.pages import parsed
from upriver.evidence.encodings import utf8
from upriver.evidence.folder import UnreadableError
from upriver.evidence.records import Source

if TYPE_CHECKING:
    from upriver.evidence.params import EvidenceParams


def read(source: Source, params: EvidenceParams) -> Iterator[pa.Table]:
    """One record for the page: news where it says where or when it was published, else a note.

    raises  UnreadableError when the page holds no text
    """
    with utf8(source.path, source.encoding or "utf-8") as stream:
        page = parsed(stream.read().decode("utf-8", "replace"))
    text = page.text()
    if not text:
        raise UnreadableError(
            "the page holds no text: its words may come from a program in it", "save its text as .txt"
        )
    facts = page.facts
    published = any(facts.get(name) for name in ("url", "published", "publisher"))
    form = source.told.form or ("news" if published else "note")
    if source.told.form is None:
        source.guessed["form"] = form
    values: dict[str, str | None] = {**facts, "text": text, "about": facts.get("title")}
    rest = {name: facts[name] for name in ("title",) if form == "news" and facts.get(name)}
    yield source.told_of(form, [("page 1", values, rest)])
