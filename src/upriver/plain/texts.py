"""Texts from plain files: one JSON object a line with `text`, and `id` and `region` where they are known.

A line that cannot be read is handed on as `Refused`, in its place; what is read with a doubt says so.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from upriver.errors import EvidenceError
from upriver.evidence import folder as folders
from upriver.evidence.encodings import escaped, guess, marked, unmarked_utf16, utf8
from upriver.evidence.params import EvidenceParams
from upriver.evidence.records import RAW_CHARACTERS

_LIMITS = EvidenceParams()
_ADVICE = 'write one object a line: {"id": ..., "text": ..., "region": ...}'
_BLANK = b"\xef\xbb\xbf \t\r\n"


@dataclass(frozen=True, slots=True)
class Text:
    """A text to be read: `id` as it stands, else `line N`; `region` ISO 3166-1 alpha-2 or None; `line` from 1."""

    id: str | int | float
    text: str
    region: str | None
    line: int
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    """A line that could not be read, with its first 2,000 characters."""

    line: int
    reason: str
    advice: str
    raw: str


@dataclass(frozen=True, slots=True)
class Item:
    """A JSON value as it stands in a file: `line` from 1, `raw` its first 2,000 characters, `torn` bytes as U+FFFD."""

    value: Any
    line: int
    raw: str
    torn: bool = False


def texts(path: Path) -> Iterator[Text | Refused]:
    """The texts of a file of JSON lines (or of one JSON list), in order, in any encoding that can be told.

    raises  EvidenceError when there is no such file, or it is no text
    """
    for item in items(path):
        yield item if isinstance(item, Refused) else _read(item.value, item.line, item.raw)


def items(path: Path, *, torn: bool = False) -> Iterator[Item | Refused]:
    """The values of a file of JSON lines (or of one JSON list), in order, in any encoding that can be told.

    torn    read also lines with bytes that are no characters, each such byte as U+FFFD
    raises  EvidenceError when there is no such file, or it is no text
    """
    if not path.is_file():
        what = "a folder, or no ordinary file" if path.exists() else "no such file"
        raise EvidenceError(f"{path}: {what}; name a file of texts, one JSON object a line")
    seen = folders.content(path)
    if not seen.n_bytes:
        raise EvidenceError(f"{path}: an empty file; name a file of texts, one JSON object a line")
    encoding = marked(seen.head) or unmarked_utf16(seen.head[:4096]) or guess(seen.beyond or seen.head)
    if encoding is None or ("utf-16" not in encoding and "utf-32" not in encoding and _is_binary(seen.head)):
        raise EvidenceError(f"{path}: not a text in a known encoding; save it as JSON lines in UTF-8")
    with utf8(path, encoding) as stream:
        first = stream.readline(1 << 16).lstrip(_BLANK)
        stream.seek(0)
        if first.startswith(b"[") and seen.n_bytes <= _LIMITS.max_text_bytes:
            yield from _of_list(path, stream.read())
            return
        yield from _of_lines(stream, encoding, torn)


def _is_binary(head: bytes) -> bool:
    return head.startswith((b"PK\x03\x04", b"\x1f\x8b", b"%PDF", b"PAR1")) or head.count(0) * 1000 > len(head)


def _of_list(path: Path, content: bytes) -> Iterator[Item | Refused]:
    try:
        listed = _parsed(content)
    except ValueError as error:
        raise EvidenceError(f"{path}: it begins as a JSON list and is none ({error}); {_ADVICE}") from error
    for number, item in enumerate(listed, start=1):
        yield Item(item, number, json.dumps(item)[:RAW_CHARACTERS])


def _of_lines(stream: IO[bytes], encoding: str, torn: bool) -> Iterator[Item | Refused]:
    limit, number = _LIMITS.max_cell_bytes + 1, 0
    while line := stream.readline(limit):
        number += 1
        if len(line) == limit and not line.endswith(b"\n"):
            while (rest := stream.readline(limit)) and not rest.endswith(b"\n"):
                pass
            yield Refused(number, f"the line is longer than {limit - 1} bytes", "split the text", _raw(line))
            continue
        if not line.strip(_BLANK):
            continue
        broken = False
        try:
            try:
                value = _parsed(line)
            except UnicodeDecodeError:
                if not torn:
                    raise
                value, broken = _parsed(line.decode("utf-8", "replace").encode()), True
        except UnicodeDecodeError:
            reason = f"it holds bytes that are no characters in {encoding}, the encoding of the file"
            yield Refused(number, reason, "save the whole file in one encoding", _raw(line))
        except ValueError as error:
            yield Refused(number, f"no JSON: {error}", _ADVICE, _raw(line))
        else:
            yield Item(value, number, _raw(line), broken)


def _parsed(content: bytes) -> Any:
    """raises  ValueError when it is no JSON; UnicodeDecodeError, which is one, when it is no text"""
    try:
        # Control characters inside a text are dirt, and no reason to lose the text.
        return json.loads(content.decode("utf-8-sig"), strict=False)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error


def _raw(line: bytes) -> str:
    return escaped(line[: 4 * RAW_CHARACTERS]).rstrip("\r\n")[:RAW_CHARACTERS]


def _read(value: Any, number: int, raw: str) -> Text | Refused:
    if not isinstance(value, dict):
        return Refused(number, "it is no object", _ADVICE, raw)
    words, named, region = value.get("text"), value.get("id"), value.get("region")
    if not isinstance(words, str):
        told = "it has no text" if "text" not in value else f"its text is {_kind(words)} and no string"
        return Refused(number, told, _ADVICE, raw)
    named, doubts = identity(named, number)
    country = _country(region) if isinstance(region, str) else None
    if region and country is None:
        doubts.append(f"its region {str(region)[:40]!r} is no country of two letters and was left out")
    return Text(named, whole(words), country, number, tuple(doubts))


def identity(named: Any, number: int) -> tuple[str | int | float, list[str]]:
    """The id of the line `number` as it stands, else `line N`, and the doubts about it."""
    if isinstance(named, bool) or not isinstance(named, str | int | float) or named == "" or named != named:
        return f"line {number}", ["it has no id, so it is named by its line"]
    return whole(named) if isinstance(named, str) else named, []


def whole(words: str) -> str:
    """`words` without halves of characters, which would stop the writing; one sign for one, so that places stay."""
    return words.encode("utf-8", "replace").decode()


def _country(told: str) -> str | None:
    from upriver.clean.contacts import is_country

    code = told.strip().upper()
    return code if is_country(code) else None


def _kind(value: Any) -> str:
    if value is None:
        return "null"
    return {bool: "true or false", list: "a list", dict: "an object"}.get(type(value), "a number")
