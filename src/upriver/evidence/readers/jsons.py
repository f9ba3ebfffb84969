"""JSON and JSON lines. Locators: `line N` of JSON lines; `item N` of a list, `KEY item N` of a list under a key.

Objects that hold `events` are passages with their events told: see told_events.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from upriver.clean.decimals import settled
from upriver.evidence import guesses
from upriver.evidence.columns import Layout, recognise
from upriver.evidence.encodings import utf8
from upriver.evidence.folder import UnreadableError
from upriver.evidence.readers import told_events
from upriver.evidence.records import Source, compose, from_rows

if TYPE_CHECKING:
    from upriver.evidence.params import EvidenceParams

_BATCH_ROWS = 20_000
_PEEK_ROWS = 1000
_Item = tuple[str, dict[str, str]]


def read(source: Source, params: EvidenceParams) -> Iterator[pa.Table]:
    """Records of a JSON file; a line that is no JSON is a broken record, a whole document that is none is rejected.

    raises  UnreadableError when no line, or not the document, is JSON
    """
    with utf8(source.path, source.encoding or "utf-8") as stream:
        if source.path.suffix.lower() not in (".jsonl", ".ndjson") and source.n_bytes <= params.max_text_bytes:
            text = stream.read()
            document = _document(text)
            if document is not _LINES:
                yield from _tables(source, document)
                return
            stream.seek(0)
        yield from _rows(source, source.stem, _lines(source, stream, params.max_cell_bytes))


_LINES = object()


def _document(text: bytes) -> Any:
    """The document, or _LINES when the text is one JSON value a line."""
    try:
        return _parsed(text)
    except ValueError as error:
        first, _, rest = text.strip().partition(b"\n")
        try:
            _parsed(first)
        except ValueError:
            raise UnreadableError(
                f"it is not valid JSON: {error}", "ask for it again where it came from, or save its rows as .jsonl"
            ) from error
        if not rest:
            raise
        return _LINES


def _parsed(text: bytes) -> Any:
    # Numbers stay as they are written: an account of twenty digits is no number.
    try:
        return json.loads(text.decode("utf-8-sig"), parse_int=str, parse_float=settled, parse_constant=str)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error


def _tables(source: Source, document: Any) -> Iterator[pa.Table]:
    if isinstance(document, list):
        yield from _rows(source, source.stem, ((f"item {n}", _flat(item)) for n, item in enumerate(document, start=1)))
        return
    lists = {key: value for key, value in document.items() if _is_table(value)} if isinstance(document, dict) else {}
    if not lists:
        yield from _rows(source, source.stem, [("item 1", _flat(document))])
        return
    for key, items in lists.items():
        named = ((f"{key} item {n}", _flat(item)) for n, item in enumerate(items, start=1))
        yield from _rows(source, f"{source.stem} {key}", named)
    rest = {key: value for key, value in document.items() if key not in lists}
    if rest:
        yield from _rows(source, source.stem, [("item 1", _flat(rest))])


def _is_table(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(item, dict) for item in value)


def _lines(source: Source, stream: Iterable[bytes], limit: int) -> Iterator[_Item | pa.Table]:
    for number, line in enumerate(stream, start=1):
        if not line.strip():
            continue
        try:
            if len(line) > limit:
                raise ValueError(f"the line is longer than {limit} bytes")
            item = _parsed(line)
        except UnicodeDecodeError:
            yield source.broken([(f"line {number}", "it holds bytes that are no characters", _raw(line))])
        except ValueError as error:
            yield source.broken([(f"line {number}", f"not valid JSON: {error}", _raw(line))])
        else:
            yield f"line {number}", _flat(item)


def _raw(line: bytes) -> str:
    return line[:8000].decode("utf-8", "replace").rstrip("\n")


def _flat(item: Any) -> dict[str, str]:
    """An object as columns of text; what is nested stays JSON."""
    if not isinstance(item, dict):
        item = {"value": item}
    return {_text(key): text for key, value in item.items() if (text := _text(value))}


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        # JSON may hold half of a pair of surrogates, which no table can.
        return value.encode("utf-8", "replace").decode()
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace").decode()


def _rows(source: Source, stem: str, items: Iterable[_Item | pa.Table]) -> Iterator[pa.Table]:
    """Records of the objects of one table; its columns are all keys of the first thousand objects."""
    stream = iter(items)
    first = list(islice(stream, _PEEK_ROWS))
    objects = [item for item in first if not isinstance(item, pa.Table)]
    if told_events.recognised([values for _, values in objects], source.told):
        yield from told_events.tables(source, chain(first, stream))
        return
    names = list(dict.fromkeys(key for _, values in objects for key in values))
    if not names:
        yield from (item for item in first if isinstance(item, pa.Table))
        if not first:
            raise UnreadableError("it holds no object with values", "ask for it again where it came from")
    layout = recognise(
        names, stem, source.told, [[values.get(name, "") for name in names] for _, values in objects[:20]]
    )
    for part, value in guesses.of_table(layout, source.told).items():
        source.guessed.setdefault(part, value)
    waiting: list[_Item] = []
    for item in chain(first if names else [], stream):
        if isinstance(item, pa.Table):
            yield item
            continue
        waiting.append(item)
        if len(waiting) >= _BATCH_ROWS:
            yield _composed(source, layout, names, waiting)
            waiting = []
    if waiting:
        yield _composed(source, layout, names, waiting)


def _composed(source: Source, layout: Layout, names: list[str], items: list[_Item]) -> pa.Table:
    # A key that comes late is kept in `extra`.
    late = sorted({key for _, values in items for key in values} - set(names))
    layout = dataclasses.replace(layout, names=(*layout.names, *late))
    columns = [*names, *late]
    block = from_rows([[values.get(name) for name in columns] for _, values in items], len(columns))
    return compose(source, layout, block, pa.array([place for place, _ in items]))
