"""What to call a node in words and pictures: a pseudonym, a caption, an account; never more than may be shown."""

from __future__ import annotations

from collections.abc import Iterable

import pyarrow as pa

from upriver.model.ids import content_id
from upriver.report.figures import shortened
from upriver.report.identity import ACCOUNT_KINDS, Readable
from upriver.report.masking import SHARED_NAME, Masks

_KIND_WORDS = {"phone": "phone", "telegram": "Telegram", "whatsapp": "WhatsApp", "wechat": "WeChat", "qq": "QQ"}


class Labels:
    """Labels of nodes. Captions are fetched for the nodes named at the start, all in one query."""

    def __init__(self, case: Readable, masks: Masks, nodes: Iterable[str]) -> None:
        self._masks = masks
        lent = pa.table({"canonical_id": pa.array(sorted(set(nodes)), pa.string())})
        rows = case.sql(
            "SELECT e.canonical_id, min(e.caption) AS caption, min(e.schema) AS schema FROM entity e "
            "JOIN wanted w ON w.canonical_id = e.canonical_id GROUP BY e.canonical_id",
            wanted=lent,
        ).to_pylist()
        self._captions = {row["canonical_id"]: row["caption"] for row in rows}
        self._schemata = {row["canonical_id"]: row["schema"] for row in rows}

    def label(self, node: str, length: int = 60) -> str:
        """The node in at most about `length` characters."""
        masked = self._masks.node(node)
        if masked is not None:
            return masked
        if node in self._captions:
            return self._named(self._captions[node] or f"unnamed {node[:6]}", node, length)
        kind, colon, value = node.partition(":")
        if not colon:
            return shortened(self._masks.account(node), length)
        if kind in ACCOUNT_KINDS:
            shown = self._masks.account(value)
            if shown != value:
                return shown
            return f"account {value if len(value) <= 24 else value[:6] + '…' + value[-4:]}"
        return f"{_KIND_WORDS.get(kind, kind)} {self._named(value, node, length)}"

    def _named(self, name: str, node: str, length: int) -> str:
        """A name that holds a protected one is not shown, nor another's pseudonym in it: it may be somebody else's."""
        if self._masks.text(name) != name:
            return f"{SHARED_NAME} {content_id(node)[:4]}"
        return shortened(name, length)

    def is_masked(self, node: str) -> bool:
        """Whether the node is a masked person, or an identifier of one."""
        return self._masks.node(node) is not None

    def schema(self, node: str) -> str:
        """FollowTheMoney schema of a known entity, else the kind of identifier."""
        return self._schemata.get(node) or node.partition(":")[0]


def account_label(masks: Masks, account: str, length: int = 24) -> str:
    """An account as it may be shown, with its middle left out where it is long."""
    shown = masks.account(account)
    return shown if shown != account or len(account) <= length else f"{account[:8]}…{account[-6:]}"
