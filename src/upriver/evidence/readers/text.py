"""Plain text: notes, statements, adverts. Locator: `line N` where a passage begins; `page N` of a text with form feeds.

A passage is a paragraph. Lines such as `Officer: ...` or `日期：...` above passages name what holds for all below them,
until the next such lines; when they make the text another form than a note (an interview, an advert, a report), all
below them is one record.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pyarrow as pa

from upriver.case.settings import FileSettings
from upriver.evidence.columns import Layout, is_known, recognise
from upriver.evidence.encodings import utf8
from upriver.evidence.folder import UnreadableError
from upriver.evidence.records import Source

if TYPE_CHECKING:
    from upriver.evidence.params import EvidenceParams

_LABEL = re.compile(r"\s*(?P<label>[^:：]{1,40}?)\s*[:：]\s*(?P<value>\S.*?)\s*\Z")
_PROSE = {"victim_report": "narrative"}  # the field of a form that holds its text, where it is not `text`
_HEAD_PARAGRAPHS = 3
_FORMS = ("note", "interview", "job_advert", "news", "victim_report")


@dataclass(slots=True)
class _Passage:
    place: str
    labels: dict[str, str]
    lines: list[str] = field(default_factory=list)


def read(source: Source, params: EvidenceParams) -> Iterator[pa.Table]:
    """Records of a text.

    raises  UnreadableError when it holds no letter
    """
    with utf8(source.path, source.encoding or "utf-8") as stream:
        text = stream.read().decode("utf-8", "replace").removeprefix("\ufeff")
    yield from told(source, text)


def told(source: Source, text: str, common: dict[str, str] | None = None) -> Iterator[pa.Table]:
    """Records of `text`; `common` holds labels that are true of all of it."""
    passages = [passage for passage in _passages(text, common or {}) if any(line.strip() for line in passage.lines)]
    if not passages:
        raise UnreadableError("it holds no text", "ask for it again where it came from")
    forms = [_layout(source, passage.labels).form.name for passage in passages]
    if source.told.form is None:
        source.guessed["form"] = max(sorted(set(forms)), key=forms.count)
    for form in sorted(set(forms)):
        mine = [passage for passage, name in zip(passages, forms, strict=True) if name == form]
        mine = mine if form == "note" else _joined(mine)
        yield source.told_of(form, (_values(source, passage) for passage in mine))


def head(text: str) -> dict[int, tuple[str, str]]:
    """Label lines of a text's first paragraphs, as line from 0 -> (label, value): a title may stand above them."""
    found: dict[int, tuple[str, str]] = {}
    paragraph: list[str] = []
    n_paragraphs = 0
    for number, line in enumerate([*text.split("\n"), ""]):
        if line.strip():
            paragraph.append(line)
            continue
        if paragraph:
            start = number - len(paragraph)
            labels = (_LABEL.match(paragraph[place]) for place in range(_n_labels(paragraph)))
            found.update({start + at: (label["label"], label["value"]) for at, label in enumerate(labels) if label})
            n_paragraphs += 1
        if n_paragraphs == _HEAD_PARAGRAPHS:
            break
        paragraph = []
    return found


def _passages(text: str, common: dict[str, str]) -> Iterator[_Passage]:
    if "\f" in text:
        for number, page in enumerate(text.split("\f"), start=1):
            lines = page.split("\n")
            n_labels = _n_labels([line for line in lines if line.strip()])
            filled = [place for place, line in enumerate(lines) if line.strip()][:n_labels]
            below = lines[filled[-1] + 1 :] if filled else lines
            yield _Passage(f"page {number}", {**common, **_labels([lines[place] for place in filled])}, below)
        return
    labels = dict(common)
    passage: list[str] = []
    # Labels with nothing below them are a passage of their own: nothing that is written is dropped.
    bare: _Passage | None = None
    for number, line in enumerate([*text.split("\n"), ""], start=1):
        if line.strip():
            passage.append(line)
            continue
        if passage:
            place, n_labels = number - len(passage), _n_labels(passage)
            if n_labels:
                labels = {**common, **_labels(passage[:n_labels])}
                if bare:
                    yield bare
                bare = _Passage(f"line {place}", labels, passage[:n_labels])
            if n_labels < len(passage):
                bare = None
                yield _Passage(f"line {place + n_labels}", labels, passage[n_labels:])
        passage = []
    if bare:
        yield bare


def _n_labels(lines: list[str]) -> int:
    """How many lines at the top are labels. A speaker who comes twice is a dialogue, not a label."""
    seen: set[str] = set()
    for number, line in enumerate(lines):
        found = _LABEL.match(line)
        if found is None or not is_known(found["label"]):
            return number
        if found["label"] in seen:
            return 0
        seen.add(found["label"])
    return len(lines)


def _labels(lines: list[str]) -> dict[str, str]:
    return {found["label"]: found["value"] for line in lines if (found := _LABEL.match(line))}


def _layout(source: Source, labels: dict[str, str]) -> Layout:
    form = source.told.form
    if form is None:
        columns = [*labels, "text"]
        named = recognise(columns, source.stem, FileSettings())
        form = named.form.name if named.form.name in _FORMS and named.n_matched > 2 else "note"
    prose = _PROSE.get(form, "text")
    return recognise([*labels, prose], source.stem, FileSettings(form=form))


def _joined(passages: list[_Passage]) -> list[_Passage]:
    """Passages under the same labels made one."""
    whole: list[_Passage] = []
    for passage in passages:
        if whole and passage.labels and whole[-1].labels is passage.labels:
            whole[-1].lines += ["", *passage.lines]
        else:
            whole.append(_Passage(passage.place, passage.labels, list(passage.lines)))
    return whole


def _values(source: Source, passage: _Passage) -> tuple[str, dict[str, str | None], dict[str, str]]:
    layout = _layout(source, passage.labels)
    columns = [*passage.labels.values(), "\n".join(passage.lines).strip()]
    values = {
        name: columns[place] for name, place in zip(layout.form.fields, layout.places, strict=True) if place is not None
    }
    for name, (date, time) in layout.clocks.items():
        values[name] = f"{columns[date]} {columns[time]}"
    rest = {name: columns[place] for place, name in enumerate(layout.names) if place not in layout.used}
    return passage.place, {**values}, rest
