"""Who says what was done: one row for each telling of a crackdown event, from news and from tables of claims."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from upriver.clean.dates import span
from upriver.extract.event_claims import Told, claim_rows
from upriver.extract.event_model import Event, Part
from upriver.extract.event_reader import read_events
from upriver.extract.rejects import Rejects
from upriver.extract.told_events import TellsOf
from upriver.model.events import UNATTRIBUTED
from upriver.model.ids import content_id

if TYPE_CHECKING:
    from upriver.case.stage import Desk
    from upriver.extract.params import ExtractParams

__all__ = ["Event", "Part", "event_reports", "read_events"]

_CLAIM_FORMS = ("claim", "claim_part", "claim_source", "site_status", "estimate", "organisation")


def event_reports(case: Desk, params: ExtractParams) -> None:
    """Write event_report from news passages and from tables of claims, sites, estimates and organisations."""
    rejects = Rejects()
    listed = ", ".join(f"'{form}'" for form in ("news", "told_event", *_CLAIM_FORMS))
    records = case.read("record", "record_id", "file_id", "locator", "form", "fields", where=f"form IN ({listed})")
    told = [Told.of(record) for record in records.to_pylist()]
    news = [record for record in told if record.form == "news"]
    by_hand = [record for record in told if record.form == "told_event"]
    # A passage whose events are told, by a person or an earlier run, is not read once more.
    known = TellsOf.of(by_hand, news, case) if by_hand else None
    rows = [row for record in news if not (known and known.tells(record)) for row in _news_rows(record, rejects)]
    rows += known.rows(rejects) if known else []
    rows += claim_rows([record for record in told if record.form in _CLAIM_FORMS], rejects)
    if rows:
        case.write("event_report", _once(rows))
    rejects.write(case)


def _once(rows: Iterable[dict[str, object]]) -> list[dict[str, object]]:
    """Rows in the order of their ids, each id once: a page saved in two files stays two tellings."""
    return [row for _, row in sorted({str(row["report_id"]): row for row in rows}.items())]


def _news_rows(record: Told, rejects: Rejects) -> Iterator[dict[str, object]]:
    text = record.get("text")
    if text is None:
        rejects.add(record.raw, "this passage has no text: give it a column 'text'")
        return
    days = span(record.get("published") or "", None)
    if record.get("published") and days is None:
        rejects.add(record.raw, "the day of publication cannot be read, so relative dates stay open: write YYYY-MM-DD")
    published = days[1] if days else None
    shared: dict[str, object] = {
        "language": record.get("language"),
        "published_on": published,
        "url": record.get("url"),
        "source": record.get("publisher") or record.get("url") or record.get("passage_id") or record.file_id,
        "record_id": record.record_id,
    }
    for event in read_events(text, published, record.get("language")):
        whole = {**shared, **_row(event), "first_speaker": _origin(record, event)}
        whole["report_id"] = content_id(record.record_id, event.type, event.start, event.end, event.count, event.unit)
        yield whole
        for part in event.parts:
            yield {
                **whole,
                "report_id": content_id(whole["report_id"], part.kind, part.label, part.count),
                "count": part.count,
                "count_low": None,
                "count_high": None,
                "qualifier": "exact",
                "role": part.role if part.kind == "role" else event.role,
                "part_of": whole["report_id"],
                "part_kind": part.kind,
                "part_label": part.label,
            }


def _origin(record: Told, event: Event) -> str | None:
    """Who said it first: as the evidence names it, else whom the passage quotes, else the publisher itself."""
    return record.get("first_speaker") or next(iter(_speakers(event)), None) or record.get("publisher")


def _speakers(event: Event) -> tuple[str, ...]:
    """Who says so, the nearest first; none where the passage names nobody."""
    return tuple(name for name in event.attributed_to if name != UNATTRIBUTED)


def _row(event: Event) -> dict[str, object]:
    return {
        "type": event.type,
        "actor": event.actor,
        "from_party": event.from_party,
        "to_party": event.to_party,
        "count": event.count,
        "count_low": event.low,
        "count_high": event.high,
        "qualifier": event.qualifier,
        "unit": event.unit,
        "role": event.role,
        "place": "|".join(event.places) or None,
        "country": event.country,
        "from_on": event.first,
        "to_on": event.last,
        "announced_on": event.announced,
        "cumulative": event.cumulative,
        "modality": event.modality,
        "attributed_to": "|".join(_speakers(event)) or None,
        "names": "|".join(event.names) or None,
        "span": event.span,
        "doubts": "; ".join(event.doubts) or None,
    }
