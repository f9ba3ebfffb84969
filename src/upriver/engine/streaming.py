"""Rows written while the next ones are made: the caller makes them, one thread of its own hands them to DuckDB."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from queue import Full, Queue
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

# Batches that may wait: enough that neither side stands still, few enough that memory stays bounded.
_AHEAD = 4
_LOOK = 0.2  # seconds after which the maker looks whether the writer still lives


class _GivenUpError(Exception):
    """The maker of rows failed: the writer is told so, and its own failure is not the one that is raised."""


def stream(parts: Iterable[pa.Table], schema: pa.Schema, write: Callable[[pa.RecordBatchReader], None]) -> None:
    """Let `write` read all `parts` (tables of `schema`) while the caller's thread makes them.

    write   runs in a thread of its own and reads to the end; the caller must not use what it uses until then
    raises  what making a part raises, or else what `write` raises
    """
    import pyarrow as pa

    waiting: Queue[pa.RecordBatch | None] = Queue(_AHEAD)
    given_up = threading.Event()
    failed: list[BaseException] = []

    def batches() -> Iterator[pa.RecordBatch]:
        while (batch := waiting.get()) is not None:
            yield batch
        if given_up.is_set():
            raise _GivenUpError

    def work() -> None:
        try:
            write(pa.RecordBatchReader.from_batches(schema, batches()))
        except BaseException as error:  # raised again where the caller waits
            failed.append(error)

    writer = threading.Thread(target=work, name="upriver-writer")

    def put(batch: pa.RecordBatch | None) -> bool:
        while writer.is_alive():
            try:
                waiting.put(batch, timeout=_LOOK)
                return True
            except Full:
                continue
        return False

    writer.start()
    try:
        for part in parts:
            if not all(put(batch) for batch in part.to_batches()):
                break
    except BaseException:
        given_up.set()
        raise
    finally:
        put(None)
        writer.join()
    if failed:
        raise failed[0]
