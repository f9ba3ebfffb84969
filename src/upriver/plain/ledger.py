"""Events of news passages reconciled into happenings, without a case: `upriver ledger EVENTS --out LEDGER.jsonl`.

A member is named as in the passages: `d002#0` is event 0 of passage d002.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from upriver.clean.dates import span
from upriver.crackdown.actions import Action
from upriver.crackdown.conflicts import Conflict
from upriver.crackdown.ledger import basis, reconcile, title
from upriver.crackdown.origins import steps
from upriver.crackdown.params import CrackdownParams
from upriver.crackdown.relations import relations
from upriver.crackdown.rulings import NO_RULINGS, Rulings
from upriver.crackdown.telling import Telling
from upriver.crackdown.ties import Relation
from upriver.errors import CaseError
from upriver.extract.event_lexicon import lexicon

Line = dict[str, Any]


def ledger(tellings: Iterable[Telling], params: CrackdownParams, decided: Rulings = NO_RULINGS) -> list[Line]:
    """Lines of a ledger: every happening and running total, then how they stand to each other."""
    actions = reconcile(tellings, params, decided)
    return lines(actions, relations(actions, params))


def lines(actions: Sequence[Action], tied: Sequence[Relation]) -> list[Line]:
    """Lines in the form of clusters.jsonl, with the range, basis and witnesses of each happening beside."""
    told: list[Line] = []
    shown = [action for action in actions if not action.is_part]
    for action in shown:
        told.append({"id": f"h{len(told) + 1:04d}", **_happening(action)})
        for point in action.points:
            members = _members(point.tellings)
            if len(members) > 1:
                told.append(
                    {
                        "id": f"h{len(told) + 1:04d}",
                        "about": f"{title(action)}: told for {point.at or 'no day'}",
                        "members": members,
                        "relation": "same",
                        "conflicts": _conflicts(action.conflicts, set(members)),
                    }
                )
    for one in tied:
        told.append(
            {
                "id": f"h{len(told) + 1:04d}",
                "about": one.words,
                "members": list(one.members),
                "relation": one.kind,
                "conflicts": _conflicts(one.conflicts, None),
            }
        )
    return told


def _happening(action: Action) -> Line:
    return {
        "about": title(action),
        "members": _members(action.tellings),
        "relation": "series" if action.kind == "series" and len(action.points) > 1 else "same",
        "conflicts": _conflicts(action.conflicts, None),
        "kind": action.kind,
        "types": list(action.types),
        "count": action.value,
        "count_range": [action.low, action.high],
        "unit": action.head.unit,
        "basis": basis(action),
        "may_be_added": action.counts,
        "witnesses": list(action.speakers),
        "alarms": list(action.alarms),
        "tellings": [
            {
                "member": telling.report_id,
                "type": telling.type,
                "count": telling.count,
                "qualifier": telling.qualifier,
                "speaker": telling.speaker,
                "steps_from_first_speaker": steps(telling),
                "copy_of": telling.copy_of,
                "span": telling.words,
            }
            for telling in action.tellings
        ],
    }


def _members(tellings: Iterable[Telling]) -> list[str]:
    return sorted({telling.report_id for telling in tellings})


def _conflicts(found: Iterable[Conflict], among: set[str] | None) -> list[Line]:
    return [
        {"field": one.field, "values": dict(sorted(one.values.items())), "kind": one.kind, "comment": one.words}
        for one in found
        if among is None or set(one.values) <= among
    ]


# ---- events as tellings ------------------------------------------------------------------------------------------


def read_events(path: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Passages of an events file, each with its line number.

    raises  CaseError for a line that is no object with `id` and `events`
    """
    with path.open(encoding="utf-8-sig") as file:
        for number, line in enumerate(file, 1):
            if not line.strip():
                continue
            try:
                passage = json.loads(line)
            except ValueError as error:
                raise CaseError(f"{path}:{number}: no JSON ({error}); write one object a line") from error
            if not isinstance(passage, dict) or not isinstance(passage.get("events"), list):
                raise CaseError(f"{path}:{number}: an object with 'id' and a list 'events' is needed")
            yield number, passage


def tellings_of(passage: Mapping[str, Any]) -> list[Telling]:
    """Tellings of the events of one passage: each event, and each part of its figure under it."""
    told: list[Telling] = []
    for number, event in enumerate(passage["events"]):
        member = f"{passage['id']}#{number}"
        whole = _telling(member, passage, event)
        told.append(whole)
        told += _parts(whole, event)
    return told


def _telling(member: str, passage: Mapping[str, Any], event: Mapping[str, Any]) -> Telling:
    published = _days(passage.get("published"))[1]
    first, last = _days(event.get("date"))
    low, high = event.get("count_range") or (None, None)
    speakers = [name for name in event.get("attributed_to") or [] if name and name != "unattributed"]
    url = passage.get("url")
    source = passage.get("publisher") or (urlsplit(url).netloc if url else None) or str(passage["id"])
    count = event.get("count")
    return Telling(
        report_id=member, type=str(event["type"]), count=None if count is None else float(count),
        low=low, high=high, qualifier=event.get("count_qualifier") or "exact", unit=event.get("unit") or "people",
        role=event.get("role") or "all", from_party=event.get("from_party"), to_party=event.get("to_party"),
        places=tuple(event.get("place") or ()), country=event.get("country"), first=first, last=last,
        announced=_days(event.get("announced"))[1], published=published,
        cumulative=event["cumulative"] if isinstance(event.get("cumulative"), bool) else None, series=None,
        modality=event.get("modality") or "actual", speaker=speakers[0] if speakers else source, happening=None,
        subject=None, status=None, part_of=None, part_kind=None, part_label=None, source=source, record_id=member,
        actor=" and ".join(event.get("actor") or []) or None, names=tuple(event.get("names") or ()),
        words=event.get("span") or "", passage=str(passage["id"]), url=url,
    )  # fmt: skip


def _days(text: str | None) -> tuple[Any, Any]:
    days = span(text, None) if text else None
    return days if days else (None, None)


def _parts(whole: Telling, event: Mapping[str, Any]) -> Iterator[Telling]:
    counts = [("role", event.get("role_counts") or {})]
    counts += [(kind, values) for kind, values in (event.get("breakdown") or {}).items() if isinstance(values, dict)]
    for kind, values in counts:
        for label, count in values.items():
            if not isinstance(count, int | float):
                continue
            role = _role(label) if kind == "role" else whole.role
            yield replace(
                whole, report_id=f"{whole.report_id}/{kind}/{label}", count=float(count), low=None, high=None,
                qualifier="exact", role=role, part_of=whole.report_id,
                part_kind=kind if role != "all" or kind != "role" else "penalty", part_label=label,
            )  # fmt: skip


def _role(label: str) -> str:
    words = label.replace("_", " ")
    return next((role for role, form in lexicon().roles.items() if form.search(words)), "all")
