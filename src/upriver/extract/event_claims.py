"""Tables of claims, sites, estimates and organisations, mapped as they stand into tellings of events."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from upriver.clean.dates import span
from upriver.clean.numbers import number
from upriver.extract.rejects import Rejects
from upriver.model.events import MODALITIES, QUALIFIERS, ROLES, TYPES
from upriver.model.forms import FORMS
from upriver.model.ids import content_id

Row = dict[str, object]

_CUMULATIVE: Mapping[str, bool | None] = {"true": True, "false": False, "unknown": None, "": None}


@dataclass(frozen=True, slots=True)
class Told:
    """A record with its fields by name."""

    record_id: str
    file_id: str
    form: str
    fields: Mapping[str, str | None]
    raw: dict[str, object]

    @classmethod
    def of(cls, record: dict[str, Any]) -> Told:
        names = FORMS[record["form"]].fields
        return cls(
            record["record_id"],
            record["file_id"],
            record["form"],
            dict(zip(names, record["fields"], strict=False)),
            record,
        )

    def get(self, field: str) -> str | None:
        """The value of a field without blanks around it; None where empty."""
        value = (self.fields.get(field) or "").strip()
        return value or None


def claim_rows(records: Sequence[Told], rejects: Rejects) -> list[Row]:
    """One row of event_report for each claim, part of a claim, site status, estimate and organisation."""
    by_form: dict[str, list[Told]] = {}
    for record in records:
        by_form.setdefault(record.form, []).append(record)
    sources = {record.get("source_id"): record for record in by_form.get("claim_source", [])}
    rows: list[Row] = []
    wholes: dict[tuple[str, str], Row] = {}
    for record in by_form.get("claim", []):
        row = _claim(record, sources, rejects)
        if row is not None:
            rows.append(row)
            wholes[record.file_id, record.get("claim_id") or ""] = row
    rows += _parts(by_form.get("claim_part", []), wholes, rejects)
    rows += [row for record in by_form.get("estimate", []) if (row := _estimate(record, sources, rejects))]
    rows += [row for record in by_form.get("site_status", []) if (row := _site(record, sources, rejects))]
    rows += [_organisation(record, sources) for record in by_form.get("organisation", []) if record.get("name")]
    return rows


def _sourced(record: Told, sources: Mapping[str | None, Told], speaker: str | None) -> Row:
    """What the page tells of itself. The first speaker of the page stands unless the row names one of its own."""
    source = sources.get(record.get("source_id"))
    published = _days(source.get("published_on") if source else None)
    return {
        "source": (source.get("publisher") if source else None) or record.get("source_id") or "source not named",
        "url": source.get("url") if source else None,
        "language": source.get("language") if source else None,
        "published_on": published[1],
        "first_speaker": speaker or (source.get("first_speaker") if source else None),
        "attributed_to": speaker,
        "note": record.get("note"),
        "record_id": record.record_id,
    }


def _days(text: str | None) -> tuple[date | None, date | None]:
    days = span(text, None) if text else None
    return days if days else (None, None)


def _figure(record: Told, field: str, rejects: Rejects) -> float | None:
    text = record.get(field)
    if text is None:
        return None
    value = number(text)
    if value is None:
        rejects.add(record.raw, f"{field} {text!r} is no number; its telling is kept without a figure")
    return value


def _claim(record: Told, sources: Mapping[str | None, Told], rejects: Rejects) -> Row | None:
    kind, qualifier = record.get("type") or "", record.get("qualifier") or "exact"
    role, modality = record.get("role") or "all", record.get("modality") or "actual"
    for field, value, allowed in (
        ("type", kind, TYPES),
        ("qualifier", qualifier, QUALIFIERS),
        ("role", role, ROLES),
        ("modality", modality, MODALITIES),
    ):
        if value not in allowed:
            rejects.add(record.raw, f"{field} {value!r} is none of {', '.join(sorted(allowed))}")
            return None
    spoken = record.get("attributed_to")
    first, to_first = _days(record.get("date_from")), _days(record.get("date_to"))
    return {
        **_sourced(record, sources, None if spoken == "unattributed" else spoken),
        "report_id": content_id(record.record_id, "claim", record.get("claim_id")),
        "type": kind,
        "actor": record.get("actor"),
        "from_party": record.get("from_party"),
        "to_party": record.get("to_party"),
        "count": _figure(record, "count", rejects),
        "count_low": _figure(record, "count_low", rejects),
        "count_high": _figure(record, "count_high", rejects),
        "qualifier": qualifier,
        "unit": record.get("unit") or "people",
        "role": role,
        "place": record.get("place"),
        "country": record.get("country"),
        "from_on": first[0],
        "to_on": to_first[1] or first[1],
        "announced_on": _days(record.get("announced_on"))[1],
        "cumulative": _CUMULATIVE.get((record.get("cumulative") or "").lower()),
        "series": record.get("series"),
        "modality": modality,
        "happening": record.get("happening"),
        "span": "",  # a row of a table quotes nobody
    }


def _parts(records: Iterable[Told], wholes: Mapping[tuple[str, str], Row], rejects: Rejects) -> list[Row]:
    """Parts stand under their claim: of the file that holds one of that id, whichever file that is."""
    by_claim: dict[str, list[Row]] = {}
    for (_, claim), row in sorted(wholes.items()):
        by_claim.setdefault(claim, []).append(row)
    rows: list[Row] = []
    for record in records:
        claims = by_claim.get(record.get("claim_id") or "", [])
        count = _figure(record, "count", rejects)
        if not claims or count is None:
            rejects.add(record.raw, f"no claim {record.get('claim_id')!r} to be a part of, or no count")
            continue
        label, kind = record.get("label") or "part", record.get("dimension") or "group"
        rows.append(
            {
                **claims[0],
                "report_id": content_id(record.record_id, "part", kind, label),
                "count": count,
                "count_low": None,
                "count_high": None,
                "qualifier": "exact",
                "part_of": claims[0]["report_id"],
                "part_kind": kind,
                "part_label": label,
                "record_id": record.record_id,
                "span": "",
            }
        )
    return rows


def _estimate(record: Told, sources: Mapping[str | None, Told], rejects: Rejects) -> Row | None:
    if record.get("what") is None:
        rejects.add(record.raw, "this estimate does not say what it estimates")
        return None
    first, last = _days((record.get("year") or "").removeprefix("since ").replace("-20", "/20"))
    since = (record.get("year") or "").startswith("since ")
    value, low, high = (_figure(record, field, rejects) for field in ("value", "low", "high"))
    qualifier = record.get("qualifier")
    if qualifier not in QUALIFIERS:
        qualifier = "range" if value is None and low is not None else "exact" if value is not None else "vague"
    return {
        **_sourced(record, sources, record.get("by_whom")),
        "report_id": content_id(record.record_id, "estimate", record.get("estimate_id")),
        "type": "estimate",
        "count": value,
        "count_low": low,
        "count_high": high,
        "qualifier": qualifier,
        "unit": record.get("unit") or "people",
        "role": "all",
        "place": record.get("place") or record.get("area"),
        "country": record.get("country"),
        "from_on": first,
        "to_on": None if since else last,
        "modality": "actual",
        "subject": record.get("what"),
        "span": "",
    }


def _site(record: Told, sources: Mapping[str | None, Told], rejects: Rejects) -> Row | None:
    status = record.get("status")
    if status is None:
        rejects.add(record.raw, "this row tells no status of its site")
        return None
    first, last = _days(record.get("status_date"))
    return {
        **_sourced(record, sources, record.get("claimed_by")),
        "report_id": content_id(record.record_id, "site_status", record.get("site_id"), status),
        "type": "site_status",
        "qualifier": "vague",
        "unit": record.get("kind") or "site",
        "role": "all",
        "place": record.get("place"),
        "country": record.get("country"),
        "from_on": first,
        "to_on": last,
        "modality": "actual",
        "happening": record.get("site_id"),
        "subject": record.get("name") or record.get("site_id"),
        "status": status,
        "span": "",
    }


def _organisation(record: Told, sources: Mapping[str | None, Told]) -> Row:
    """The status of an organisation, as of its source; no person has such a row."""
    told = record.get("role") or "all"
    first, last = _days(record.get("sanctions"))
    return {
        **_sourced(record, sources, None),
        "report_id": content_id(record.record_id, "organisation", record.get("org_id")),
        "type": "site_status",
        "qualifier": "vague",
        "unit": "organisations",
        "role": told if told in ROLES else "company",
        "place": record.get("area"),
        "from_on": first,
        "to_on": last,
        "modality": "actual",
        "happening": record.get("org_id"),
        "subject": record.get("name"),
        "status": record.get("status") or "no status told",
        "span": "",
    }
