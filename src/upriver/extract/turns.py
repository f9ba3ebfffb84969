"""Who says what in a text: turns of an exported chat or a transcript; the words of a page."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from upriver.clean.chats import start
from upriver.clean.pages import words
from upriver.extract.contacts import Turn

_TAGS = "p|br|div|span|ul|ol|li|b|strong|em|i|a|h[1-6]|table|tr|td|html|body|font|img"
_MARKUP = re.compile(rf"<(?:/?(?:{_TAGS})\b[^<>]{{0,400}}>|!doctype|!--)", re.I)
_ENTITY = re.compile(r"&(?:amp|nbsp|lt|gt|quot|rsquo|ldquo|rdquo|bull|#\d{2,5}|#x[0-9a-f]{2,5});", re.I)
_NAMED = re.compile(r"\s*(?P<sender>[^\W\d_][^:：<>\n]{0,39}?)\s*[:：]\s*(?P<text>\S.*)?\Z")
_CLOCK = re.compile(r"\s*[\[(]?\d{1,2}:\d{2}(?::\d{2})?[\])]?\s*(?:-\s*)?")
_LEAST_TURNS = 3  # lines with a name before a colon that make a transcript ...
_AGAIN = 1.5  # ... when each name stands so often on average: the fields of a form stand once
_EXPORTED = 2  # dated entries that make an exported chat


def unmarked(text: str) -> str:
    """The words of a text that is a page, or a piece of one; another as it stands.

    >>> unmarked("<p>No skills &amp; no papers</p>"), unmarked("I <3 you")
    ('No skills & no papers', 'I <3 you')
    """
    return words(text) if _MARKUP.search(text) or _ENTITY.search(text) else text


def spoken(text: str) -> list[Turn]:
    """The turns of a text: of an exported chat, of a transcript with names before colons; another is one turn.

    >>> [turn.sender for turn in spoken("A: hello\\nB: who is it?\\nA: your bank\\nB: oh")]
    ['A', 'B', 'A', 'B']
    """
    lines = text.split("\n")
    if len(lines) < _EXPORTED:
        return [Turn(None, text)]
    begun = [start().match(line) for line in lines]
    if sum(match is not None for match in begun) >= _EXPORTED:
        # Lines above the first entry belong to none; an entry without a sender is the app's own.
        return _joined(
            (_exported(match["rest"]) if match else None, line) for match, line in zip(begun, lines, strict=True)
        )
    named = [_NAMED.match(_CLOCK.sub("", line, count=1)) for line in lines]
    senders = Counter(match["sender"] for match in named if match)
    if senders.total() >= max(_LEAST_TURNS, _AGAIN * len(senders)) and 2 * senders.total() >= len(lines):
        again = {sender for sender, n in senders.items() if n > 1}
        return _joined(
            ((match["sender"], match["text"] or "") if match and match["sender"] in again else None, line)
            for match, line in zip(named, lines, strict=True)
        )
    return [Turn(None, text)]


def _exported(rest: str) -> tuple[str | None, str]:
    match = _NAMED.match(rest)
    return (match["sender"], match["text"] or "") if match else (None, "")


def _joined(lines: Iterator[tuple[tuple[str | None, str] | None, str]]) -> list[Turn]:
    """Turns of lines that begin one, (sender, text), or go on with the one before, None."""
    turns: list[tuple[str | None, list[str]]] = []
    for begun, line in lines:
        if begun is not None:
            turns.append((begun[0], [begun[1]]))
        elif turns:
            turns[-1][1].append(line)
        else:
            turns.append((None, [line]))
    return [Turn(sender, text) for sender, told in turns if (text := "\n".join(told).strip())]
