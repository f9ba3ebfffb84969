"""Folders of evidence small enough to draw, written for the tests."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

# A victim pays 1,000 into M100, which sends 950 to M200 within the hour, which sends 900 to the exchange X900.
# Beside it, innocent payments.
BANK = """reference,source_account,target_account,occurred_at,amount,currency
R1,V100,M100,2026-01-05T10:00:00Z,1000.00,USD
R2,M100,M200,2026-01-05T10:40:00Z,950.00,USD
R3,M200,X900,2026-01-05T11:30:00Z,900.00,USD
R4,S300,S400,2026-01-05T12:00:00Z,75.00,USD
R5,S400,S300,2026-01-06T09:00:00Z,20.00,USD
"""
REPORTS = (
    "report_id,name,phone,country,reported_at,narrative,paid_at,amount,currency,source_account,target_account,reference\n"
    'V-1,Ada Example,+14155550123,US,2026-01-09T08:00:00Z,"A friend I met online showed me an investment platform.",'
    "2026-01-05T10:00:00Z,1000,USD,V100,M100,R1\n"
)
SERVICES = """account,name,kind
X900,Exchange Nine,exchange
"""
HANDOVER = """list_id,number,name,birth_date,nationality,phone,site,handed_over_on
L1,1,Bo Sample,1999-02-03,XX,+959420000001,North Gate,2026-02-01
L1,2,Cy Sample,2010-05-06,XX,,North Gate,2026-02-01
"""
INTERVIEWS = [
    {
        "person_id": "L1/1", "name": "Bo Sample", "interviewer": "Officer K", "interviewed_at": "2026-02-02T09:00:00Z",
        "text": "They took my passport and my phone. I was told I owed them 8,000 dollars and "
        "could not leave the building.",
    }
]  # fmt: skip
ACCESS = """site,holder,phone,item,granted_on
North Gate,Dee Sample,+959420000009,master key of building 2,2025-11-01
"""
NEWS = [
    {
        "passage_id": "n1", "url": "https://news.example/1", "published": "2026-02-02", "publisher": "Example News",
        "language": "en", "text": "Police said on Monday that 2 people were handed over at the bridge on Sunday.",
    }
]  # fmt: skip


def jsonl(rows: Iterable[Mapping[str, object]]) -> str:
    """One JSON object a line."""
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def write(folder: Path, files: dict[str, str | bytes]) -> Path:
    """Write `files` (path -> content) below `folder`, in the order given."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def one_victim(folder: Path) -> Path:
    """One victim, two mules, an exchange; two people handed over, one of them a child; one who holds a key."""
    return write(folder, dict(FILES))


FILES: dict[str, str | bytes] = {
    "bank.csv": BANK,
    "reports.csv": REPORTS,
    "services.csv": SERVICES,
    "lists/handover.csv": HANDOVER,
    "interviews.jsonl": jsonl(INTERVIEWS),  # type: ignore[arg-type]
    "access.csv": ACCESS,
    "news.jsonl": jsonl(NEWS),  # type: ignore[arg-type]
}
