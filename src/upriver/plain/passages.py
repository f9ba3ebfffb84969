"""Passages of news from plain files: JSON lines, JSON, tables, texts, saved pages, or a folder of them.

What cannot be read is handed on as `Refused`, in its place in the order; what is read with a doubt says so.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import IO, Any

from upriver.case.settings import FileSettings
from upriver.clean.dates import day, span
from upriver.clean.languages import language
from upriver.errors import EvidenceError, SettingsError
from upriver.evidence import folder as folders
from upriver.evidence.columns import recognise
from upriver.evidence.encodings import utf8
from upriver.evidence.folder import UnreadableError
from upriver.evidence.formats import sniff
from upriver.evidence.params import EvidenceParams
from upriver.evidence.readers import html, text
from upriver.evidence.records import RAW_CHARACTERS, Source
from upriver.extract.event_lexicon import language_of, lexicon
from upriver.model.forms import FORMS
from upriver.model.ids import DIGITS
from upriver.model.periods import written

_NEWS = FileSettings(form="news")
_LIMITS = EvidenceParams()
_SAMPLE = 20_000  # characters that tell the language
_MOST_KEYS = 200  # of an object: more are no columns
_TABLES = {"csv": "delimited", "xlsx": "excel"}
_LINE = re.compile(r"(?:line|row) (\d+)\Z")
_ONE_A_LINE = "write one object a line, or ask for it again where it came from"


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage to be read.

    id         its own, else `FILE LOCATOR`, which stays the same as long as the file does
    place      FILE:LINE, for messages
    published  ISO, as precise as told: YYYY, YYYY-MM, YYYY-MM-DD or first/last; None: not told
    doubts     what may be wrong with it, in words
    """

    id: str
    place: str
    text: str
    published: str | None = None
    published_on: date | None = None
    language: str | None = None
    url: str | None = None
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    """What could not be read: place is FILE:LINE, `raw` its first 2,000 characters."""

    place: str
    reason: str
    advice: str
    id: str | None = None
    raw: str = ""


class _Number(str):
    """A number as it is written: an id of twenty digits stays whole, and is known to be no text."""

    __slots__ = ()


def read(source: Path, leave_out: Sequence[Path] = ()) -> Iterator[Passage | Refused]:
    """Every passage of a file, or of all files of a folder in the order of their paths.

    leave_out  files of the folder that are not read: what the command itself writes
    raises     EvidenceError when there is no such file, it cannot be read at all, or the folder is empty
    """
    seen: dict[str, str] = {}
    for item in _read(source, leave_out):
        if isinstance(item, Passage):
            first = seen.setdefault(item.id, item.place)
            if first != item.place:
                item = replace(item, doubts=(*item.doubts, f"the id {item.id} is also that of {first}"))
        yield item


def _read(source: Path, leave_out: Sequence[Path]) -> Iterator[Passage | Refused]:
    if not source.exists():
        raise EvidenceError(f"{source}: there is no such file; name a file of passages, or a folder of them")
    if not source.is_dir():
        if not source.is_file():
            raise EvidenceError(f"{source}: not a file: a pipe, socket or device; save its content as a file")
        try:
            yield from _of_file(source, source.name)
        except UnreadableError as error:
            raise EvidenceError(f"{source}: {error.reason}; {error.advice}") from error
        return
    folders.check(source)
    apart = {path.resolve() for path in leave_out}
    for found in folders.walk(source):
        if found.path.resolve() in apart:
            continue
        try:
            if found.refused:
                raise found.refused
            yield from _of_file(found.path, found.name)
        except UnreadableError as error:
            yield Refused(found.name, error.reason, error.advice)


def _of_file(path: Path, name: str) -> Iterator[Passage | Refused]:
    seen = folders.content(path)
    form, encoding = sniff(path, name, seen, None)
    file = Source(path, name, seen.sha256[:DIGITS], seen.n_bytes, encoding, FileSettings())
    if form != "jsonl" and form != "csv" and seen.n_bytes > _LIMITS.max_text_bytes:
        raise UnreadableError(f"it has {seen.n_bytes} bytes, over the limit of {_LIMITS.max_text_bytes}", "split it")
    if form == "jsonl":
        yield from _of_lines(file)
    elif form == "json":
        yield from _of_document(file)
    elif form == "text":
        yield from _of_text(file)
    elif form == "html":
        yield from _of_page(file)
    elif form in _TABLES:
        yield from _of_table(file, _TABLES[form])
    else:
        raise UnreadableError("it is a chat, and no news", "put it into a case: upriver investigate FOLDER")


# ---- JSON ------------------------------------------------------------------------------------------------------


def _of_lines(file: Source) -> Iterator[Passage | Refused]:
    with utf8(file.path, file.encoding or "utf-8") as stream:
        first = stream.readline(_LIMITS.max_cell_bytes).lstrip(b"\xef\xbb\xbf \t\r\n")
        stream.seek(0)
        if first.startswith(b"[") and file.n_bytes <= _LIMITS.max_text_bytes:
            yield from _of_values(file, _document(stream.read()))
            return
        for number, line in enumerate(_lines(stream), start=1):
            if not line.strip(b"\xef\xbb\xbf \t\r\n"):
                continue
            try:
                if len(line) > _LIMITS.max_cell_bytes:
                    raise ValueError(f"the line is longer than {_LIMITS.max_cell_bytes} bytes")
                value = _parsed(line)
            except UnicodeDecodeError:
                reason = f"it holds bytes that are no characters in {file.encoding}, the encoding of the file"
                yield Refused(f"{file.name}:{number}", reason, "save the whole file in one encoding", raw=_raw(line))
            except ValueError as error:
                yield Refused(f"{file.name}:{number}", f"no JSON: {error}", _ONE_A_LINE, raw=_raw(line))
            else:
                yield _of_object(value, file, f"line {number}", number)


def _lines(stream: IO[bytes]) -> Iterator[bytes]:
    """Lines of the stream; of one that is too long its beginning, one byte longer than what is allowed."""
    limit = _LIMITS.max_cell_bytes + 1
    while line := stream.readline(limit):
        if len(line) == limit and not line.endswith(b"\n"):
            while (rest := stream.readline(limit)) and not rest.endswith(b"\n"):
                pass
        yield line


def _raw(line: bytes) -> str:
    return line[: 4 * RAW_CHARACTERS].decode("utf-8", "replace").rstrip("\r\n")[:RAW_CHARACTERS]


def _parsed(line: bytes) -> Any:
    """raises  ValueError when it is no JSON; UnicodeDecodeError, which is one, when it is no text"""
    words = line.decode("utf-8-sig")
    try:
        # A zero byte inside a text is dirt, and no reason to lose the text.
        return json.loads(
            words, strict="\0" not in words, parse_int=_Number, parse_float=_Number, parse_constant=_Number
        )
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error


def _document(content: bytes) -> Any:
    try:
        return _parsed(content)
    except ValueError as error:
        raise UnreadableError(f"it is no JSON: {error}", "ask for it again where it came from") from error


def _of_document(file: Source) -> Iterator[Passage | Refused]:
    with utf8(file.path, file.encoding or "utf-8") as stream:
        yield from _of_values(file, _document(stream.read()))


def _of_values(file: Source, document: Any) -> Iterator[Passage | Refused]:
    """Passages of a list of objects, of the lists under the keys of an object, or of one object."""
    if isinstance(document, list):
        listed = {"": document}
    else:
        values = document if isinstance(document, dict) else {}
        listed = {f"{key} ": value for key, value in values.items() if isinstance(value, list) and key != "events"}
        if not listed or "text" in values:
            listed = {"": [document]}
    for key, items in listed.items():
        for number, item in enumerate(items, start=1):
            yield _of_object(item, file, f"{key}item {number}", None)


def _of_object(value: Any, file: Source, locator: str, line: int | None) -> Passage | Refused:
    place = f"{file.name}:{line or locator}"
    raw = json.dumps(value, ensure_ascii=False).encode("utf-8", "replace").decode()[:RAW_CHARACTERS]
    if not isinstance(value, dict):
        return Refused(place, "it is no object", 'write {"id": ..., "text": ..., "published": ...}', raw=raw)
    fields = {field: value[key] for field, key in _keys(tuple(list(value)[:_MOST_KEYS]), file.stem).items()}
    named = fields.get("passage_id")
    own = str(named).strip() if isinstance(named, str) else ""
    words = fields.get("text")
    if words is None:
        events = "; it holds events, which `upriver investigate` reads" if "events" in value else ""
        return Refused(place, f"the object has no text{events}", "give it a field `text`", own or None, raw)
    if not isinstance(words, str) or isinstance(words, _Number):
        return Refused(place, f"its text is {_kind(words)} and no string", 'write "text": "..."', own or None, raw)
    doubts = []
    if named is not None and not own:
        doubts.append("its id is no text, so it is named by its file and line")
    told: dict[str, str] = {}
    for field in ("published", "language", "url"):
        given = fields.get(field)
        if isinstance(given, str):
            told[field] = given
        elif given is not None:
            doubts.append(f"its {field} is {_kind(given)} and was left out")
    return _passage(own or f"{file.name} {locator}", place, words, told, doubts, raw)


def _kind(value: Any) -> str:
    if isinstance(value, _Number):
        return "a number"
    return {bool: "true or false", list: "a list", dict: "an object"}.get(type(value), "empty")


@lru_cache(maxsize=256)
def _keys(names: tuple[str, ...], stem: str) -> Mapping[str, str]:
    """Field of a passage -> the key that tells it, by the names that the evidence room knows."""
    layout = recognise(names, stem, _NEWS)
    return {
        field: names[place] for field, place in zip(layout.form.fields, layout.places, strict=True) if place is not None
    }


# ---- texts, pages, tables --------------------------------------------------------------------------------------


def _of_text(file: Source) -> Iterator[Passage | Refused]:
    """The whole text as one passage; lines above it such as `Published: 2025-10-14` tell its date and source."""
    with utf8(file.path, file.encoding or "utf-8") as stream:
        words = stream.read().decode("utf-8", "replace").removeprefix("\ufeff")
    lines = words.split("\n")
    labels = text.head(words)
    known = _keys((*dict.fromkeys(label for label, _ in labels.values()), "text"), file.stem)
    fields = {key: field for field, key in known.items() if field != "text"}
    told = {fields[label]: value for label, value in labels.values() if label in fields}
    # A label that tells nothing of the passage is its text; of the others the line stays, empty, for its number.
    body = "\n".join(
        "" if number in labels and labels[number][0] in fields else line for number, line in enumerate(lines)
    )
    start = next((number for number, line in enumerate(body.split("\n"), start=1) if line.strip()), 1)
    name = told.get("passage_id") or f"{file.name} line {start}"
    yield _passage(name, f"{file.name}:{start}", body.strip(), told, [], words[:RAW_CHARACTERS])


def _of_page(file: Source) -> Iterator[Passage | Refused]:
    page = _told_as(file, _NEWS)
    for record in _records(html, page):
        fields = dict(zip(FORMS["news"].fields, record["fields"], strict=True))
        told = {name: value for name, value in fields.items() if value}
        words = told.get("text", "")
        yield _passage(f"{file.name} {record['locator']}", f"{file.name}:1", words, told, [], words[:RAW_CHARACTERS])


def _told_as(file: Source, told: FileSettings) -> Source:
    """The same file, read as `told` says."""
    return Source(file.path, file.name, file.file_id, file.n_bytes, file.encoding, told)


def _of_table(file: Source, reader: str) -> Iterator[Passage | Refused]:
    others: dict[str, int] = {}
    for record in _records(import_module(f"upriver.evidence.readers.{reader}"), file):
        fields = {
            name: value
            for name, value in zip(FORMS[record["form"]].fields, record["fields"], strict=False)
            if value is not None
        }
        found = _LINE.search(record["locator"])
        place = f"{file.name}:{found[1] if found else record['locator']}"
        if record["form"] == "news":
            raw = " | ".join(fields.values())[:RAW_CHARACTERS]
            name = fields.get("passage_id") or f"{file.name} {record['locator']}"
            yield _passage(name, place, fields.get("text", ""), fields, [], raw)
        elif record["form"] == "broken":
            yield Refused(place, fields["reason"], "correct the row", raw=fields.get("raw", ""))
        else:
            others[record["form"]] = others.get(record["form"], 0) + 1
    for form, n_rows in sorted(others.items()):
        told = "of no form that is known" if form == "unknown" else f"rows of a {form}, and no news"
        yield Refused(
            file.name, f"{n_rows} rows are {told}", "name its columns text and published, and put other tables apart"
        )


def _records(reader: Any, file: Source) -> Iterator[dict[str, Any]]:
    try:
        for table in reader.read(file, _LIMITS):
            yield from table.to_pylist()
    except SettingsError as error:
        raise UnreadableError(str(error), "correct it") from error


# ---- what every passage goes through ---------------------------------------------------------------------------


def _passage(
    name: str, place: str, words: str, told: Mapping[str, str], doubts: list[str], raw: str
) -> Passage | Refused:
    whole = words.encode("utf-8", "replace").decode()
    if whole != words:
        doubts.append("it holds halves of characters, read as ?")
    if "\0" in whole:
        doubts.append("it holds zero bytes, read as blanks")
        whole = whole.replace("\0", " ")
    if "\ufffd" in whole:
        doubts.append("it holds characters that were lost before, in another encoding")
    name = name.encode("utf-8", "replace").decode()
    if not any(character.isalnum() for character in whole):
        return Refused(place, "the passage has no text", "give it its words, or leave it out", name, raw)
    published, days = (told.get("published") or "").strip(), None
    if published:
        days = published_days(published)
        if days is None:
            doubts.append(f"published {published[:60]!r} is no day, so relative dates stay open: write YYYY-MM-DD")
    else:
        doubts.append("no day of publication is told, so relative dates stay open")
    spoken, heard = _tag(told.get("language") or ""), language(whole) or _by_words(whole)
    if spoken and heard and _primary(spoken) != _primary(heard):
        doubts.append(f"told to be {spoken[:20]}, written in {heard}; it was read as {heard}")
        spoken = heard
    url = (told.get("url") or "").strip().encode("utf-8", "replace").decode() or None
    return Passage(
        name, place, whole, written(*days) if days else None, days[1] if days else None, spoken or heard, url,
        tuple(doubts),
    )  # fmt: skip


def published_days(told: str) -> tuple[date, date] | None:
    """First and last day of a day, month or year of publication, as told; None where it tells none."""
    found = span(told, None)
    if found is None:
        on = day(told)
        found = (on, on) if on else None
    return found


def _by_words(words: str) -> str | None:
    """A language that the reader has words for, where its commonest ones are a sixth of the text's."""
    found = language_of(words, None)
    listed = re.findall(r"[^\W\d_]+", words[:_SAMPLE].lower())
    marks = lexicon(found).marks if found else frozenset()
    return found if listed and sum(word in marks for word in listed) * 6 >= len(listed) else None


def _primary(tag: str) -> str:
    """The language of a tag without its script and country."""
    return tag.partition("-")[0].lower()


def _tag(told: str) -> str | None:
    """A language as a BCP 47 tag, for its tag, its code of three letters or its name; None for any other word."""
    first, *rest = re.split(r"[-_]", told.strip())
    code = _CODES.get(first.lower(), first.lower())
    return "-".join([code, *rest]) if re.fullmatch(r"[a-z]{2,3}", code) else None


_CODES = {
    "eng": "en", "english": "en", "zho": "zh", "chi": "zh", "cmn": "zh", "yue": "zh", "chinese": "zh", "中文": "zh",
    "jpn": "ja", "kor": "ko", "tha": "th", "mya": "my", "bur": "my", "khm": "km", "lao": "lo", "英文": "en",
}  # fmt: skip
