"""Transfers as arrays: who paid whom, when, how much in USD, in the order in which they happen."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from upriver.graph.build import Floats, Ints, Longs

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Transfers:
    """Transfers in the order in which they happen (order.py), equal times by transfer_id, without ids by their content.

    told      ids as text, each once: `ID#2` where ID came before; without one `row N`, N the line on which it stands
    accounts  sorted ids; source and target: codes of them, never equal
    time      microseconds, UTC
    amount    USD above 0
    assets    sorted names of what was paid in, in capitals; asset: codes of them, -1 where none is told
    place     where the id of each transfer stands in `told`; None where they stand in the order of the transfers
    """

    told: pa.Array | pa.ChunkedArray
    accounts: pa.Array
    source: Ints
    target: Ints
    time: Longs
    amount: Floats
    assets: pa.Array
    asset: Ints
    place: Longs | None = None

    @property
    def ids(self) -> pa.Array:
        """An id for each transfer; put in order when they are asked for, and many a question is about few of them."""
        return self.told if self.place is None else self._ids(self.place)

    def _ids(self, places: Longs) -> pa.Array:
        import pyarrow as pa

        found = self.told.take(pa.array(places))
        return found.combine_chunks() if isinstance(found, pa.ChunkedArray) else found

    def taken(self, rows: Longs) -> Transfers:
        """These of the transfers, in this order."""
        ids = self._ids(rows if self.place is None else self.place[rows])
        return Transfers(
            ids, self.accounts, self.source[rows], self.target[rows], self.time[rows], self.amount[rows],
            self.assets, self.asset[rows],
        )  # fmt: skip

    def alone(self, rows: Longs) -> Transfers:
        """These of the transfers, in this order, as if there were no others: with the accounts that they name."""
        import pyarrow as pa

        some = self.taken(rows)
        named, codes = np.unique(np.concatenate([some.source, some.target]), return_inverse=True)
        source, target = np.split(codes.astype(np.int32), 2)
        return replace(some, accounts=self.accounts.take(pa.array(named)), source=source, target=target)
