"""What the pictures of a ledger need of whoever draws them: rows of tables, and texts as they may be shown."""

from __future__ import annotations

from typing import Any, Protocol


class Told(Protocol):
    """A case under its masks, or a ledger of plain files."""

    def rows(self, table: str) -> list[dict[str, Any]]:
        """All rows of a small table."""

    def many(self, select: str) -> list[dict[str, Any]]:
        """Rows of a SELECT; none where there is no case behind."""

    def text(self, text: str | None, record_id: str | None = None) -> str:
        """A text of the evidence as it may be shown; `record_id` says whom it is about."""
