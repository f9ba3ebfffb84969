"""Saved pages: their text, with address, title, publisher and date as the page itself gives them. Locator: `page 1`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pyarrow as pa

from upriver.evidence.encodings import utf8
from upriver.evidence.folder import UnreadableError
from upriver.evidence.records import Source

if TYPE_CHECKING:
    from upriver.evidence.params import EvidenceParams

_SILENT = frozenset(
    ("script", "style", "noscript", "template", "svg", "nav", "head", "iframe", "button", "select", "textarea")
)
_BLOCKS = ("p", "div", "br", "li", "tr", "td", "th", "table", "ul", "ol", "dd", "dt", "pre", "blockquote", "figure")
_BREAKS = frozenset((*_BLOCKS, "article", "section", "header", "footer", "h1", "h2", "h3", "h4", "h5", "h6"))
_META = {
    "article:published_time": "published", "date": "published", "pubdate": "published", "publishdate": "published",
    "datepublished": "published", "dc.date": "published", "og:url": "url", "og:site_name": "publisher",
    "application-name": "publisher", "dc.publisher": "publisher", "publisher": "publisher", "og:title": "title",
}  # fmt: skip
_MARKED = re.compile(r"<!(?=\[(?!CDATA\[|if\b|else\b|endif\b))", re.IGNORECASE)
_SAVED_FROM = re.compile(r"saved from url=\(\d+\)(?P<url>\S+)")


def read(source: Source, params: EvidenceParams) -> Iterator[pa.Table]:
    """One record for the page: news where it says where or when it was published, else a note.

    raises  UnreadableError when the page holds no text
    """
    with utf8(source.path, source.encoding or "utf-8") as stream:
        page = _Page()
        # The parser gives up at a marked section that it does not know (`<![x[`): without its mark it is text.
        page.feed(_MARKED.sub("<", stream.read().decode("utf-8", "replace")))
        page.close()
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


def words(page: str) -> str:
    """The text of a page, block by block; no error, whatever it is."""
    found = _Page()
    found.feed(_MARKED.sub("<", page))
    found.close()
    return found.text()


class _Page(HTMLParser):
    """Text of the blocks of a page, and the facts that its head gives."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.facts: dict[str, str] = {}
        self._pieces: list[str] = []
        self._silent: list[str] = []
        self._in_title = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "html" and given.get("lang"):
            self._note("language", given["lang"])
        elif tag == "meta":
            name = (given.get("property") or given.get("name") or given.get("itemprop") or "").lower()
            if name in _META:
                self._note(_META[name], given.get("content", ""))
        elif tag == "link" and given.get("rel") == "canonical":
            self._note("url", given.get("href", ""))
        elif tag == "time" and given.get("datetime"):
            self._note("published", given["datetime"])
        self._in_title = tag == "title"
        if tag in _SILENT:
            self._silent.append(tag)
        if tag in _BREAKS:
            self._pieces.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._in_title = False
        if tag in self._silent:
            # A page may forget to close what stands inside.
            del self._silent[self._silent.index(tag) :]
        if tag in _BREAKS:
            self._pieces.append("\n")

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self._note("title", data)
        elif not self._silent:
            self._pieces.append(data)

    def handle_comment(self, data: str) -> None:
        found = _SAVED_FROM.search(data)
        if found:
            self._note("url", found["url"])

    def text(self) -> str:
        """The blocks of the page, one a line."""
        lines = (" ".join(line.split()) for line in "".join(self._pieces).split("\n"))
        return "\n".join(line for line in lines if line)

    def _note(self, name: str, value: str) -> None:
        if value.strip():
            self.facts.setdefault(name, value.strip())
