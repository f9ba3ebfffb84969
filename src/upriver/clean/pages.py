"""Pages: the text of their blocks, and what their heads tell of them."""

from __future__ import annotations

import re
from html.parser import HTMLParser

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


def words(page: str) -> str:
    """The text of a page, block by block; no error, whatever it is."""
    return parsed(page).text()


def parsed(page: str) -> Page:
    """A page as read; no error, whatever it is."""
    found = Page()
    # The parser gives up at a marked section that it does not know (`<![x[`): without its mark it is text.
    found.feed(_MARKED.sub("<", page))
    found.close()
    return found


class Page(HTMLParser):
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
